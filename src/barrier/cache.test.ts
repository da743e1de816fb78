import { describe, expect, it } from 'vitest'
import { EntryCache } from './cache.ts'

const entry = (key: string, bytes = 10) => ({ key, version: '1', value: new Uint8Array(bytes) })
const kept = (cache: EntryCache, keys: readonly string[]) =>
  keys.filter((key) => cache.get(key) !== undefined)

describe('a cache of entries', () => {
  it('gives what it was given, and not what was written since', () => {
    const cache = new EntryCache(10_000)
    cache.keep(entry('a'), cache.stamp)
    cache.keep(entry('b'), cache.stamp)
    cache.forget(['a'])
    expect(kept(cache, ['a', 'b'])).toEqual(['b'])
  })

  it('does not keep what was read before something was written', () => {
    const cache = new EntryCache(10_000)
    const { stamp } = cache
    cache.forget(['b'])
    cache.keep(entry('a'), stamp)
    expect(kept(cache, ['a'])).toEqual([])
  })

  it('holds a few at a time, and rather those that are used', () => {
    // 212 bytes each: ten fit, five in each half.
    const cache = new EntryCache(2200)
    const keys = Array.from({ length: 100 }, (_, at) => String.fromCharCode(0x100 + at))
    for (const key of keys) {
      cache.keep(entry(key), cache.stamp)
      cache.get(keys[0]!)
    }
    expect(kept(cache, keys).length).toBeLessThanOrEqual(10)
    expect(kept(cache, keys)).toEqual(expect.arrayContaining([keys[0], keys[99]]))
  })

  it('does not begin to keep what is larger than half of it', () => {
    const cache = new EntryCache(2000)
    cache.keep(entry('small'), cache.stamp)
    cache.keep(entry('large', 1001), cache.stamp)
    expect(kept(cache, ['small', 'large'])).toEqual(['small'])
  })

  it('counts an entry that is kept again once', () => {
    const cache = new EntryCache(2200)
    for (let time = 0; time < 20; time++) cache.keep(entry('a'), cache.stamp)
    cache.keep(entry('b'), cache.stamp)
    expect(kept(cache, ['a', 'b'])).toEqual(['a', 'b'])
  })

  it('that was cleared has nothing, nor what is read meanwhile', () => {
    const cache = new EntryCache(10_000)
    const { stamp } = cache
    cache.keep(entry('a'), stamp)
    cache.clear()
    cache.keep(entry('b'), stamp)
    expect(kept(cache, ['a', 'b'])).toEqual([])
  })
})
