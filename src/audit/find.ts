// Looking a request up in a log and the older files beside it, the newest first: what is asked about is mostly of today.

import { closeSync, fstatSync, openSync } from 'node:fs'
import { printable, SentinelError } from '../base/index.ts'
import { errorCode, fileError, type Machine } from '../machine/index.ts'
import { begunAt, logsBeside } from './beside.ts'
import { linesOf } from './lines.ts'
import { beganMs, type Found, foundNothing, joined, lookUp, requestIdIn } from './look-up.ts'

/** Steps on the way to a decision have lines with its id before its own; a walk takes no longer. */
const walkMs = 3_600_000

/** Looks a request up in an open file, from its present position on. */
export function findInOpen(file: number, asked: string): Found {
  const requestId = requireId(asked)
  try {
    return somethingIn(lookUp(linesOf(file), requestId))
  } catch (thrown) {
    throw fileError('LOG_UNREADABLE', 'read the decision log', String(file), thrown)
  }
}

/** Looks a request up in the log at a path and, as far back as it may go, in the older files. */
export function findIn(deps: Pick<Machine, 'platform'>, path: string, asked: string): Found {
  const requestId = requireId(asked)
  const newest = searched(path, undefined, requestId)
  // Listed after that was open: nothing is left out that is moved aside meanwhile.
  const older = logsBeside(deps, path)
  if (newest === undefined && older.length === 0) throw noSuchLog(path)
  let found = newest?.found ?? foundNothing(requestId)
  let begunMs = newest?.begunMs
  for (const file of older) {
    if (isWhole(found, begunMs)) break
    const more = searched(file.path, file.path, requestId)
    if (more === undefined || more.inode === newest?.inode) continue
    found = joined(more.found, found)
    begunMs = more.begunMs
  }
  return somethingIn(found)
}

/** Whether nothing about an id can stand in a file older than one that was begun at this time. */
function isWhole(found: Found, begunMs: number | undefined): boolean {
  const sinceMs = beganMs(found)
  return sinceMs !== undefined && begunMs !== undefined && sinceMs - begunMs > walkMs
}

function searched(path: string, name: string | undefined, requestId: string) {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw fileError('LOG_UNREADABLE', 'read the decision log', path, thrown)
  }
  try {
    const inode = fstatSync(file, { bigint: true }).ino
    return { inode, begunMs: begunAt(file), found: lookUp(linesOf(file), requestId, name) }
  } catch (thrown) {
    throw fileError('LOG_UNREADABLE', 'read the decision log', path, thrown)
  } finally {
    closeSync(file)
  }
}

function noSuchLog(path: string): SentinelError {
  const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' })
  return fileError('LOG_UNREADABLE', 'read the decision log', path, missing)
}

function requireId(asked: string): string {
  const requestId = requestIdIn(asked)
  if (requestId !== undefined) return requestId
  throw new SentinelError(
    'DECISION_NOT_FOUND',
    `\`${printable(asked)}\` is neither a request id nor a SourceIdentity`,
    { hint: 'give an id of a log line or a refusal, or the SourceIdentity of a CloudTrail event' },
  )
}

function somethingIn(found: Found): Found {
  const others = found.outcomes.length + found.changes.length + found.uses.length
  if (found.decision !== undefined || others > 0) return found
  const skipped = found.unreadable === 0 ? '' : `, ${found.unreadable} of which could not be read`
  throw new SentinelError(
    'DECISION_NOT_FOUND',
    `no line is about \`${found.requestId}\` in ${found.lines} lines${skipped}`,
    { hint: 'name the log of the machine that decided with --log' },
  )
}
