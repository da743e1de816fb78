// Every store keeps the same two contracts.

import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openKeys } from '../machine/index.ts'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import { type DocsBackend, docsContract, note, notes } from './docs.contract.ts'
import { docsOverKv, type Kv, localDocs, localKv, memoryDocs, memoryKv, unclosed } from './index.ts'
import { kvContract } from './kv.contract.ts'

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
  return { docs: (collection) => docsOverKv({ kv, closing: unclosed }, collection) }
}

for (const [name, open] of [
  ['memory', async () => memoryKv()],
  ['LMDB', freshLocalKv],
] as const) {
  describe(`Kv in ${name}`, () => {
    for (const test of kvContract) it(test.name, async () => test.run(await open()))
  })
}

for (const [name, open] of [
  ['memory', async () => freshMemoryDocs()],
  ['LMDB', freshLocalDocs],
] as const) {
  describe(`Docs in ${name}`, () => {
    for (const test of docsContract) it(test.name, async () => test.run(await open()))
  })
}

it('stores in memory are each on their own', async () => {
  const [one, other] = [memoryDocs(notes), memoryDocs(notes)]
  await one.create('n1', note())
  expect(await other.get('n1')).toBeUndefined()
})
