// A process that writes to a local store until it is killed, and says so after each write that was acknowledged.

import { writeSync } from 'node:fs'
import { fakeMachine } from '../machine/machine.fake.ts'
import { localKv } from './index.ts'

const kv = await localKv(fakeMachine(), process.argv[2] ?? '')
for (let at = 1000; ; at++) {
  await kv.batch([{ kind: 'put', key: `k${at}`, value: Buffer.from(`${at}`), expected: 'absent' }])
  writeSync(1, `${at}\n`)
}
