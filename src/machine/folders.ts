// What lies in folders: for commands that look for files, which what must start at once does not.

import { readdirSync, statSync } from 'node:fs'
import { errorCode, fileError } from './files.ts'

/**
 * The names of the files in a folder, sorted by their code units; undefined where no folder is. Links
 * count as what they lead to, and those that lead nowhere as files.
 *
 * @throws SentinelError FILE_UNREADABLE
 */
export function filesIn(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile() || (entry.isSymbolicLink() && !isFolder(`${path}/${entry.name}`)))
      .map(({ name }) => name)
      .sort()
  } catch (thrown) {
    if (['ENOTDIR', 'ENOENT'].includes(errorCode(thrown))) return undefined
    throw fileError('FILE_UNREADABLE', 'read', path, thrown)
  }
}

/**
 * The paths of the files below a folder, from there on and sorted; undefined where no folder is. What is hidden is left
 * out, and links are not followed: they may lead anywhere.
 *
 * @throws SentinelError FILE_UNREADABLE
 */
export function filesBelow(path: string): readonly string[] | undefined {
  if (!isFolder(path)) return undefined
  const below = (folder: string): readonly string[] => {
    const entries = entriesOf(folder === '' ? path : `${path}/${folder}`)
    return entries
      .filter(({ name }) => !name.startsWith('.'))
      .flatMap((entry) => {
        const inside = folder === '' ? entry.name : `${folder}/${entry.name}`
        return entry.isDirectory() ? below(inside) : entry.isFile() ? [inside] : []
      })
  }
  return [...below('')].sort()
}

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (thrown) {
    throw fileError('FILE_UNREADABLE', 'read', path, thrown)
  }
}

/** Whether a folder is there, or a link to one. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
