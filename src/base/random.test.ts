import { describe, expect, it } from 'vitest'
import { isRequestId, newRequestId, newUuid, storedRandom, systemRandom } from './index.ts'

describe('a request id', () => {
  it('is eight random bytes in lower-case hex', () =>
    expect(newRequestId({ bytes: (length) => Uint8Array.from({ length }, (_, at) => at * 17) })).toBe(
      '0011223344556677',
    ))

  it('of the machine is one, and never the same', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => newRequestId(systemRandom)))
    expect(ids.size).toBe(1000)
    expect([...ids].every(isRequestId)).toBe(true)
  })

  it('is not made without randomness', () => {
    const broken = {
      bytes: () => {
        throw new Error('no entropy')
      },
    }
    expect(() => newRequestId(broken)).toThrowError('no entropy')
  })

  for (const [text, want] of [
    ['a1b2c3d4', true],
    ['a1b2c3d4a1b2c3d4', true],
    ['a1b2c3d', false],
    ['a1b2c3d4a1b2c3d40', false],
    ['A1B2C3D4', false],
    ['g1b2c3d4', false],
    ['a1b2c3d4\n', false],
    ['', false],
  ] as const) {
    it(`${JSON.stringify(text)} is ${want ? 'one' : 'none'}`, () => expect(isRequestId(text)).toBe(want))
  }
})

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
