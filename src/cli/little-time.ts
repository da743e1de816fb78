import { formatDuration } from '../base/index.ts'
import { shortestSeconds } from '../policy/index.ts'
import type { Deps } from './deps.ts'

/** Below this, what is left after a few minutes is too little for credentials that end with it. */
const enoughSeconds = shortestSeconds + 300

/** Says that an approval or event can hardly be used: AWS issues nothing for less than 15 minutes. */
export function warnOfLittleTime({ warn }: Pick<Deps, 'warn'>, seconds: number): void {
  // Less than the shortest is refused anyway.
  if (seconds >= enoughSeconds || seconds < shortestSeconds) return
  const [shortest, all, enough] = [shortestSeconds, seconds, enoughSeconds].map(formatDuration)
  // The shortest is over for AWS as soon as it has begun.
  const used =
    seconds < shortestSeconds + 60 ? 'nothing can be used by the time you ask for them' : 'little can be used'
  warn(`credentials last at least ${shortest} and end with it: of ${all} ${used}; ask for ${enough} or more`)
}
