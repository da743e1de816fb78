// The book of sessions: what somebody else than their own process does with them.

import { SentinelError } from '../base/index.ts'
import type { Party } from '../policy/index.ts'
import { type Cursor, type Doc, msToTime, type Page, pageLimit, type Query } from '../store/index.ts'
import type { SessionDocs } from './session-watch.ts'
import { type Session, type SessionStatus, sessionStatusAt, sessionStep } from './sessions.ts'

/** A session under its id. */
export type SessionDoc = Doc<Session>

/** What became of a revocation. */
export type Revoked =
  | { readonly kind: 'revoked'; readonly doc: SessionDoc }
  | { readonly kind: 'refused'; readonly because: string; readonly doc: SessionDoc }

/**
 * Takes a session back, if it is active. That its process writes a heartbeat meanwhile is no reason to fail: then it is
 * read again. Of several who revoke at once, one does.
 *
 * @throws SentinelError whatever the store throws; STORE_CONFLICT when the session is gone
 */
export async function revokeSession(
  docs: SessionDocs,
  first: SessionDoc,
  { by, reason }: { readonly by: Party; readonly reason: string },
  nowMs: number,
): Promise<Revoked> {
  // A process writes once in a minute, so this ends.
  for (let doc = first; ; ) {
    const step = sessionStep(doc.body, { kind: 'revoke', by, reason }, nowMs)
    if (step.kind === 'refused') return { ...step, doc }
    try {
      return { kind: 'revoked', doc: await docs.update(doc, step.session) }
    } catch (thrown) {
      const isConflict = thrown instanceof SentinelError && thrown.code === 'STORE_CONFLICT'
      const now = isConflict ? await docs.get(doc.id) : undefined
      if (now === undefined || now.version <= doc.version) throw thrown
      doc = now
    }
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

/** A part of a list. */
export type SessionList = {
  readonly docs: readonly SessionDoc[]
  readonly damaged: readonly SentinelError[]
  readonly next?: Cursor
}

/**
 * Up to `limit` sessions, newest first. There may be fewer while `next` says that there are more.
 *
 * @throws SentinelError USAGE for a cursor of another list; whatever the store throws
 */
export async function listSessions(
  docs: SessionDocs,
  filter: SessionFilter,
  { limit, after }: { readonly limit: number; readonly after?: Cursor | undefined },
  nowMs: number,
): Promise<SessionList> {
  const found: SessionDoc[] = []
  const damaged: SentinelError[] = []
  let next = after
  for (;;) {
    const query = { ...indexFor(filter), limit: Math.min(pageLimit, limit - found.length) }
    const page: Page<Session> = await docs.list(next === undefined ? query : { ...query, after: next })
    const fitting = page.docs.filter(({ body }) => fits(filter, body, nowMs))
    found.push(...fitting)
    damaged.push(...page.damaged)
    next = page.next
    if (next === undefined) return { docs: found, damaged }
    const missing = limit - found.length
    // Not for ever for the last few.
    const isRare = fitting.length < page.docs.length && missing < limit / 4
    if (missing === 0 || isRare) return { docs: found, damaged, next }
  }
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
