// Refusals of changes of state: all of one form, so that every door tells them alike.

import { SentinelError } from '../base/index.ts'
import type { Deny } from './decision.ts'

/**
 * Why a change of state was refused. `unavailable`: a fact could not be looked up; `input`: nobody could have what was
 * asked for; `policy`: a policy says no; `state`: the thing is not in a state for it; `limit`: too often.
 */
export type ChangeRefusal = {
  readonly kind: 'unavailable' | 'input' | 'policy' | 'state' | 'limit'
  /** As it is told: USAGE, POLICY_DENIED, STATE_CONFLICT, RATE_LIMITED, or whatever made the fact unavailable. */
  readonly error: SentinelError
  /** The rule that said so, where one did. */
  readonly rule?: string
  /** For `limit`: when it is worth another try. */
  readonly retryAfterSeconds?: number
}

const codes = {
  input: 'USAGE',
  policy: 'POLICY_DENIED',
  state: 'STATE_CONFLICT',
  limit: 'RATE_LIMITED',
} as const

/** A refusal with its reason. */
export function refuse(
  kind: keyof typeof codes,
  message: string,
  { hint, ...more }: { readonly hint?: string } & Pick<ChangeRefusal, 'rule' | 'retryAfterSeconds'>,
): Deny<ChangeRefusal> {
  const error = new SentinelError(codes[kind], message, hint === undefined ? {} : { hint })
  return { kind: 'deny', because: message, why: { kind, error, ...more } }
}

/** A refusal for want of a fact (decision 7). */
export function unknown(error: SentinelError): Deny<ChangeRefusal> {
  return { kind: 'deny', because: error.message, why: { kind: 'unavailable', error } }
}
