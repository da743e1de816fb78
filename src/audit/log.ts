// Appending to the decision log. One writer at a time, across processes; only the end of the file is read, however
// long it is; when `append` returns, the line is on the disk. INVARIANT: nothing is released before that, so whatever
// goes wrong here is thrown. INVARIANT: the line is on the disk before the head is written, so a head is never ahead.

import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { SentinelError, toTimestamp } from '../base/index.ts'
import { errorCode, fileError, type Keys, type Machine, withLock, writeAll } from '../machine/index.ts'
import { type Entry, entryToMembers, type LogEvent } from './entry.ts'
import {
  emptyHead,
  isLogId,
  logAt,
  makeHead,
  type OpenHead,
  openHead,
  placeFile,
  readHead,
  setLogAt,
} from './head.ts'
import { authentic, chainLine, type Link, lineEnd, noMac } from './line.ts'
import { linesOf } from './lines.ts'
import { realPath } from './place.ts'
import { type Standing, timeOf, walkRest } from './reconcile.ts'

/** What the log needs. */
export type LogDeps = Machine & {
  readonly keys: Keys
  /** Where the heads lie; the default log lies here too. */
  readonly stateFolder: string
}

/** The decision log, open for appending. */
export type DecisionLog = {
  /**
   * Writes one line for each entry to the disk: all of them in one go, or none.
   *
   * @throws SentinelError LOG_UNWRITABLE; CLOCK_SKEW when the clock is more than 5 minutes behind the log's latest time
   *   and the entry does not accept that; LOCK_TIMEOUT. Nothing may be released then.
   */
  append(...entries: readonly Entry[]): void
}

/** Takes each line that was written, without its line break: `--log-stderr`. What it throws ends the append. */
export type Also = (line: string) => void

/** Nobody else gets the lines. */
export const nobodyElse: Also = () => {}

const [toleranceMs, maxRestBytes, headerBytes] = [5 * 60_000, 16 * 1024 * 1024, 4096]

/** The decision log at a path. Nothing is opened or made before the first append. */
export function openLog(deps: LogDeps, options: { readonly file: string; readonly also: Also }): DecisionLog {
  return {
    append(...entries) {
      let lines: readonly string[]
      try {
        const path = realPath(deps, options.file)
        lines = withLock(deps, placeFile(deps, path, '.lock'), () => appendLocked(deps, path, entries))
      } catch (thrown) {
        throw unwritable(options.file, thrown)
      }
      for (const line of lines) tell(options.also, line)
    },
  }
}

function tell(also: Also, line: string): void {
  try {
    also(line)
  } catch (cause) {
    throw new SentinelError(
      'LOG_UNWRITABLE',
      'cannot write the decision to the second place that was asked for',
      {
        hint: 'see whether standard error is still open, or leave --log-stderr out',
        cause,
      },
    )
  }
}

function unwritable(file: string, thrown: unknown): SentinelError {
  if (
    thrown instanceof SentinelError &&
    thrown.code !== 'FILE_UNWRITABLE' &&
    thrown.code !== 'FILE_UNREADABLE'
  ) {
    return thrown
  }
  const { message, hint } = fileError('LOG_UNWRITABLE', 'write the decision log', file, thrown)
  const own =
    errorCode(thrown) === 'ENOENT' ? 'make its folder first, or name another file with --log-file' : hint
  return new SentinelError('LOG_UNWRITABLE', message, { hint: own, cause: thrown })
}

function appendLocked(deps: LogDeps, path: string, entries: readonly Entry[]): readonly string[] {
  const file = openFile(path)
  try {
    return appendTo(deps, path, file, entries)
  } finally {
    closeSync(file)
  }
}

function openFile(path: string): number {
  // Not blocking, so that a named pipe in its place is refused instead of waited for.
  const { O_APPEND, O_CREAT, O_NONBLOCK = 0, O_RDWR } = constants
  const file = openSync(path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK, 0o600)
  if (fstatSync(file).isFile()) return file
  closeSync(file)
  throw new SentinelError(
    'LOG_UNWRITABLE',
    `cannot write the decision log \`${path}\`: it is no plain file`,
    {
      hint: 'name a file that can be read back, or use --log-stderr beside the default one',
    },
  )
}

