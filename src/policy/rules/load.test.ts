import { describe, expect, it } from 'vitest'
import { draw, positionOf } from '../../source/index.ts'
import { type CompiledPolicy, compileAccessPolicy } from '../index.ts'

const at = { nowMs: Date.parse('2026-02-03T10:00:00Z'), tzVersion: '2026a' }

/** Each error as `line:column location: message (hint)`. */
async function errorsOf(text: string): Promise<readonly string[]> {
  const result = await compileAccessPolicy({ name: 'policy.yaml', text }, at)
  if (!('diagnostics' in result)) return []
  return result.diagnostics.map(({ span, location, message, hint, severity }) => {
    const { line, column } = positionOf(text, span.start)
    expect(severity).toBe('error')
    return `${line}:${column} ${location}: ${message} (${hint})`
  })
}

async function compiled(text: string): Promise<CompiledPolicy> {
  const result = await compileAccessPolicy({ name: 'policy.yaml', text }, at)
  if ('diagnostics' in result) throw new Error(JSON.stringify(result.diagnostics))
  return result.policy
}

const ruleOf = (body: string) => `version: "1"\nrules:\n  - name: a\n    effect: allow\n${body}\n`
const timeOf = (body: string) => ruleOf(`    conditions:\n      time:\n${body}`)

const emptyRule = 'write `conditions: {}` for a rule that is meant to match everybody'

/** A rule with a misspelt effect, to be found whatever else is wrong. */
const misspelt = (name: string, conditions = '{}', more = '') =>
  `  - name: ${name}\n    effect: Deni\n    conditions: ${conditions}\n${more}`
const misspeltIn = (...lines: number[]) =>
  lines.map(
    (line) =>
      `${line}:13 rules[${line === 4 ? 0 : 1}].effect: \`Deni\` is not an effect (did you mean \`deny\`?)`,
  )
const openQuote =
  'a quote that is never closed (close the quote; put a text that holds one kind of quote in the other kind)'

describe('what YAML finds wrong hides nothing else', () => {
  const head = 'version: "1"\nrules:\n'
  for (const [name, text, want] of [
    [
      'a pattern without quotes',
      misspelt('a', '{profiles: [*-dev]}') + misspelt('b'),
      [
        ...misspeltIn(4),
        '5:29 : `*-dev` refers to no anchor above it (put a pattern that begins with `*` in quotes: `"*-dev"`)',
        ...misspeltIn(7),
      ],
    ],
    [
      'one where no pattern may be, which is one error',
      '  - name: a\n    effect: *deny\n    conditions: {}\n',
      [
        '4:13 : `*deny` refers to no anchor above it (put a pattern that begins with `*` in quotes: `"*deny"`)',
      ],
    ],
    [
      'a tag',
      misspelt('!x a') + misspelt('b'),
      ['3:11 : a YAML tag that means nothing here (remove the tag)', ...misspeltIn(4, 7)],
    ],
    [
      'a key twice',
      misspelt('a', '{}', '    name: b\n') + misspelt('c'),
      [
        ...misspeltIn(4),
        '6:5 : the same key twice in one mapping (keep one of the two)',
        '8:13 rules[1].effect: `Deni` is not an effect (did you mean `deny`?)',
      ],
    ],
    [
      'a quote that is open at the end of the text',
      misspelt('a') + misspelt('b', '{}', '    reason: "open\n'),
      [...misspeltIn(4, 7), `9:13 : ${openQuote}`],
    ],
    [
      'an open quote, which swallows the keys that follow: they are not missing',
      `${misspelt('a')}  - name: "b\n    effect: deny\n    conditions: {}\n`,
      [...misspeltIn(4), `6:11 : ${openQuote}`],
    ],
    [
      'a key that is too far left: what is before it is whole, what is around it is not',
      `  - effect: deny\n    conditions: {}\n${misspelt('b').replace('    cond', '   cond')}`,
      [
        '3:5 rules[0].name: `name` is missing (write a unique name: `name: dev-allow`)',
        '6:13 rules[1].effect: `Deni` is not an effect (did you mean `deny`?)',
        '7:1 : not YAML: sequence item without - indicator (undefined)',
      ],
    ],
    [
      'an open bracket, whose items are not looked at',
      misspelt('a', '{profiles: ["", 5'),
      [
        ...misspeltIn(4),
        '6:1 : not YAML: flow sequence in block collection must be sufficiently indented and end with a ] (close the bracket)',
      ],
    ],
    [
      'an error in a mapping that an alias repeats is one error',
      '  - name: a\n    effect: deny\n    conditions: &c {profiles: []}\n  - name: b\n    effect: deny\n    conditions: *c\n',
      [
        '5:31 rules[0].conditions.profiles: `profiles` is empty (write a list, `[dev, staging]`, or leave the key out for any)',
      ],
    ],
  ] as const) {
    it(name, async () => expect(await errorsOf(head + text)).toEqual(want))
  }
})

