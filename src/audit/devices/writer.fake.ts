// A process that records until its files may grow no more, and says which entries were acknowledged. Then its file is
// moved away, and it goes on for a while.

import { renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { systemWait } from '../../machine/index.ts'
import { openDevices } from './devices.ts'
import { systemFiles } from './files.ts'
import { auditDeps, entryOf, fileDevice } from './kit.fake.ts'

const folder = process.argv[2] ?? ''
const file = join(folder, 'audit.log')
const devices = await openDevices(auditDeps(folder, { files: systemFiles, wait: systemWait }))
await devices.enable(fileDevice(file))
let failures = 0
for (let at = 0; failures < 3; at++) {
  const ids = [`${at}-a`, `${at}-b`, `${at}-c`]
  try {
    await Promise.all(ids.map((id) => devices.record([entryOf({ id })])))
    writeSync(1, ids.map((id) => `${id}\n`).join(''))
  } catch {
    failures++
    if (failures === 2) renameSync(file, join(folder, 'full.log'))
  }
}
