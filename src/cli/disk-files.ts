// The disk as the room `project` sees it: paths from where the person stands, shown as they were written.

import { SentinelError } from '../base/index.ts'
import { filesIn } from '../machine/index.ts'
import type { Files } from '../project/index.ts'
import type { Deps } from './deps.ts'

/** The files of this run. */
export function diskFiles({ platform, resolve, readText }: Deps): Files {
  const { path } = platform
  return {
    readText,
    list(folder) {
      const names = filesIn(resolve(folder))
      if (names !== undefined) return names
      throw new SentinelError('FILE_UNREADABLE', `cannot read \`${folder}\`: it is no folder`)
    },
    join: (folder, name) => (path.isAbsolute(name) ? name : path.join(folder, name)),
    folderOf: path.dirname,
  }
}
