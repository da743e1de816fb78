// One writer of the storm: appends to the log until it is killed, and says each line on stdout when the log has it.
// Arguments: the log, the state folder, after how many lines to stop by itself, how many bytes to add to each line after
// the first, and after how many lines to rotate the log (0: never).

import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { nobodyElse, openLog, rotateLog } from '../../src/audit/index.ts'
import { asSentinelError, newRequestId, systemRandom } from '../../src/base/index.ts'
import { openKeys } from '../../src/machine/index.ts'
import { machine } from '../machine.ts'

const [file = '', stateFolder = '', count = '', more = '0', rotateEvery = '0'] = process.argv.slice(2)

async function write(): Promise<void> {
  const deps = { ...machine, stateFolder, keys: openKeys(machine, join(stateFolder, 'keys.json')) }
  const log = openLog(deps, { file, also: nobodyElse })
  const padding = 'x'.repeat(Number(more))
  for (let line = 0; line < Number(count); line++) {
    const request_id = newRequestId(systemRandom)
    log.append([
      {
        event: 'administration',
        request_id,
        user: 'alice',
        action: 'storm',
        resource: `pid ${process.pid}${line === 0 ? '' : padding}`,
      },
    ])
    writeSync(1, `${request_id}\n`)
    const isDue = (line + 1) % Number(rotateEvery) === 0
    if (isDue) await rotateLog(deps, file, { request_id, user: '' }).catch(unlessRotated)
  }
}

/** Somebody else was quicker, and nothing was written since. */
function unlessRotated(thrown: unknown): void {
  if (asSentinelError(thrown).code !== 'LOG_NOT_ROTATED') throw thrown
}

write().catch((thrown) => {
  const { code, message } = asSentinelError(thrown)
  writeSync(2, `${code}: ${message}\n`)
  process.exitCode = 1
})
