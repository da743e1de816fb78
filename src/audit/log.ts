// Appending to the decision log. One writer at a time, across processes; only the end of the file is read, however
// long it is; when `append` returns, the line is on the disk. INVARIANT: nothing is released before that, so whatever
// goes wrong here is thrown. INVARIANT: the line is on the disk before the head is written, so a head is never ahead.

import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { SentinelError, type Soon, toTimestamp } from '../base/index.ts'
import { errorCode, fileError, type Keys, type Machine, withLock, writeAll } from '../machine/index.ts'
import { type Entry, entryToMembers } from './entry.ts'
import { openHead, placeFile } from './head.ts'
import { chainLine } from './line.ts'
import { begin, resume } from './mend.ts'
import { realPath } from './place.ts'
import { type Begun, endsAtHead, logNamedIn } from './reading.ts'

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
  append(entries: readonly Entry[]): Soon<void>
}

/** One that stops the thread while another process writes: for a command that nobody else waits for. */
export type BlockingLog = { append(entries: readonly Entry[]): void }

/** Which log, and who else gets its lines. */
export type LogOptions = { readonly file: string; readonly also: Also }

/**
 * Takes each line before it is in the file, without its line break: `--log-stderr`. What it throws ends the append, and
 * the file says nothing: it must not say that keys were issued where they are held back for want of this.
 */
export type Also = (line: string) => void

/** Nobody else gets the lines. */
export const nobodyElse: Also = () => {}

const toleranceMs = 5 * 60_000

/** The decision log at a path. Nothing is opened or made before the first append. */
export function openLog(deps: LogDeps, options: LogOptions): BlockingLog {
  return {
    append(entries) {
      try {
        const path = realPath(deps, options.file)
        const append = () => appendLocked(deps, path, entries, options.also)
        withLock(deps, placeFile(deps, path, '.lock'), append)
      } catch (thrown) {
        throw unwritable(options.file, thrown)
      }
    },
  }
}

/** Gives the lines to whoever gets them besides. */
function tell(also: Also, lines: readonly string[]): void {
  try {
    for (const line of lines) also(line.trimEnd())
  } catch (cause) {
    throw new SentinelError('LOG_UNWRITABLE', 'cannot write to standard error', {
      hint: 'let it be read, or leave --log-stderr out',
      cause,
    })
  }
}

/** Whatever went wrong, as an error that says that nothing may be released. */
export function unwritable(file: string, thrown: unknown): SentinelError {
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

/** Appends in the lock of the log's place. */
export function appendLocked(
  deps: LogDeps,
  path: string,
  entries: readonly Entry[],
  also = nobodyElse,
): void {
  const file = openFile(path)
  try {
    appendTo(deps, { path, file, also }, entries)
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

type Target = { readonly path: string; readonly file: number; readonly also: Also }

function appendTo(deps: LogDeps, { path, file, also }: Target, entries: readonly Entry[]): void {
  const nowMs = deps.clock.now()
  const { size } = fstatSync(file)
  const begun = asItsHeadSays(deps, path, file, size) ?? (size === 0 ? begin : resume)(deps, path, file, size)
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
    tell(also, lines.slice(own.length))
    writeWhole(file, keep, bytes)
    const timeMs = accepts ? nowMs : Math.max(standing.timeMs, nowMs)
    head.advance({ link, size: keep + bytes.length, timeMs })
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

/** The usual case: the log is in its place and ends where its head says. Undefined for all others. */
function asItsHeadSays(deps: LogDeps, path: string, file: number, size: number): Begun | undefined {
  const id = logNamedIn(deps.keys.log, file)
  const open = id === undefined ? undefined : openHead(deps, id)
  if (open === undefined) return undefined
  const { head } = open
  if (head.path === path && head.size === size && head.link.seq > 0 && endsAtHead(file, head)) {
    return { standing: { link: head.link, timeMs: head.timeMs, lineBreak: '' }, head: open, keep: size }
  }
  open.close()
  return undefined
}
