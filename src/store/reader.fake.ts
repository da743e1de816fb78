// A process of its own that reads everything of a local store, for local.test.ts.

import { SentinelError } from '../base/index.ts'
import { fakeMachine } from '../machine/machine.fake.ts'
import { localKv } from './local-kv.ts'

async function read(folder: string): Promise<string> {
  const kv = await localKv(fakeMachine(), folder)
  const found = await kv.list({ prefix: 'k', limit: 100 })
  for (const { key } of found) await kv.get(key)
  return String(found.length)
}

void read(process.argv[2] ?? '')
  .catch((thrown: unknown) => {
    if (!(thrown instanceof SentinelError)) throw thrown
    return `${thrown.code} ${thrown.message}; ${thrown.hint}`
  })
  .then((said) => process.stdout.write(said))
