// Waiting for a lock while everything else runs: for a process that others wait for.

import { delayMs, lockTimeout, type Release, tryLock } from './lock.ts'
import type { Machine } from './machine.ts'

const patienceMs = 10_000

/**
 * Takes a lock for whoever asked; everything else runs meanwhile. Who goes away during the wait ends it. For somebody
 * who had gone before, it is waited as for anybody else: then it is about the record, not about an answer.
 *
 * @throws SentinelError as withLock
 */
export async function acquire(
  deps: Machine,
  path: string,
  asker: Pick<AbortSignal, 'aborted'>,
): Promise<Release> {
  const hadGone = asker.aborted
  for (let waited = 0, tries = 0; ; tries++) {
    const attempt = tryLock(deps, path)
    if (attempt.kind === 'got') return attempt.release
    if (waited >= patienceMs || (asker.aborted && !hadGone))
      throw lockTimeout(path, attempt.holder, Math.floor(waited / 100) * 100)
    const ms = delayMs(deps, tries, 1, 25)
    await deps.wait.pause(ms)
    waited += ms
  }
}
