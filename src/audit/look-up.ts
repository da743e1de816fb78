// Finding a decision again, for `sentinel why`. This only collects lines; whether the log is whole is for `verify` to
// say. The log may be anybody's: lines that are not JSON objects are counted and passed over.

import { parseObject } from './line.ts'
import type { RawLine } from './lines.ts'

/** A line of a log as it stands there: whatever its writer put in. */
export type LoggedLine = {
  /** Line of the file, from 1. */
  readonly line: number
  readonly fields: ReadonlyMap<string, unknown>
}

/** What a log says about one request. */
export type Found = {
  /** What was looked for: a request id. */
  readonly requestId: string
  /** The decision; the last one, should there be several. Also of logs that call nothing a decision. */
  readonly decision: LoggedLine | undefined
  /** Every decision of this id, oldest first: short ids collide, and logs of several machines may be put together. */
  readonly decisions: readonly LoggedLine[]
  /** What came of it, and administration and whatever else carries its id. */
  readonly outcomes: readonly LoggedLine[]
  /** Later uses of the credentials that this request is stamped into, oldest first. */
  readonly uses: readonly LoggedLine[]
  /** The id that the credentials are stamped with, where this request was served from the cache. */
  readonly issuedBy: string | undefined
  /** Every SourceIdentity that lines of this request name: to be compared with the one that was asked for. */
  readonly sourceIdentities: readonly string[]
  readonly lines: number
  /** Lines that are no JSON objects. */
  readonly unreadable: number
}

/**
 * The request id in a text: itself, or the last part of a SourceIdentity in either form (`sentinel,alice,<id>` and the
 * reference's `sentinel:alice:<id>`). Undefined for anything else. Whether the rest of a SourceIdentity is right is not
 * looked at here.
 */
export function requestIdIn(text: string): string | undefined {
  return /^(?:sentinel([,:])(?:[^,:]+\1){1,2})?([0-9a-f]{8,16})$/.exec(text)?.[2]
}

/** Collects what the lines say about a request id. Only matching lines are kept. */
export function lookUp(lines: Iterable<RawLine>, requestId: string): Found {
  const [decisions, outcomes, uses] = [[] as LoggedLine[], [] as LoggedLine[], [] as LoggedLine[]]
  const identities = new Set<string>()
  let issuedBy: string | undefined
  let [count, unreadable] = [0, 0]
  const note = (found: LoggedLine) => {
    const own = found.fields.get('request_id') === requestId
    if (!own && found.fields.get('issued_by') === requestId) uses.push(found)
    if (!own) return
    const [by, identity] = [found.fields.get('issued_by'), found.fields.get('source_identity')]
    if (typeof by === 'string' && by !== requestId) issuedBy = by
    if (typeof identity === 'string') identities.add(identity)
    if (isDecision(found.fields)) decisions.push(found)
    else outcomes.push(found)
  }
  for (const raw of lines) {
    count++
    const fields = raw.tooLong ? undefined : parseObject(raw.bytes)
    if (fields === undefined) unreadable++
    else note({ line: raw.number, fields })
  }
  return {
    requestId,
    decision: decisions.at(-1),
    decisions,
    outcomes,
    uses,
    issuedBy,
    sourceIdentities: [...identities],
    lines: count,
    unreadable,
  }
}

// The reference's lines have no `event`, but an effect.
function isDecision(fields: ReadonlyMap<string, unknown>): boolean {
  const event = fields.get('event')
  return event === 'decision' || (event === undefined && fields.has('effect'))
}
