// The disk as the room `project` sees it: paths from where the person stands, shown as they were written.

import { readdirSync } from 'node:fs'
import { errorCode, fileError } from '../machine/index.ts'
import type { Files } from '../project/index.ts'
import type { Deps } from './deps.ts'

/** The files of this run. */
export function diskFiles({ platform, resolve, readText }: Deps): Files {
  const { path } = platform
  return {
    readText,
    list(folder) {
      try {
        const entries = readdirSync(resolve(folder), { withFileTypes: true })
        // A link may lead to a file; reading it will tell.
        return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
      } catch (thrown) {
        throw fileError('FILE_UNREADABLE', 'list', folder, thrown)
      }
    },
    join: (folder, name) => (path.isAbsolute(name) ? name : path.join(folder, name)),
    folderOf: path.dirname,
  }
}

/** Whether a path is a folder that can be read. */
export function isFolder({ resolve }: Deps, path: string): boolean {
  try {
    readdirSync(resolve(path))
    return true
  } catch (thrown) {
    // Whatever else is wrong with it, reading it as a file says so.
    return !['ENOTDIR', 'ENOENT'].includes(errorCode(thrown))
  }
}