describe('the document as a whole', () => {
  for (const [name, text, want] of [
    ['an empty text', '', ['1:1 : the policy is empty (begin with `version: "1"` and `rules:`)']],
    ['a comment alone', '# later\n', ['1:1 : the policy is empty (begin with `version: "1"` and `rules:`)']],
    [
      'a text instead of a mapping',
      'allow',
      ['1:1 : the policy must be a mapping, not text (begin with `version: "1"`)'],
    ],
    [
      'a list instead of a mapping',
      '- a',
      ['1:1 : the policy must be a mapping, not a list (begin with `version: "1"`)'],
    ],
    [
      'a version as a number',
      'version: 1\nrules: [{name: a, effect: deny, conditions: {}}]',
      ['1:10 version: `version` must be text, not the number 1 (write `version: "1"`, with the quotes)'],
    ],
    [
      'another version',
      'version: "2"\nrules: [{name: a, effect: deny, conditions: {}}]',
      ['1:10 version: `2` is not a known version (write `version: "1"`, with the quotes)'],
    ],
    [
      'no version',
      'rules: [{name: a, effect: deny, conditions: {}}]',
      ['1:1 version: `version` is missing (write `version: "1"`, with the quotes)'],
    ],
    ['no rules', 'version: "1"', ['1:1 rules: `rules` is missing (write at least one rule)']],
    [
      'an empty list of rules',
      'version: "1"\nrules: []',
      ['2:8 rules: `rules` is empty (write at least one rule)'],
    ],
    [
      'rules that are none',
      'version: "1"\nrules: [5, null, ~]',
      [
        '2:9 rules[0]: rule 1 must be a mapping, not the number 5 (write a mapping of `name`, `effect` and `conditions`)',
        '2:12 rules[1]: rule 2 has no value (write a mapping of `name`, `effect` and `conditions`)',
        '2:18 rules[2]: rule 3 has no value (write a mapping of `name`, `effect` and `conditions`)',
      ],
    ],
    [
      'a second document',
      `${ruleOf('    conditions: {}')}---\nversion: "1"\n`,
      ['6:1 : a second YAML document (write one document, without another `---` or `...`)'],
    ],
    [
      'something after the end of the document',
      `${ruleOf('    conditions: {}')}...\nmore\n`,
      ['7:1 : a second YAML document (write one document, without another `---` or `...`)'],
    ],
    [
      'a tab as indentation',
      'version: "1"\nrules:\n\t- name: a\n',
      ['3:1 : a tab as indentation (indent with spaces)'],
    ],
    [
      'an open bracket',
      'version: "1"\nrules: [',
      [
        '2:9 : not YAML: flow sequence in block collection must be sufficiently indented and end with a ] (close the bracket)',
      ],
    ],
    [
      'YAML 1.1, where 22:00 is a number',
      `%YAML 1.1\n---\n${ruleOf('    conditions: {}')}`,
      ['1:1 : policies are YAML 1.2 (remove the %YAML line)'],
    ],
    [
      'a tag',
      'version: !text "1"\nrules: []',
      [
        '1:10 : a YAML tag that means nothing here (remove the tag)',
        '2:8 rules: `rules` is empty (write at least one rule)',
      ],
    ],
    [
      'an alias without an anchor',
      'version: *v\nrules: []',
      [
        '1:10 : `*v` refers to no anchor above it (put a pattern that begins with `*` in quotes: `"*v"`)',
        '2:8 rules: `rules` is empty (write at least one rule)',
      ],
    ],
    [
      'a star without quotes',
      ruleOf('    conditions: {profiles: [*]}'),
      ['5:29 : a `*` that is not in quotes (put a pattern that begins with `*` in quotes: `"*"`)'],
    ],
    [
      'a pattern without quotes',
      ruleOf('    conditions:\n      users:\n        - *-admin'),
      [
        '7:11 : `*-admin` refers to no anchor above it (put a pattern that begins with `*` in quotes: `"*-admin"`)',
      ],
    ],
    [
      'a colon within a text',
      ruleOf('    conditions: {}\n    reason: Note: none'),
      ['6:13 : a second `: ` within one line of text (put a text that holds `: ` in quotes)'],
    ],
    [
      'a sign that YAML keeps for itself',
      ruleOf('    conditions: {users: [@alice]}'),
      ['5:26 : a sign that cannot begin a plain text (put the text in quotes)'],
    ],
    [
      'a key that is no text',
      'version: "1"\n? [a]\n: b\n',
      ['2:3 : a key that is not text (write a plain word as the key)'],
    ],
    [
      'a merge key, which YAML 1.2 does not have',
      'version: "1"\nrules:\n- <<: {effect: allow}\n  name: a\n  effect: deny\n  conditions: {}',
      [
        '3:3 rules[0].<<: unknown key `<<` (the keys here are name, effect, conditions, reason, max_server_duration, session_table)',
      ],
    ],
    ['nesting without end', '['.repeat(100_000), ['1:1 : the document is nested too deeply (flatten it)']],
    [
      'a text without end',
      'x'.repeat(1024 * 1024 + 1),
      ['1:1 : the document is longer than 1 MiB (split the policy)'],
    ],
  ] as const) {
    it(name, async () => expect(await errorsOf(text)).toEqual(want))
  }

  it('aliases that multiply without end', async () => {
    const rows = 'abcdefghi'.split('').map((key, row) => {
      const item = row === 0 ? 'x' : `*${'abcdefghi'[row - 1]}`
      return `${key}: &${key} [${Array(9).fill(item).join(', ')}]`
    })
    expect(await errorsOf(rows.join('\n'))).toEqual([
      '1:1 : aliases multiply the document beyond measure (write the values out)',
    ])
  })

  it('a list that holds itself', async () =>
    expect(await errorsOf('version: "1"\nrules: &r [*r]')).toEqual([
      '2:12 rules[0]: rule 1 must be a mapping, not a list (write a mapping of `name`, `effect` and `conditions`)',
    ]))
})

