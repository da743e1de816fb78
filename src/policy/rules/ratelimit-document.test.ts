import { describe, expect, it } from 'vitest'
import { documentOf, findingsOf, rateLimitPolicy } from './kit.fake.ts'

const rule = (body: string) => documentOf(`{name: a, profiles: [x], ${body}}`)

it('a rate-limit policy becomes plain data', async () => {
  const policy = await rateLimitPolicy(`version: "1"
rules:
  - name: prod
    profiles: [prod]
    cooldown: 30m
    max_per_user: 3
    max_per_profile: 10
    quota_window: 24h
    escalation_threshold: 2
  - {name: rest, cooldown: 1h}
`)
  expect(policy.zones).toEqual([])
  expect(policy.rules).toEqual([
    {
      name: 'prod',
      profiles: ['prod'],
      cooldownSeconds: 1800,
      maxPerUser: 3,
      maxPerProfile: 10,
      quotaWindowSeconds: 86_400,
      escalationThreshold: 2,
    },
    { name: 'rest', cooldownSeconds: 3600 },
  ])
  expect(JSON.parse(JSON.stringify(policy))).toEqual(policy)
})

describe('a rate-limit policy', () => {
  const nothing =
    '3:3 rules[0]: the rule limits nothing (write `cooldown`, `max_per_user`, `max_per_profile` or several of them)'
  const window =
    '3:3 rules[0].quota_window: `quota_window` is missing (write a duration up to 720h, such as 24h)'
  const most = (key: string) =>
    `write a number from 1 to 1000: \`${key}: 3\`, or leave the key out for no limit`
  for (const [name, text, want] of [
    ['that is good has nothing to be said', rule('cooldown: 30m'), []],
    ['that limits nothing', rule('quota_window: 24h'), [nothing]],
    [
      'that limits nothing because a key is misspelt is one mistake',
      rule('max_per_users: 3, quota_window: 24h'),
      ['3:28 rules[0].max_per_users: unknown key `max_per_users` (did you mean `max_per_user`?)'],
    ],
    ['with a quota of a user without a window', rule('max_per_user: 3'), [window]],
    ['with a quota of a profile without a window', rule('max_per_profile: 3'), [window]],
    ['with a threshold without a window', rule('cooldown: 1m, escalation_threshold: 2'), [window]],
    [
      'with quotas of nothing',
      rule('max_per_user: 0, max_per_profile: -1, quota_window: 24h'),
      [
        `3:42 rules[0].max_per_user: \`0\` is not a number from 1 to 1000 (${most('max_per_user')})`,
        `3:62 rules[0].max_per_profile: \`-1\` is not a number from 1 to 1000 (${most('max_per_profile')})`,
      ],
    ],
    [
      'with a window in days',
      rule('max_per_user: 3, quota_window: 1d'),
      ['3:59 rules[0].quota_window: `1d` is not a duration (write a duration up to 720h, such as 24h)'],
    ],
    [
      'with a cooldown of nothing',
      rule('cooldown: 0s'),
      ['3:38 rules[0].cooldown: a time of nothing limits nothing (write a duration up to 720h, such as 30m)'],
    ],
    [
      'with a negative cooldown',
      rule('cooldown: -5m'),
      ['3:38 rules[0].cooldown: `-5m` is not a duration (write a duration up to 720h, such as 30m)'],
    ],
    [
      'with a cooldown without a unit',
      rule('cooldown: 30'),
      [
        '3:38 rules[0].cooldown: `cooldown` must be text, not the number 30 (write a duration up to 720h, such as 30m)',
      ],
    ],
    [
      'with a cooldown that no ledger reaches back to',
      rule('cooldown: 720h1s'),
      [
        '3:38 rules[0].cooldown: longer than 30 days, which is as far back as openings are counted (write a duration up to 720h, such as 30m)',
      ],
    ],
    ['with the longest cooldown', rule('cooldown: 720h'), []],
    [
      'with users, who are in the break-glass policy',
      rule('cooldown: 1m, users: [x]'),
      [
        '3:42 rules[0].users: unknown key `users` (the keys here are name, profiles, cooldown, max_per_user, max_per_profile, quota_window, escalation_threshold)',
      ],
    ],
    [
      'with a cooldown of seconds',
      rule('cooldown: 59s'),
      [
        'warning 3:28 rules[0].cooldown: the cooldown of rule `a` is under a minute, which limits hardly anything (write a longer one, such as 30m)',
      ],
    ],
    [
      'with a threshold that the quota comes before',
      rule('max_per_user: 2, quota_window: 1h, escalation_threshold: 2'),
      [
        'warning 3:63 rules[0].escalation_threshold: rule `a` never marks an opening: `max_per_user` refuses it first (write an `escalation_threshold` below `max_per_user`)',
      ],
    ],
    [
      'with a threshold below the quota',
      rule('max_per_user: 3, quota_window: 1h, escalation_threshold: 2'),
      [],
    ],
    [
      'for every profile, and then for one',
      documentOf('{name: all, cooldown: 5m}', '{name: b, profiles: [p], cooldown: 1h}'),
      [
        'warning 3:10 rules[0]: rule `all` is for every profile (name `profiles` unless it is meant for all)',
        'warning 4:10 rules[1]: rule `b` is never reached: `all` matches all of its requests before it (move it before `all`, or remove it)',
      ],
    ],
  ] as const) {
    it(name, async () => expect(await findingsOf('ratelimit', text)).toEqual(want))
  }
})
