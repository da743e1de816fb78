// The session of one `exec --server`: in the table that a rule names, else in the one of the command line. Made and
// recorded when a decision first asks for it, which is before the first credential; kept alive by a heartbeat; ended and
// recorded when the child has ended. What it stands for is decided in `access`; here is what reaches the table.

import { type SessionDocs, type SessionWatch, sessionRows, watchSession } from '../access/index.ts'
import type { ChangeEvent, DecisionLog } from '../audit/index.ts'
import { SentinelError, toTimestamp } from '../base/index.ts'
import { type Caller, fact, type Made, passChange, resultOf } from '../gateway/index.ts'
import { decideSession } from '../policy/index.ts'
import type { Asker, ServerSession } from './answers/asker.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type OpenProfile, openProfile, type ProfileChoice } from './profile.ts'
import { type Reach, reachAws } from './reach.ts'
import { withTable } from './tables.ts'

/** What a server's session needs to know of its server. */
export type ServerSessionChoice = ProfileChoice & {
  readonly awsProfile: string | undefined
  /** How long its credentials last: so long after a heartbeat its process counts as living. */
  readonly leaseMs: number
  readonly log: DecisionLog
}

const heartbeatMs = 60_000
// The child has ended, and somebody waits for the prompt.
const endMs = 3_000

/** Opens the session of a server. Nothing is made yet. */
export function openServerSession(deps: GatewayDeps, choice: ServerSessionChoice): ServerSession {
  const id = deps.newRequestId()
  const watches = new Map<
    string,
    { readonly watch: SessionWatch; beginning?: Promise<unknown> | undefined }
  >()
  const begun = () => [...watches].filter(([, { watch }]) => watch.hasBegun())
  const later = (): (() => void) =>
    deps.machine.wait.after(heartbeatMs, () => {
      stop = later()
      for (const [table, { watch }] of begun()) void beat(deps, choice, table, watch)
    })
  let stop = () => {}
  return {
    id,
    isTracked: () => begun().length > 0,
    async find(asker, table) {
      const entry = watches.get(table) ?? { watch: watchSession(deps, id) }
      watches.set(table, entry)
      const over = entry.watch.over()
      if (over !== undefined) return { kind: 'session', id, ...over }
      const seen = await withTable(asker, sessionRows, table, async ({ docs }) => {
        if (!entry.watch.hasBegun()) {
          // Of several first requests one makes it.
          entry.beginning ??= begin(deps, choice, { asker, table, id, docs, watch: entry.watch }).finally(
            () => {
              entry.beginning = undefined
            },
          )
          await entry.beginning
          stop()
          stop = later()
        }
        return entry.watch.look(docs)
      })
      return { kind: 'session', id, ...seen }
    },
    used(sourceIdentity) {
      for (const [, { watch }] of begun()) watch.used(sourceIdentity)
    },
    async end() {
      stop()
      for (const [table, { watch }] of begun()) {
        if (watch.over() === undefined) await end(deps, choice, { id, table, watch })
      }
    },
  }
}

type Making = {
  readonly asker: Asker
  readonly table: string
  readonly id: string
  readonly docs: SessionDocs
  readonly watch: SessionWatch
}

async function begin(
  deps: GatewayDeps,
  { leaseMs, log }: ServerSessionChoice,
  { asker, table, id, docs, watch }: Making,
): Promise<void> {
  const { caller, request } = asker
  const { profile } = request
  const { host, pid } = deps.io
  const expiresAt = toTimestamp(deps.clock.now() + leaseMs)
  const { means } = await asker.reach()
  await written(deps, {
    log,
    walkId: request.requestId,
    event: 'session.created',
    means,
    caller: async () => caller,
    words: { profile, table, status: 'active', expires_at: expiresAt },
    id,
    act: async () => {
      await watch.begin(docs, { user: caller, profile, host, pid, leaseMs })
      return { kind: 'done', result: undefined }
    },
  })
}

async function beat(
  deps: GatewayDeps,
  choice: ServerSessionChoice,
  table: string,
  watch: SessionWatch,
): Promise<void> {
  try {
    const { reach } = await reached(deps, choice)
    await withTable({ deps, reach }, sessionRows, table, ({ docs }) => watch.beat(docs, choice.leaseMs))
  } catch {
    // A heartbeat permits nothing and refuses nothing: the next one says the same.
  }
}

async function end(
  deps: GatewayDeps,
  choice: ServerSessionChoice,
  { id, table, watch }: { readonly id: string; readonly table: string; readonly watch: SessionWatch },
): Promise<void> {
  const cut = new AbortController()
  const off = deps.machine.wait.after(endMs, () => cut.abort())
  const own = { ...deps, signal: () => cut.signal }
  try {
    const { profile, reach, walkId } = await reached(own, choice)
    await withTable({ deps: own, reach }, sessionRows, table, async ({ docs }) =>
      written(own, {
        log: choice.log,
        walkId,
        event: 'session.ended',
        means: profile,
        caller: () => profile.caller(),
        words: { profile: choice.profile, table, status: 'expired' },
        id,
        act: async () => {
          await watch.end(docs)
          return { kind: 'done', result: undefined }
        },
      }),
    )
  } catch (thrown) {
    const why = thrown instanceof SentinelError ? thrown.message : 'it is not known why'
    deps.warn(`session ${id} could not be ended in \`${table}\`, where it expires by itself: ${why}`)
  } finally {
    off()
  }
}

/** AWS, reached anew: a server may outlive what it was reached with before. */
async function reached(deps: GatewayDeps, choice: ServerSessionChoice) {
  const profile = await openProfile(deps, choice)
  const walkId = deps.newRequestId()
  const reach = (): Promise<Reach> => reachAws(deps, choice, profile, { log: choice.log, requestId: walkId })
  return { profile, reach, walkId }
}

type Writing = {
  readonly log: DecisionLog
  readonly walkId: string
  readonly event: ChangeEvent
  readonly means: Pick<OpenProfile, 'circumstances'>
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
  const { log, walkId, event, means, words, id, caller, act } = writing
  const request = { walkId, event, thing: { session_id: id } }
  const outcome = await passChange(
    {
      log,
      circumstances: () => ({ ...deps.circumstances(), ...means.circumstances }),
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
