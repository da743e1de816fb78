// What comes before the next line where the log is not as its head says: it is new, it was moved, its writer was killed,
// it was changed, or the head is lost. Somebody can always go on, and what happened stays to be seen. Seldom needed, so
// the build loads this at its first use.

import { closeSync, openSync } from 'node:fs'
import { SentinelError } from '../base/index.ts'
import type { Keys, Machine } from '../machine/index.ts'
import type { LogEvent } from './entry.ts'
import { emptyHead, makeHead, type OpenHead, openHead, readHead } from './head.ts'
import { authentic, type Link, noMac } from './line.ts'
import { linesOf } from './lines.ts'
import { type Begun, endsAtHead, headerBytes, logNamedIn, readAt } from './reading.ts'
import { type Standing, timeOf, walkRest } from './reconcile.ts'
import { logAt, setLogAt, standingAt } from './standing.ts'

type Deps = Machine & { readonly keys: Keys; readonly stateFolder: string }

const maxRestBytes = 16 * 1024 * 1024

/**
 * The log's first line. Its head comes before: a crash between the two leaves a head that says 0, which the next writer
 * uses up.
 */
export function begin(deps: Deps, path: string): Begun {
  const stood = standingAt(deps, path)
  const left = stood === undefined ? undefined : readHead(deps, stood.log)
  const unused = stood !== undefined && left?.link.seq === 0
  const id = unused ? stood.log : newId(deps)
  const before = unused ? stood.before : stood?.log
  const old = before === undefined ? undefined : readHead(deps, before)
  const timeMs = old?.timeMs ?? 0
  if (!unused) {
    makeHead(deps, id, emptyHead(path))
    setLogAt(deps, path, id, before)
  }
  const event: LogEvent = {
    event: 'log',
    log: id,
    key: deps.keys.id,
    ...(before === undefined
      ? {}
      : { previous_log: before, previous_count: old?.link.seq, previous_mac: old?.link.mac }),
  }
  return { standing: { ...emptyHead(path), timeMs, lineBreak: '', event }, head: opened(deps, id), keep: 0 }
}

function newId(deps: Deps): string {
  return Buffer.from(deps.random.bytes(8)).toString('hex')
}

function opened(deps: Deps, id: string): OpenHead {
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

/** Goes on with a log in whatever state it is. */
export function resume(deps: Deps, path: string, file: number, size: number): Begun {
  const named = logNamedIn(deps.keys.log, file)
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

function moved(deps: Deps, path: string, file: number, size: number, id: string, old: OpenHead): Begun {
  makeHead(deps, id, { ...old.head, path })
  // Another log that belongs here stays noted: this one may have been put in its place.
  if (logAt(deps, path) === undefined) setLogAt(deps, path, id)
  const head = opened(deps, id)
  old.close()
  return goOn(deps, path, file, size, head)
}

function goOn(deps: Deps, path: string, file: number, size: number, open: OpenHead): Begun {
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

function restOf(
  deps: Deps,
  file: number,
  size: number,
  head: { readonly link: Link; readonly size: number; readonly timeMs: number },
): Standing | undefined {
  if (size - head.size > maxRestBytes) return undefined
  return walkRest(deps.keys.log, head, readAt(file, head.size, size - head.size))
}

// No head: the state folder was lost, or the keys are others, or this never was a log. If lines of ours are in it,
// the chain goes on after the last; if not, it is founded here. Either way the break stays to be seen.
function foundAnew(deps: Deps, path: string, file: number, size: number, named: string | undefined): Begun {
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
  deps: Deps,
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

function lineBreakAt(file: number, size: number): '' | '\n' {
  return readAt(file, size - 1, 1)[0] === 0x0a ? '' : '\n'
}
