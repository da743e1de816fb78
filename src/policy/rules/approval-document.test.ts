import { describe, expect, it } from 'vitest'
import { approvalPolicy, documentOf, findingsOf } from './kit.fake.ts'

const errorsOf = (text: string) => findingsOf('approval', text)
const rule = (body: string) => documentOf(`{name: a, profiles: [x], ${body}}`)

it('an approval policy becomes plain data', async () => {
  const policy = await approvalPolicy(`version: "1"
kind: approval
trusted_session_roles: [Fed]
approver_accounts: ["444455556666"]
signing_key: arn:aws:kms:eu-central-1:111122223333:key/0000-1111
rules:
  - name: live
    profiles: [live, "live-*"]
    approvers: [carol, "Leads/*"]
    required_approvals: 2
    single_use: true
    auto_approve:
      users: [alice]
      time: {days: [monday], hours: {start: "09:00", end: "17:00"}, timezone: Asia/Kolkata}
      max_duration: 1h30m
  - {name: rest, approvers: [carol]}
`)
  const { rules, zones, ...rest } = policy
  expect(rest).toMatchObject({
    trustedSessionRoles: ['Fed'],
    approverAccounts: ['444455556666'],
    signingKey: 'arn:aws:kms:eu-central-1:111122223333:key/0000-1111',
  })
  expect(zones.map(({ name }) => name)).toEqual(['Asia/Kolkata'])
  expect(rules).toEqual([
    {
      name: 'live',
      profiles: ['live', 'live-*'],
      approvers: ['carol', 'Leads/*'],
      requiredApprovals: 2,
      singleUse: true,
      autoApprove: {
        users: ['alice'],
        time: { days: 0b10, start: 540, end: 1020, zone: 0 },
        maxDurationSeconds: 5400,
      },
    },
    { name: 'rest', approvers: ['carol'], requiredApprovals: 1, singleUse: false },
  ])
  expect(JSON.parse(JSON.stringify(policy))).toEqual(policy)
})

describe('approvers', () => {
  const listed =
    'list the role under `trusted_session_roles` if an identity provider sets the names, or name users'
  const missing = 'write a list of at least one: `[carol, "Leads/*"]`'
  const tooFew =
    'rules[0].required_approvals: more people must approve than `approvers` names, so nothing could ever be approved (name more approvers, or ask for fewer approvals)'
  for (const [name, text, want] of [
    [
      'are missing',
      documentOf('{name: a}'),
      [`3:3 rules[0].approvers: \`approvers\` is missing (${missing})`],
    ],
    ['are none', rule('approvers: []'), [`3:39 rules[0].approvers: \`approvers\` is empty (${missing})`]],
    [
      'are no list',
      rule('approvers: carol'),
      ['3:39 rules[0].approvers: `approvers` must be a list, not text (write `[carol]`)'],
    ],
    [
      'are misspelt',
      rule('approver: [carol]'),
      ['3:28 rules[0].approver: unknown key `approver` (did you mean `approvers`?)'],
    ],
    ['are fewer than must approve', rule('approvers: [carol], required_approvals: 2'), [`3:68 ${tooFew}`]],
    [
      'are one person by several names',
      rule('approvers: [carol, CAROL, Dev/carol, carol], required_approvals: 2'),
      [`3:93 ${tooFew}`],
    ],
    ['are as many as must approve', rule('approvers: [carol, dave], required_approvals: 2'), []],
    [
      'may be more, by a pattern',
      `trusted_session_roles: [Leads]\n${rule('approvers: ["Leads/*"], required_approvals: 2')}`,
      [],
    ],
    [
      'are sessions that may be anybody',
      rule('approvers: ["Dev/*", carol, ":federated/dave"]'),
      [
        `warning 3:40 rules[0].approvers[0]: \`Dev/*\` approves nothing: whoever may assume the role \`Dev\` chooses the name of the session (${listed})`,
        `warning 3:56 rules[0].approvers[2]: \`:federated/dave\` approves nothing: whoever opens a federated session chooses its name (${listed})`,
      ],
    ],
    [
      'are too few without those who may be anybody',
      rule('approvers: [carol, Dev/dave], required_approvals: 2'),
      [
        'warning 3:28 rules[0].approvers: rule `a` can never be fulfilled: too few of its approvers can be told from others (name users, or list roles under `trusted_session_roles`)',
        `warning 3:47 rules[0].approvers[1]: \`Dev/dave\` approves nothing: whoever may assume the role \`Dev\` chooses the name of the session (${listed})`,
      ],
    ],
    [
      'are sessions of one role, and names of them are trusted',
      `trusted_session_roles: [Dev]\n${rule('approvers: [Dev/carol, Dev/dave], required_approvals: 2')}`,
      [],
    ],
    [
      'are all',
      rule('approvers: [carol, "*"]'),
      [
        'warning 3:47 rules[0].approvers[1]: rule `a` lets everybody approve but the requester (name the approvers)',
      ],
    ],
    [
      'match nobody',
      rule('approvers: ["a b"]'),
      [
        'warning 3:40 rules[0].approvers[0]: `a b` matches nobody: names hold only letters, digits and `_ + = , . @ -` (write the name as `sentinel whoami` shows it)',
      ],
    ],
  ] as const) {
    it(name, async () => expect(await errorsOf(text)).toEqual(want))
  }
})

