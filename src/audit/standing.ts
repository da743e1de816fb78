// Which log stands at a path, and which one stood there before: so that a deleted or swapped log is noticed, and a log that
// was moved aside is gone on from. Only whoever begins a log, or verifies one, asks.

import { filesIn, readTextIfPresent, writeAtomic } from '../machine/index.ts'
import { type HeadDeps, headFolder, isLogId, placeFile, readHead } from './head.ts'

/** The id of the log that stood at a path last. */
export function logAt(deps: Pick<HeadDeps, 'platform' | 'stateFolder'>, path: string): string | undefined {
  return standingAt(deps, path)?.log
}

/** The log that stood at a path last, and the one before it. */
export function standingAt(
  deps: Pick<HeadDeps, 'platform' | 'stateFolder'>,
  path: string,
): { readonly log: string; readonly before: string | undefined } | undefined {
  const [log, before] =
    readTextIfPresent(placeFile(deps, path, '.at'))
      ?.trimEnd()
      .split(' ') ?? []
  return isLogId(log) ? { log, before: isLogId(before) ? before : undefined } : undefined
}

/** Notes which log stands at a path, and which one stood there before: until its first line says so, only this does. */
export function setLogAt(deps: HeadDeps, path: string, log: string, before?: string): void {
  writeAtomic(deps, placeFile(deps, path, '.at'), `${before === undefined ? log : `${log} ${before}`}\n`)
}

/** The ids of all logs that stood at a path, as far as their heads are there and hold a line. */
export function logsOnceAt(
  deps: Pick<HeadDeps, 'platform' | 'stateFolder' | 'keys'>,
  path: string,
): readonly string[] {
  const names = filesIn(headFolder(deps)) ?? []
  return names.flatMap((name) => {
    const id = name.replace(/\.head$/, '')
    const head = isLogId(id) ? readHead(deps, id) : undefined
    return head?.path === path && head.link.seq > 0 ? [id] : []
  })
}
