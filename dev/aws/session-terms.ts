// What a call to AssumeRole may say about the session that it makes: its policy and its tags. Sources:
// API_AssumeRole, API_Tag and API_PolicyDescriptorType in the STS API Reference; "Pass session tags in AWS STS"
// (id_session-tags) in the IAM User Guide.

import { policyProblem } from './policy-document.ts'
import { parsedPolicy } from './policy-text.ts'
import type { PolicyDocument } from './policy-types.ts'
import type { Call } from './service.ts'
import { AwsError, structuresOf, tagsOf, textOf, textsOf } from './wire.ts'

/** API_AssumeRole, Policy: a policy without principal, as JSON of at most 2048 characters. */
export function sessionPolicy(call: Call): PolicyDocument | undefined {
  const text = textOf(call.params, 'Policy')
  if (text === undefined) return undefined
  if (text.length > 2048)
    throw new AwsError('PackedPolicyTooLarge', 'Packed size of session policy is too large')
  const document = parsedPolicy(text)
  const problem = policyProblem('identity', document)
  if (problem !== undefined) throw new AwsError('MalformedPolicyDocument', problem)
  return document as PolicyDocument
}

/**
 * The tags of a call: keys differ in more than capitals, `aws:` is reserved, none is inherited already, and a key that
 * is passed on is one of them. API_AssumeRole, Tags: "If you pass a session tag with the same key as an inherited tag,
 * the operation fails", whatever its value.
 */
export function sessionTags(call: Call): ReadonlyMap<string, string> {
  const tags = tagsOf(call.params)
  const keys = tags.map(([key]) => key.toLowerCase())
  const reserved = keys.find((key) => key.startsWith('aws:'))
  if (reserved !== undefined) {
    throw new AwsError('ValidationError', `The tag key ${reserved} has the reserved prefix aws:`)
  }
  if (new Set(keys).size < keys.length) {
    throw refusedTag('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  const inherited = [...(call.caller.session?.transitiveTags?.keys() ?? [])].map((key) => key.toLowerCase())
  if (inherited.some((key) => keys.includes(key))) {
    throw refusedTag(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  }
  if (!textsOf(call.params, 'TransitiveTagKeys').every((key) => keys.includes(key.toLowerCase()))) {
    throw refusedTag('The specified transitive tag key must be included in the requested tags.')
  }
  return new Map(tags)
}

const refusedTag = (message: string) => new AwsError('InvalidParameterValue', message)

/** id_session-tags, "Chaining roles with session tags": what was inherited is passed on, and what this call adds. */
export function transitiveTags(call: Call, tags: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const passedOn = new Set(textsOf(call.params, 'TransitiveTagKeys').map((key) => key.toLowerCase()))
  const added = [...tags].filter(([key]) => passedOn.has(key.toLowerCase()))
  return new Map([...(call.caller.session?.transitiveTags ?? []), ...added])
}

/** API_AssumeRole, PolicyArns. There are no managed policies here, and none is passed over. */
export function refuseManagedPolicies(call: Call): void {
  const arns = structuresOf(call.params, 'PolicyArns').map((item) => textOf(item, 'arn') ?? '')
  if (arns.length === 0) return
  const wrong = arns.find((arn) => !/^arn:aws(-cn|-us-gov)?:iam::(aws|\d{12}):policy\/.+$/.test(arn))
  if (wrong !== undefined) throw new AwsError('ValidationError', `ARN ${wrong} is not valid.`)
  throw new AwsError('NotImplemented', 'The local AWS has no managed policies: send the policy itself', 501)
}
