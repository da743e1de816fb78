// The session of one `exec --server`: in the table that a rule names, else in the one of the command line. Made and
// recorded before the child starts where its table is known by then, else when a decision first asks for it, which is
// before the first credential; kept alive by a heartbeat; ended and recorded when the child has ended. What it stands for
// is decided in `access`; here is what reaches the table.
//
// INVARIANT: a run is one session, in however many tables policies have put it. It stands where it stands in all of them,
// and once it does not, it never does again, whatever table or rule comes later.
// INVARIANT: whoever is refused by what was learnt before has the ways by which it was learnt in their record.

import {
  revocationRows,
  type SessionDocs,
  type SessionOver,
  type SessionWatch,
  sessionRows,
  watchSession,
} from '../access/index.ts'
import type { ChangeEvent, DecisionLog } from '../audit/index.ts'
import { SentinelError, toTimestamp } from '../base/index.ts'
import { type Caller, fact, type Made, passChange, type RecorderDeps, resultOf } from '../gateway/index.ts'
import { decideSession } from '../policy/index.ts'
import type { ServerSession } from './answers/asker.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { openProfile, type ProfileChoice } from './profile.ts'
import { type Reach, reachAws } from './reach.ts'
import { type TableDeps, withTable } from './tables.ts'
import { openWays, type Way, type Ways } from './ways.ts'

/** What a server's session needs to know of its server. */
export type ServerSessionChoice = ProfileChoice & {
  readonly awsProfile: string | undefined
  /** The table of the command line. */
  readonly table: string | undefined
  /** How long its credentials last: so long after a heartbeat its process counts as living. */
  readonly leaseMs: number
  readonly log: DecisionLog
}

const heartbeatMs = 60_000
// The child has ended, and somebody waits for the prompt.
const endMs = 3_000

/** The rows as somebody reached them. */
type Seen = SessionDocs & { readonly ways: readonly Way[] }

/** How a table of sessions is reached, and the ways of the walk that it is reached in. */
type Means = TableDeps & { readonly ways: Ways }

/** The session in one table. */
type Place = { readonly watch: SessionWatch<Seen>; beginning?: Promise<unknown> | undefined }

/** Opens the session of a server. Nothing is made yet. */
export function openServerSession(deps: GatewayDeps, choice: ServerSessionChoice): ServerSession {
  const id = deps.newRequestId()
  const places = new Map<string, Place>()
  const begun = () => [...places].filter(([, { watch }]) => watch.hasBegun())
  let known: SessionOver<Seen> | undefined
  /** What was seen first, by a request or by a heartbeat. */
  const over = () => {
    for (const { watch } of places.values()) known ??= watch.over()
    return known
  }
  const later = (): (() => void) =>
    deps.machine.wait.after(heartbeatMs, () => {
      stop = later()
      if (over() === undefined)
        for (const [table, { watch }] of begun()) void beat(deps, choice, table, watch)
    })
  let stop = () => {}
  const begin = async (place: Place, making: Omit<Making, 'id' | 'watch'>) => {
    if (place.watch.hasBegun()) return
    // Of several first requests one makes it.
    place.beginning ??= make(deps, choice, { ...making, id, watch: place.watch }).finally(() => {
      place.beginning = undefined
    })
    await place.beginning
    stop()
    stop = later()
  }
  const look = (means: Means, table: string, founder: Founder) => {
    const place = places.get(table) ?? { watch: watchSession(deps, id) }
    places.set(table, place)
    return withSessions(means, table, async (docs) => {
      await begin(place, { ...founder, table, docs })
      await place.watch.look(docs)
    })
  }
  return {
    id,
    isTracked: () => begun().length > 0,
    async begin() {
      if (choice.table === undefined) return
      const { profile, means, ...walk } = await reached(deps, choice)
      await look(means, choice.table, { ...walk, caller: profile.caller })
    },
    async find(asker, table) {
      const { caller, request, recorder } = asker
      const { circumstances } = recorder
      const founder = { walkId: request.requestId, circumstances, caller: async () => caller }
      const tables = new Set([...begun().map(([name]) => name), ...(table === undefined ? [] : [table])])
      if (over() === undefined)
        await all(
          [...tables].map((name) => look(asker, name, founder)),
          over,
        )
      const { answer = { state: 'active' }, seen } = over() ?? {}
      for (const way of seen?.ways ?? []) asker.ways.add(way)
      return { kind: 'session', id, ...answer }
    },
    used(sourceIdentity) {
      for (const [, { watch }] of begun()) watch.used(sourceIdentity)
    },
    async end() {
      stop()
      for (const [table, { watch }] of begun()) await end(deps, choice, { id, table, watch })
    },
  }
}

/** Waits for all, of which one may settle it whatever becomes of the others. */
async function all(looks: readonly Promise<void>[], settled: () => unknown): Promise<void> {
  const ends = await Promise.allSettled(looks)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined && settled() === undefined) throw failed.reason
}

