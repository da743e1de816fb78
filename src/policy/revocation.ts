// A server session: making and ending one's own, and taking one back.

import { type Allow, allow, type Deny, type Fact } from './decision.ts'
import type { Party } from './people.ts'
import { type ChangeRefusal, refuse, unknown } from './refusal.ts'
import { lengthProblem } from './words.ts'

/** A session as it is stored. */
export type SessionState = {
  readonly id: string
  readonly profile: string
  /** `active` also where the last heartbeat is long ago: its process may still live. */
  readonly status: 'active' | 'revoked' | 'ended'
}

/** What is needed to decide whether a session may be revoked. */
export type RevocationFacts = {
  readonly reason: string
  readonly caller: Fact<Party>
  readonly session: Fact<SessionState>
}

/** Leave to revoke one session. */
export type RevocationGrant = { readonly sessionId: string; readonly profile: string }

/**
 * Decides whether a session may be revoked: by whomever AWS lets write it, since revoking only takes away; but not by
 * somebody who cannot be named, nor without a reason, nor twice.
 */
export function decideRevocation(facts: RevocationFacts): Allow<RevocationGrant> | Deny<ChangeRefusal> {
  if ('unavailable' in facts.caller) return unknown(facts.caller.unavailable)
  const problem = lengthProblem('reason', facts.reason, 1, 1000)
  if (problem !== undefined) return refuse('input', problem.message, problem)
  if ('unavailable' in facts.session) return unknown(facts.session.unavailable)
  const { id, profile, status } = facts.session.known
  if (status === 'active') return allow({ sessionId: id, profile }, 'aws decides')
  return refuse('state', `session ${id} is ${status} already`, { hint: 'there is nothing left to revoke' })
}

/** What is needed to decide whether a process may make or end the session that its credentials are given under. */
export type SessionFacts = { readonly profile: string; readonly caller: Fact<Party> }

/**
 * Decides whether a process may write its own session: anybody who can be named may, since a session gives nothing. It
 * only makes that credentials can be taken back.
 */
export function decideSession({
  caller,
  profile,
}: SessionFacts): Allow<{ readonly profile: string }> | Deny<ChangeRefusal> {
  if ('unavailable' in caller) return unknown(caller.unavailable)
  return allow({ profile }, 'a session only restricts')
}
