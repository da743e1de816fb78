// Policies that use up what they may, again and again, are not evaluated for a while: whoever sends requests to one of
// them must not slow down everybody else. Such a policy does not pass meanwhile.

import type { GoverningPolicy } from '../../policy/index.ts'

/** So often within so many milliseconds, and for so long. */
const [most, withinMs, forMs] = [3, 10_000, 10_000]

/** Counts. */
export type Breaker = {
  /** Those that are not to be evaluated now. */
  suspended(nowMs: number): ReadonlySet<GoverningPolicy>
  /** A policy used up what it may. @returns whether it is suspended from now on */
  exceeded(policy: GoverningPolicy, nowMs: number): boolean
}

/** Begins to count. What is counted goes with its policy: one that is written anew begins anew. */
export function openBreaker(): Breaker {
  const recent = new WeakMap<GoverningPolicy, readonly number[]>()
  const untilMs = new Map<GoverningPolicy, number>()
  let now: ReadonlySet<GoverningPolicy> = nobody
  return {
    suspended(nowMs) {
      if (untilMs.size === 0) return nobody
      const over = [...untilMs].filter(([, until]) => until <= nowMs)
      for (const [policy] of over) untilMs.delete(policy)
      if (over.length > 0) now = new Set(untilMs.keys())
      return now
    },
    exceeded(policy, nowMs) {
      const times = [...(recent.get(policy) ?? []).filter((ms) => ms > nowMs - withinMs), nowMs]
      if (times.length < most) {
        recent.set(policy, times)
        return false
      }
      recent.delete(policy)
      untilMs.set(policy, nowMs + forMs)
      now = new Set(untilMs.keys())
      return true
    },
  }
}

const nobody: ReadonlySet<GoverningPolicy> = new Set()
