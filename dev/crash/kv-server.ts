// The server that is killed: the one that `sentinel server` starts. It says where it listens, on stdout.

import { writeSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { readServerConfiguration, startServer } from '../../src/server/index.ts'
import { machine } from '../machine.ts'

/** What it is told, on stdin. */
export type ServerJob = { readonly storage: string; readonly audit: string }

async function serve({ storage, audit }: ServerJob): Promise<void> {
  const file = {
    listener: { tcp: { address: '127.0.0.1:0', tls_disable: true } },
    storage: { lmdb: { path: storage } },
    audit_dirs: [audit],
  }
  const source = { name: 'server.json', text: JSON.stringify(file) }
  const log = (message: string) => void writeSync(2, `${message}\n`)
  const deps = { machine, temporary: [], stdout: async () => {}, log }
  const { urls } = await startServer(deps, await readServerConfiguration(source, (path) => path))
  writeSync(1, `${urls[0]}\n`)
}

text(process.stdin)
  .then((job) => serve(JSON.parse(job) as ServerJob))
  .catch((thrown: unknown) => {
    writeSync(2, `${String(thrown)}\n`)
    process.exitCode = 1
  })
