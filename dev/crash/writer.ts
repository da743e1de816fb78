// A server that only writes, until it is killed. It says `begun`, then the number of each deed when it was acknowledged.

import { writeSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { openPlace } from './place.ts'
import { deedOf } from './writes.ts'

/** What a writer is told, on stdin: the shares are to be in no file, and in no list of processes. */
export type WriterJob = {
  readonly folder: string
  readonly canary: string
  readonly life: number
  /** In hex. */
  readonly shares: readonly string[]
}

async function write({ folder, canary, life, shares }: WriterJob): Promise<void> {
  writeSync(1, 'begun\n')
  const barrier = await openPlace(folder)
  for (const share of shares) await barrier.unseal(Buffer.from(share, 'hex'))
  for (let at = 0; ; at++) {
    const deed = deedOf(canary, life, at)
    if (deed.kind === 'rotate') await barrier.rotate()
    else await barrier.kv.batch(deed.writes)
    writeSync(1, `${at}\n`)
  }
}

text(process.stdin)
  .then((job) => write(JSON.parse(job) as WriterJob))
  .catch((thrown: unknown) => {
    writeSync(2, `${String(thrown)}\n`)
    process.exitCode = 1
  })
