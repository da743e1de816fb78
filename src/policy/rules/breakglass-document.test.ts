import { describe, expect, it } from 'vitest'
import { breakglassPolicy, documentOf, findingsOf } from './kit.fake.ts'

const rule = (body: string) =>
  documentOf(`{name: a, profiles: [x], allowed_reason_codes: [incident], ${body}}`)

it('a break-glass policy becomes plain data', async () => {
  const policy = await breakglassPolicy(`version: "1"
trusted_session_roles: [Fed]
rules:
  - name: prod
    profiles: [prod]
    users: [oncall1, "Oncall/*"]
    allowed_reason_codes: [incident, security]
    time: {days: [saturday, sunday]}
    max_duration: 90m
    overrides: [deny, require_server]
    mfa: required
  - {name: rest, users: [oncall1], mfa: none}
`)
  expect(policy.trustedSessionRoles).toEqual(['Fed'])
  expect(policy.zones.map(({ name }) => name)).toEqual(['UTC'])
  expect(policy.rules).toEqual([
    {
      name: 'prod',
      profiles: ['prod'],
      users: ['oncall1', 'Oncall/*'],
      reasonCodes: ['incident', 'security'],
      time: { days: 0b1000001, start: 0, end: 1440, zone: 0 },
      maxDurationSeconds: 5400,
      overrides: ['deny', 'require_server'],
      mfa: 'required',
    },
    { name: 'rest', users: ['oncall1'], overrides: [], mfa: 'none' },
  ])
  expect(JSON.parse(JSON.stringify(policy))).toEqual(policy)
})

describe('a break-glass policy', () => {
  const codes = 'incident, maintenance, security, recovery, other'
  const untilFour = 'write a duration from 15m to 4h, or leave the key out for 4h'
  const overrides = 'deny, require_server, require_server_session'
  for (const [name, text, want] of [
    ['that is good has nothing to be said', rule('users: [x]'), []],
    [
      'without users',
      rule('max_duration: 1h'),
      ['3:3 rules[0].users: `users` is missing (write a list of at least one: `[oncall1, "Oncall/*"]`)'],
    ],
    [
      'with no users at all, which is not everybody',
      rule('users: []'),
      ['3:69 rules[0].users: `users` is empty (write a list of at least one: `[oncall1, "Oncall/*"]`)'],
    ],
    [
      'with reasons that there are not',
      documentOf('{name: a, profiles: [x], users: [x], allowed_reason_codes: [Incident, outage]}'),
      [
        '3:63 rules[0].allowed_reason_codes[0]: `Incident` is not a reason code (did you mean `incident`?)',
        `3:73 rules[0].allowed_reason_codes[1]: \`outage\` is not a reason code (write one of ${codes})`,
      ],
    ],
    [
      'with no reason at all, which is not any',
      documentOf('{name: a, profiles: [x], users: [x], allowed_reason_codes: []}'),
      [
        `3:62 rules[0].allowed_reason_codes: \`allowed_reason_codes\` is empty (write a list of ${codes}, or leave the key out for any)`,
      ],
    ],
    [
      'for any reason',
      documentOf('{name: a, profiles: [x], users: [x]}'),
      [
        'warning 3:10 rules[0]: rule `a` takes every reason code (name `allowed_reason_codes` unless any will do)',
      ],
    ],
    [
      'for too long',
      rule('users: [x], max_duration: 4h1s'),
      [`3:88 rules[0].max_duration: no emergency lasts longer than 4 hours (${untilFour})`],
    ],
    [
      'for less than AWS issues',
      rule('users: [x], max_duration: 5m'),
      [`3:88 rules[0].max_duration: nothing can be had for less than 15 minutes (${untilFour})`],
    ],
    [
      'over what it always goes over',
      rule('users: [x], overrides: [require_approval]'),
      [
        '3:86 rules[0].overrides[0]: `require_approval` is not an effect that has to be listed (leave it out: break-glass always goes over it)',
      ],
    ],
    [
      'over what is misspelt, and what is none',
      rule('users: [x], overrides: [Deny, all]'),
      [
        '3:86 rules[0].overrides[0]: `Deny` is not an effect that has to be listed (did you mean `deny`?)',
        `3:92 rules[0].overrides[1]: \`all\` is not an effect that has to be listed (write one of ${overrides})`,
      ],
    ],
    [
      'over a text',
      rule('users: [x], overrides: deny'),
      ['3:85 rules[0].overrides: `overrides` must be a list, not text (write `[deny]`)'],
    ],
    [
      'with MFA as a truth value',
      rule('users: [x], mfa: true'),
      [
        '3:79 rules[0].mfa: `mfa` must be text, not the truth value true (write `mfa: required`, or leave the key out)',
      ],
    ],
    [
      'with MFA by another word',
      rule('users: [x], mfa: require'),
      ['3:79 rules[0].mfa: `require` is not `required` or `none` (did you mean `required`?)'],
    ],
    [
      'with keys of an approval policy',
      rule('users: [x], approvers: [y]'),
      [
        '3:74 rules[0].approvers: unknown key `approvers` (the keys here are name, profiles, users, allowed_reason_codes, time, max_duration, overrides, mfa)',
      ],
    ],
    [
      'with users that there cannot be',
      rule('users: ["a b"]'),
      [
        'warning 3:70 rules[0].users[0]: `a b` matches nobody: names hold only letters, digits and `_ + = , . @ -` (write the name as `sentinel whoami` shows it)',
      ],
    ],
    [
      'for every profile, and then for one',
      documentOf(
        '{name: all, users: [x], allowed_reason_codes: [other]}',
        '{name: b, profiles: [p], users: [y], allowed_reason_codes: [other]}',
      ),
      [
        'warning 3:10 rules[0]: rule `all` is for every profile (name `profiles` unless it is meant for all)',
        'warning 4:10 rules[1]: rule `b` is never reached: `all` matches all of its requests before it (move it before `all`, or remove it)',
      ],
    ],
  ] as const) {
    it(name, async () => expect(await findingsOf('breakglass', text)).toEqual(want))
  }
})
