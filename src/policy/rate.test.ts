import { describe, expect, it } from 'vitest'
import { escalates, exceeded, type Ledger, limitsFor, type RateLimits } from './rate.ts'
import { wednesdayMs as nowMs, rateLimitPolicy } from './rules/kit.fake.ts'

const hourMs = 3_600_000
/** Openings so many hours ago: of the caller for `prod` or another profile, and of others for `prod`. */
const ledger = (
  mine: readonly number[],
  elsewhere: readonly number[] = [],
  others: readonly number[] = [],
): Ledger => ({
  ofUser: [
    [],
    [
      ...mine.map((hours) => ({ atMs: nowMs - hours * hourMs, profile: 'prod' })),
      ...elsewhere.map((hours) => ({ atMs: nowMs - hours * hourMs, profile: 'dev' })),
    ],
  ],
  ofProfile: [...mine, ...others].map((hours) => ({ atMs: nowMs - hours * hourMs })),
})

const limits: RateLimits = {
  rule: 'a',
  cooldownSeconds: 1800,
  maxPerUser: 3,
  maxPerProfile: 5,
  quotaWindowSeconds: 86_400,
  escalationThreshold: 2,
}

describe('one more opening', () => {
  for (const [name, openings, changed, want] of [
    ['is the first', ledger([]), {}, undefined],
    ['is the second, after the cooldown', ledger([1]), {}, undefined],
    ['comes exactly when the cooldown ends', ledger([0.5]), {}, undefined],
    ['comes a second before that', ledger([0.5 - 1 / 3600]), {}, /30m must lie.*1$/],
    ['comes at once', ledger([0]), {}, /30m must lie.*1800$/],
    ['comes after one that lies ahead: the clock was set back', ledger([-1]), {}, /30m must lie.*5400$/],
    ['is for another profile within the cooldown', ledger([], [0]), {}, undefined],
    ['is the third of a user', ledger([2], [1]), {}, undefined],
    ['is the fourth of a user', ledger([3, 2], [1]), {}, /the caller had 3 of at most 3.*within 24h.*75600$/],
    ['is the fourth, of which one has left the window', ledger([24, 2], [1]), {}, undefined],
    ['is the fourth, of which one has nearly left it', ledger([23.99, 2], [1]), {}, /the caller had 3.*36$/],
    ['is the fifth, which waits for two to leave', ledger([5, 4], [3, 2]), {}, /the caller had 4.*72000$/],
    ['is the fifth of a profile', ledger([], [], [4, 3, 2, 1]), {}, undefined],
    [
      'is the sixth of a profile',
      ledger([], [], [5, 4, 3, 2, 1]),
      {},
      /profile `prod` had 5 of at most 5.*68400$/,
    ],
    ['by others, within the cooldown', ledger([], [], [0]), {}, undefined],
    [
      'is not limited where nothing is said of it',
      ledger([9, 8, 7, 6]),
      { maxPerUser: undefined },
      undefined,
    ],
    ['has no cooldown where nothing is said of it', ledger([0]), { cooldownSeconds: undefined }, undefined],
  ] as const) {
    it(name, () => {
      const { maxPerUser, cooldownSeconds, ...rest } = { ...limits, ...changed }
      const found = exceeded(
        {
          ...rest,
          ...(maxPerUser !== undefined && { maxPerUser }),
          ...(cooldownSeconds !== undefined && { cooldownSeconds }),
        },
        openings,
        'prod',
        nowMs,
      )
      const said = found && `${found.message} ${found.retryAfterSeconds}`
      if (want === undefined) expect(said).toBeUndefined()
      else expect(said).toMatch(want)
    })
  }
})

describe('an opening is marked', () => {
  for (const [name, openings, changed, want] of [
    ['not the second', ledger([1]), {}, false],
    ['the third', ledger([2, 1]), {}, true],
    ['the third, whatever the profiles', ledger([2], [1]), {}, true],
    ['without a quota too', ledger([2, 1]), { maxPerUser: undefined }, true],
    ['not when an earlier one has left the window', ledger([24, 1]), {}, false],
  ] as const) {
    it(name, () => {
      const { maxPerUser: _quota, ...rest } = limits
      expect(escalates('maxPerUser' in changed ? rest : limits, openings, nowMs)).toBe(want)
    })
  }
  it('never without a threshold', () => {
    const { escalationThreshold: _threshold, ...rest } = limits
    expect(escalates(rest, ledger([2, 1]), nowMs)).toBe(false)
  })
})

describe('the limits of a profile', () => {
  const text = `
version: "1"
rules:
  - {name: prod, profiles: ["prod*"], cooldown: 1h, max_per_user: 1, quota_window: 48h, escalation_threshold: 1}
  - {name: dev, profiles: [dev], cooldown: 5m}
`
  const byDefault = {
    rule: 'default',
    cooldownSeconds: 1800,
    maxPerUser: 3,
    maxPerProfile: 10,
    quotaWindowSeconds: 86_400,
  }
  it('are those of the first rule for it, and nothing besides', async () => {
    const policy = await rateLimitPolicy(text)
    expect(limitsFor(policy, 'prod-eu')).toEqual({
      rule: 'prod',
      cooldownSeconds: 3600,
      maxPerUser: 1,
      quotaWindowSeconds: 172_800,
      escalationThreshold: 1,
    })
    expect(limitsFor(policy, 'dev')).toEqual({ rule: 'dev', cooldownSeconds: 300 })
  })
  it('are those of decision 6 where no rule is for it', async () =>
    expect(limitsFor(await rateLimitPolicy(text), 'live')).toEqual(byDefault))
  it('are those of decision 6 where there is no policy', () =>
    expect(limitsFor(undefined, 'prod')).toEqual(byDefault))
})
