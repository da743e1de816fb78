import { realpathSync } from 'node:fs'
import type { Machine } from '../machine/index.ts'

/** The one path of a file that several links may lead to, so that they meet at one lock. The file need not be there. */
export function realPath(deps: Pick<Machine, 'platform'>, file: string): string {
  const { basename, dirname, join, resolve } = deps.platform.path
  const path = resolve(file)
  return realOf(path) ?? join(realOf(dirname(path)) ?? dirname(path), basename(path))
}

// Whatever else is wrong with the path, opening it will say better.
function realOf(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}