describe('a rule', () => {
  const keys = 'the keys here are name, effect, conditions, reason, max_server_duration, session_table'
  for (const [name, text, want] of [
    [
      'a misspelt effect, by case',
      'version: "1"\nrules:\n- name: a\n  effect: Deny\n  conditions: {}',
      ['4:11 rules[0].effect: `Deny` is not an effect (did you mean `deny`?)'],
    ],
    [
      'a misspelt effect, by letter',
      'version: "1"\nrules:\n- name: a\n  effect: alow\n  conditions: {}',
      ['4:11 rules[0].effect: `alow` is not an effect (did you mean `allow`?)'],
    ],
    [
      'a misspelt effect, by order',
      'version: "1"\nrules:\n- name: a\n  effect: dney\n  conditions: {}',
      ['4:11 rules[0].effect: `dney` is not an effect (did you mean `deny`?)'],
    ],
    [
      'a misspelt effect, by sign',
      'version: "1"\nrules:\n- name: a\n  effect: require-approval\n  conditions: {}',
      ['4:11 rules[0].effect: `require-approval` is not an effect (did you mean `require_approval`?)'],
    ],
    [
      'an unknown effect',
      'version: "1"\nrules:\n- name: a\n  effect: permit\n  conditions: {}',
      [
        '4:11 rules[0].effect: `permit` is not an effect (write one of allow, deny, require_approval, require_server, require_server_session)',
      ],
    ],
    [
      'an effect that is a truth value',
      'version: "1"\nrules:\n- name: a\n  effect: true\n  conditions: {}',
      [
        '4:11 rules[0].effect: `effect` must be text, not the truth value true (write one of allow, deny, require_approval, require_server, require_server_session)',
      ],
    ],
    [
      'no conditions',
      ruleOf('    reason: x'),
      [`3:5 rules[0].conditions: \`conditions\` is missing (${emptyRule})`],
    ],
    [
      'conditions without a value',
      ruleOf('    conditions:'),
      [`5:5 rules[0].conditions: \`conditions\` has no value (${emptyRule})`],
    ],
    [
      'a misspelt key is one mistake, not two',
      ruleOf('    condition: {}'),
      ['5:5 rules[0].condition: unknown key `condition` (did you mean `conditions`?)'],
    ],
    [
      'a key of nothing',
      ruleOf('    conditions: {}\n    colour: red'),
      [`6:5 rules[0].colour: unknown key \`colour\` (${keys})`],
    ],
    [
      'a key called __proto__',
      ruleOf('    conditions: {}\n    __proto__: {effect: allow}'),
      [`6:5 rules[0].__proto__: unknown key \`__proto__\` (${keys})`],
    ],
    [
      'a key called constructor',
      ruleOf('    conditions: {}\n    constructor: 1'),
      [`6:5 rules[0].constructor: unknown key \`constructor\` (${keys})`],
    ],
    [
      'a key twice',
      ruleOf('    effect: deny\n    conditions: {}'),
      ['5:5 : the same key twice in one mapping (keep one of the two)'],
    ],
    [
      'a name that is a number',
      'version: "1"\nrules:\n- name: 7\n  effect: deny\n  conditions: {}',
      ['3:9 rules[0].name: `name` must be text, not the number 7 (put it in quotes: `"7"`)'],
    ],
    [
      'a blank name',
      'version: "1"\nrules:\n- name: " "\n  effect: deny\n  conditions: {}',
      ['3:9 rules[0].name: `name` is empty (write a unique name: `name: dev-allow`)'],
    ],
    [
      'a reason that is a list',
      ruleOf('    conditions: {}\n    reason: [x]'),
      ['6:13 rules[0].reason: `reason` must be text, not a list (write a sentence in quotes)'],
    ],
    [
      'a life under 15 minutes',
      ruleOf('    conditions: {}\n    max_server_duration: 14m59s'),
      [
        '6:26 rules[0].max_server_duration: a credential cannot live less than 15 minutes (write a duration from 15m on, such as 20m or 1h30m)',
      ],
    ],
    [
      'a life without a unit',
      ruleOf('    conditions: {}\n    max_server_duration: 900'),
      [
        '6:26 rules[0].max_server_duration: `max_server_duration` must be text, not the number 900 (write a duration from 15m on, such as 20m or 1h30m)',
      ],
    ],
    [
      'a life of words',
      ruleOf('    conditions: {}\n    max_server_duration: an hour'),
      [
        '6:26 rules[0].max_server_duration: `an hour` is not a duration (write a duration from 15m on, such as 20m or 1h30m)',
      ],
    ],
    [
      'a negative life',
      ruleOf('    conditions: {}\n    max_server_duration: -1h'),
      [
        '6:26 rules[0].max_server_duration: `-1h` is not a duration (write a duration from 15m on, such as 20m or 1h30m)',
      ],
    ],
    [
      'a table that cannot exist',
      ruleOf('    conditions: {}\n    session_table: a b'),
      [
        '6:20 rules[0].session_table: `a b` is not a table name (write a table name: 3 to 255 of letters, digits and `_ . -`; or the ARN of a table)',
      ],
    ],
  ] as const) {
    it(name, async () => expect(await errorsOf(text)).toEqual(want))
  }

  it('two rules of one name, even beside other errors', async () =>
    expect(
      await errorsOf(
        'version: "1"\nrules:\n- name: a\n  effect: alow\n  conditions: {}\n- name: a\n  effect: deny\n  conditions: {}',
      ),
    ).toEqual([
      '4:11 rules[0].effect: `alow` is not an effect (did you mean `allow`?)',
      '6:9 rules[1].name: rule name `a` is taken by the rule in line 3 (give each rule its own name: the record tells them apart by it)',
    ]))
})

