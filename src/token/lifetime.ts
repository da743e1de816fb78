// How long a token or lease lives, as arithmetic (spec/vault.md 5.2, TTL). Seconds throughout.

import { formatDuration, SentinelError } from '../base/index.ts'

/** What a mount, or the system for it, says about lifetimes. */
export type Limits = { readonly defaultSeconds: number; readonly maxSeconds: number }

/** What lifetimes are where nothing else is configured: 768 hours. */
export const systemLimits: Limits = { defaultSeconds: 2_764_800, maxSeconds: 2_764_800 }

/** What a lifetime is made of. 0 means that it was not said. */
export type LifetimeAsked = {
  readonly wantedSeconds: number
  readonly limits: Limits
  /** Of who made it, within that of the mount. */
  readonly maxSeconds: number
  readonly explicitMaxSeconds: number
  readonly periodSeconds: number
  /** Since it was made. */
  readonly ageSeconds: number
}

/** Seconds from now on, at least 1, and what whoever asked for more is told. */
export type Lifetime = { readonly seconds: number; readonly warnings: readonly string[] }

/** More than three lifetimes of anybody; Go's durations end here too. */
const longestSeconds = 9_223_372_036

/**
 * The lifetime of something from now on. That of a periodic token is its period again and again; everything else ends a
 * maximum after it was made.
 *
 * @throws SentinelError REQUEST_INVALID where its time is over
 */
export function lifetimeOf(asked: LifetimeAsked): Lifetime {
  const { limits, explicitMaxSeconds, periodSeconds, ageSeconds } = asked
  const max = leastSaid([limits.maxSeconds, asked.maxSeconds, explicitMaxSeconds])
  if (periodSeconds > 0) {
    const period = capped('Period', periodSeconds, max)
    if (explicitMaxSeconds === 0) return period
    const rest = capped('TTL', period.seconds, explicitMaxSeconds - ageSeconds)
    return { seconds: rest.seconds, warnings: [...period.warnings, ...rest.warnings] }
  }
  return capped('TTL', asked.wantedSeconds || limits.defaultSeconds, max - ageSeconds)
}

/** The least of what was said, where 0 is nothing; 0 where nothing was. */
export function leastSaid(seconds: readonly number[]): number {
  const said = seconds.filter((each) => each > 0)
  return said.length === 0 ? 0 : Math.min(...said)
}

/** @throws SentinelError REQUEST_INVALID for a length of time that is negative or beyond any use */
export function requireSeconds(name: string, seconds: number): number {
  if (seconds < 0) throw new SentinelError('REQUEST_INVALID', `${name} must be positive`)
  if (seconds > longestSeconds) throw new SentinelError('REQUEST_INVALID', `${name} is too long`)
  return seconds
}

function capped(what: 'TTL' | 'Period', seconds: number, most: number): Lifetime {
  if (most <= 0) throw new SentinelError('REQUEST_INVALID', 'past the max TTL, cannot renew')
  if (seconds <= most) return { seconds, warnings: [] }
  const [wanted, effective] = [formatDuration(seconds), formatDuration(most)]
  const said = `${what} of "${wanted}" exceeded the effective max_ttl of "${effective}"`
  return { seconds: most, warnings: [`${said}; ${what} value is capped accordingly`] }
}