function withSessions<Result>(
  means: Means,
  table: string,
  use: (docs: Seen) => Promise<Result>,
): Promise<Result> {
  return withTable(means, sessionRows, table, ({ docs: sessions, also }) =>
    use({ sessions, revocations: also(revocationRows), ways: means.ways.soFar() }),
  )
}

/** For whom, and in which walk, a session is made. */
type Founder = Pick<Writing, 'walkId' | 'circumstances' | 'caller'>

type Making = Founder & {
  readonly table: string
  readonly id: string
  readonly docs: Seen
  readonly watch: SessionWatch<Seen>
}

async function make(
  deps: GatewayDeps,
  { leaseMs, log, profile }: ServerSessionChoice,
  { walkId, circumstances, caller, table, id, docs, watch }: Making,
): Promise<void> {
  const { host, pid } = deps.io
  const expiresAt = toTimestamp(deps.clock.now() + leaseMs)
  await written(deps, {
    log,
    walkId,
    event: 'session.created',
    circumstances,
    caller,
    words: { profile, table, status: 'active', expires_at: expiresAt },
    id,
    act: async () => {
      await watch.begin(docs, { user: await caller(), profile, host, pid, leaseMs })
      return { kind: 'done', result: undefined }
    },
  })
}

async function beat(
  deps: GatewayDeps,
  choice: ServerSessionChoice,
  table: string,
  watch: SessionWatch<Seen>,
): Promise<void> {
  try {
    const { means } = await reached(deps, choice)
    await withSessions(means, table, (docs) => watch.beat(docs, choice.leaseMs))
  } catch {
    // A heartbeat permits nothing and refuses nothing: the next one says the same.
  }
}

async function end(deps: GatewayDeps, choice: ServerSessionChoice, ending: Ending): Promise<void> {
  const { id, table, watch } = ending
  const cut = new AbortController()
  const off = deps.machine.wait.after(endMs, () => cut.abort())
  const own = { ...deps, signal: () => cut.signal }
  try {
    const { profile, means, ...walk } = await reached(own, choice)
    await withSessions(means, table, async (docs) => {
      // Since it was revoked perhaps nobody has asked.
      const { state } = await watch.look(docs)
      const founder = { ...walk, caller: () => profile.caller() }
      if (state === 'active') await endOne(own, choice, { ...ending, ...founder, docs })
      else await watch.settle(docs)
    })
  } catch (thrown) {
    // One that is over already permits nothing, and the log has every request.
    if (watch.over() !== undefined) return
    const why = thrown instanceof SentinelError ? thrown.message : 'it is not known why'
    deps.warn(`session ${id} could not be ended in \`${table}\`, where it expires by itself: ${why}`)
  } finally {
    off()
  }
}

/** A session in one table, at the end of its run. */
type Ending = { readonly id: string; readonly table: string; readonly watch: SessionWatch<Seen> }

function endOne(
  deps: GatewayDeps,
  { log, profile }: ServerSessionChoice,
  { id, table, watch, docs, ...founder }: Ending & Founder & { readonly docs: Seen },
): Promise<void> {
  return written(deps, {
    log,
    ...founder,
    event: 'session.ended',
    words: { profile, table, status: 'expired' },
    id,
    act: async () => {
      if ((await watch.end(docs)) !== undefined) return { kind: 'done', result: undefined }
      await watch.look(docs)
      // Its row says how much it gave out.
      await watch.settle(docs)
      throw new SentinelError('STATE_CONFLICT', `session ${id} was taken back before it could be ended`)
    },
  })
}

/** AWS, reached anew: a server may outlive what it was reached with before. */
async function reached(deps: GatewayDeps, choice: ServerSessionChoice) {
  const ways = openWays(deps)
  const profile = await openProfile(deps, choice, ways)
  const walkId = deps.newRequestId()
  const record = { log: choice.log, requestId: walkId, ways }
  const reach = (): Promise<Reach> => reachAws(deps, choice, profile, record)
  const means: Means = { deps, reach, ways }
  return { profile, means, walkId, circumstances: ways.circumstances }
}

type Writing = RecorderDeps & {
  readonly walkId: string
  readonly event: ChangeEvent
  readonly words: {
    readonly profile: string
    readonly table: string
    readonly status: string
    readonly expires_at?: string
  }
  readonly id: string
  caller(): Promise<Caller>
  act(): Promise<Made<undefined>>
}

async function written(deps: GatewayDeps, writing: Writing): Promise<void> {
  const { log, circumstances, walkId, event, words, id, caller, act } = writing
  const request = { walkId, event, thing: { session_id: id } }
  const outcome = await passChange(
    {
      log,
      circumstances,
      gather: async () => ({ profile: words.profile, caller: await fact(caller) }),
      decide: decideSession,
      act,
      words: () => words,
    },
    request,
    deps.signal(),
  )
  resultOf(outcome, request)
}