describe('conditions', () => {
  const path = 'rules[0].conditions'
  for (const [name, text, want] of [
    [
      'a profile that is no list',
      ruleOf('    conditions: {profiles: dev}'),
      [`5:28 ${path}.profiles: \`profiles\` must be a list, not text (write \`[dev]\`)`],
    ],
    [
      'an empty list of users, which would match nobody or everybody',
      ruleOf('    conditions: {users: []}'),
      [
        `5:25 ${path}.users: \`users\` is empty (write a list, \`[alice, "Deploy/ci-*"]\`, or leave the key out for anybody)`,
      ],
    ],
    [
      'an empty profile',
      ruleOf('    conditions: {profiles: [dev, ""]}'),
      [
        `5:34 ${path}.profiles[1]: item 2 of \`profiles\` is empty (write a name in quotes, or \`"*"\` for any)`,
      ],
    ],
    [
      'a user that is a number',
      ruleOf('    conditions: {users: [42]}'),
      [
        `5:26 ${path}.users[0]: item 1 of \`users\` must be text, not the number 42 (put it in quotes: \`"42"\`)`,
      ],
    ],
    [
      'a user without a value',
      ruleOf('    conditions:\n      users:\n      - '),
      [
        `7:9 ${path}.users[0]: item 1 of \`users\` has no value (write the name that \`sentinel whoami\` shows)`,
      ],
    ],
    [
      'an unknown mode',
      ruleOf('    conditions: {mode: [sever]}'),
      [`5:25 ${path}.mode[0]: \`sever\` is not a mode (did you mean \`server\`?)`],
    ],
    [
      'a mode that is no list',
      ruleOf('    conditions: {mode: server}'),
      [`5:24 ${path}.mode: \`mode\` must be a list, not text (write \`[server]\`)`],
    ],
    [
      'a misspelt condition',
      ruleOf('    conditions: {profile: [dev]}'),
      [`5:18 ${path}.profile: unknown key \`profile\` (did you mean \`profiles\`?)`],
    ],
    [
      'a time without days and hours',
      timeOf('        timezone: UTC'),
      [
        `7:9 ${path}.time: \`time\` has neither \`days\` nor \`hours\` (write \`days\`, \`hours\` or both, or leave \`time\` out for always)`,
      ],
    ],
    [
      'an empty list of days',
      timeOf('        days: []'),
      [`7:15 ${path}.time.days: \`days\` is empty (write a list, \`[monday, friday]\`, or leave it out)`],
    ],
    [
      'a day in capitals and a short one',
      timeOf('        days: [Monday, tue]'),
      [
        `7:16 ${path}.time.days[0]: \`Monday\` is not a weekday (did you mean \`monday\`?)`,
        `7:24 ${path}.time.days[1]: \`tue\` is not a weekday (did you mean \`tuesday\`?)`,
      ],
    ],
    [
      'hours that start when they end',
      timeOf('        hours: {start: "08:00", end: "08:00"}'),
      [
        `7:16 ${path}.time.hours: \`start\` and \`end\` are the same, so the window is empty or endless (leave \`hours\` out for the whole day, or write "00:00" to "24:00")`,
      ],
    ],
    [
      'hours without an end',
      timeOf('        hours: {start: "08:00"}'),
      [`7:9 ${path}.time.hours.end: \`end\` is missing (write it as "HH:MM", from "00:00" to "24:00")`],
    ],
    [
      'hours that are a text',
      timeOf('        hours: 9-17'),
      [
        `7:16 ${path}.time.hours: \`hours\` must be a mapping, not text (write \`hours: {start: "09:00", end: "17:00"}\`)`,
      ],
    ],
    [
      '24:00 as a start',
      timeOf('        hours: {start: "24:00", end: "06:00"}'),
      [
        `7:24 ${path}.time.hours.start: \`24:00\` is not a time of day (write it as "HH:MM", from "00:00" to "23:59")`,
      ],
    ],
    [
      '24:01 as an end',
      timeOf('        hours: {start: "06:00", end: "24:01"}'),
      [
        `7:38 ${path}.time.hours.end: \`24:01\` is not a time of day (write it as "HH:MM", from "00:00" to "24:00")`,
      ],
    ],
    [
      'an hour of one digit',
      timeOf('        hours: {start: 9:00, end: 17:00}'),
      [`7:24 ${path}.time.hours.start: \`9:00\` is not a time of day (write "09:00", with the quotes)`],
    ],
    [
      'an hour that YAML takes for a number',
      timeOf('        hours: {start: 0900, end: 1730}'),
      [
        `7:24 ${path}.time.hours.start: \`start\` must be text, not the number 900 (write "09:00", with the quotes)`,
        `7:35 ${path}.time.hours.end: \`end\` must be text, not the number 1730 (write "17:30", with the quotes)`,
      ],
    ],
    [
      'an hour alone',
      timeOf('        hours: {start: 9, end: 24}'),
      [
        `7:24 ${path}.time.hours.start: \`start\` must be text, not the number 9 (write "09:00", with the quotes)`,
        `7:32 ${path}.time.hours.end: \`end\` must be text, not the number 24 (write "24:00", with the quotes)`,
      ],
    ],
    [
      'a zone that is none',
      timeOf('        days: [monday]\n        timezone: Europe/Berln'),
      [`8:19 ${path}.time.timezone: \`Europe/Berln\` is not a time zone (did you mean \`Europe/Berlin\`?)`],
    ],
    [
      'an offset is no zone',
      timeOf('        days: [monday]\n        timezone: "+01:00"'),
      [`8:19 ${path}.time.timezone: \`+01:00\` is not a time zone (write a name such as America/New_York)`],
    ],
    [
      'an empty zone',
      timeOf('        days: [monday]\n        timezone: ""'),
      [`8:19 ${path}.time.timezone: \`timezone\` is empty (write a name such as America/New_York)`],
    ],
    [
      'a wildcard among the trusted roles',
      'version: "1"\ntrusted_session_roles: ["*", a/b]\nrules: [{name: a, effect: deny, conditions: {}}]',
      [
        "2:25 trusted_session_roles[0]: `*` is not a role's name (write the role's name alone, without path, session or wildcard)",
        "2:30 trusted_session_roles[1]: `a/b` is not a role's name (write the role's name alone, without path, session or wildcard)",
      ],
    ],
  ] as const) {
    it(name, async () => expect(await errorsOf(text)).toEqual(want))
  }
})

