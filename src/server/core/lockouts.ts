// Names that were tried too often with wrong passwords are locked for a while (spec/vault.md 5.5, user lockout). Kept in
// memory: whoever restarts or unseals the server unlocks them all. Names that nobody has are counted too, so that being
// locked says nothing about who is known.
//
// Those who try many at once are counted when they have failed, so as many as are checked at once get a try more.

import { type Clock, SentinelError } from '../../base/index.ts'
import type { Lockout, Mount } from '../mounts/path.ts'

/** What holds where a mount says nothing. */
export const usualLockout: Lockout = {
  isDisabled: false,
  threshold: 5,
  lockedSeconds: 900,
  forgottenSeconds: 900,
}

export interface Lockouts {
  /** @throws SentinelError POLICY_DENIED while the name is locked */
  requireOpen(mount: Mount, name: string): void
  failed(mount: Mount, name: string): void
  succeeded(mount: Mount, name: string): void
  /** Those that are locked now: names by accessors of mounts, both sorted. */
  locked(mounts: readonly Mount[]): ReadonlyMap<string, readonly string[]>
  unlock(mountAccessor: string, name: string): void
}

/** Names that are remembered, at most; the one that was tried least lately goes first. */
const maxNames = 10_000

type Failures = { readonly count: number; readonly lastMs: number }

export function openLockouts(clock: Clock): Lockouts {
  const tried = new Map<string, Failures>()
  const isLocked = (mount: Mount, name: string): boolean => {
    const { isDisabled, threshold, lockedSeconds } = mount.lockout ?? usualLockout
    const failures = tried.get(keyOf(mount.accessor, name))
    if (isDisabled || failures === undefined || failures.count < threshold) return false
    return failures.lastMs + lockedSeconds * 1000 > clock.now()
  }
  return {
    requireOpen(mount, name) {
      if (!isLocked(mount, name)) return
      throw new SentinelError('POLICY_DENIED', 'permission denied', {
        hint: 'the name is locked for a while, since it was tried too often',
      })
    },
    failed(mount, name) {
      const { forgottenSeconds, threshold } = mount.lockout ?? usualLockout
      const key = keyOf(mount.accessor, name)
      const before = tried.get(key) ?? { count: 0, lastMs: 0 }
      // Where a lock has ended, counting begins anew.
      const isOver = before.count >= threshold && !isLocked(mount, name)
      const isForgotten = isOver || before.lastMs + forgottenSeconds * 1000 <= clock.now()
      tried.delete(key)
      tried.set(key, { count: (isForgotten ? 0 : before.count) + 1, lastMs: clock.now() })
      const [oldest] = tried.keys()
      if (tried.size > maxNames && oldest !== undefined) tried.delete(oldest)
    },
    succeeded: ({ accessor }, name) => void tried.delete(keyOf(accessor, name)),
    locked(mounts) {
      const found = mounts.map((mount) => {
        const names = [...tried.keys()].flatMap((key) => nameIn(key, mount.accessor) ?? [])
        return [mount.accessor, names.filter((name) => isLocked(mount, name)).sort()] as const
      })
      return new Map(found.filter(([, names]) => names.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)))
    },
    unlock: (accessor, name) => void tried.delete(keyOf(accessor, name)),
  }
}

/** Accessors have no line breaks. */
const keyOf = (accessor: string, name: string) => `${accessor}\n${name}`
const nameIn = (key: string, accessor: string) =>
  key.startsWith(`${accessor}\n`) ? key.slice(accessor.length + 1) : undefined
