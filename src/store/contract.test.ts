// Every store keeps the same two contracts: in memory, in LMDB, and in every DynamoDB that is there.

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { closingLine } from '../../dev/closing-line.ts'
import type { NewTable } from '../aws/index.ts'
import { systemRandom } from '../base/index.ts'
import { openKeys } from '../machine/index.ts'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import { type Backend, backends, dynamoAt, type Gaps } from './backends.fake.ts'
import { type DocsBackend, docsContract, note, notes } from './docs.contract.ts'
import {
  type Collection,
  docsOverKv,
  docsTable,
  dynamoDocs,
  dynamoKv,
  type Kv,
  kvTable,
  localDocs,
  localKv,
  memoryDocs,
  memoryKv,
  takeStep,
  timeless,
  unclosed,
} from './index.ts'
import { kvContract } from './kv.contract.ts'
import type { Started } from './lagging.fake.ts'

async function freshLocalKv(): Promise<Kv> {
  const kv = await localKv(fakeMachine(), join(freshFolder(), 'store'))
  onTestFinished(() => kv.close())
  return kv
}

async function freshLocalDocs(): Promise<DocsBackend> {
  const [machine, kv] = [fakeMachine(), await freshLocalKv()]
  const keys = openKeys(machine, join(freshFolder(), 'keys.json'))
  return { docs: (collection) => localDocs({ ...machine, kv, keys }, collection) }
}

function freshMemoryDocs(): DocsBackend {
  const kv = memoryKv()
  return { docs: (collection) => docsOverKv({ kv, closing: unclosed, clock: timeless }, collection) }
}

type Place = 'memory' | 'LMDB' | Backend['name']
/** The cases that ran in a place, and ended as they should: a part of the suite says how small a part it was. */
const kept = { Docs: new Map<Place, number>(), Kv: new Map<Place, number>() }

async function keeping(contract: keyof typeof kept, place: Place, run: () => Promise<void>): Promise<void> {
  await run()
  kept[contract].set(place, keptOf(contract, place) + 1)
}

const keptOf = (contract: keyof typeof kept, place: Place) => kept[contract].get(place) ?? 0

for (const [name, open] of [
  ['memory', async () => memoryKv()],
  ['LMDB', freshLocalKv],
] as const) {
  describe(`Kv in ${name}`, () => {
    for (const test of kvContract)
      it(test.name, async () => keeping('Kv', name, async () => test.run(await open())))
  })
}

for (const [name, open] of [
  ['memory', async () => freshMemoryDocs()],
  ['LMDB', freshLocalDocs],
] as const) {
  describe(`Docs in ${name}`, () => {
    for (const test of docsContract)
      it(test.name, async () => keeping('Docs', name, async () => test.run(await open())))
  })
}

it('stores in memory are each on their own', async () => {
  const [one, other] = [memoryDocs(notes), memoryDocs(notes)]
  await one.create('n1', note())
  expect(await other.get('n1')).toBeUndefined()
})

/** Starts a DynamoDB before the tests of a block and ends it behind them. */
function started(backend: Backend): { url(): string } {
  const running: { one?: Started } = {}
  beforeAll(async () => {
    running.one = await backend.start()
  })
  afterAll(() => running.one?.close())
  return { url: () => running.one?.url ?? '' }
}

/** The cases that a DynamoDB can be tried with. */
function casesOn({ name }: Backend) {
  const fits = ({ gaps = {} }: { readonly gaps?: Gaps }) => gaps[name] === undefined
  return { docs: docsContract.filter(fits), kv: kvContract.filter(fits) }
}

async function madeTable(url: string, table: NewTable) {
  const db = await dynamoAt(url)
  await takeStep({ ...fakeMachine(), db }, table, { kind: 'create' })
  return { db, random: systemRandom }
}

for (const backend of backends) {
  if (backend.missing !== undefined) {
    it.skip(`${backend.missing}: no store was tried on it`, () => {})
    continue
  }
  describe(`stores in ${backend.name}`, () => {
    const { url } = started(backend)
    const { docs, kv } = casesOn(backend)
    docs.forEach((test, at) => {
      it(`Docs: ${test.name}`, async () => {
        const table = `sentinel-requests-${at}`
        const deps = await madeTable(url(), docsTable('requests', table))
        const on = { docs: <Body>(collection: Collection<Body>) => dynamoDocs(deps, table, collection) }
        await keeping('Docs', backend.name, () => test.run(on))
      })
    })
    kv.forEach((test, at) => {
      it(`Kv: ${test.name}`, async () => {
        const table = kvTable(`sentinel-kv-${at}`)
        const on = dynamoKv(await madeTable(url(), table), table.name)
        await keeping('Kv', backend.name, () => test.run(on))
      })
    })
  })
}

afterAll(() => {
  for (const place of ['memory', 'LMDB'] as const) closingLine(`store: ${countsIn(place)}`)
  for (const backend of backends) closingLine(`store: ${onBackend(backend)}`)
})

const countsIn = (place: Place) =>
  `${keptOf('Docs', place)} of ${docsContract.length} cases of Docs and ${keptOf('Kv', place)} of ${kvContract.length} of Kv ran and hold on ${place}`

function onBackend(backend: Backend): string {
  if (backend.missing !== undefined) return `0 cases on ${backend.name}: ${backend.missing}`
  const gaps = new Map<string, string[]>()
  for (const { name, gaps: { [backend.name]: why } = {} } of [...docsContract, ...kvContract]) {
    if (why !== undefined) gaps.set(why, [...(gaps.get(why) ?? []), `\`${name}\``])
  }
  const without = [...gaps].map(([why, names]) => `, which ${why} and was not asked that ${names.join(', ')}`)
  return `${countsIn(backend.name)}${without.join('')}`
}
