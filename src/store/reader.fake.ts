// A process of its own that reads everything of a local store, for local.test.ts.

import { SentinelError } from '../base/index.ts'
import { fakeMachine } from '../machine/machine.fake.ts'
import { localKv } from './local-kv.ts'

const folder = process.argv[2] ?? ''
try {
  const kv = await localKv(fakeMachine(), folder)
  const found = await kv.list({ prefix: 'k', limit: 100 })
  for (const { key } of found) await kv.get(key)
  process.stdout.write(String(found.length))
} catch (thrown) {
  if (!(thrown instanceof SentinelError)) throw thrown
  process.stdout.write(`${thrown.code} ${thrown.message}; ${thrown.hint}`)
}
