// What is expected of a Kv, as one list of cases that every store must pass.

import { expect } from 'vitest'
import { SentinelError } from '../base/index.ts'
import type { Gaps } from './backends.fake.ts'
import { batchLimit, type Entry, type Expected, type Kv, type Write } from './index.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const put = (key: string, text: string, expected: Expected = 'absent'): Write => ({
  kind: 'put',
  key,
  value: bytes(text),
  expected,
})
const remove = (key: string, expected: Expected): Write => ({ kind: 'delete', key, expected })
const textOf = (entry: Entry | undefined) =>
  entry === undefined ? undefined : Buffer.from(entry.value).toString()
const versionOf = (entry: Entry | undefined) => ({ version: entry?.version ?? 'nothing' })

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (thrown) {
    if (thrown instanceof SentinelError) return thrown.code
    throw thrown
  }
  return 'nothing was thrown'
}

const keysOf = (entries: readonly Entry[]) => entries.map(({ key }) => key)

export type KvCase = { readonly name: string; readonly gaps?: Gaps; run(kv: Kv): Promise<void> }

const moto = { moto: 'may let two racers win' }
const transactions = { dynalite: 'has no transactions' }

export const kvContract: readonly KvCase[] = [
  {
    name: 'a value comes back as it was put, byte for byte',
    gaps: transactions,
    async run(kv) {
      const value = Uint8Array.from({ length: 256 }, (_, at) => at)
      await kv.batch([{ kind: 'put', key: 'a', value, expected: 'absent' }, put('empty', '')])
      expect([...((await kv.get('a'))?.value ?? [])]).toEqual([...value])
      expect(textOf(await kv.get('empty'))).toBe('')
      expect((await kv.get('a'))?.key).toBe('a')
    },
  },
  {
    name: 'a value stays as it was put, whatever becomes of the bytes that were given',
    async run(kv) {
      const value = Buffer.from('as it was put')
      await kv.batch([{ kind: 'put', key: 'a', value, expected: 'absent' }])
      value.fill(0)
      expect(textOf(await kv.get('a'))).toBe('as it was put')
    },
  },
  {
    name: 'what is not there is undefined',
    run: async (kv) => expect(await kv.get('a')).toBeUndefined(),
  },
  {
    name: 'a put where nothing was expected happens once',
    async run(kv) {
      await kv.batch([put('a', '1')])
      expect(await codeOf(kv.batch([put('a', '2')]))).toBe('STORE_CONFLICT')
      expect(textOf(await kv.get('a'))).toBe('1')
    },
  },
  {
    name: 'a put over a version happens once',
    async run(kv) {
      await kv.batch([put('a', '1')])
      const first = versionOf(await kv.get('a'))
      await kv.batch([put('a', '2', first)])
      expect(await codeOf(kv.batch([put('a', '3', first)]))).toBe('STORE_CONFLICT')
      expect(textOf(await kv.get('a'))).toBe('2')
    },
  },
  {
    name: 'a put over a version of what is gone is refused',
    gaps: transactions,
    async run(kv) {
      await kv.batch([put('a', '1')])
      const first = versionOf(await kv.get('a'))
      await kv.batch([remove('a', first)])
      expect(await kv.get('a')).toBeUndefined()
      expect(await codeOf(kv.batch([put('a', '2', first)]))).toBe('STORE_CONFLICT')
    },
  },
  {
    name: 'a version never comes again, even after a delete and with the same value',
    gaps: transactions,
    async run(kv) {
      const seen = new Set<string>()
      for (const _ of [1, 2, 3]) {
        await kv.batch([put('a', 'same')])
        seen.add(versionOf(await kv.get('a')).version)
        await kv.batch([put('a', 'same', 'anything')])
        seen.add(versionOf(await kv.get('a')).version)
        await kv.batch([remove('a', 'anything')])
      }
      expect(seen.size).toBe(6)
    },
  },
  {
    name: 'a delete of another version is refused, one of whatever there is never',
    gaps: transactions,
    async run(kv) {
      await kv.batch([put('a', '1')])
      const first = versionOf(await kv.get('a'))
      await kv.batch([put('a', '2', first)])
      expect(await codeOf(kv.batch([remove('a', first)]))).toBe('STORE_CONFLICT')
      await kv.batch([remove('a', 'anything')])
      await kv.batch([remove('a', 'anything')])
      expect(await kv.get('a')).toBeUndefined()
    },
  },
  {
    name: 'a batch happens whole or not at all',
    gaps: transactions,
    async run(kv) {
      await kv.batch([put('b', 'old')])
      const refused = kv.batch([put('a', '1'), put('b', 'new'), put('c', '1')])
      expect(await codeOf(refused)).toBe('STORE_CONFLICT')
      expect([textOf(await kv.get('a')), textOf(await kv.get('b')), textOf(await kv.get('c'))]).toEqual([
        undefined,
        'old',
        undefined,
      ])
      await kv.batch([put('a', '1'), remove('b', versionOf(await kv.get('b'))), put('c', '1')])
      expect(keysOf(await kv.list({ prefix: '', limit: 10 }))).toEqual(['a', 'c'])
    },
  },
  {
    name: `a batch has 1 to ${batchLimit} writes, each of another key`,
    gaps: transactions,
    async run(kv) {
      const some = (count: number) => Array.from({ length: count }, (_, at) => put(`k${at}`, 'v'))
      await kv.batch(some(batchLimit))
      expect(await kv.list({ prefix: 'k', limit: 100 })).toHaveLength(batchLimit)
      expect(await codeOf(kv.batch(some(batchLimit + 1)))).toBe('INTERNAL')
      expect(await codeOf(kv.batch([]))).toBe('INTERNAL')
      expect(await codeOf(kv.batch([put('x', '1'), put('x', '2', 'anything')]))).toBe('INTERNAL')
    },
  },
  {
    name: 'a key has 1 to 1024 bytes',
    async run(kv) {
      const long = 'ü'.repeat(512)
      await kv.batch([put(long, '1')])
      expect(textOf(await kv.get(long))).toBe('1')
      expect(keysOf(await kv.list({ prefix: long, limit: 2 }))).toEqual([long])
      expect(await codeOf(kv.batch([put(`${long}x`, '1')]))).toBe('REQUEST_INVALID')
      expect(await kv.list({ prefix: `${long}x`, limit: 10 })).toEqual([])
      expect(await codeOf((async () => kv.get(''))())).toBe('INTERNAL')
    },
  },
  {
    name: 'a list has the keys of its prefix in the order of their bytes, both ways round',
    async run(kv) {
      const keys = ['p/a', 'p/ab', 'p/b', 'p/\u{fffd}', 'p/\u{1f512}', 'p', 'q/a', 'o/z', 'p/a\u0000b']
      for (const key of keys) await kv.batch([put(key, key)])
      const want = ['p/a', 'p/a\u0000b', 'p/ab', 'p/b', 'p/\u{fffd}', 'p/\u{1f512}']
      const found = await kv.list({ prefix: 'p/', limit: 100 })
      expect(keysOf(found)).toEqual(want)
      expect(found.map(textOf)).toEqual(want)
      expect(await kv.keys({ prefix: 'p/', limit: 100 })).toEqual(want)
      expect(await kv.keys({ prefix: 'p/', limit: 2, after: 'p/a', order: 'ascending' })).toEqual(
        want.slice(1, 3),
      )
      expect(await kv.keys({ prefix: 'p/', limit: 3, order: 'descending' })).toEqual(
        want.toReversed().slice(0, 3),
      )
      expect(keysOf(await kv.list({ prefix: 'p/', limit: 100, order: 'descending' }))).toEqual(
        want.toReversed(),
      )
    },
  },
  {
    name: 'a list goes on behind a key, which need not be there',
    async run(kv) {
      for (const key of ['p/a', 'p/b', 'p/c', 'p/d', 'q']) await kv.batch([put(key, '1')])
      const keys = async (after: string, order: 'ascending' | 'descending', limit = 2) =>
        keysOf(await kv.list({ prefix: 'p/', after, order, limit }))
      expect(await keys('p/a', 'ascending')).toEqual(['p/b', 'p/c'])
      expect(await keys('p/aa', 'ascending')).toEqual(['p/b', 'p/c'])
      expect(await keys('p/d', 'ascending')).toEqual([])
      expect(await keys('o', 'ascending')).toEqual(['p/a', 'p/b'])
      expect(await keys('p/c', 'descending')).toEqual(['p/b', 'p/a'])
      expect(await keys('p/a', 'descending')).toEqual([])
      expect(await keys('q', 'descending')).toEqual(['p/d', 'p/c'])
    },
  },
  {
    name: 'batches that are asked for at once happen each by itself',
    gaps: { ...transactions, ...moto },
    async run(kv) {
      await kv.batch([put('taken', '1')])
      const codes = await Promise.all([
        codeOf(kv.batch([put('a', '1')])),
        codeOf(kv.batch([put('b', '1'), put('taken', '2')])),
        codeOf(kv.batch([put('c', '1')])),
      ])
      expect(codes).toEqual(['nothing was thrown', 'STORE_CONFLICT', 'nothing was thrown'])
      expect(await kv.keys({ prefix: '', limit: 10 })).toEqual(['a', 'c', 'taken'])
      expect(textOf(await kv.get('taken'))).toBe('1')
    },
  },
  {
    name: 'of twenty writers of one key one wins',
    gaps: { ...transactions, ...moto },
    async run(kv) {
      const codes = await Promise.all(
        Array.from({ length: 20 }, (_, at) => codeOf(kv.batch([put('a', `${at}`), put(`of${at}`, '')]))),
      )
      const won = codes.indexOf('nothing was thrown')
      expect(codes.filter((code) => code === 'STORE_CONFLICT')).toHaveLength(19)
      expect(textOf(await kv.get('a'))).toBe(`${won}`)
      expect(keysOf(await kv.list({ prefix: 'of', limit: 100 }))).toEqual([`of${won}`])
    },
  },
]
