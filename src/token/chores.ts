// Work that is due at a time and is tried again until it succeeds: the ends of tokens and of leases.

import type { Clock } from '../base/index.ts'
import { Deadlines } from './deadlines.ts'

/** Names whose time comes, and what is done about them. */
export type Chores = {
  /** Looks after a name at this time, or earlier where that was asked for before. */
  at(name: string, atMs: number): void
  /** Does what is due; what fails is due again later. Two callers share one run. */
  tick(): Promise<void>
}

/** Milliseconds before something that failed is tried again, doubled with each failure. */
const [firstPauseMs, longestPauseMs] = [10_000, 3_600_000]

/** Chores by the given clock; `due` does one, and says when it is due again. */
export function openChores(
  deps: { readonly clock: Clock },
  due: (name: string) => Promise<number | undefined>,
): Chores {
  const deadlines = new Deadlines()
  const failures = new Map<string, number>()
  const doOne = async (name: string): Promise<void> => {
    try {
      const again = await due(name)
      failures.delete(name)
      if (again !== undefined) deadlines.set(name, again)
    } catch {
      // Whatever failed, the thing is still there and still over: only the clearing away waits.
      const failed = failures.get(name) ?? 0
      failures.set(name, failed + 1)
      deadlines.set(name, deps.clock.now() + Math.min(firstPauseMs * 2 ** failed, longestPauseMs))
    }
  }
  const run = async (): Promise<void> => {
    const nowMs = deps.clock.now()
    for (let name = deadlines.take(nowMs); name !== undefined; name = deadlines.take(nowMs)) await doOne(name)
  }
  let running: Promise<void> | undefined
  return {
    at: (name, atMs) => deadlines.set(name, atMs),
    tick() {
      running ??= run().finally(() => {
        running = undefined
      })
      return running
    },
  }
}
