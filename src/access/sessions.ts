// A server session: one run of `exec --server` that can be taken back. Pure: a state, an event and the time give the
// next state or a refusal.
//
//   active ──▶ revoked
//     ├─────▶ expired    written when the run ends; also what an active one is called whose process no longer writes
//     └─────▶ active     a heartbeat: it says that the process lives, and nothing else
//
// INVARIANT: revoked is final, and a heartbeat changes nothing that a revocation hangs on: it is the status that counts,
// and not when somebody last wrote.

import { printable, toTimestamp, unreachable } from '../base/index.ts'
import type { Party } from '../policy/index.ts'

/** What a session can be, by the reference's words. */
export const sessionStatuses = ['active', 'revoked', 'expired'] as const

/** What a session is. */
export type SessionStatus = (typeof sessionStatuses)[number]

/** A server session. Instants are milliseconds since the Unix epoch. */
export type Session = {
  readonly user: string
  /** Whose it is, beyond doubt. Absent in rows of other programs. */
  readonly userArn?: string
  readonly accountId?: string
  readonly profile: string
  /** Tells one run from others: machine and process. */
  readonly serverInstanceId: string
  readonly host?: string
  readonly pid?: number
  /** As written: `sessionStatusAt` says what it is at a time. */
  readonly status: SessionStatus
  readonly startedAtMs: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** When credentials were last asked for. */
  readonly lastAccessAtMs: number
  /** Until then its process counts as living; a heartbeat moves it on. */
  readonly expiresAtMs: number
  /** How often credentials were asked for, as far as heartbeats have told. */
  readonly requestCount: number
  /** The stamp of the credentials that were last given out. */
  readonly sourceIdentity?: string
  readonly revokedBy?: string
  readonly revokedReason?: string
  readonly endedAtMs?: number
}

/** What a session is made of. */
export type Started = {
  readonly user: Party
  readonly profile: string
  readonly host: string
  readonly pid: number
  /** How long after a heartbeat its process counts as living. */
  readonly leaseMs: number
}

/** What can happen to a session. */
export type SessionEvent =
  | ({ readonly kind: 'heartbeat'; readonly leaseMs: number } & Use)
  | { readonly kind: 'revoke'; readonly by: Party; readonly reason: string }
  | ({ readonly kind: 'end' } & Use)

/** What was made of a session so far. */
export type Use = {
  readonly lastAccessAtMs: number
  readonly requestCount: number
  /** The last stamp that was given out. */
  readonly sourceIdentity: string | undefined
}

/** The next state, or why there is none. `because` is a whole phrase for people. */
export type SessionStep =
  | { readonly kind: 'next'; readonly session: Session }
  | { readonly kind: 'refused'; readonly because: string }

/** A session as it is made. */
export function newSession({ user, profile, host, pid, leaseMs }: Started, nowMs: number): Session {
  return {
    user: user.user,
    userArn: user.arn,
    accountId: user.accountId,
    profile,
    serverInstanceId: `${host}:${pid}`,
    host,
    pid,
    status: 'active',
    startedAtMs: nowMs,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    lastAccessAtMs: nowMs,
    expiresAtMs: nowMs + leaseMs,
    requestCount: 0,
  }
}

/** What a session is at a time: a process that was killed writes nothing more. */
export function sessionStatusAt({ status, expiresAtMs }: Session, nowMs: number): SessionStatus {
  return status === 'active' && nowMs >= expiresAtMs ? 'expired' : status
}

/** What becomes of a session by an event. One whose process seems to be gone can be revoked all the same. */
export function sessionStep(session: Session, event: SessionEvent, nowMs: number): SessionStep {
  if (session.status !== 'active') return { kind: 'refused', because: overBecause(session) }
  const next = { ...session, updatedAtMs: nowMs }
  switch (event.kind) {
    case 'heartbeat':
      return { kind: 'next', session: { ...usedBy(next, event), expiresAtMs: nowMs + event.leaseMs } }
    case 'revoke':
      return {
        kind: 'next',
        session: { ...next, status: 'revoked', revokedBy: event.by.user, revokedReason: event.reason },
      }
    case 'end':
      return { kind: 'next', session: { ...usedBy(next, event), status: 'expired', endedAtMs: nowMs } }
    default:
      return unreachable(event)
  }
}

/** A session with what was made of it. */
export function usedBy(session: Session, { lastAccessAtMs, requestCount, sourceIdentity }: Use): Session {
  return {
    ...session,
    lastAccessAtMs,
    requestCount,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  }
}

function overBecause({ status, revokedBy, updatedAtMs, endedAtMs = updatedAtMs }: Session): string {
  if (status === 'expired') return `it ended at ${toTimestamp(endedAtMs)}`
  const by = revokedBy === undefined ? '' : ` by ${printable(revokedBy)}`
  return `it was revoked${by} at ${toTimestamp(updatedAtMs)}`
}