function appendTo(deps: LogDeps, path: string, file: number, entries: readonly Entry[]): readonly string[] {
  const nowMs = deps.clock.now()
  const { size } = fstatSync(file)
  const begun = size === 0 ? begin(deps, path) : resume(deps, path, file, size)
  try {
    const { standing, head, keep } = begun
    const accepts = entries.some(({ event }) => event === 'accept-clock')
    if (!accepts) checkClock(nowMs, standing.timeMs)
    const timestamp = toTimestamp(nowMs)
    const own = standing.event === undefined ? [] : [standing.event]
    let { link } = standing
    const lines = [...own, ...entries].map((entry) => {
      const line = chainLine(deps.keys.log, link, entryToMembers(entry, timestamp))
      link = line.link
      return line.text
    })
    const bytes = Buffer.from(standing.lineBreak + lines.join(''))
    writeWhole(file, keep, bytes)
    const timeMs = accepts ? nowMs : Math.max(standing.timeMs, nowMs)
    head.advance({ link, size: keep + bytes.length, timeMs })
    return lines.slice(own.length).map((line) => line.trimEnd())
  } finally {
    begun.head.close()
  }
}

function checkClock(nowMs: number, latestMs: number): void {
  if (nowMs >= latestMs - toleranceMs) return
  const [now, latest] = [toTimestamp(nowMs), toTimestamp(latestMs)]
  throw new SentinelError('CLOCK_SKEW', `the clock says ${now}, but the decision log goes up to ${latest}`, {
    hint: 'set the clock right; if it is right, run: sentinel log accept-clock',
  })
}

// Half a line is taken back where that is possible. Where it is not, the next writer closes it.
function writeWhole(file: number, size: number, bytes: Buffer): void {
  try {
    if (fstatSync(file).size !== size) ftruncateSync(file, size)
    writeAll(file, bytes)
    fdatasyncSync(file)
  } catch (thrown) {
    try {
      ftruncateSync(file, size)
    } catch {
      // the disk is in no state for that either
    }
    throw thrown
  }
}

type Begun = {
  readonly standing: Standing
  readonly head: OpenHead
  /** The file's size without what is to be overwritten. */
  readonly keep: number
}

// The head before the first line: a crash between the two leaves a head that says 0, which the next writer uses up.
function begin(deps: LogDeps, path: string): Begun {
  const before = logAt(deps, path)
  const left = before === undefined ? undefined : readHead(deps, before)
  const unused = before !== undefined && left?.link.seq === 0
  const id = unused ? before : newId(deps)
  if (!unused) {
    makeHead(deps, id, emptyHead(path))
    setLogAt(deps, path, id)
  }
  const event: LogEvent = {
    event: 'log',
    log: id,
    key: deps.keys.id,
    ...(unused || before === undefined
      ? {}
      : { previous_log: before, previous_count: left?.link.seq, previous_mac: left?.link.mac }),
  }
  const timeMs = left?.timeMs ?? 0
  return { standing: { ...emptyHead(path), timeMs, lineBreak: '', event }, head: opened(deps, id), keep: 0 }
}

function newId(deps: LogDeps): string {
  return Buffer.from(deps.random.bytes(8)).toString('hex')
}

function opened(deps: LogDeps, id: string): OpenHead {
  const head = openHead(deps, id)
  if (head !== undefined) return head
  throw new SentinelError(
    'LOG_UNWRITABLE',
    `the head of the log in \`${deps.stateFolder}\` vanished while it was written`,
    {
      hint: 'see what else removes files there',
    },
  )
}

function resume(deps: LogDeps, path: string, file: number, size: number): Begun {
  const named = logNamedIn(deps, file)
  const id = named ?? logAt(deps, path)
  const head = id === undefined ? undefined : openHead(deps, id)
  if (id === undefined || head === undefined) return foundAnew(deps, path, file, size, named)
  try {
    if (head.head.path !== path && named !== undefined) return moved(deps, path, file, size, id, head)
    return goOn(deps, path, file, size, head)
  } catch (thrown) {
    head.close()
    throw thrown
  }
}

