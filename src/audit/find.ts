import { printable, SentinelError } from '../base/index.ts'
import { linesOf } from './lines.ts'
import { type Found, lookUp, requestIdIn } from './look-up.ts'

/** Looks a request up in an open log, from its present position on. */
export function findIn(file: number, asked: string): Found {
  const requestId = requestIdIn(asked)
  if (requestId === undefined) {
    throw new SentinelError(
      'DECISION_NOT_FOUND',
      `\`${printable(asked)}\` is neither a request id nor a SourceIdentity`,
      {
        hint: 'give an id of a log line or a refusal, or the SourceIdentity of a CloudTrail event',
      },
    )
  }
  const found = lookUp(linesOf(file), requestId)
  const others = found.outcomes.length + found.changes.length + found.uses.length
  if (found.decision !== undefined || others > 0) return found
  const skipped = found.unreadable === 0 ? '' : `, ${found.unreadable} of which could not be read`
  throw new SentinelError(
    'DECISION_NOT_FOUND',
    `no line is about \`${requestId}\` in ${found.lines} lines${skipped}`,
    {
      hint: 'name the log of the machine that decided with --log',
    },
  )
}
