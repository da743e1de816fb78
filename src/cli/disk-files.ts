// The disk as the room `project` sees it: paths from where the person stands, shown as they were written.

import { filesIn } from '../machine/index.ts'
import type { Files } from '../project/index.ts'
import type { Deps } from './deps.ts'

/** The files of this run. */
export function diskFiles({ platform, resolve, readText }: Deps): Files {
  const { path } = platform
  return {
    readText,
    list: (folder) => filesIn(resolve(folder)),
    join: (folder, name) => (path.isAbsolute(name) ? name : path.join(folder, name)),
    folderOf: path.dirname,
  }
}
