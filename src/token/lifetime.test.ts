import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LifetimeAsked, lifetimeOf, requireSeconds, systemLimits } from './lifetime.ts'

const asked = (some: Partial<LifetimeAsked>): LifetimeAsked => ({
  wantedSeconds: 0,
  limits: systemLimits,
  maxSeconds: 0,
  explicitMaxSeconds: 0,
  periodSeconds: 0,
  ageSeconds: 0,
  ...some,
})

describe('how long something lives from now on', () => {
  for (const [name, some, seconds, warning] of [
    ['the mount says, where nobody else does', {}, 2_764_800, undefined],
    ['as long as asked', { wantedSeconds: 60 }, 60, undefined],
    ['not beyond the maximum of the mount', { wantedSeconds: 2_764_801 }, 2_764_800, '"768h"'],
    ['nor of the login', { wantedSeconds: 60, maxSeconds: 50 }, 50, '"50s"'],
    ['nor its own', { wantedSeconds: 1800, explicitMaxSeconds: 300 }, 300, '"5m"'],
    ['counted from its making', { wantedSeconds: 60, maxSeconds: 100, ageSeconds: 70 }, 30, '"30s"'],
    ['a period, whatever was asked', { wantedSeconds: 60, periodSeconds: 1800 }, 1800, undefined],
    ['a period again and again', { periodSeconds: 1800, ageSeconds: 9_999_999 }, 1800, undefined],
    [
      'but not beyond its own end',
      { periodSeconds: 1800, explicitMaxSeconds: 2000, ageSeconds: 500 },
      1500,
      '"25m"',
    ],
    ['and no single one beyond the maximum', { periodSeconds: 2_764_801 }, 2_764_800, '"768h"'],
  ] as const)
    test(name, () => {
      const { seconds: got, warnings } = lifetimeOf(asked(some))
      expect(got).toBe(seconds)
      expect(warnings.length).toBe(warning === undefined ? 0 : 1)
      if (warning !== undefined) expect(warnings[0]).toContain(`exceeded the effective max_ttl of ${warning}`)
    })

  test('the warning has the words that Vault has', () =>
    expect(lifetimeOf(asked({ wantedSeconds: 5400, explicitMaxSeconds: 300 })).warnings).toEqual([
      'TTL of "1h30m" exceeded the effective max_ttl of "5m"; TTL value is capped accordingly',
    ]))

  test('what is past its maximum is refused', () => {
    for (const some of [
      { maxSeconds: 100, ageSeconds: 100 },
      { explicitMaxSeconds: 100, periodSeconds: 10, ageSeconds: 101 },
    ])
      expect(() => lifetimeOf(asked(some))).toThrow('past the max TTL, cannot renew')
  })

  test('lengths that are negative or beyond any use are refused', () => {
    expect(() => requireSeconds('ttl', -1)).toThrow('ttl must be positive')
    expect(() => requireSeconds('ttl', 1e15)).toThrow('ttl is too long')
  })
})

test('whatever is asked, nothing lives longer than its least maximum, and whoever gets less is told', () => {
  const seconds = fc.integer({ min: 0, max: 10_000 })
  const said = fc.integer({ min: 1, max: 10_000 })
  fc.assert(
    fc.property(
      seconds,
      said,
      said,
      seconds,
      seconds,
      seconds,
      seconds,
      (wanted, standard, most, max, explicit, period, age) => {
        const limits = { defaultSeconds: standard, maxSeconds: most }
        const all = { wantedSeconds: wanted, limits, maxSeconds: max, explicitMaxSeconds: explicit }
        const run = () => lifetimeOf({ ...all, periodSeconds: period, ageSeconds: age })
        const least = Math.min(...[most, max, explicit].filter((each) => each > 0))
        const end = period === 0 ? least : explicit === 0 ? Number.POSITIVE_INFINITY : explicit
        if (end <= age) {
          expect(run).toThrow('past the max TTL')
          return
        }
        const { seconds: got, warnings } = run()
        const hoped = period || wanted || standard
        expect(got).toBe(Math.min(hoped, period === 0 ? Number.POSITIVE_INFINITY : least, end - age))
        expect(got).toBeGreaterThan(0)
        expect(age + got).toBeLessThanOrEqual(end)
        expect(warnings.length > 0).toBe(got < hoped)
      },
    ),
    { numRuns: 2000 },
  )
})