describe('what is accepted', () => {
  for (const [name, text] of [
    ['conditions that match everybody', ruleOf('    conditions: {}')],
    ['a condition of mode alone', ruleOf('    conditions: {mode: [server]}')],
    [
      'each effect',
      `version: "1"\nrules:\n${['allow', 'deny', 'require_approval', 'require_server', 'require_server_session'].map((effect) => `- {name: ${effect}, effect: ${effect}, conditions: {}}\n`).join('')}`,
    ],
    [
      'anchors and aliases',
      'version: "1"\nrules:\n- {name: a, effect: allow, conditions: &c {profiles: [dev]}}\n- {name: b, effect: deny, conditions: *c}',
    ],
    [
      'a byte order mark and Windows line ends',
      `\ufeff${ruleOf('    conditions: {}').replaceAll('\n', '\r\n')}`,
    ],
    ['JSON, which is YAML', '{"version": "1", "rules": [{"name": "a", "effect": "deny", "conditions": {}}]}'],
    ['the words yes and no, which are text', ruleOf('    conditions: {users: [yes, no]}')],
    ['`%YAML 1.2`', `%YAML 1.2\n---\n${ruleOf('    conditions: {}')}`],
    ['the shortest life', ruleOf('    conditions: {}\n    max_server_duration: 15m')],
    ['a zone under its older name', timeOf('        days: [monday]\n        timezone: US/Eastern')],
  ] as const) {
    it(name, async () => expect(await errorsOf(text)).toEqual([]))
  }
})

