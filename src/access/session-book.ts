// The book of sessions: what somebody else than their own process does with them.

import type { Party } from '../policy/index.ts'
import { type Doc, msToTime, type Query } from '../store/index.ts'
import { type Listed, listed, type Paging } from './listed.ts'
import { type Revocation, revocationId } from './session-rows.ts'
import type { SessionDocs } from './session-watch.ts'
import { type Session, type SessionStatus, sessionStatusAt, sessionStep } from './sessions.ts'
import { isConflict, turnDoc } from './turn-doc.ts'

/** A session under its id. */
export type SessionDoc = Doc<Session>

/** What became of a revocation. */
export type Revoked =
  | { readonly kind: 'revoked'; readonly doc: SessionDoc }
  | { readonly kind: 'refused'; readonly because: string; readonly doc: SessionDoc }

/**
 * Takes a session back, if it is active: first by a row of its own, which its process looks at too, then in the session's
 * row. Whoever is cut off in between has revoked it, and can do it again. That its process writes a heartbeat meanwhile is
 * no reason to fail. Of several who revoke at once, one does. Throws as turnDoc.
 */
export async function revokeSession(
  docs: SessionDocs,
  first: SessionDoc,
  { by, reason }: { readonly by: Party; readonly reason: string },
  nowMs: number,
): Promise<Revoked> {
  type No = Exclude<Revoked, { kind: 'revoked' }>
  const end = await turnDoc<Session, No>(docs.sessions, first, async (doc) => {
    const next = sessionStep(doc.body, { kind: 'revoke', by, reason }, nowMs)
    if (next.kind === 'refused') return { no: { ...next, doc } }
    await taken(docs, { sessionId: doc.id, by: by.user, reason, atMs: nowMs })
    return { body: next.session }
  })
  return 'no' in end ? end.no : { kind: 'revoked', doc: end.doc }
}

/** Writes that a session was taken back. Of several who say so the first counts. */
async function taken({ revocations }: SessionDocs, revocation: Revocation): Promise<void> {
  try {
    await revocations.create(revocationId(revocation.sessionId), revocation)
  } catch (thrown) {
    if (!isConflict(thrown)) throw thrown
  }
}

/** Which sessions; `user` or `profile` must be given for `expired`, which nobody may have written down. */
export type SessionFilter = {
  readonly status?: SessionStatus | undefined
  readonly user?: string | undefined
  readonly profile?: string | undefined
  /** Started at that time or later. */
  readonly sinceMs?: number | undefined
}

/** Up to `limit` sessions, newest first. Throws as `listed`. */
export function listSessions(
  { sessions }: Pick<SessionDocs, 'sessions'>,
  filter: SessionFilter,
  paging: Paging,
  nowMs: number,
): Promise<Listed<Session>> {
  return listed(sessions, indexFor(filter), (session) => fits(filter, session, nowMs), paging)
}

/** What narrows it down most comes first. */
function indexFor({ status, user, profile, sinceMs }: SessionFilter): Omit<Query, 'limit'> {
  const from = sinceMs === undefined ? {} : { from: msToTime(sinceMs) }
  if (user !== undefined) return { index: 'gsi-user', value: user, ...from }
  if (profile !== undefined) return { index: 'gsi-profile', value: profile, ...from }
  return { index: 'gsi-status', value: status ?? 'active', ...from }
}

function fits({ status, user, profile, sinceMs }: SessionFilter, session: Session, nowMs: number): boolean {
  if (status !== undefined && sessionStatusAt(session, nowMs) !== status) return false
  if (sinceMs !== undefined && session.createdAtMs < sinceMs) return false
  if (profile !== undefined && session.profile !== profile) return false
  return user === undefined || session.user === user
}
