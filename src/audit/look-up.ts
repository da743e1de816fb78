// Finding a decision again, for `sentinel why`. This only collects lines; whether the log is whole is for `verify` to
// say. The log may be anybody's: lines that are not JSON objects are counted and passed over.

import { parseObject } from './line.ts'
import type { RawLine } from './lines.ts'

/** A line of a log as it stands there: whatever its writer put in. */
export type LoggedLine = {
  /** Which file it stands in, where that is not the one that was named but an older one. */
  readonly file?: string | undefined
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

/** Collects what the lines of a file say about an id. Only matching lines are kept. */
export function lookUp(lines: Iterable<RawLine>, requestId: string, file?: string): Found {
  const kept = { decisions: [], outcomes: [], changes: [], uses: [] } as Record<Kind, LoggedLine[]>
  let [count, unreadable] = [0, 0]
  for (const raw of lines) {
    count++
    const fields = raw.tooLong ? undefined : parseObject(raw.bytes)
    const kind = fields === undefined ? undefined : kindOf(fields, requestId)
    if (fields === undefined) unreadable++
    else if (kind !== undefined) {
      kept[kind].push({ ...(file === undefined ? {} : { file }), line: raw.number, fields })
    }
  }
  return foundIn(requestId, kept, { lines: count, unreadable })
}

/** What was found in no line at all. */
export function foundNothing(requestId: string): Found {
  return lookUp([], requestId)
}

/** What two files say about one id. */
export function joined(older: Found, newer: Found): Found {
  const both = (name: Kind) => [...older[name], ...newer[name]]
  const kept = {
    decisions: both('decisions'),
    outcomes: both('outcomes'),
    changes: both('changes'),
    uses: both('uses'),
  }
  const [lines, unreadable] = [older.lines + newer.lines, older.unreadable + newer.unreadable]
  return foundIn(newer.requestId, kept, { lines, unreadable })
}

/**
 * When what the id names began, if its beginning was found. Undefined for short ids: of these there may be several.
 */
export function beganMs({ requestId, decisions, changes, outcomes }: Found): number | undefined {
  const isBeginning = ({ fields }: LoggedLine) =>
    /^(?:decision|accept-clock|.*\.(?:created|invoked))$/.test(String(fields.get('event'))) ||
    fields.get('outcome') === 'started'
  const first = [...decisions, ...changes, ...outcomes].find(isBeginning)
  const ms = Date.parse(String(first?.fields.get('timestamp')))
  return requestId.length < 16 || Number.isNaN(ms) ? undefined : ms
}

type Kind = 'decisions' | 'outcomes' | 'changes' | 'uses'

/** What a line is about an id, if it is about it. */
function kindOf(fields: LoggedLine['fields'], requestId: string): Kind | undefined {
  const changed = thingOf(fields)
  if (changed !== undefined) {
    return [`${changed}_id`, 'walk_id'].some((key) => fields.get(key) === requestId) ? 'changes' : undefined
  }
  if (fields.get('request_id') === requestId) return isDecision(fields) ? 'decisions' : 'outcomes'
  return usedBy.some((key) => fields.get(key) === requestId) ? 'uses' : undefined
}

function foundIn(
  requestId: string,
  { decisions, outcomes, changes, uses }: Readonly<Record<Kind, readonly LoggedLine[]>>,
  counts: Pick<Found, 'lines' | 'unreadable'>,
): Found {
  const own = [...decisions, ...outcomes].map(({ fields }) => fields)
  const texts = (name: string) =>
    own.map((fields) => fields.get(name)).filter((text): text is string => typeof text === 'string')
  const things = changes.map(({ fields }) => ({ fields, thing: thingOf(fields) }))
  const named = things.findLast(({ fields, thing }) => fields.get(`${thing}_id`) === requestId)?.thing
  return {
    requestId,
    named: named ?? (decisions.length === 0 && changes.length > 0 ? 'walk' : 'credentials'),
    decision: decisions.at(-1),
    decisions,
    outcomes,
    changes,
    uses: [...new Map(uses.map((line) => [useOf(line), line])).values()],
    issuedBy: texts('issued_by').findLast((by) => by !== requestId),
    sourceIdentities: [...new Set(texts('source_identity'))],
    ...counts,
  }
}

/** By which keys a line about credentials names what it goes back to. */
const usedBy = ['issued_by', 'approved_request_id', 'break_glass_event_id', 'session_id']

/** One for each request, whose decision and outcome both name it; repeats of a refusal count for themselves. */
const useOf = ({ file, line, fields }: LoggedLine) =>
  fields.get('event') === 'repeats' ? `${file}:${line}` : fields.get('request_id')

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
