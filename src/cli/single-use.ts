// An approval that serves once is taken before STS is called. Whoever is cut off between the two would have nothing for
// it, so each walk that takes one leaves a note of its id until its credentials are released. Within a minute the next
// run of the same caller repeats that walk, under the same id: that is all that the approval permits it
// (access/requests.ts), and what AWS saw under one approval stays one stamp.
//
// INVARIANT: a note is used and removed only under its lock, which whoever wrote it holds for as long as they walk. So
// nobody takes the place of a walk that is still under way.

import { hash } from 'node:crypto'
import type { Caller } from '../gateway/index.ts'
import { type Release, sealedFiles, tryLock } from '../machine/index.ts'
import type { AccessValues } from './access-values.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { openProfile } from './profile.ts'

/** The note of one walk. */
export type SingleUse = {
  /** Leaves it. To be called before the approval is taken. */
  begun(requestId: string, caller: Caller): void
  /** Nothing is left to repeat. */
  over(): void
}

/** Walks as the same caller did who was cut off a moment ago, under the id of then; where nobody was, as it is told to. */
export async function withUse<
  How extends { readonly requestId: string; readonly release: 'at once' | 'when asked for' },
  Obtained,
>(
  deps: GatewayDeps,
  values: AccessValues,
  how: How,
  walk: (deps: GatewayDeps, values: AccessValues, how: How, use: SingleUse) => Promise<Obtained>,
): Promise<Obtained> {
  const { cutOff, close, ...use } = openUse(deps, values)
  try {
    const requestId = (await cutOff()) ?? how.requestId
    const obtained = await walk(deps, values, { ...how, requestId }, use)
    // Before anything is released: whoever has it must not get it again.
    if (how.release === 'at once') use.over()
    return obtained
  } finally {
    close()
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
    const profile = await openProfile(deps, { ...values, mfaToken: undefined, mfa: 'not asked for' })
    return await profile.caller()
  } catch {
    return undefined
  }
}
