// What a call to AssumeRole may say about the session that it makes: its policy and its tags. Sources:
// API_AssumeRole, API_Tag and API_PolicyDescriptorType in the STS API Reference; "Pass session tags in AWS STS"
// (id_session-tags) in the IAM User Guide.

import { checkMembers } from './check.ts'
import { policyProblem } from './policy-document.ts'
import type { Call } from './service.ts'
import type { PolicyDocument } from './trust.ts'
import { AwsError, structuresOf, textOf, textsOf } from './wire.ts'

/** API_AssumeRole, Policy: a policy without principal, as JSON of at most 2048 characters. */
export function sessionPolicy(call: Call): PolicyDocument | undefined {
  const text = textOf(call.params, 'Policy')
  if (text === undefined) return undefined
  if (text.length > 2048)
    throw new AwsError('PackedPolicyTooLarge', 'Packed size of session policy is too large')
  const document = parsed(text)
  const problem = policyProblem('identity', document)
  if (problem !== undefined) throw new AwsError('MalformedPolicyDocument', problem)
  return document as PolicyDocument
}

/**
 * API_AssumeRole, Tags and TransitiveTagKeys: at most 50 each; API_Tag; keys differ in more than capitals, and `aws:`
 * is reserved. A key that is passed on is one of this call's tags.
 */
export function checkTags(call: Call): void {
  const tags = structuresOf(call.params, 'Tags')
  const passedOn = textsOf(call.params, 'TransitiveTagKeys')
  const shape = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
  checkMembers('ValidationError', [
    ['tags', tags.length, { max: 50 }],
    ['transitiveTagKeys', passedOn.length, { max: 50 }],
    ...passedOn.map(
      (key, i) => [`transitiveTagKeys.${i + 1}.member`, key, { min: 1, max: 128, pattern: shape }] as const,
    ),
    ...tags.flatMap((tag, i) => [
      [
        `tags.${i + 1}.member.key`,
        textOf(tag, 'Key'),
        { required: true, min: 1, max: 128, pattern: shape },
      ] as const,
      [
        `tags.${i + 1}.member.value`,
        textOf(tag, 'Value'),
        { required: true, max: 256, pattern: shape },
      ] as const,
    ]),
  ])
  const keys = tags.map((tag) => (textOf(tag, 'Key') ?? '').toLowerCase())
  const reserved = keys.find((key) => key.startsWith('aws:'))
  if (reserved !== undefined) {
    throw new AwsError('ValidationError', `The tag key ${reserved} has the reserved prefix aws:`)
  }
  if (new Set(keys).size < keys.length) {
    throw new AwsError(
      'ValidationError',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    )
  }
  if (!passedOn.every((key) => keys.includes(key.toLowerCase()))) {
    throw new AwsError(
      'InvalidParameterValue',
      'The specified transitive tag key must be included in the requested tags.',
    )
  }
}

/** API_AssumeRole, PolicyArns: at most ten managed policies. There are none here, and none is passed over. */
export function refuseManagedPolicies(call: Call): void {
  const arns = structuresOf(call.params, 'PolicyArns').map((item) => textOf(item, 'arn'))
  if (arns.length === 0) return
  checkMembers('ValidationError', [
    ['policyArns', arns.length, { max: 10 }],
    ...arns.map((arn, i) => {
      const constraint = { required: true, min: 20, max: 2048 }
      return [`policyArns.${i + 1}.member.arn`, arn, constraint] as const
    }),
  ])
  const wrong = arns.find((arn) => !/^arn:aws(-cn|-us-gov)?:iam::(aws|\d{12}):policy\/.+$/.test(arn ?? ''))
  if (wrong !== undefined) throw new AwsError('ValidationError', `ARN ${wrong} is not valid.`)
  throw new AwsError('NotImplemented', 'The local AWS has no managed policies: send the policy itself', 501)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
