// Credentials that an approval or event permits end with it. It is AWS that ends them, by its own clock, which this
// machine's may be minutes behind (decision 10); AWS counts from when it answers. So what counts is the end that the
// answer names: where that lies too late, less is asked for, once.
//
// INVARIANT: nothing leaves here that outlasts what permits it.

import type { Session } from '../aws/index.ts'
import { type Clock, SentinelError } from '../base/index.ts'
import { shortestSeconds } from './durations.ts'
import type { Terms } from './kept.ts'

type Override = NonNullable<Terms['override']>

/** What AWS may take to answer. */
const answerSeconds = 5

/** What AWS gave, and how many seconds it was asked for. */
export type Ended = Pick<Session, 'credentials'> & { readonly durationSeconds: number }

/**
 * Asks AWS for credentials that end in time.
 *
 * @param awsTimeMs AWS's own time, where it is known
 * @throws SentinelError ACCESS_ENDING where less than 15 minutes are left by either clock; CLOCK_SKEW; whatever `ask` throws
 */
export async function askEnding(
  clock: Clock,
  { override }: Terms,
  { wantedSeconds, awsTimeMs }: { readonly wantedSeconds: number; readonly awsTimeMs?: number | undefined },
  ask: (seconds: number) => Promise<Session>,
): Promise<Ended> {
  const asked = async (durationSeconds: number): Promise<Ended> => {
    const { credentials } = await ask(durationSeconds)
    return { credentials, durationSeconds }
  }
  if (override === undefined) return asked(wantedSeconds)
  const nowMs = clock.now()
  const laterMs = Math.max(nowMs, awsTimeMs ?? 0)
  const left = Math.floor((override.untilMs - laterMs) / 1000)
  const whose = laterMs === nowMs ? 'this machine' : 'AWS'
  const first = await asked(fitting(override, wantedSeconds, left, whose))
  const lateSeconds = lateness(override, first)
  if (lateSeconds === 0) return first
  const second = await asked(fitting(override, wantedSeconds, first.durationSeconds - lateSeconds, 'AWS'))
  if (lateness(override, second) === 0) return second
  throw new SentinelError(
    'CLOCK_SKEW',
    `what AWS gave by its clock would outlast ${override.id}, though less was asked for`,
    { hint: "compare this machine's clock with the one of AWS, and try again" },
  )
}

/** The seconds to ask for: a little less than are left, but where that is too little for AWS. */
function fitting({ id }: Override, wantedSeconds: number, leftSeconds: number, whose: string): number {
  if (leftSeconds >= shortestSeconds)
    return Math.min(wantedSeconds, Math.max(leftSeconds - answerSeconds, shortestSeconds))
  throw new SentinelError(
    'ACCESS_ENDING',
    `less than 15 minutes of ${id} are left by the clock of ${whose}`,
    {
      hint: 'ask for a new approval, or open a new break-glass event, and compare the two clocks',
    },
  )
}

/** By how many seconds credentials outlast what permits them. */
function lateness({ untilMs }: Override, { credentials: { expiresAtMs } }: Ended): number {
  return Math.max(0, Math.ceil((expiresAtMs - untilMs) / 1000))
}
