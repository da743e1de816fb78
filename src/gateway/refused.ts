// What the decision log says of a request for credentials that was refused, failed or went over a refusal.

import type { SentinelError } from '../base/index.ts'
import type { AccessRefusal, Override } from '../policy/index.ts'
import { ruled } from './ruled.ts'

/** What stands where no rule decided. */
export const noRule = { effect: 'deny', rule: '', rule_index: -1 } as const

/** Why nothing was issued. */
export function refused(why: AccessRefusal) {
  switch (why.kind) {
    case 'unavailable':
      return { ...(why.verdict ? ruled(why.verdict) : noRule), ...failed(why.error) }
    case 'session':
      return { ...ruled(why.verdict), ...sessionRefused(why.session), outcome: 'denied' } as const
    case 'ending':
      return {
        ...ruled(why.verdict),
        ...ids(why.override),
        outcome: 'denied',
        error_code: 'ACCESS_ENDING',
      } as const
    case 'consumed':
      return {
        ...ruled(why.verdict),
        ...ids(why.override),
        outcome: 'denied',
        error_code: 'STATE_CONFLICT',
      } as const
    case 'unstamped':
      return { ...ruled(why.verdict), outcome: 'denied', error_code: 'UNSTAMPED' } as const
    case 'rule':
      return { ...ruled(why.verdict), outcome: 'denied', error_code: 'POLICY_DENIED' } as const
  }
}

function sessionRefused({ id, state, by, reason }: Extract<AccessRefusal, { kind: 'session' }>['session']) {
  const words = [`the session is ${state}`, ...(by === undefined ? [] : [`by ${by}`])].join(' ')
  const code = state === 'revoked' ? 'SESSION_REVOKED' : 'SESSION_INACTIVE'
  return {
    session_id: id,
    error_code: code,
    reason: reason === undefined ? words : `${words}: ${reason}`,
  } as const
}

/** By what a refusal was overridden. */
export function overridden(override: Override) {
  return { override: override.kind, ...ids(override) }
}

function ids({ kind, id, signed, table }: Override) {
  const signature = signed === undefined ? {} : { approval_signature: signed }
  const named = kind === 'approval' ? { approved_request_id: id, ...signature } : { break_glass_event_id: id }
  return { ...named, override_table: table }
}

/** What kept it from being decided or issued. */
export function failed(error: SentinelError) {
  return { outcome: 'error', error_code: error.code, reason: error.message } as const
}
