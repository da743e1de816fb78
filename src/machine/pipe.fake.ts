// Named pipes for tests. Node can make none, and some systems have no program that does: these tests are skipped there.

import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { freshFolder } from './machine.fake.ts'

/** Whether nothing here makes a named pipe. The name of a test that is skipped for that ends with `[needs mkfifo]`. */
export const noPipes = process.platform === 'win32' || spawnSync('mkfifo').error !== undefined

/** Makes a named pipe, in a folder of this test's own where none is given. Gives its path. */
export function makePipe(path = join(freshFolder(), 'pipe')): string {
  execFileSync('mkfifo', [path])
  return path
}
