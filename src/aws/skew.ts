import { type Clock, formatDuration, SentinelError } from '../base/index.ts'

/** The largest difference between this machine's clock and AWS's that is let pass (decision 10), in milliseconds. */
const maxSkewMs = 5 * 60_000

/**
 * Refuses when AWS's clock, by the `Date` of an answer that has just come, differs from ours by over five minutes.
 *
 * @param serverTimeMs milliseconds since the Unix epoch; an answer without a readable date refuses too
 * @throws SentinelError CLOCK_SKEW
 */
export function requireSameTime(clock: Clock, serverTimeMs: number | undefined): void {
  if (serverTimeMs === undefined || !Number.isFinite(serverTimeMs)) {
    throw new SentinelError('CLOCK_SKEW', 'the answer of AWS has no date to compare this clock with', {
      hint: 'check that the endpoint and any proxy on the way are what they should be',
    })
  }
  const skewMs = clock.now() - serverTimeMs
  if (Math.abs(skewMs) <= maxSkewMs) return
  const amount = formatDuration(Math.abs(skewMs) / 1000)
  const side = skewMs < 0 ? 'behind' : 'ahead of'
  throw new SentinelError('CLOCK_SKEW', `this machine's clock is ${amount} ${side} the one of AWS`, {
    hint: 'set the clock of this machine and try again',
  })
}
