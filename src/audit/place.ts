import { readlinkSync, realpathSync } from 'node:fs'
import type { Machine } from '../machine/index.ts'

/** The one path of a file that several links may lead to, so that they meet at one lock. The file need not be there. */
export function realPath(deps: Pick<Machine, 'platform'>, file: string): string {
  const { basename, dirname, join, resolve } = deps.platform.path
  let path = resolve(file)
  // A link whose file was moved aside leads to where the next will be. More than a few are a ring.
  for (let links = 0; links < 40; links++) {
    const real = resolved(path, realpathSync.native)
    if (real !== undefined) return real
    const target = resolved(path, readlinkSync)
    if (target === undefined) break
    path = resolve(dirname(path), target)
  }
  return join(resolved(dirname(path), realpathSync.native) ?? dirname(path), basename(path))
}

// Whatever else is wrong with the path, opening it will say better.
function resolved(path: string, resolve: (path: string) => string): string | undefined {
  try {
    return resolve(path)
  } catch {
    return undefined
  }
}
