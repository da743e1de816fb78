// The chain. A line is `{"seq":N,…,"prev":"<mac of the line before>","mac":"<hmac>"}`; the MAC covers every byte before
// `,"mac"`. The end of a line therefore has a fixed length, and a line can be checked without parsing it.

import { createHmac, type KeyObject } from 'node:crypto'
import { isHex } from '../base/index.ts'

/** What the first line's `prev` is. */
export const noMac = '0'.repeat(64)

/** How many bytes `,"mac":"…"}` is long. */
const endBytes = 8 + 64 + 2

/** A place in the chain: the last line's number and MAC. */
export type Link = { readonly seq: number; readonly mac: string }

/** One more line of the chain, with its line break. */
export function chainLine(
  key: KeyObject,
  after: Link,
  members: string,
): { readonly link: Link; readonly text: string } {
  const seq = after.seq + 1
  const body = `{"seq":${seq},${members},"prev":"${after.mac}"`
  const mac = hmac(key, body)
  return { link: { seq, mac }, text: `${body},"mac":"${mac}"}\n` }
}

/** An HMAC-SHA256 in lower-case hex. */
export function hmac(key: KeyObject, text: string | Uint8Array): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

/** The end of a line whose MAC is this, with the line break. */
export function lineEnd(mac: string): string {
  return `,"mac":"${mac}"}\n`
}

/** The MAC that a line (without line break) claims; undefined where it has no such end. */
export function claimedMac(line: Buffer): string | undefined {
  const end = line.subarray(-endBytes).toString('latin1')
  const mac = end.slice(8, 72)
  return isHex(mac, 64) && `${end}\n` === lineEnd(mac) ? mac : undefined
}

/** A line that this key wrote. */
export type Authentic = {
  readonly link: Link
  readonly prev: string
  readonly fields: ReadonlyMap<string, unknown>
}

/** The line, if this key wrote it, wherever in the chain that was. */
export function authentic(key: KeyObject, line: Buffer): Authentic | undefined {
  const mac = claimedMac(line)
  if (mac === undefined || hmac(key, line.subarray(0, -endBytes)) !== mac) return undefined
  const fields = parseObject(line)
  const [seq, prev] = [fields?.get('seq'), fields?.get('prev')]
  if (fields === undefined || typeof seq !== 'number' || typeof prev !== 'string') return undefined
  return { link: { seq, mac }, prev, fields }
}

/** The members of a JSON object, as a Map: names come from outside. Undefined for anything else. */
export function parseObject(line: Buffer): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? new Map(Object.entries(value)) : undefined
  } catch {
    return undefined
  }
}
