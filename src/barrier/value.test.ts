import { describe, expect, it } from 'vitest'
import { systemRandom } from '../base/index.ts'
import { keyBytes, openValue, sealValue, termOf, toKey } from './value.ts'

const newKey = () => toKey(systemRandom.bytes(keyBytes))
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()

describe('a value', () => {
  const key = newKey()
  const stored = sealValue(systemRandom, { term: 258, key }, 'secret/a', Buffer.from('the value'))

  it('lies there with form, term, nonce, ciphertext and tag', () => {
    expect([...stored.subarray(0, 5)]).toEqual([1, 0, 0, 1, 2])
    expect(stored.length).toBe(5 + 12 + 'the value'.length + 16)
    expect(termOf(stored)).toBe(258)
  })

  it('comes back with its key and name', () =>
    expect(text(openValue(key, 'secret/a', stored))).toBe('the value'))

  it('that is empty comes back too', () => {
    const empty = sealValue(systemRandom, { term: 1, key }, 'e', new Uint8Array())
    expect(text(openValue(key, 'e', empty))).toBe('')
  })

  it('is never stored twice alike', () => {
    const again = sealValue(systemRandom, { term: 258, key }, 'secret/a', Buffer.from('the value'))
    expect(Buffer.from(again).equals(stored)).toBe(false)
  })

  it('does not come back where any bit behind its head was changed', () => {
    for (let bit = 5 * 8; bit < stored.length * 8; bit++) {
      const changed = Uint8Array.from(stored)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(openValue(key, 'secret/a', changed)).toBeUndefined()
    }
  })

  for (const [what, open] of [
    ['under another name', () => openValue(key, 'secret/b', stored)],
    ['with another key', () => openValue(newKey(), 'secret/a', stored)],
    ['cut short', () => openValue(key, 'secret/a', stored.subarray(0, -1))],
    ['cut to nothing', () => openValue(key, 'secret/a', stored.subarray(0, 5))],
  ] as const) {
    it(`does not come back ${what}`, () => expect(open()).toBeUndefined())
  }

  for (const [what, bytes] of [
    ['of another form', Uint8Array.from(stored).fill(2, 0, 1)],
    ['too short for one', stored.subarray(0, 32)],
    ['nothing', new Uint8Array()],
  ] as const) {
    it(`that is ${what} has no term`, () => expect(termOf(bytes)).toBeUndefined())
  }
})

it('the bytes of a key are gone when it is one', () => {
  const bytes = systemRandom.bytes(keyBytes)
  toKey(bytes)
  expect([...bytes]).toEqual(new Array(keyBytes).fill(0))
})
