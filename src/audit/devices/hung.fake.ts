// A process with as many audit devices as may be, of which all but one hang: each write of theirs holds a thread until
// somebody opens the other end of a pipe, which nobody does. It says so when something is written all the same.

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { makePipe } from '../../machine/pipe.fake.ts'
import { openDevices } from './devices.ts'
import { auditDeps, entryOf, fileDevice, meddledFiles } from './kit.fake.ts'

const folder = process.argv[2] ?? ''
const pipe = makePipe(join(folder, 'pipe'))
let hangs = false
const real = meddledFiles({})
const files: typeof real = {
  ...real,
  async open(path, ...how) {
    const file = await real.open(path, ...how)
    if (String(path).endsWith('well')) return file
    const write = async (...what: unknown[]) => {
      if (hangs) await open(pipe, 'r')
      return (file.write as (...all: unknown[]) => unknown)(...what)
    }
    return { ...file, write: write as typeof file.write }
  },
}
const devices = await openDevices(auditDeps(folder, { files }))
for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'well'])
  await devices.enable(fileDevice(join(folder, name), {}, `${name}/`))
hangs = true
await devices.record([entryOf({ id: '1' })])
await devices.record([entryOf({ id: '2' })])
process.stdout.write('written\n')
