// Which policies a command means by a path.

import type { Files } from '../project/index.ts'

/**
 * The policies that a path names: a file itself, which may not be there, or every `*.sentinel` directly in a folder, by
 * name, but for hidden ones.
 *
 * @throws SentinelError FILE_UNREADABLE for a folder that cannot be read
 */
export function policiesAt(files: Files, path: string): readonly string[] {
  const inside = files.list(path)
  if (inside === undefined) return [path]
  return inside
    .filter((name) => name.endsWith('.sentinel') && !name.startsWith('.'))
    .map((name) => files.join(path, name))
}
