// How long sessions last, decided before any call (W47). AWS: a session of a role lasts 900 to 43200 seconds, one
// hour at most when the caller is itself a role (role chaining); GetSessionToken gives 900 to 129600 seconds.

import { formatDuration, SentinelError } from '../base/index.ts'

/** A duration and who wanted it: a flag is a wish to keep or refuse, a setting or default may be shortened. */
export type Asked = { readonly seconds: number; readonly by: 'flag' | 'setting' | 'default' }

export const [chainedSeconds, shortestSeconds] = [3600, 900] as const
const [longestRole, longestSession] = [43_200, 129_600]

/**
 * The seconds to ask AWS for.
 *
 * @param chaining why AWS allows one hour only, undefined where it allows more
 * @throws SentinelError DURATION_INVALID
 */
export function roleSeconds(asked: Asked, chaining: string | undefined): number {
  requireRange(asked, longestRole, 'a session of a role')
  if (chaining === undefined || asked.seconds <= chainedSeconds) return asked.seconds
  if (asked.by !== 'flag') return chainedSeconds
  throw new SentinelError(
    'DURATION_INVALID',
    `\`${formatDuration(asked.seconds)}\` is too long: AWS allows 1h when ${chaining} (role chaining)`,
    { hint: 'ask for 1h or less' },
  )
}

/** The seconds of a GetSessionToken session. Throws as roleSeconds. */
export function sessionSeconds(asked: Asked): number {
  requireRange(asked, longestSession, 'a session of a user')
  return asked.seconds
}

function requireRange({ seconds, by }: Asked, longest: number, what: string): void {
  if (Number.isInteger(seconds) && seconds >= shortestSeconds && seconds <= longest) return
  const range = `${formatDuration(shortestSeconds)} to ${formatDuration(longest)}`
  throw new SentinelError(
    'DURATION_INVALID',
    `\`${formatDuration(seconds)}\` is out of range: ${what} lasts ${range}`,
    {
      hint: `ask for ${range}${by === 'flag' ? ' with --duration, or --server-duration in server mode' : ''}`,
    },
  )
}
