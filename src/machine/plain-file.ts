// Files that are read while others wait: a pipe is not among them, since nobody knows when anything comes out of it.

import { statSync } from 'node:fs'
import { SentinelError } from '../base/index.ts'

/**
 * The path, where no pipe or device is. What else is wrong with it whoever reads it says.
 *
 * @throws SentinelError FILE_UNREADABLE
 */
export function plainFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isFile() || found.isDirectory()) return path
  throw new SentinelError(
    'FILE_UNREADABLE',
    `cannot read \`${path}\`: it is a pipe or a device, and what is read at each request must be a file`,
    { hint: 'write what is to be read into a file' },
  )
}
