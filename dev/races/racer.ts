// One racer: opens the store, says that it is ready, waits for the word, writes once, and says what became of it.

import { once } from 'node:events'
import { SentinelError, systemRandom } from '../../src/base/index.ts'
import { openKeys } from '../../src/machine/index.ts'
import {
  type Collection,
  type Docs,
  dynamoDocs,
  localDocs,
  localKv,
  readAttributes,
} from '../../src/store/index.ts'
import { dynamoDbAt } from '../backends/dynamodb-client.ts'
import { machine } from '../machine.ts'
import type { Job, Place } from './job.ts'

/** What is raced for: who holds it. */
export type Prize = { readonly holder: string }

export const prizes: Collection<Prize> = {
  name: 'requests',
  indexes: { 'gsi-status': { partition: 'status', sort: 'created_at' } },
  confidential: ['justification'],
  toAttributes: ({ holder }) => ({
    status: holder,
    created_at: '2026-02-03T10:00:00.000000000Z',
    justification: holder,
  }),
  fromAttributes: (attributes) => ({ holder: readAttributes(attributes).text('justification') }),
  ttlMs: () => Date.parse('2027-02-03T10:00:00Z'),
}

/** Opens the documents of a place. */
export async function openPrizes(place: Place): Promise<Docs<Prize>> {
  if (place.kind === 'local') {
    const kv = await localKv(machine, place.folder)
    return localDocs({ ...machine, kv, keys: openKeys(machine, place.keysFile) }, prizes)
  }
  const db = await dynamoDbAt(place.url)
  return dynamoDocs({ db, random: systemRandom }, place.table, prizes)
}

/** Runs one racer to its end. */
export async function race({ place, id, write, holder }: Job): Promise<void> {
  const docs = await openPrizes(place)
  const found = await docs.get(id)
  process.stdout.write('ready\n')
  await once(process.stdin, 'data')
  try {
    if (write === 'create') await docs.create(id, { holder })
    else if (found !== undefined) await docs.update(found, { holder })
    process.stdout.write('won\n')
  } catch (thrown) {
    process.stdout.write(`${thrown instanceof SentinelError ? thrown.code : String(thrown)}\n`)
  }
  process.exit(0)
}
