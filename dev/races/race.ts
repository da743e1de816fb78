// Separate processes, released together at one document: one of them wins, the others are told of the conflict, and what
// is stored is the winner's, in the document and in every index.

import { systemClock } from '../../src/base/index.ts'
import { systemWait } from '../../src/machine/index.ts'
import { type Docs, docsTable, takeStep } from '../../src/store/index.ts'
import { dynamoDbAt } from '../backends/dynamodb-client.ts'
import type { Job, Place } from './job.ts'
import { releaseTogether } from './processes.ts'
import { openPrizes, type Prize } from './racer.ts'

/** How a race ended. */
export type Finish = {
  readonly racers: number
  readonly winners: readonly string[]
  readonly conflicts: number
  /** What else racers said. */
  readonly others: readonly string[]
  /** What is wrong with what is stored; empty where nothing is. */
  readonly faults: readonly string[]
}

/** What is wrong where anything but this happened: exactly one won, and all others were told of the conflict. */
export const faultsIn = ({ racers, winners, conflicts, others, faults }: Finish): readonly string[] => [
  ...(winners.length === 1 ? [] : [`${winners.length} won where 1 should`]),
  ...(winners.length + conflicts === racers ? [] : [`others said: ${others.join(', ')}`]),
  ...faults,
]

/** Runs a race of so many, for one document that is not there yet, or for one and the same version of one that is. */
export async function runRace(
  program: string,
  place: Place,
  write: Job['write'],
  racers: number,
  id: string,
): Promise<Finish> {
  const docs = await openPrizes(place)
  if (write === 'update') await docs.create(id, { holder: 'nobody' })
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }
  const jobs = Array.from({ length: racers }, (_, at) => ({
    env,
    job: { place, id, write, holder: `racer-${at}` } satisfies Job,
  }))
  const ends = await releaseTogether(program, jobs)
  const winners = ends.flatMap((said, at) => (said === 'won' ? [`racer-${at}`] : []))
  return {
    racers,
    winners,
    conflicts: ends.filter((said) => said === 'STORE_CONFLICT').length,
    others: ends.filter((said) => said !== 'won' && said !== 'STORE_CONFLICT'),
    faults: await faultsOf(docs, id, write, winners),
  }
}

async function faultsOf(
  docs: Docs<Prize>,
  id: string,
  write: Job['write'],
  winners: readonly string[],
): Promise<readonly string[]> {
  const stored = await docs.get(id)
  const version = write === 'create' ? 1 : 2
  const listed: string[] = []
  for (const holder of ['nobody', ...winners]) {
    const page = await docs.list({ index: 'gsi-status', value: holder, limit: 100 })
    listed.push(...page.docs.filter((doc) => doc.id === id).map(() => holder))
  }
  return [
    ...(stored?.body.holder === winners[0] ? [] : [`it belongs to ${stored?.body.holder}`]),
    ...(stored?.version === version ? [] : [`its version is ${stored?.version}`]),
    ...(listed.join() === winners.join() ? [] : [`indexes have it under ${listed.join()}`]),
  ]
}

/** Makes the table that is raced on, in the DynamoDB at this URL. */
export async function makeRaceTable(url: string): Promise<Place> {
  const table = docsTable('requests', 'sentinel-races')
  const db = await dynamoDbAt(url)
  await takeStep({ clock: systemClock, wait: systemWait, db }, table, { kind: 'create' })
  db.close()
  return { kind: 'dynamodb', url, table: table.name }
}
