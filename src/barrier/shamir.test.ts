import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../base/index.ts'
import { combine, split } from './shamir.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

function* subsets<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  if (size === 0) yield []
  for (const [at, item] of items.entries()) {
    if (size > 0) for (const rest of subsets(items.slice(at + 1), size - 1)) yield [item, ...rest]
  }
}

describe('shares of a key', () => {
  for (const [shares, threshold, sets] of [
    [2, 2, 1],
    [3, 2, 3],
    [5, 3, 10],
    [6, 6, 1],
    [8, 4, 70],
  ] as const) {
    it(`${shares} of which ${threshold} are needed: every ${threshold} of them are enough`, () => {
      const key = systemRandom.bytes(32)
      const sharing = { shares, threshold }
      const made = split(systemRandom, key, sharing)
      const found = [...subsets(made, threshold)].map((some) => hex(combine(some, sharing)))
      expect(found).toEqual(Array.from({ length: sets }, () => hex(key)))
    })
  }

  it('any secret, any sharing: enough shares in any order give it, one fewer do not', () => {
    const cases = fc.record({
      secret: fc.uint8Array({ minLength: 16, maxLength: 40 }),
      threshold: fc.integer({ min: 2, max: 20 }),
      more: fc.integer({ min: 0, max: 12 }),
      turn: fc.nat(),
    })
    fc.assert(
      fc.property(cases, ({ secret, threshold, more, turn }) => {
        const sharing = { shares: threshold + more, threshold }
        const made = split(systemRandom, secret, sharing)
        const from = turn % made.length
        const some = [...made.slice(from), ...made.slice(0, from)].slice(0, threshold)
        expect(hex(combine(some.toReversed(), sharing))).toBe(hex(secret))
        expect(hex(combine(some.slice(1), sharing))).not.toBe(hex(secret))
      }),
      { numRuns: 60 },
    )
  })

  it('end with a place other than 0 that no other share has, also where there are 255', () => {
    const made = split(systemRandom, new Uint8Array(32), { shares: 255, threshold: 2 })
    const places = made.map((share) => share[32] ?? 0)
    expect(made.every((share) => share.length === 33)).toBe(true)
    expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 255 }, (_, at) => at + 1))
  })

  it('are at places that differ from one sharing to the next', () => {
    const placesOf = () =>
      hex(
        Uint8Array.from(
          split(systemRandom, new Uint8Array(1), { shares: 20, threshold: 2 }),
          (share) => share[1] ?? 0,
        ),
      )
    expect(placesOf()).not.toBe(placesOf())
  })

  it('where one is enough: the key itself, as in Vault', () => {
    const key = systemRandom.bytes(32)
    const [share] = split(systemRandom, key, { shares: 1, threshold: 1 })
    expect(hex(share!)).toBe(hex(key))
    expect(hex(combine([share!], { shares: 1, threshold: 1 }))).toBe(hex(key))
  })

  it('with one place twice, or of two keys, give another key', () => {
    const sharing = { shares: 3, threshold: 2 }
    const key = systemRandom.bytes(32)
    const [one, two] = split(systemRandom, key, sharing)
    const [other] = split(systemRandom, key, sharing)
    const twice = [...one!.subarray(0, 31), 0, one![32] ?? 0]
    for (const pair of [
      [one!, Uint8Array.from(twice)],
      [two!, other!.fill(7, 32)],
    ]) {
      expect(hex(combine(pair, sharing))).not.toBe(hex(key))
    }
  })
})

describe('too few shares', () => {
  it('leave every secret possible, each by exactly one value of the missing share', () => {
    const sharing = { shares: 3, threshold: 3 }
    const [one, two, three] = split(systemRandom, Uint8Array.of(42), sharing)
    const secrets = Array.from({ length: 256 }, (_, y) => {
      const guessed = Uint8Array.of(y, three![1] ?? 0)
      return combine([one!, two!, guessed], sharing)[0]
    })
    expect(new Set(secrets).size).toBe(256)
  })

  it('are spread evenly, whatever the secret', () => {
    for (const secret of [0, 255]) {
      const counts = new Array<number>(256).fill(0)
      const rounds = 256 * 40
      const made = split(systemRandom, new Uint8Array(rounds).fill(secret), { shares: 2, threshold: 2 })
      for (const y of made[0]!.subarray(0, rounds)) counts[y]!++
      const chiSquare = counts.reduce((sum, count) => sum + (count - 40) ** 2 / 40, 0)
      // 255 degrees of freedom: above 450 once in 10^12, below 120 as seldom.
      expect(chiSquare).toBeGreaterThan(120)
      expect(chiSquare).toBeLessThan(450)
    }
  })
})

for (const [why, shares, threshold] of [
  ['shares must be at least one', 0, 1],
  ['shares must be at least one', 2.5, 2],
  ['threshold must be at least one', 1, 0],
  ['threshold must be at least one', 1, Number.NaN],
  ['shares must be less than 256', 256, 3],
  ['threshold cannot be larger than shares', 3, 4],
  ['threshold must be greater than one for multiple shares', 3, 1],
] as const) {
  it(`${shares} shares and a threshold of ${threshold} are refused: ${why}`, () => {
    expect(() => split(systemRandom, new Uint8Array(32), { shares, threshold })).toThrowError(
      expect.objectContaining({ code: 'REQUEST_INVALID', message: why }),
    )
  })
}
