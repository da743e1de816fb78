import { posix } from 'node:path'
import { SentinelError } from '../base/index.ts'
import type { Files } from './files.ts'

/** Files in memory, by their paths. */
export function fakeFiles(texts: Readonly<Record<string, string>>): Files {
  const unreadable = (path: string) =>
    new SentinelError('FILE_UNREADABLE', `cannot read \`${path}\`: no such file or folder (ENOENT)`)
  return {
    readText(path, most = Number.POSITIVE_INFINITY) {
      const text = texts[path]
      if (text === undefined || text.length > most) throw unreadable(path)
      return text
    },
    list: (folder) =>
      Object.keys(texts)
        .filter((path) => posix.dirname(path) === posix.normalize(folder))
        .map((path) => posix.basename(path)),
    join: (folder, path) => (posix.isAbsolute(path) ? path : posix.join(folder, path)),
    folderOf: posix.dirname,
  }
}
