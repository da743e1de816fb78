import { describe, expect, it } from 'vitest'
import { isRequestId, newRequestId, systemRandom } from './index.ts'

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
