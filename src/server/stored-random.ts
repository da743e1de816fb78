import type { Random } from '../base/index.ts'

/** As many ids as a server needs for a while: asking for each apart is a tenth of what a read of a secret costs. */
const storedBytes = 4096

/** Randomness that was fetched in advance for whoever needs few bytes often. What was given out is no longer kept. */
export function storedRandom(random: Random): Random {
  let store: Uint8Array = new Uint8Array()
  let at = 0
  return {
    bytes(length) {
      if (length > storedBytes / 16) return random.bytes(length)
      if (at + length > store.length) {
        store = random.bytes(storedBytes)
        at = 0
      }
      // A copy, also of a Buffer, whose `slice` is none.
      const given = new Uint8Array(store.subarray(at, at + length))
      store.fill(0, at, at + length)
      at += length
      return given
    },
  }
}
