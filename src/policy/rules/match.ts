// What every kind of rule asks: is it for this profile, for this user, open now?

import { globMatches, SentinelError } from '../../base/index.ts'
import type { CompiledWindow, Horizon } from './compiled.ts'
import { userMatches } from './users.ts'
import { isOpen } from './window.ts'

/** @throws SentinelError INTERNAL when the policy was compiled for another time (ask `isStale` first) */
export function assertCovers({ fromMs, untilMs }: Horizon, nowMs: number): void {
  if (nowMs >= fromMs && nowMs < untilMs) return
  throw new SentinelError('INTERNAL', 'the compiled policy does not cover this instant')
}

/** Whether a rule is for a profile; one without profiles is for all. */
export function isForProfile(
  { profiles }: { readonly profiles?: readonly string[] },
  profile: string,
): boolean {
  return profiles === undefined || profiles.some((pattern) => globMatches(pattern, profile))
}

/** The rule that decides about a profile: the first that is for it. */
export function ruleFor<Rule extends { readonly profiles?: readonly string[] }>(
  rules: readonly Rule[],
  profile: string,
): Rule | undefined {
  return rules.find((rule) => isForProfile(rule, profile))
}

/** Whether a user is named by one of the patterns; absent ones name everybody. */
export function isNamed(
  patterns: readonly string[] | undefined,
  user: string,
  trustedRoles: readonly string[],
): boolean {
  return patterns === undefined || patterns.some((pattern) => userMatches(pattern, user, trustedRoles))
}

/** Whether a window is open; an absent one always is. */
export function isInTime({ zones }: Horizon, time: CompiledWindow | undefined, nowMs: number): boolean {
  if (time === undefined) return true
  const zone = zones[time.zone]
  if (zone === undefined) throw new SentinelError('INTERNAL', 'the compiled policy lacks a time zone')
  return isOpen(time, zone, nowMs)
}
