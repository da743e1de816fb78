// Which files a command of the policy language means.

import { filesIn } from '../machine/index.ts'
import type { Deps } from './deps.ts'

/** A file: as messages name it, and where it is. */
export type PolicyFile = { readonly name: string; readonly path: string }

/**
 * The files that paths name: a file itself, of a folder every `*.sentinel` directly in it, by name.
 *
 * @throws SentinelError FILE_UNREADABLE where nothing is there
 */
export function policyFiles(deps: Pick<Deps, 'resolve' | 'platform'>, path: string): readonly PolicyFile[] {
  const inside = filesIn(deps.resolve(path))
  if (inside === undefined) return [{ name: path, path: deps.resolve(path) }]
  return inside
    .filter((name) => name.endsWith('.sentinel'))
    .map((name) => deps.platform.path.join(path, name))
    .map((name) => ({ name, path: deps.resolve(name) }))
}