describe('how many must approve', () => {
  const hint = 'write a number from 1 to 10: `required_approvals: 2`'
  const path = 'rules[0].required_approvals'
  for (const [written, message] of [
    ['0', '`0` is not a number from 1 to 10'],
    ['-1', '`-1` is not a number from 1 to 10'],
    ['11', '`11` is not a number from 1 to 10'],
    ['1e99', '`1e+99` is not a number from 1 to 10'],
    ['1.5', '`required_approvals` must be a whole number, not the number 1.5'],
    ['.nan', '`required_approvals` must be a whole number, not the number NaN'],
    ['"2"', '`required_approvals` must be a whole number, not text'],
    ['two', '`required_approvals` must be a whole number, not text'],
    ['true', '`required_approvals` must be a whole number, not the truth value true'],
    ['[2]', '`required_approvals` must be a whole number, not a list'],
  ] as const) {
    it(`${written} is an error`, async () =>
      expect(await errorsOf(rule(`approvers: [carol], required_approvals: ${written}`))).toEqual([
        `3:68 ${path}: ${message} (${hint})`,
      ]))
  }
})

describe('the rest of an approval policy', () => {
  const keys = 'the keys here are name, profiles, approvers, required_approvals, single_use, auto_approve'
  const auto = (body: string) => rule(`approvers: [carol], auto_approve: ${body}`)
  const at = 'rules[0].auto_approve'
  const untilEight = 'write a duration from 15m to 8h, or leave the key out for any'
  for (const [name, text, want] of [
    [
      'single_use that is a word',
      rule('approvers: [carol], single_use: yes'),
      [
        '3:60 rules[0].single_use: `single_use` must be true or false, not text (write `single_use: true`, or leave the key out)',
      ],
    ],
    [
      'auto_approve of everything',
      auto('{}'),
      [
        `3:62 ${at}: \`auto_approve\` has no condition, so every request would be approved by itself (write \`users\`, \`time\`, \`max_duration\` or several of them, or leave \`auto_approve\` out)`,
      ],
    ],
    [
      'auto_approve with a misspelt condition is one mistake',
      auto('{user: [alice]}'),
      [`3:63 ${at}.user: unknown key \`user\` (did you mean \`users\`?)`],
    ],
    [
      'auto_approve without users, which means every user',
      auto('{max_duration: 1h}'),
      [
        `warning 3:48 ${at}: rule \`a\` approves requests of every user by itself (name \`users\` unless it is meant for all)`,
      ],
    ],
    [
      'auto_approve for users that there cannot be',
      auto('{users: [":x"]}'),
      [
        `warning 3:71 ${at}.users[0]: \`:x\` matches nobody: the names that begin with a colon are \`:root\` and \`:federated/NAME\` (write the name as \`sentinel whoami\` shows it)`,
      ],
    ],
    [
      'auto_approve at no time',
      auto('{users: [alice], time: {timezone: UTC}}'),
      [
        `3:85 ${at}.time: \`time\` has neither \`days\` nor \`hours\` (write \`days\`, \`hours\` or both, or leave \`time\` out for always)`,
      ],
    ],
    [
      'auto_approve on a short day',
      auto('{users: [alice], time: {days: [mon]}}'),
      [`3:93 ${at}.time.days[0]: \`mon\` is not a weekday (did you mean \`monday\`?)`],
    ],
    [
      'auto_approve for too long',
      auto('{users: [alice], max_duration: 8h1s}'),
      [`3:93 ${at}.max_duration: nothing longer than 8 hours can be asked for (${untilEight})`],
    ],
    [
      'auto_approve for less than can be asked for',
      auto('{users: [alice], max_duration: 14m59s}'),
      [`3:93 ${at}.max_duration: nothing shorter than 15 minutes can be asked for (${untilEight})`],
    ],
    [
      'a duration of 0, which would have to mean any',
      auto('{users: [alice], max_duration: 0}'),
      [`3:93 ${at}.max_duration: \`max_duration\` must be text, not the number 0 (${untilEight})`],
    ],
    [
      'keys of an access policy',
      rule('approvers: [carol], effect: allow, conditions: {}'),
      [
        `3:48 rules[0].effect: unknown key \`effect\` (${keys})`,
        `3:63 rules[0].conditions: unknown key \`conditions\` (${keys})`,
      ],
    ],
    [
      'accounts that are none',
      `approver_accounts: [111122223333, "12", x]\n${rule('approvers: [carol]')}`,
      [
        '1:21 approver_accounts[0]: item 1 of `approver_accounts` must be text, not the number 111122223333 (put it in quotes: `"111122223333"`)',
        '1:35 approver_accounts[1]: `12` is not an account\'s number (write the twelve digits in quotes: `"111122223333"`)',
        '1:41 approver_accounts[2]: `x` is not an account\'s number (write the twelve digits in quotes: `"111122223333"`)',
      ],
    ],
    [
      'a key that is none',
      `signing_key: a b\n${rule('approvers: [carol]')}`,
      [
        "1:14 signing_key: `a b` is not a KMS key (write the key's ARN, or an alias: `alias/sentinel-approvals`)",
      ],
    ],
    [
      'a key, which nothing can sign with yet',
      `signing_key: alias/approvals\n${rule('approvers: [carol]')}`,
      [
        'warning 1:1 signing_key: signing comes with a later version: until then nothing can be approved under this policy (leave `signing_key` out for approvals without signatures)',
      ],
    ],
    [
      'a rule for every profile, and one after it',
      documentOf('{name: all, approvers: [carol]}', '{name: b, profiles: [x], approvers: [dave]}'),
      [
        'warning 3:10 rules[0]: rule `all` is for every profile (name `profiles` unless it is meant for all)',
        'warning 4:10 rules[1]: rule `b` is never reached: `all` matches all of its requests before it (move it before `all`, or remove it)',
      ],
    ],
    [
      'a rule for every profile by a star, at the star',
      documentOf('{name: all, profiles: ["*"], approvers: [carol]}'),
      ['warning 3:25 rules[0]: rule `all` is for every profile (name `profiles` unless it is meant for all)'],
    ],
    [
      'several mistakes, all at once',
      documentOf('{name: a, approvers: []}', '{name: a, approvers: [x], required_approvals: 3}'),
      [
        '3:24 rules[0].approvers: `approvers` is empty (write a list of at least one: `[carol, "Leads/*"]`)',
        '4:10 rules[1].name: rule name `a` is taken by the rule in line 3 (give each rule its own name: the record tells them apart by it)',
        '4:49 rules[1].required_approvals: more people must approve than `approvers` names, so nothing could ever be approved (name more approvers, or ask for fewer approvals)',
      ],
    ],
  ] as const) {
    it(name, async () => expect(await errorsOf(text)).toEqual(want))
  }
})
