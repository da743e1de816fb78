// The head of a log says how far it goes: count, size, last MAC, latest time. It lies in the state folder, under the
// log's own id, so that cutting the log is noticed and renaming it is not mistaken for that. Two slots are written in
// turn and in place: whoever is killed while writing one leaves the other. Each slot carries a MAC of its own.
// A second small file says which log stood at a path last (standing.ts).

import { hash } from 'node:crypto'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { isHex } from '../base/index.ts'
import { errorCode, type Keys, type Machine, writeAtomic } from '../machine/index.ts'
import { hmac, type Link, noMac } from './line.ts'

/** How far a log goes. */
export type Head = {
  readonly link: Link
  /** Bytes of the file. */
  readonly size: number
  /** The latest time in the log, or the one that was accepted since. Milliseconds. */
  readonly timeMs: number
  /** Where the log stood when the head was made or last moved. */
  readonly path: string
}

const slotBytes = 256

/** The head of a log without a line. */
export function emptyHead(path: string): Head {
  return { link: { seq: 0, mac: noMac }, size: 0, timeMs: 0, path }
}

/** What the heads of one person's logs need. */
export type HeadDeps = Pick<Machine, 'platform' | 'random' | 'wait'> & {
  readonly keys: Keys
  readonly stateFolder: string
}

/** The folder of heads, pointers and locks. */
export function headFolder(deps: Pick<HeadDeps, 'platform' | 'stateFolder'>): string {
  return deps.platform.path.join(deps.stateFolder, 'heads')
}

/** Path of a file in the folder of heads that belongs to the place of a log, not to the log. */
export function placeFile(
  deps: Pick<HeadDeps, 'platform' | 'stateFolder'>,
  path: string,
  ending: string,
): string {
  return deps.platform.path.join(headFolder(deps), hash('sha256', path, 'hex').slice(0, 32) + ending)
}

/** Whether a text may be the id of a log, and so be part of a file name. */
export function isLogId(text: unknown): text is string {
  return typeof text === 'string' && isHex(text, 16)
}

/** A head that is open for writing. */
export type OpenHead = {
  readonly head: Head
  /**
   * Writes the next head. Not waited for until it is on the disk: after a loss of power the head is behind its log,
   * which the next writer mends like a kill.
   */
  advance(next: Omit<Head, 'path'>): void
  close(): void
}

/** The head of a log; undefined where there is none, or none that these keys wrote. */
export function openHead(deps: HeadDeps, id: string): OpenHead | undefined {
  let file: number
  try {
    file = openSync(headPath(deps, id), 'r+')
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw thrown
  }
  const found = readSlots(deps, id, file)
  if (found === undefined) {
    closeSync(file)
    return undefined
  }
  let slot = found.slot
  let open = true
  return {
    head: found.head,
    advance(next) {
      slot = 1 - slot
      writeSync(file, slotText(deps, id, next), slot * slotBytes)
    },
    close() {
      if (open) closeSync(file)
      open = false
    },
  }
}

/** The head of a log, for reading. */
export function readHead(
  deps: Pick<HeadDeps, 'platform' | 'stateFolder' | 'keys'>,
  id: string,
): Head | undefined {
  let file: number
  try {
    file = openSync(headPath(deps, id), 'r')
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw thrown
  }
  try {
    return readSlots(deps, id, file)?.head
  } finally {
    closeSync(file)
  }
}

/** Makes a head, or replaces one, whole. */
export function makeHead(deps: HeadDeps, id: string, head: Head): void {
  const slot = slotText(deps, id, head)
  writeAtomic(deps, headPath(deps, id), `${slot}${slot}${head.path}`)
}

function headPath(deps: Pick<HeadDeps, 'platform' | 'stateFolder'>, id: string): string {
  return deps.platform.path.join(headFolder(deps), `${id}.head`)
}

function readSlots(
  deps: Pick<HeadDeps, 'keys'>,
  id: string,
  file: number,
): { readonly head: Head; readonly slot: number } | undefined {
  const bytes = Buffer.allocUnsafe(2 * slotBytes + 4096)
  const text = bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0))
  const path = text.slice(2 * slotBytes)
  const slots = [0, 1].flatMap((slot) => {
    const head = textToHead(deps, id, text.slice(slot * slotBytes, (slot + 1) * slotBytes), path)
    return head === undefined ? [] : [{ head, slot }]
  })
  return slots.reduce<(typeof slots)[number] | undefined>(
    (best, next) => (best === undefined || next.head.link.seq > best.head.link.seq ? next : best),
    undefined,
  )
}

function slotText(
  deps: Pick<HeadDeps, 'keys'>,
  id: string,
  { link, size, timeMs }: Omit<Head, 'path'>,
): string {
  const text = `${link.seq} ${size} ${link.mac} ${timeMs}`
  return `${`${text} ${hmac(deps.keys.log, `head ${id} ${text}`)}`.padEnd(slotBytes - 1)}\n`
}

/** INVARIANT: only what slotText writes under these keys is a slot, so it is written again and compared. */
function textToHead(deps: Pick<HeadDeps, 'keys'>, id: string, slot: string, path: string): Head | undefined {
  const [seq, size, mac = '', timeMs] = slot.split(' ', 4)
  const head = { link: { seq: Number(seq), mac }, size: Number(size), timeMs: Number(timeMs) }
  return slot === slotText(deps, id, head) ? { ...head, path } : undefined
}