it('a policy becomes plain data', async () => {
  const text = `version: "1"
trusted_session_roles: [FederatedLogin]
rules:
  - name: night
    effect: require_server_session
    conditions:
      profiles: [prod, "prod-*"]
      users: [alice]
      mode: [cli, server]
      time: {days: [sunday, saturday], hours: {start: 22:00, end: 06:30}, timezone: Asia/Kolkata}
    reason: At night
    max_server_duration: 1h30m
    session_table: sessions
  - {name: rest, effect: deny, conditions: {}}
`
  const policy = await compiled(text)
  expect(policy).toEqual({
    format: 1,
    tzVersion: '2026a',
    fromMs: Date.parse('2026-02-01T10:00:00Z'),
    untilMs: Date.parse('2027-03-10T10:00:00Z'),
    trustedSessionRoles: ['FederatedLogin'],
    zones: [{ name: 'Asia/Kolkata', offsets: [[Date.parse('2026-02-01T10:00:00Z'), 19_800_000]] }],
    rules: [
      {
        name: 'night',
        effect: 'require_server_session',
        reason: 'At night',
        profiles: ['prod', 'prod-*'],
        users: ['alice'],
        modes: ['cli', 'server'],
        time: { days: 0b1000001, start: 1320, end: 390, zone: 0 },
        maxServerDurationSeconds: 5400,
        sessionTable: 'sessions',
      },
      { name: 'rest', effect: 'deny', reason: '' },
    ],
  })
  expect(JSON.parse(JSON.stringify(policy))).toEqual(policy)
})

it('rules of one zone share its table', async () => {
  const rule = (name: string, zone: string) =>
    `- {name: ${name}, effect: allow, conditions: {time: {days: [monday], timezone: ${zone}}}}\n`
  const policy = await compiled(
    `version: "1"\nrules:\n${rule('a', 'Europe/Berlin')}${rule('b', 'UTC')}${rule('c', 'Europe/Berlin')}`,
  )
  expect(policy.zones.map(({ name }) => name)).toEqual(['Europe/Berlin', 'UTC'])
  expect(policy.rules.map(({ time }) => time?.zone)).toEqual([0, 1, 0])
})

it('an error is drawn with a caret under what is wrong', async () => {
  const source = { name: 'p.yaml', text: ruleOf('    conditions: {}').replace('allow', 'alow') }
  const result = await compileAccessPolicy(source, at)
  expect('diagnostics' in result && result.diagnostics.flatMap((found) => draw(source, found))).toEqual([
    'p.yaml:4:13: error: `alow` is not an effect',
    '  |     effect: alow',
    '  |             ^^^^',
    '  hint: did you mean `allow`?',
  ])
})
