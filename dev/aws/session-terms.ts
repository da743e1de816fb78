// What a call to AssumeRole may say about the session that it makes: its policy. Source: API_AssumeRole in the STS
// API Reference.

import { policyProblem } from './policy-document.ts'
import type { Call } from './service.ts'
import type { PolicyDocument } from './trust.ts'
import { AwsError, textOf } from './wire.ts'

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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
