import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fakeClock } from './clock.fake.ts'
import { systemClock, toTimestamp } from './index.ts'

it('an instant is written in UTC with whole seconds, never rounded up', () => {
  expect(toTimestamp(Date.parse('2026-02-03T10:00:00.999Z'))).toBe('2026-02-03T10:00:00Z')
  expect(toTimestamp(0)).toBe('1970-01-01T00:00:00Z')
})

it('the fake clock stands still until it is moved', () => {
  const clock = fakeClock('2026-02-03T10:00:00Z')
  expect(toTimestamp(clock.now())).toBe('2026-02-03T10:00:00Z')
  clock.advance(61_000)
  expect(toTimestamp(clock.now())).toBe('2026-02-03T10:01:01Z')
  clock.set(5)
  expect(clock.now()).toBe(5)
})

it("the machine's clock counts milliseconds", () => expect(systemClock.now()).toBeGreaterThan(1.7e12))

it('every instant is written as Date writes it', () =>
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(0, 0, 1), max: Date.UTC(9999, 11, 31) }), (ms) => {
      expect(toTimestamp(ms)).toBe(`${new Date(ms).toISOString().slice(0, 19)}Z`)
    }),
    { numRuns: 5_000, seed: 3 },
  ))
