// One caller of a cold cache: says `making` when it begins to make the thing, takes some time over it, and prints it.
// Arguments: a folder, and how long making takes in milliseconds.

import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { asSentinelError } from '../../src/base/index.ts'
import { openKeys, sealedFiles, singleFlight } from '../../src/machine/index.ts'
import { machine } from '../machine.ts'

const [folder = '', milliseconds = ''] = process.argv.slice(2)
const files = { ...machine, keys: openKeys(machine, join(folder, 'keys.json')) }
const cache = sealedFiles(files, join(folder, 'cache'))

singleFlight(
  { ...machine, notes: sealedFiles(files, join(folder, 'notes')) },
  {
    name: 'thing',
    lock: join(folder, 'thing.lock'),
    read: () => cache.read('thing'),
    make: async () => {
      writeSync(1, 'making\n')
      await machine.wait.pause(Number(milliseconds))
      return `made by ${process.pid}`
    },
    write: (value) => cache.write('thing', value),
    isShared: () => true,
  },
)
  .then((value) => writeSync(1, `${value}\n`))
  .catch((thrown) => {
    writeSync(2, `${asSentinelError(thrown).message}\n`)
    process.exitCode = 1
  })
