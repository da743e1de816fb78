// The files that lie beside a log and may be older parts of it: rotation, ours or by hand, keeps the name and adds to it.

import { closeSync, fstatSync, openSync } from 'node:fs'
import { filesIn, type Machine } from '../machine/index.ts'
import { parseObject } from './line.ts'
import { headerBytes, readAt } from './reading.ts'

/** Paths of the files in the folder of a log whose names begin like its own, without itself. */
export function filesBeside({ platform }: Pick<Machine, 'platform'>, path: string): readonly string[] {
  const { basename, dirname, join } = platform.path
  const { stem } = nameParts(basename(path))
  const names = filesIn(dirname(path)) ?? []
  return names
    .filter((name) => name.startsWith(stem) && name !== basename(path))
    .map((name) => join(dirname(path), name))
}

/** A file's name up to its last dot, and the rest. A name that begins with its only dot has no rest. */
export function nameParts(name: string): { readonly stem: string; readonly ending: string } {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? { stem: name.slice(0, dot), ending: name.slice(dot) } : { stem: name, ending: '' }
}

/** Opens a file and gives what is found in it; undefined where it is no plain file or cannot be read. */
export function lookInto<Found>(path: string, look: (file: number) => Found): Found | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      return fstatSync(file).isFile() ? look(file) : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

/** Logs beside a log, newest first, by the time of their first lines. Nothing is verified: anybody may have written them. */
export function logsBeside(
  deps: Pick<Machine, 'platform'>,
  path: string,
): readonly { readonly path: string; readonly begunMs: number }[] {
  const found = filesBeside(deps, path).flatMap((each) => {
    const begunMs = lookInto(each, begunAt)
    return begunMs === undefined ? [] : [{ path: each, begunMs }]
  })
  // Names end with their time, so that those of one second stay in their order.
  return found.toReversed().sort((a, b) => b.begunMs - a.begunMs)
}

/** When a log was begun; undefined where the file does not begin as one. */
export function begunAt(file: number): number | undefined {
  const start = readAt(file, 0, headerBytes)
  const end = start.indexOf(0x0a)
  const first = end === -1 ? undefined : parseObject(start.subarray(0, end))
  if (first?.get('event') !== 'log') return undefined
  const ms = Date.parse(String(first.get('timestamp')))
  return Number.isNaN(ms) ? 0 : ms
}
