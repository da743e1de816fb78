import { describe, expect, it } from 'vitest'
import { newUuid, systemRandom } from '../base/index.ts'
import { storedIds } from './stored-ids.ts'

/** Gives these bytes, again and again. */
const fixed = (bytes: Uint8Array) => ({
  bytes: (length: number) => Uint8Array.from({ length }, (_, at) => bytes[at % bytes.length] ?? 0),
})

describe('ids that are made in advance', () => {
  it('are each given out once, and fetched anew when they are used up', () => {
    let asked = 0
    const counting = {
      bytes(length: number) {
        asked += length
        return systemRandom.bytes(length)
      },
    }
    const id = storedIds(counting)
    expect(new Set(Array.from({ length: 1000 }, id)).size).toBe(1000)
    expect(asked).toBe(4 * 4096)
  })

  it('are what the same randomness gives one by one', () => {
    for (let first = 0; first < 256; first++) {
      const random = fixed(Uint8Array.from({ length: 16 }, (_, at) => (first + at * 37) % 256))
      expect(storedIds(random)()).toBe(newUuid(random))
    }
  })
})
