// The session of a server that runs: made before the first credential, looked at before each, kept alive in between.
//
// INVARIANT: once it was seen that the session does not stand, it never stands again for this process, whatever its row
// says later. So a revocation holds against a swept row and against whoever sets the row back.
// INVARIANT: nobody but this process and a revocation writes the row. A row that somebody else wrote, by a version that
// is higher than any of ours, does not stand: it was revoked and set back, or worse. Nor does one beside which a
// revocation lies, so that it helps nobody either to put the whole row back as it was before.

import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../base/index.ts'
import type { Doc, Docs } from '../store/index.ts'
import { present } from './present.ts'
import { type Revocation, revocationId } from './session-rows.ts'
import { newSession, type Session, type SessionEvent, type Started, sessionStep, usedBy } from './sessions.ts'
import { isConflict } from './turn-doc.ts'

/** A table of sessions: two kinds of rows in one place. */
export type SessionDocs = { readonly sessions: Docs<Session>; readonly revocations: Docs<Revocation> }

/** How a session stands. */
export type SessionAnswer = {
  readonly state: 'active' | 'revoked' | 'missing' | 'ended'
  readonly by?: string
  readonly reason?: string
}

/** What is known for good of a session that does not stand. */
export type SessionOver<Seen extends SessionDocs> = {
  readonly answer: SessionAnswer
  /** The table as whoever learnt it had reached it: all that is told of it later comes from there. */
  readonly seen: Seen
}

/** The session of this process in one table. */
export type SessionWatch<Seen extends SessionDocs = SessionDocs> = {
  /** Makes the row. @throws SentinelError whatever the store throws; it may then be tried again */
  begin(docs: Seen, started: Started): Promise<Session>
  /** Whether the row was made. */
  hasBegun(): boolean
  /** How it stands, where that is known for good. */
  over(): SessionOver<Seen> | undefined
  /** Looks, consistently, unless it is known already that it does not stand. Throws whatever the store throws. */
  look(docs: Seen): Promise<SessionAnswer>
  /** Notes that credentials were given out, for the next heartbeat. */
  used(sourceIdentity: string | undefined): void
  /** Writes that the process lives, where the session still stands. A heartbeat that comes too late writes nothing. */
  beat(docs: Seen, leaseMs: number): Promise<void>
  /** Writes what a session that was revoked has given out, where its row does not say so yet. Throws whatever the store throws. */
  settle(docs: Seen): Promise<void>
  /** Writes that the run is over. Undefined where there was nothing to end. */
  end(docs: Seen): Promise<Session | undefined>
}

/** Opens the watch over a session that is not made yet. */
export function watchSession<Seen extends SessionDocs>(
  { clock }: { readonly clock: Clock },
  id: string,
): SessionWatch<Seen> {
  let known: Doc<Session> | undefined
  // A write of ours whose answer was lost may have happened.
  let tried: Session | undefined
  let over: SessionOver<Seen> | undefined
  const use = { count: 0, lastMs: 0, stamp: undefined as string | undefined }

  const uses = () => ({
    lastAccessAtMs: use.lastMs,
    requestCount: use.count,
    sourceIdentity: use.stamp,
  })
  const judge = (
    seen: Seen,
    found: Doc<Session> | undefined,
    revocation: Revocation | undefined,
  ): SessionAnswer => {
    if (over === undefined) {
      const answer = standing(found, revocation, known, tried)
      if (answer.state !== 'active') over = { answer, seen }
      // Several looks may be under way: an older row is no news.
      else if (found !== undefined && found.version > (known?.version ?? 0))
        [known, tried] = [found, undefined]
    }
    return over?.answer ?? { state: 'active' }
  }
  const look = async (docs: Seen): Promise<SessionAnswer> => {
    if (over !== undefined) return over.answer
    const { sessions, revocations } = docs
    const [found, revocation] = await Promise.all([sessions.get(id), revocations.get(revocationId(id))])
    return judge(docs, found, revocation?.body)
  }
  const write = async (docs: Seen, event: SessionEvent): Promise<Session | undefined> => {
    if (known === undefined || (await look(docs)).state !== 'active') return undefined
    const step = sessionStep(known.body, event, clock.now())
    if (step.kind === 'refused') return undefined
    tried = step.session
    try {
      const written = await docs.sessions.update(known, step.session)
      if (written.version > known.version) [known, tried] = [written, undefined]
      return step.session
    } catch (thrown) {
      // Whoever was faster took the session back: the next look sees it.
      if (isConflict(thrown)) return undefined
      throw thrown
    }
  }
  // What a revoked session gave out is evidence: it is written once more, beside what the revocation wrote.
  const settle = async ({ sessions }: Seen): Promise<void> => {
    const found = over?.answer.state === 'revoked' ? await sessions.get(id) : undefined
    if (found?.body.status !== 'revoked' || found.body.requestCount === use.count) return
    await sessions.update(found, usedBy(found.body, uses()))
  }
  return {
    async begin({ sessions }, started) {
      const session = newSession(started, clock.now())
      known = await sessions
        .create(id, session)
        .catch((thrown: unknown) => ownRow(sessions, id, session, thrown))
      use.lastMs = known.body.lastAccessAtMs
      return known.body
    },
    hasBegun: () => known !== undefined,
    over: () => over,
    look,
    used(sourceIdentity) {
      use.count++
      use.lastMs = clock.now()
      use.stamp = sourceIdentity ?? use.stamp
    },
    async beat(docs, leaseMs) {
      await write(docs, { kind: 'heartbeat', leaseMs, ...uses() })
    },
    end: (docs) => write(docs, { kind: 'end', ...uses() }),
    settle,
  }
}

/** The row that an earlier attempt made whose answer was lost: nobody else has this id. */
async function ownRow(
  docs: Docs<Session>,
  id: string,
  { serverInstanceId, userArn }: Session,
  thrown: unknown,
): Promise<Doc<Session>> {
  const found = isConflict(thrown) ? await docs.get(id) : undefined
  const { body, version } = found ?? {}
  const isOwn = body?.serverInstanceId === serverInstanceId && body.userArn === userArn
  if (found !== undefined && isOwn && version === 1 && body.status === 'active') return found
  throw thrown
}

/** How a row stands, by what this process last wrote. */
function standing(
  found: Doc<Session> | undefined,
  revocation: Revocation | undefined,
  known: Doc<Session> | undefined,
  tried: Session | undefined,
): SessionAnswer {
  if (found?.body.status === 'revoked') {
    const { revokedBy: by, revokedReason: reason } = found.body
    return { state: 'revoked', ...present({ by, reason }) }
  }
  if (revocation !== undefined) {
    const { by, reason } = revocation
    return { state: 'revoked', by, reason }
  }
  if (found === undefined) return { state: 'missing' }
  const { status } = found.body
  if (status === 'expired') return { state: 'ended' }
  if (known === undefined || found.version <= known.version) return { state: 'active' }
  if (found.version === known.version + 1 && isDeepStrictEqual(found.body, tried)) return { state: 'active' }
  return { state: 'revoked', reason: 'somebody else wrote its row and left it active' }
}
