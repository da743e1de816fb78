import { describe, expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { type Note, note, notes } from './docs.contract.ts'
import { type Collection, docsOverKv, memoryKv, unclosed } from './index.ts'

const dayMs = 86_400_000
const bornMs = Date.parse('2026-02-03T10:00:00Z')
/** The contract's notes are kept for so long. */
const lifeMs = 400 * dayMs

type Slot = { readonly holder: string }

/** Rows of another kind in the same table, in no index. */
const slots: Collection<Slot> = {
  name: notes.name,
  indexes: {},
  confidential: [],
  toAttributes: ({ holder }) => ({ holder }),
  fromAttributes: ({ holder }) => ({ holder: String(holder) }),
  ttlMs: () => bornMs + dayMs,
}

function table() {
  const clock = fakeClock(bornMs)
  const kv = memoryKv()
  const parts = { kv, clock, closing: unclosed }
  const [docs, slotDocs] = [docsOverKv(parts, notes), docsOverKv(parts, slots)]
  const keys = async () => (await kv.list({ prefix: '', limit: 1000 })).map(({ key }) => key)
  const born = (createdAtMs = bornMs): Note => note({ createdAtMs })
  return { clock, kv, docs, slotDocs, keys, born }
}

describe('a row whose time is over', () => {
  it('goes with all its places when the next is written, and not a moment before', async () => {
    const { clock, docs, keys, born } = table()
    await docs.create('old', born())
    clock.advance(lifeMs - 1)
    await docs.create('other', born(clock.now()))
    expect(await docs.get('old')).toBeDefined()
    clock.advance(1)
    await docs.create('last', born(clock.now()))
    expect(await docs.get('old')).toBeUndefined()
    expect((await keys()).filter((key) => key.endsWith('old'))).toEqual([])
    expect(await docs.get('other')).toBeDefined()
  })

  it('goes a few at a time', async () => {
    const { clock, docs, born } = table()
    for (let at = 0; at < 10; at++) await docs.create(`n${at}`, born(bornMs + at * 1000))
    clock.advance(lifeMs + dayMs)
    const left = async () => {
      const all = await Promise.all(Array.from({ length: 10 }, (_, at) => docs.get(`n${at}`)))
      return all.filter((doc) => doc !== undefined).length
    }
    let sweeps = 0
    for (const want of [6, 2, 0, 0]) {
      await docs.create(`later${sweeps++}`, born(clock.now()))
      expect(await left()).toBe(want)
    }
  })

  it('stays where it was written anew meanwhile, for as long as that says', async () => {
    const { clock, docs, born } = table()
    const first = await docs.create('n1', born())
    clock.advance(lifeMs - dayMs)
    await docs.update(first, born(clock.now()))
    clock.advance(2 * dayMs)
    await docs.create('n2', born(clock.now()))
    expect((await docs.get('n1'))?.version).toBe(2)
    clock.advance(lifeMs - dayMs)
    await docs.create('n3', born(clock.now()))
    expect(await docs.get('n1')).toBeUndefined()
  })

  it('goes whoever writes to the table', async () => {
    const { clock, docs, slotDocs, keys, born } = table()
    await slotDocs.create('slot#1', { holder: 'n1' })
    await docs.create('n1', born())
    clock.advance(dayMs)
    await docs.create('n2', born(clock.now()))
    expect(await slotDocs.get('slot#1')).toBeUndefined()
    clock.advance(lifeMs)
    await slotDocs.create('slot#2', { holder: 'n2' })
    expect((await keys()).filter((key) => key.endsWith('n1'))).toEqual([])
  })

  it('stays where it cannot be understood: that is for somebody to look at', async () => {
    const { clock, kv, docs, keys, born } = table()
    await docs.create('n1', born())
    const key = (await keys()).find((each) => each.endsWith('/doc/n1')) ?? ''
    await kv.batch([{ kind: 'put', key, value: Buffer.from('{'), expected: 'anything' }])
    clock.advance(lifeMs)
    await docs.create('n2', born(clock.now()))
    expect(await kv.get(key)).toBeDefined()
  })

  it('is left for the next time where somebody else was faster, or the store fails', async () => {
    const { clock, kv, born } = table()
    let isFull = false
    const failing = {
      ...kv,
      batch: (writes: Parameters<typeof kv.batch>[0]) =>
        isFull && writes.every(({ kind }) => kind === 'delete')
          ? kv.batch([{ kind: 'delete', key: 'none', expected: { version: 'x' } }])
          : kv.batch(writes),
    }
    const docs = docsOverKv({ kv: failing, clock, closing: unclosed }, notes)
    await docs.create('n1', born())
    clock.advance(lifeMs)
    isFull = true
    expect((await docs.create('n2', born(clock.now()))).version).toBe(1)
    expect(await docs.get('n1')).toBeDefined()
    isFull = false
    await docs.create('n3', born(clock.now()))
    expect(await docs.get('n1')).toBeUndefined()
  })
})
