// What to do before the next line is written: compare the end of the file with the head. Whatever has happened to the
// file, somebody can go on writing, and what happened stays visible.

import { hash, type KeyObject } from 'node:crypto'
import type { LogEvent } from './entry.ts'
import { authentic, type Link } from './line.ts'

/** Where to go on. */
export type Standing = {
  readonly link: Link
  readonly timeMs: number
  /** What must be written first to be at the beginning of a line. */
  readonly lineBreak: '' | '\n'
  /** What the log must say about itself first. */
  readonly event?: LogEvent | undefined
}

/**
 * Walks what was written after the head: whole lines of a writer who was killed before moving the head, and at most
 * half a line of one who was killed earlier.
 *
 * @param rest every byte behind the head's size
 * @returns undefined when something else is there: not written by this chain's writers
 */
export function walkRest(
  key: KeyObject,
  head: { link: Link; timeMs: number },
  rest: Buffer,
): Standing | undefined {
  let { link, timeMs } = head
  let at = 0
  for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a, at)) {
    const line = follows(key, link, rest.subarray(at, end))
    if (line === undefined) return undefined
    link = line.link
    timeMs = timeOf(line.fields, timeMs)
    at = end + 1
  }
  const fragment = rest.subarray(at)
  if (fragment.length === 0) return { link, timeMs, lineBreak: '' }
  const whole = follows(key, link, fragment)
  if (whole !== undefined) {
    return { link: whole.link, timeMs: timeOf(whole.fields, timeMs), lineBreak: '\n' }
  }
  const event = {
    event: 'torn',
    torn_bytes: fragment.length,
    torn_sha256: hash('sha256', fragment, 'hex'),
  } as const
  return { link, timeMs, lineBreak: '\n', event }
}

function follows(key: KeyObject, link: Link, line: Buffer) {
  const found = authentic(key, line)
  return found !== undefined && found.link.seq === link.seq + 1 && found.prev === link.mac ? found : undefined
}

/** The latest time of a log after one more line: accept-clock sets it, everything else only moves it on. */
export function timeOf(fields: ReadonlyMap<string, unknown>, latestMs: number): number {
  const timestamp = fields.get('timestamp')
  const ms = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  if (Number.isNaN(ms)) return latestMs
  return fields.get('event') === 'accept-clock' ? ms : Math.max(latestMs, ms)
}
