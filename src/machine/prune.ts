// What a cache holds longer than it can serve is removed by whoever has just made something new, and so has done slower
// work already. Ages are told by the file system alone, from its newest entry on: no clock that was set back or ahead
// can make an entry old.

import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A folder of sealed or encrypted files, and how long its entries serve. */
export type Aging = { readonly folder: string; readonly lifetimeMs: number }

const dayMs = 86_400_000
/** An entry, or what a writer that was killed left of one (sealed.ts, files.ts). */
const ours = /^(?:[0-9a-f]{32}|\.[0-9a-f]{32})\.(?:sealed|enc)(?:\.[0-9a-f]{12}\.tmp)?$/

/**
 * Removes the entries whose life ended more than a day before the newest was written. Never fails: what is left serves
 * nobody either.
 */
export function prune(folders: readonly Aging[]): void {
  for (const { folder, lifetimeMs } of folders) {
    const entries = agesIn(folder)
    const newestMs = Math.max(...entries.map(({ atMs }) => atMs))
    for (const { path, atMs } of entries) if (newestMs - atMs > lifetimeMs + dayMs) remove(path)
  }
}

function agesIn(folder: string): readonly { readonly path: string; readonly atMs: number }[] {
  try {
    return readdirSync(folder)
      .filter((name) => ours.test(name))
      .map((name) => join(folder, name))
      .map((path) => ({ path, atMs: statSync(path).mtimeMs }))
  } catch {
    return []
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    return
  }
}
