import type { Clock } from './clock.ts'

/** A clock for tests that stands still until it is moved. */
export type FakeClock = Clock & { advance(ms: number): void; set(at: number | string): void }

/** Makes a clock that shows `at` (milliseconds since the epoch, or RFC 3339). */
export function fakeClock(at: number | string): FakeClock {
  const toMs = (when: number | string) => (typeof when === 'number' ? when : Date.parse(when))
  let now = toMs(at)
  return {
    now: () => now,
    advance: (ms) => {
      now += ms
    },
    set: (when) => {
      now = toMs(when)
    },
  }
}
