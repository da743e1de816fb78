// Every store keeps the same two contracts.

import { describe, expect, it } from 'vitest'
import { type DocsBackend, docsContract, note, notes } from './docs.contract.ts'
import { docsOverKv, type Kv, memoryDocs, memoryKv, unclosed } from './index.ts'
import { kvContract } from './kv.contract.ts'

/** One store in which Docs lie over its Kv. */
const docsIn = (kv: Kv): DocsBackend => ({
  docs: (collection) => docsOverKv({ kv, closing: unclosed }, collection),
})

describe('Kv in memory', () => {
  for (const test of kvContract) it(test.name, () => test.run(memoryKv()))
})

describe('Docs in memory', () => {
  for (const test of docsContract) it(test.name, () => test.run(docsIn(memoryKv())))

  it('are each on their own', async () => {
    const [one, other] = [memoryDocs(notes), memoryDocs(notes)]
    await one.create('n1', note())
    expect(await other.get('n1')).toBeUndefined()
  })
})
