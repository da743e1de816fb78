// A page of 100 requests and of 100 sessions, out of 100,000 that all belong to the list, beside the same out of 100: on
// LMDB and, where it is there, on Amazon's DynamoDB Local. Only ratios count: both are asked in turn.

import { join } from 'node:path'
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { open } from 'lmdb'
import {
  listRequests,
  listSessions,
  newRequest,
  newSession,
  requestRows,
  sessionRows,
} from '../../src/access/index.ts'
import type { DynamoDb, Item } from '../../src/aws/index.ts'
import { toAttributes } from '../../src/aws/items.ts'
import { systemRandom } from '../../src/base/index.ts'
import { openKeys } from '../../src/machine/index.ts'
import {
  type Collection,
  type Docs,
  docsTable,
  dynamoDocs,
  type Kv,
  localDocs,
  localKv,
  takeStep,
  type Write,
} from '../../src/store/index.ts'
import { example } from '../aws/default-world.ts'
import { dynamoDbAt } from '../backends/dynamodb-client.ts'
import { dynamoDbLocal, startDynamoDbLocal } from '../backends/dynamodb-local.ts'
import { machine } from '../machine.ts'
import { removeTemporary, temporaryFolder } from '../temporary.ts'
import { check, type Figure, quantile } from './figures.ts'

const [many, few, pageOf, atMost] = [100_000, 100, 100, 1.3]
const nowMs = Date.parse('2026-02-03T10:00:00Z')
const alice = { user: 'alice', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' }

/** Two lists of so many documents, ready to be asked for their first page. */
type Lists = { requests(): Promise<number>; sessions(): Promise<number> }

/** Somewhere that documents can be put by the hundred thousand, and then listed. */
type Place = {
  readonly name: string
  fill<Body>(collection: Collection<Body>, bodies: readonly Body[]): Promise<Docs<Body>>
  close(): Promise<void>
}

/** The figures of every store that is there. */
export async function listFigures(rounds: number): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const place of [localPlace(), await dynamoPlace()]) {
    if (place === undefined) continue
    try {
      const [long, short] = [await filled(place, many), await filled(place, few)]
      figures.push(await figure(`\`list\`, ${place.name}`, rounds, long.requests, short.requests))
      figures.push(await figure(`\`server-sessions\`, ${place.name}`, rounds, long.sessions, short.sessions))
    } finally {
      await place.close()
    }
  }
  return figures
}

/** Why a store is not measured, for each that is not. */
export function unmeasured(): readonly string[] {
  const local = dynamoDbLocal()
  return 'missing' in local ? [`lists are not measured on DynamoDB Local: ${local.missing}`] : []
}

async function filled(place: Place, count: number): Promise<Lists> {
  const requests = Array.from({ length: count }, (_, at) =>
    newRequest(
      {
        requester: alice,
        profile: 'prod',
        justification: `deploy number ${at} of the day, as the plan says`,
        durationSeconds: 3600,
        requiredApprovals: 1,
        singleUse: false,
        autoApproved: false,
      },
      // Within the day that a request waits.
      nowMs - at * 500,
    ),
  )
  const sessions = Array.from({ length: count }, (_, at) =>
    newSession(
      { user: alice, profile: 'prod', host: 'laptop', pid: at, leaseMs: 86_400_000 },
      nowMs - at * 500,
    ),
  )
  const [requestDocs, sessionDocs] = [
    await place.fill(requestRows, requests),
    await place.fill(sessionRows, sessions),
  ]
  const page = { limit: pageOf }
  return {
    requests: async () => (await listRequests(requestDocs, { status: 'pending' }, page, nowMs)).docs.length,
    sessions: async () =>
      (await listSessions({ sessions: sessionDocs }, { status: 'active' }, page, nowMs)).docs.length,
  }
}

async function figure(
  name: string,
  rounds: number,
  long: () => Promise<number>,
  short: () => Promise<number>,
): Promise<Figure> {
  const [longMs, shortMs]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds + 3; round++) {
    const [a, b] =
      round % 2 === 0
        ? [await timed(long), await timed(short)]
        : turned(await timed(short), await timed(long))
    // The first rounds warm everything up.
    if (round < 3) continue
    longMs.push(a)
    shortMs.push(b)
  }
  const ratios = longMs.map((ms, at) => ms / (shortMs[at] ?? Number.NaN))
  return {
    name: `${name}: a page of ${pageOf} of ${many}`,
    ratio: quantile(longMs, 0.5) / quantile(shortMs, 0.5),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    beside: `of ${few}`,
    target: atMost,
    ms: quantile(longMs, 0.5),
  }
}

