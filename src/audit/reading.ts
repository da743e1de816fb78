// Where a log goes on: reading its end and its head.

import type { KeyObject } from 'node:crypto'
import { readSync } from 'node:fs'
import { isLogId, type OpenHead } from './head.ts'
import { authentic, type Link, lineEnd } from './line.ts'
import type { Standing } from './reconcile.ts'

/** A log that can be written to. */
export type Begun = {
  readonly standing: Standing
  readonly head: OpenHead
  /** The file's size without what is to be overwritten. */
  readonly keep: number
}

/** The first line of a log is shorter. */
export const headerBytes = 4096

/**
 * The id of the log that a file is.
 *
 * INVARIANT: the id is believed only if the first line is ours; somebody else's would lead to another log's head.
 */
export function logNamedIn(key: KeyObject, file: number): string | undefined {
  const start = readAt(file, 0, headerBytes)
  // V8's own: that of Buffer is 1 kB of JavaScript, compiled at its first call.
  const end = Uint8Array.prototype.indexOf.call(start, 0x0a)
  const first = end === -1 ? undefined : authentic(key, start.subarray(0, end))
  const id = first?.fields.get('log')
  return isLogId(id) ? id : undefined
}

/** Whether the last line that a head knows ends where the head says. */
export function endsAtHead(file: number, head: { readonly link: Link; readonly size: number }): boolean {
  if (head.link.seq === 0) return true
  const end = Buffer.from(lineEnd(head.link.mac))
  return readAt(file, head.size - end.length, end.length).equals(end)
}

/** So many bytes of a file, or as many as there are. */
export function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(length, 0))
  let done = 0
  while (done < bytes.length) {
    const count = readSync(file, bytes, done, bytes.length - done, Math.max(position, 0) + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}
