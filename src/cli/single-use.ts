// An approval that serves once is taken before STS is called. Whoever is cut off between the two would have nothing for
// it, so each walk that takes one leaves a note of its id until its credentials are released. Within a minute the next
// run of the same caller repeats that walk, under the same id: that is all that the approval permits it
// (access/requests.ts), and what AWS saw under one approval stays one stamp.
//
// INVARIANT: a note is used and removed only under its lock, which whoever wrote it holds for as long as they walk, and a
// server for as long as it has something to give. So nobody takes the place of either.

import { hash } from 'node:crypto'
import type { Caller } from '../gateway/index.ts'
import { type Release, sealedFiles, tryLock } from '../machine/index.ts'
import type { AccessValues } from './access-values.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { openProfile } from './profile.ts'
import { openWays } from './ways.ts'

/** What one walk does with such an approval. */
export type SingleUse = {
  /** Leaves the note. To be called before the approval is taken. */
  begun(requestId: string, caller: Caller): void
  /** Nothing is left to repeat. */
  over(): void
  /** Its credentials are there. */
  gained(approval: string): void
  /** What an earlier walk of this server has and gave to nobody, for this walk alone. */
  held(): Promise<Taken | undefined>
  /** Whether `held` gave it, by the approval's id. */
  isHeld(approval: string | undefined): boolean
  /** What `held` gave is served. */
  served(): void
}

/** An approval, and the walk that took it. */
export type Taken = { readonly approval: string; readonly walkId: string }

type How = {
  readonly requestId: string
  readonly release: 'at once' | 'when asked for'
  /** In server mode. */
  readonly uses: ServerUses | undefined
}

/** Walks as the same caller did who was cut off a moment ago, under the id of then; where nobody was, as it is told to. */
export async function withUse<Own extends How, Obtained>(
  deps: GatewayDeps,
  values: AccessValues,
  how: Own,
  walk: (deps: GatewayDeps, values: AccessValues, how: Own, use: SingleUse) => Promise<Obtained>,
): Promise<Obtained> {
  const { uses } = how
  const own = openUse(deps, values)
  const so = { ended: false, begun: false, given: false, served: false }
  let gained: string | undefined
  let held: Held | undefined
  let { requestId } = how
  const use: SingleUse = {
    begun(id, caller) {
      own.begun(id, caller)
      uses?.enter()
      so.begun = true
    },
    over: own.over,
    gained(approval) {
      gained = approval
    },
    async held() {
      held = await uses?.take(() => !so.ended)
      return held
    },
    isHeld: (approval) => held !== undefined && held.approval === approval,
    served() {
      so.served = true
    },
  }
  try {
    requestId = (await own.cutOff()) ?? how.requestId
    const obtained = await walk(deps, values, { ...how, requestId }, use)
    // Before anything is released: whoever has it must not get it again.
    if (how.release === 'at once') {
      const from = so.served ? held : own
      from?.over()
      so.given = true
    }
    return obtained
  } finally {
    so.ended = true
    if (held !== undefined) uses?.leave(so.given && so.served ? closed(held) : held)
    const left =
      gained === undefined || so.given ? undefined : { ...own, approval: gained, walkId: requestId }
    if (uses === undefined || left === undefined) own.close()
    if (so.begun) uses?.leave(left)
  }
}

type Held = Taken & Pick<ReturnType<typeof openUse>, 'over' | 'close'>

function closed(held: Held): undefined {
  held.close()
}

/**
 * What the walks of one server have of approvals that serve once. What one of them took and gave to nobody, since the child
 * had not asked yet or had gone when STS answered, is for the next that asks, however late; it is decided about anew.
 */
export type ServerUses = {
  /** A walk takes an approval, and `leave` ends that. */
  enter(): void
  /** `held`: what it gave to nobody. */
  leave(held: Held | undefined): void
  /** Once no walk has one in its hands: what lies there, if it is still wanted then. `leave` ends that too. */
  take(isWanted: () => boolean): Promise<Held | undefined>
  /** Nobody asks any more. */
  end(): void
}

/** Opens the uses of one server. */
export function openServerUses(): ServerUses {
  let held: Held | undefined
  let walking = 0
  const waiting: (() => void)[] = []
  return {
    enter() {
      walking++
    },
    leave(left) {
      walking--
      held ??= left
      for (const wake of waiting.splice(0)) wake()
    },
    async take(isWanted) {
      while (walking > 0) await new Promise<void>((wake) => void waiting.push(wake))
      if (held === undefined || !isWanted()) return undefined
      const taken = held
      held = undefined
      walking++
      return taken
    },
    end() {
      held?.close()
      held = undefined
    },
  }
}

type Note = Pick<Caller, 'arn' | 'accountId'> & { readonly requestId: string; readonly atMs: number }

/** As long as the approval lets a walk come back. */
const repeatMs = 60_000

function openUse(deps: GatewayDeps, values: AccessValues) {
  const { machine, clock, paths } = deps
  const { join } = deps.platform.path
  const name = JSON.stringify(['single use', values.profile, values.requestTable])
  const notes = sealedFiles({ ...machine, keys: deps.keys() }, join(paths.cacheFolder, 'uses'))
  let release: Release | undefined
  const lock = () => {
    const path = join(paths.cacheFolder, 'locks', hash('sha256', name, 'hex').slice(0, 32))
    const attempt = release === undefined ? tryLock(machine, path) : undefined
    if (attempt?.kind === 'got') release = attempt.release
    return release !== undefined
  }
  const close = () => {
    release?.()
    release = undefined
  }
  return {
    /** The walk of the same caller that was cut off and is to be repeated, by its request id. */
    async cutOff(): Promise<string | undefined> {
      // Nearly always there is none, and then nothing is locked.
      if (notes.read(name) === undefined || !lock()) return undefined
      const text = notes.read(name)
      const note = text === undefined ? undefined : (JSON.parse(text) as Note)
      const ageMs = clock.now() - (note?.atMs ?? 0)
      if (note !== undefined && ageMs >= 0 && ageMs < repeatMs) {
        const own = await callerOf(deps, values)
        if (own?.arn === note.arn && own.accountId === note.accountId) return note.requestId
      }
      close()
      return undefined
    },
    begun(requestId: string, { arn, accountId }: Caller) {
      // Where another walk is under way the store says who is first; only that other one could be repeated.
      if (!lock()) return
      const note: Note = { requestId, arn, accountId, atMs: clock.now() }
      notes.write(name, JSON.stringify(note))
    },
    over() {
      if (release !== undefined) notes.remove(name)
    },
    /** Lets others in: to what is over, or to what was cut off. */
    close,
  }
}

/** Who cannot be named repeats nothing; why not is for the walk to find out. */
async function callerOf(deps: GatewayDeps, values: AccessValues): Promise<Caller | undefined> {
  try {
    const choice = { ...values, mfaToken: undefined, mfa: 'not asked for' } as const
    // Recorded by the walk that is repeated: it asks the same.
    const profile = await openProfile(deps, choice, openWays(deps))
    return await profile.caller()
  } catch {
    return undefined
  }
}