const turned = (b: number, a: number): [number, number] => [a, b]

/** Milliseconds of one page. */
async function timed(page: () => Promise<number>): Promise<number> {
  const begun = performance.now()
  const count = await page()
  const ms = performance.now() - begun
  check(count === pageOf, `a page has ${pageOf} documents, not ${count}`)
  return ms
}

/** This machine's own store, a folder for each list. */
function localPlace(): Place {
  const folder = temporaryFolder('sentinel-bench-lists-')
  const opened: Kv[] = []
  return {
    name: 'LMDB',
    async fill(collection, bodies) {
      const own = join(folder, `${collection.name}-${bodies.length}`)
      const keys = openKeys(machine, join(folder, 'keys.json'))
      const writes: Write[] = []
      const recorder = recordingKv(writes)
      const docs = localDocs({ ...machine, keys, kv: recorder }, collection)
      for (const [at, body] of bodies.entries()) await docs.create(idOf(at), body)
      await (await localKv(machine, own)).close()
      await writeAll(own, writes)
      const kv = await localKv(machine, own)
      opened.push(kv)
      return localDocs({ ...machine, keys, kv }, collection)
    },
    async close() {
      for (const kv of opened) await kv.close()
      removeTemporary(folder)
    },
  }
}

/** As ids are: nothing about their order says when they were made. */
const idOf = (at: number) => ((at * 2_654_435_761) % 2 ** 32).toString(16).padStart(16, '0')

/** Takes writes and keeps them. */
function recordingKv(writes: Write[]): Kv {
  return {
    get: async () => undefined,
    list: async () => [],
    keys: async () => [],
    batch: async (batch) => void writes.push(...batch),
    close: async () => {},
  }
}

// One flush for each document would take an hour: all are written at once, as the store would have written them.
async function writeAll(folder: string, writes: readonly Write[]): Promise<void> {
  const db = open<Buffer, Buffer>({
    path: folder,
    noSubdir: false,
    keyEncoding: 'binary',
    encoding: 'binary',
    noSync: true,
  })
  db.transactionSync(() => {
    for (const write of writes) {
      if (write.kind === 'put') {
        db.putSync(Buffer.from(write.key), Buffer.concat([systemRandom.bytes(8), write.value]))
      }
    }
  })
  await db.close()
}

/** Amazon's DynamoDB Local, a table for each list; undefined where it is not there. */
async function dynamoPlace(): Promise<Place | undefined> {
  const found = dynamoDbLocal()
  if ('missing' in found) return undefined
  const local = await startDynamoDbLocal(found.folder)
  const loader = new DynamoDBClient({
    endpoint: local.url,
    region: example.region,
    credentials: example.alice.keys,
  })
  const db = await dynamoDbAt(local.url)
  return {
    name: 'DynamoDB Local',
    async fill(collection, bodies) {
      const table = docsTable(collection.name, `sentinel-${collection.name}-${bodies.length}`)
      await takeStep({ ...machine, db }, table, { kind: 'create' })
      const items: Item[] = []
      const recorder = { put: async (_: string, item: Item) => void items.push(item) } as unknown as DynamoDb
      const docs = dynamoDocs({ db: recorder, random: systemRandom }, table.name, collection)
      for (const [at, body] of bodies.entries()) await docs.create(idOf(at), body)
      await putAll(loader, table.name, items)
      return dynamoDocs({ db, random: systemRandom }, table.name, collection)
    },
    async close() {
      db.close()
      loader.destroy()
      await local.close()
    },
  }
}

/** Eight at a time, 25 items each: the most that a call takes. */
async function putAll(client: DynamoDBClient, table: string, items: readonly Item[]): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const part = items.slice(next, next + 25)
      next += 25
      const requests = part.map((item) => ({ PutRequest: { Item: toAttributes(item) } }))
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }))
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}
