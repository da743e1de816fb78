import { describe, expect, it } from 'vitest'
import { newUuid, systemRandom } from '../base/index.ts'
import { storedRandom } from './stored-random.ts'

describe('randomness that was fetched in advance', () => {
  it('is given out once, in order, and fetched anew when it is used up', () => {
    let asked = 0
    const counting = {
      bytes(length: number) {
        asked += length
        return systemRandom.bytes(length)
      },
    }
    const random = storedRandom(counting)
    const ids = Array.from({ length: 1000 }, () => Buffer.from(random.bytes(16)).toString('hex'))
    expect(new Set(ids).size).toBe(1000)
    expect(asked).toBe(4 * 4096)
  })

  it('is not kept once it was given out', () => {
    const fetched: Uint8Array[] = []
    const random = storedRandom({
      bytes(length) {
        fetched.push(new Uint8Array(length).fill(7))
        return fetched.at(-1) ?? new Uint8Array()
      },
    })
    expect([...random.bytes(4)]).toEqual([7, 7, 7, 7])
    expect([...(fetched[0]?.subarray(0, 5) ?? [])]).toEqual([0, 0, 0, 0, 7])
  })

  it('is asked of the source itself where it is much', () => {
    const lengths: number[] = []
    const random = storedRandom({ bytes: (length) => new Uint8Array(lengths.push(length) && length) })
    expect([random.bytes(1000).length, lengths]).toEqual([1000, [1000]])
  })

  it('makes ids like any other', () =>
    expect(newUuid(storedRandom(systemRandom))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/))
})
