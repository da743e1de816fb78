// How often the glass may be broken. The openings that count are facts; whoever claims an opening asks `exceeded`
// again with the ledger that the claim is written to, so that a race cannot exceed a limit.

import { formatDuration } from '../base/index.ts'
import type { CompiledRateLimitPolicy, CompiledRateLimitRule } from './rules/compiled.ts'
import { ruleFor } from './rules/match.ts'

/** Openings of the last 30 days, closed ones and running ones alike, in any order. */
export type Ledger = {
  /** By the caller, for whatever profile: a list for each of their keys (`personKeys`), and every one must hold. */
  readonly ofUser: readonly (readonly { readonly atMs: number; readonly profile: string }[])[]
  /** For the profile, by whomever. */
  readonly ofProfile: readonly { readonly atMs: number }[]
}

/** The limits in force, by the rule that says them; `default` without one (decision 6). */
export type RateLimits = Omit<CompiledRateLimitRule, 'name' | 'profiles'> & { readonly rule: string }

/** A limit that is reached. */
export type Exceeded = { readonly message: string; readonly retryAfterSeconds: number }

const byDefault: RateLimits = {
  rule: 'default',
  cooldownSeconds: 30 * 60,
  maxPerUser: 3,
  maxPerProfile: 10,
  quotaWindowSeconds: 24 * 3600,
}

/** The limits for a profile: of the first rule for it, or those of decision 6 where there is no policy or no such rule. */
export function limitsFor(policy: CompiledRateLimitPolicy | undefined, profile: string): RateLimits {
  const found = ruleFor(policy?.rules ?? [], profile)
  if (found === undefined) return byDefault
  const { name, profiles: _profiles, ...limits } = found
  return { rule: name, ...limits }
}

/** How far back an opening can count. */
export const windowSeconds = ({ cooldownSeconds = 0, quotaWindowSeconds = 0 }: RateLimits): number =>
  Math.max(cooldownSeconds, quotaWindowSeconds)

/** The limit that one more opening would exceed, if it would: cooldown, then the user's quota, then the profile's. */
export function exceeded(
  limits: RateLimits,
  { ofUser, ofProfile }: Ledger,
  profile: string,
  nowMs: number,
): Exceeded | undefined {
  const { cooldownSeconds = 0, maxPerUser, maxPerProfile } = limits
  for (const openings of ofUser) {
    const same = openings.filter((opening) => opening.profile === profile)
    const [latest] = within(same, cooldownSeconds, nowMs).slice(-1)
    if (latest !== undefined) {
      const message = `${formatDuration(cooldownSeconds)} must lie between two openings by one user for one profile`
      return { message, retryAfterSeconds: secondsUntil(latest, cooldownSeconds, nowMs) }
    }
  }
  for (const openings of ofUser) {
    const over = overQuota(limits, openings, maxPerUser, 'the caller', nowMs)
    if (over !== undefined) return over
  }
  return overQuota(limits, ofProfile, maxPerProfile, `profile \`${profile}\``, nowMs)
}

function overQuota(
  { quotaWindowSeconds = 0 }: RateLimits,
  openings: Ledger['ofProfile'],
  most: number | undefined,
  whose: string,
  nowMs: number,
): Exceeded | undefined {
  const recent = within(openings, quotaWindowSeconds, nowMs)
  const [oldest] = most === undefined || recent.length < most ? [] : recent.slice(recent.length - most)
  if (oldest === undefined) return undefined
  const message = `${whose} had ${recent.length} of at most ${most} openings within ${formatDuration(quotaWindowSeconds)}`
  return { message, retryAfterSeconds: secondsUntil(oldest, quotaWindowSeconds, nowMs) }
}

/** Whether one more opening is to be marked: the user has had as many as the threshold within the window. */
export function escalates(limits: RateLimits, { ofUser }: Ledger, nowMs: number): boolean {
  const { escalationThreshold, quotaWindowSeconds = 0 } = limits
  if (escalationThreshold === undefined) return false
  return ofUser.some((openings) => within(openings, quotaWindowSeconds, nowMs).length >= escalationThreshold)
}

/** When the openings were that still count, oldest first. One that seems to lie ahead counts: a clock was set back. */
function within(openings: Ledger['ofProfile'], seconds: number, nowMs: number): readonly number[] {
  return openings
    .map(({ atMs }) => atMs)
    .filter((atMs) => seconds > 0 && nowMs - atMs < seconds * 1000)
    .sort((a, b) => a - b)
}

const secondsUntil = (atMs: number, seconds: number, nowMs: number) =>
  Math.ceil((atMs - nowMs) / 1000 + seconds)
