// One writer of the storm: appends to the log until it is killed, and says each line on stdout when the log has it.
// Arguments: the log, the state folder, after how many lines to stop by itself, and how many bytes to add to each line
// after the first.

import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { nobodyElse, openLog } from '../../src/audit/index.ts'
import { asSentinelError, newRequestId, systemClock, systemRandom } from '../../src/base/index.ts'
import { openKeys, type PlatformName, platforms, systemWait } from '../../src/machine/index.ts'

const [file = '', stateFolder = '', count = '', more = '0'] = process.argv.slice(2)
const machine = {
  platform: platforms[process.platform as PlatformName],
  clock: systemClock,
  random: systemRandom,
  wait: systemWait,
  pid: process.pid,
}

try {
  const keys = openKeys(machine, join(stateFolder, 'keys.json'))
  const log = openLog({ ...machine, keys, stateFolder }, { file, also: nobodyElse })
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
  }
} catch (thrown) {
  const { code, message } = asSentinelError(thrown)
  writeSync(2, `${code}: ${message}\n`)
  process.exitCode = 1
}
