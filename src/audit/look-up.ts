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

/** What an id names: a request for credentials, or a thing that lasts; a walk is one command that changed such a thing. */
export type Named = 'credentials' | 'request' | 'event' | 'session' | 'walk'

/** What a log says about one id. */
export type Found = {
  /** What was looked for. */
  readonly requestId: string
  readonly named: Named
  /** The decision; the last one, should there be several. Also of logs that call nothing a decision. */
  readonly decision: LoggedLine | undefined
  /** Every decision of this id, oldest first: short ids collide, and logs of several machines may be put together. */
  readonly decisions: readonly LoggedLine[]
  /** What came of it, and administration and whatever else carries its id. */
  readonly outcomes: readonly LoggedLine[]
  /** What happened to the request for approval, event or session, or was changed by the walk; oldest first. */
  readonly changes: readonly LoggedLine[]
  /**
   * Later uses of the credentials that this request is stamped into, or every request for credentials that the approval,
   * event or session was about: the last line of each, oldest first.
   */
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

/** Collects what the lines say about an id. Only matching lines are kept. */
export function lookUp(lines: Iterable<RawLine>, requestId: string): Found {
  const [decisions, outcomes, changes] = [[] as LoggedLine[], [] as LoggedLine[], [] as LoggedLine[]]
  const uses = new Map<unknown, LoggedLine>()
  const identities = new Set<string>()
  let [issuedBy, thing]: [string | undefined, Named | undefined] = [undefined, undefined]
  let [count, unreadable] = [0, 0]
  const noteOwn = (found: LoggedLine) => {
    const [by, identity] = [found.fields.get('issued_by'), found.fields.get('source_identity')]
    if (typeof by === 'string' && by !== requestId) issuedBy = by
    if (typeof identity === 'string') identities.add(identity)
    if (isDecision(found.fields)) decisions.push(found)
    else outcomes.push(found)
  }
  const note = (found: LoggedLine) => {
    const { fields } = found
    const changed = thingOf(fields)
    if (changed !== undefined) {
      const isThing = fields.get(`${changed}_id`) === requestId
      if (isThing) thing = changed
      if (isThing || fields.get('walk_id') === requestId) changes.push(found)
    } else if (fields.get('request_id') === requestId) noteOwn(found)
    else if (usedBy.some((key) => fields.get(key) === requestId)) uses.set(useOf(found), found)
  }
  for (const raw of lines) {
    count++
    const fields = raw.tooLong ? undefined : parseObject(raw.bytes)
    if (fields === undefined) unreadable++
    else note({ line: raw.number, fields })
  }
  return {
    requestId,
    named: thing ?? (decisions.length === 0 && changes.length > 0 ? 'walk' : 'credentials'),
    decision: decisions.at(-1),
    decisions,
    outcomes,
    changes,
    uses: [...uses.values()],
    issuedBy,
    sourceIdentities: [...identities],
    lines: count,
    unreadable,
  }
}

/** By which keys a line about credentials names what it goes back to. */
const usedBy = ['issued_by', 'approved_request_id', 'break_glass_event_id', 'session_id']

/** One for each request, whose decision and outcome both name it; repeats of a refusal count for themselves. */
const useOf = ({ line, fields }: LoggedLine) =>
  fields.get('event') === 'repeats' ? line : fields.get('request_id')

/** What a line is a change of, if it is one. */
function thingOf(fields: ReadonlyMap<string, unknown>): 'request' | 'event' | 'session' | undefined {
  const [, of] = /^(request|breakglass|session)\./.exec(String(fields.get('event'))) ?? []
  if (of === 'request' || of === 'session') return of
  return of === undefined ? undefined : 'event'
}

// The reference's lines have no `event`, but an effect.
function isDecision(fields: ReadonlyMap<string, unknown>): boolean {
  const event = fields.get('event')
  return event === 'decision' || (event === undefined && fields.has('effect'))
}