function moved(deps: LogDeps, path: string, file: number, size: number, id: string, old: OpenHead): Begun {
  makeHead(deps, id, { ...old.head, path })
  // Another log that belongs here stays noted: this one may have been put in its place.
  if (logAt(deps, path) === undefined) setLogAt(deps, path, id)
  const head = opened(deps, id)
  old.close()
  return goOn(deps, path, file, size, head)
}

function goOn(deps: LogDeps, path: string, file: number, size: number, open: OpenHead): Begun {
  const { head } = open
  // Killed in the first line: nothing was ever recorded here, and half a first line would hide the log's id.
  if (head.link.seq === 0 && size < headerBytes && !readAt(file, 0, size).includes(0x0a)) {
    open.close()
    return { ...begin(deps, path), keep: 0 }
  }
  const standing = endsAtHead(file, head) ? restOf(deps, file, size, head) : undefined
  if (standing !== undefined) return { standing, head: open, keep: size }
  const event: LogEvent = {
    event: 'break',
    reason:
      size < head.size
        ? 'the file is shorter than the head says'
        : 'the end of the file is not what was written',
    expected_size: head.size,
    found_size: size,
  }
  return {
    standing: { link: head.link, timeMs: head.timeMs, lineBreak: lineBreakAt(file, size), event },
    head: open,
    keep: size,
  }
}

function endsAtHead(file: number, head: { readonly link: Link; readonly size: number }): boolean {
  if (head.link.seq === 0) return true
  const end = Buffer.from(lineEnd(head.link.mac))
  return readAt(file, head.size - end.length, end.length).equals(end)
}

function restOf(
  deps: LogDeps,
  file: number,
  size: number,
  head: { readonly link: Link; readonly size: number; readonly timeMs: number },
): Standing | undefined {
  if (size - head.size > maxRestBytes) return undefined
  return walkRest(deps.keys.log, head, readAt(file, head.size, size - head.size))
}

// No head: the state folder was lost, or the keys are others, or this never was a log. If lines of ours are in it,
// the chain goes on after the last; if not, it is founded here. Either way the break stays to be seen.
function foundAnew(
  deps: LogDeps,
  path: string,
  file: number,
  size: number,
  named: string | undefined,
): Begun {
  const last = named === undefined ? undefined : lastAuthentic(deps, path)
  const id = named ?? newId(deps)
  const from = last ?? { link: { seq: 0, mac: noMac }, timeMs: 0 }
  const founding = last === undefined ? { log: id, key: deps.keys.id } : {}
  const reason =
    last === undefined
      ? 'the file does not begin as a log under these keys'
      : 'the head of the log is missing'
  makeHead(deps, id, { ...from, size, path })
  setLogAt(deps, path, id)
  const event: LogEvent = { event: 'break', reason, found_size: size, ...founding }
  return {
    standing: { ...from, lineBreak: lineBreakAt(file, size), event },
    head: opened(deps, id),
    keep: size,
  }
}

// The whole file is read: this happens once in the life of a state folder.
function lastAuthentic(
  deps: LogDeps,
  path: string,
): { readonly link: Link; readonly timeMs: number } | undefined {
  const file = openSync(path, 'r')
  let last: { link: Link; timeMs: number } | undefined
  try {
    for (const { bytes } of linesOf(file)) {
      const line = authentic(deps.keys.log, bytes)
      if (line !== undefined) last = { link: line.link, timeMs: timeOf(line.fields, last?.timeMs ?? 0) }
    }
  } finally {
    closeSync(file)
  }
  return last
}

// INVARIANT: the id is believed only if the first line is ours; somebody else's would lead to another log's head.
function logNamedIn(deps: LogDeps, file: number): string | undefined {
  const start = readAt(file, 0, headerBytes)
  const end = start.indexOf(0x0a)
  const first = end === -1 ? undefined : authentic(deps.keys.log, start.subarray(0, end))
  const id = first?.fields.get('log')
  return isLogId(id) ? id : undefined
}

function lineBreakAt(file: number, size: number): '' | '\n' {
  return readAt(file, size - 1, 1)[0] === 0x0a ? '' : '\n'
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.max(length, 0))
  let done = 0
  while (done < bytes.length) {
    const count = readSync(file, bytes, done, bytes.length - done, Math.max(position, 0) + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}
