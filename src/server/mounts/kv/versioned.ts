// One secret of KV version 2 and what can be done with it, as functions from what it was to what it is: nothing here
// reads or writes. spec/vault.md 7.2.

import { SentinelError } from '../../../base/index.ts'

/** One version, without what it says. */
export type VersionInfo = {
  readonly createdAtMs: number
  /** When it is, or will be, deleted; undefined where it will not be. */
  readonly deletedAtMs?: number
  /** What it said is gone for good. */
  readonly destroyed: boolean
}

/** What may be set for a secret, and for all secrets of a mount. */
export type KeepingRules = {
  /** 0: what the mount says, and where that says nothing, 10. */
  readonly maxVersions: number
  readonly casRequired: boolean
  /** 0: never by itself. Below 0, for a mount: never, whatever a secret says. */
  readonly deleteAfterSeconds: number
}

/** A secret without what its versions say. */
export type Versioned = {
  /** In ascending order. */
  readonly versions: ReadonlyMap<number, VersionInfo>
  /** 0 before the first. */
  readonly current: number
  /** As Vault counts it: 0 until a version had to make room. */
  readonly oldest: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly rules: KeepingRules
  readonly customMetadata: ReadonlyMap<string, string>
  /** Whatever older versions said lies at this number and above. */
  readonly sweptTo: number
}

/** What a mount says where a secret says nothing. */
export const plainRules: KeepingRules = { maxVersions: 0, casRequired: false, deleteAfterSeconds: 0 }

const defaultMaxVersions = 10

/** A secret that has no version yet. */
export function newSecret(nowMs: number): Versioned {
  return {
    versions: new Map(),
    current: 0,
    oldest: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    rules: plainRules,
    customMetadata: new Map(),
    sweptTo: 1,
  }
}

/** The secret with one version more; those that are too many have lost their place. */
export function withVersion(before: Versioned, mount: KeepingRules, nowMs: number): Versioned {
  const current = before.current + 1
  const made: VersionInfo = { createdAtMs: nowMs, destroyed: false, ...endOf(before, mount, nowMs) }
  const kept = Math.max(before.rules.maxVersions, mount.maxVersions) || defaultMaxVersions
  const oldest = current - before.oldest >= kept ? current - kept + 1 : before.oldest
  const versions = [...before.versions, [current, made] as const].filter(([number]) => number >= oldest)
  return { ...before, versions: new Map(versions), current, oldest, updatedAtMs: nowMs }
}

/** When a version that begins now is deleted by itself: the shorter of what secret and mount say. */
function endOf({ rules }: Versioned, mount: KeepingRules, nowMs: number): { deletedAtMs?: number } {
  if (mount.deleteAfterSeconds < 0) return {}
  const set = [rules.deleteAfterSeconds, mount.deleteAfterSeconds].filter((seconds) => seconds > 0)
  return set.length === 0 ? {} : { deletedAtMs: nowMs + Math.min(...set) * 1000 }
}

/** Whether what a version says is not given out now. */
export const isGone = ({ deletedAtMs, destroyed }: VersionInfo, nowMs: number): boolean =>
  destroyed || (deletedAtMs !== undefined && deletedAtMs <= nowMs)

/** The secret with these versions deleted: what they say is kept, and not given out. */
export function withDeleted(before: Versioned, numbers: readonly number[], nowMs: number): Versioned {
  return withChanged(before, numbers, (info) =>
    isGone(info, nowMs) ? info : { ...info, deletedAtMs: nowMs },
  )
}

/** The secret with these versions given out again. */
export function withUndeleted(
  before: Versioned,
  numbers: readonly number[],
  mount: KeepingRules,
  nowMs: number,
): Versioned {
  return withChanged(before, numbers, ({ createdAtMs, destroyed, deletedAtMs }) => ({
    createdAtMs,
    destroyed,
    ...(destroyed ? deletedAtMs !== undefined && { deletedAtMs } : endOf(before, mount, nowMs)),
  }))
}

/** The secret with these versions marked as destroyed. */
export const withDestroyed = (before: Versioned, numbers: readonly number[]): Versioned =>
  withChanged(before, numbers, (info) => ({ ...info, destroyed: true }))

function withChanged(
  before: Versioned,
  numbers: readonly number[],
  change: (info: VersionInfo) => VersionInfo,
): Versioned {
  const versions = [...before.versions].map(
    ([number, info]) => [number, numbers.includes(number) ? change(info) : info] as const,
  )
  return { ...before, versions: new Map(versions) }
}

/**
 * Whoever writes may say which version they have read.
 *
 * @throws SentinelError REQUEST_INVALID where it is another by now, or is to be said and is not
 */
export function requireCas(
  asked: number | undefined,
  before: Versioned | undefined,
  mount: KeepingRules,
): void {
  const isRequired = mount.casRequired || before?.rules.casRequired === true
  if (asked === undefined && isRequired)
    throw new SentinelError('REQUEST_INVALID', 'check-and-set parameter required for this call')
  if (asked !== undefined && asked !== (before?.current ?? 0))
    throw new SentinelError('REQUEST_INVALID', 'check-and-set parameter did not match the current version', {
      hint: 'read the secret again, and write with the version that it has now',
    })
}
