// Moving a log aside, and beginning the next, whose first line says which log went before it and how far that goes.
//
// INVARIANT: each step leaves what the next writer can go on from, whoever that is: before the rename, the log as it
// was; after it, a place without a log, where every writer begins one that names the log that stood there. All of it
// happens in the lock that every writer takes.

import { chmodSync, closeSync, constants, fstatSync, openSync, renameSync, rmSync } from 'node:fs'
import { asSentinelError, SentinelError, toTimestamp } from '../base/index.ts'
import { errorCode, renameWith, syncFolder, withLock } from '../machine/index.ts'
import { lookInto, nameParts } from './beside.ts'
import type { AdministrationEntry } from './entry.ts'
import { placeFile } from './head.ts'
import { authentic } from './line.ts'
import { appendLocked, type LogDeps, unwritable } from './log.ts'
import { realPath } from './place.ts'
import { headerBytes, logNamedIn, readAt } from './reading.ts'

/** Who rotates, as the log has it. */
export type RotationEntry = Omit<AdministrationEntry, 'event' | 'action' | 'resource' | 'outcome'>

/** What became of a log. */
export type Rotated = {
  /** Where the log goes on. */
  readonly file: string
  /** Where what was written so far lies now. */
  readonly older: string
  readonly log: string
  /** Id of the log that lies there. */
  readonly olderLog: string
}

/** Moves a log aside and begins the next. */
export function rotate(deps: LogDeps, file: string, who: RotationEntry): Rotated {
  try {
    const path = realPath(deps, file)
    return withLock(deps, placeFile(deps, path, '.lock'), () => rotateLocked(deps, path, who))
  } catch (thrown) {
    throw unwritable(file, thrown)
  }
}

function rotateLocked(deps: LogDeps, path: string, who: RotationEntry): Rotated {
  const olderLog = requireSomething(deps, path)
  const older = reserve(deps, path)
  const entry = { ...who, event: 'administration', action: 'log rotate', resource: older } as const
  try {
    appendLocked(deps, path, [{ ...entry, outcome: 'started' }])
    moveAside(deps, path, older, entry)
  } catch (thrown) {
    rmSync(older, { force: true })
    throw thrown
  }
  if (deps.platform.fileModes) syncFolder(deps.platform.path.dirname(path))
  appendLocked(deps, path, [{ ...entry, outcome: 'done' }])
  const log = lookInto(path, (open) => logNamedIn(deps.keys.log, open)) ?? ''
  return { file: path, older, log, olderLog }
}

function moveAside(deps: LogDeps, path: string, older: string, entry: AdministrationEntry): void {
  try {
    if (deps.platform.fileModes) chmodSync(path, 0o600)
    renameWith(deps, () => renameSync(path, older))
  } catch (thrown) {
    const { code } = asSentinelError(unwritable(path, thrown))
    appendLocked(deps, path, [{ ...entry, outcome: 'error', error_code: code }])
    throw thrown
  }
}

/** The id of the log that is there to be rotated. */
function requireSomething(deps: LogDeps, path: string): string {
  const start = startOf(deps, path)
  if (start === undefined || isNew(deps, start.bytes)) {
    throw new SentinelError(
      'LOG_NOT_ROTATED',
      `there is nothing to rotate: nothing was recorded in \`${path}\` yet`,
      { hint: 'name the log with --log-file, if it is another; rotate again when it has grown' },
    )
  }
  if (start.log !== undefined) return start.log
  throw new SentinelError(
    'LOG_NOT_ROTATED',
    `\`${path}\` does not begin as a log of yours, so it is not moved`,
    { hint: 'rotate it as the user who writes it; `sentinel log verify` says what is wrong with it' },
  )
}

function startOf({ keys }: LogDeps, path: string) {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw thrown
  }
  try {
    if (!fstatSync(file).isFile()) return { log: undefined, bytes: undefined }
    return { log: logNamedIn(keys.log, file), bytes: readAt(file, 0, fewLinesBytes) }
  } finally {
    closeSync(file)
  }
}

const fewLinesBytes = 16 * 1024

/** Whether a log says nothing but how it began. */
function isNew({ keys }: LogDeps, start: Buffer | undefined): boolean {
  if (start === undefined || start.length === fewLinesBytes) return false
  const lines = start.toString('latin1').split('\n')
  const unended = lines.pop()
  // Killed in the first line.
  if (lines.length === 0)
    return start.length < headerBytes && '{"seq":1,'.startsWith(start.toString('latin1', 0, 9))
  const isBeginning = (line: string) => {
    const fields = authentic(keys.log, Buffer.from(line, 'latin1'))?.fields
    return fields?.get('event') === 'log' || fields?.get('action') === 'log rotate'
  }
  return unended === '' && lines.length <= 2 && lines.every(isBeginning)
}

/**
 * Makes an empty file under a name that nothing has, for the log to be renamed over: a rename by itself would replace
 * whatever is there. Whoever is killed now leaves an empty file.
 */
function reserve({ clock, platform }: LogDeps, path: string): string {
  const { basename, dirname, join } = platform.path
  const { stem, ending } = nameParts(basename(path))
  const time = toTimestamp(clock.now()).replaceAll(/[-:]/g, '')
  for (let number = 1; ; number++) {
    const older = join(dirname(path), `${stem}-${time}${number === 1 ? '' : `-${number}`}${ending}`)
    try {
      closeSync(openSync(older, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600))
      return older
    } catch (thrown) {
      if (errorCode(thrown) !== 'EEXIST') throw thrown
    }
  }
}
