import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkDocument, compileAccessPolicy, documentKinds, policyJsonSchema } from '../index.ts'
import { example } from './example.fake.ts'

const schemaOf = (name: string) =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, `../../../schema/${name}-policy.schema.json`), 'utf8'),
  ) as Record<string, unknown>
const schema = schemaOf('access')

describe('the schemas in the repository are made from the code (npm run schema)', () => {
  for (const kind of documentKinds) {
    it(kind, async () =>
      expect(schemaOf(kind === 'policy' ? 'access' : kind)).toEqual(await policyJsonSchema(kind)),
    )
  }
})

describe('the schema agrees with the loader', () => {
  const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true }).compile(schema)
  const ruleOf = (rule: string) => `version: "1"\nrules: [${rule}]`
  for (const [name, text, want] of [
    ["the mission's example", example, true],
    ['the least', ruleOf('{name: a, effect: deny, conditions: {}}'), true],
    [
      'everything',
      `trusted_session_roles: [A]\n${ruleOf('{name: a, effect: require_server_session, conditions: {users: [a], profiles: [b], mode: [server], time: {days: [monday], hours: {start: 09:00, end: "24:00"}, timezone: UTC}}, reason: x, max_server_duration: 1h30m, session_table: abc}')}`,
      true,
    ],
    ['no rules', 'version: "1"\nrules: []', false],
    ['another version', 'version: "2"\nrules: [{name: a, effect: deny, conditions: {}}]', false],
    ['a misspelt effect', ruleOf('{name: a, effect: Deny, conditions: {}}'), false],
    ['no conditions', ruleOf('{name: a, effect: deny}'), false],
    ['an unknown key', ruleOf('{name: a, effect: deny, conditions: {}, x: 1}'), false],
    ['an unknown condition', ruleOf('{name: a, effect: deny, conditions: {user: [a]}}'), false],
    ['an empty list', ruleOf('{name: a, effect: deny, conditions: {users: []}}'), false],
    [
      'a pattern of 256 characters',
      ruleOf(`{name: a, effect: deny, conditions: {users: [${'a'.repeat(256)}]}}`),
      true,
    ],
    [
      'one of 256 emojis',
      ruleOf(`{name: a, effect: deny, conditions: {users: [${'😀'.repeat(256)}]}}`),
      true,
    ],
    ['a user of 257', ruleOf(`{name: a, effect: deny, conditions: {users: [${'a'.repeat(257)}]}}`), false],
    [
      'a profile of 257',
      ruleOf(`{name: a, effect: deny, conditions: {profiles: [${'a'.repeat(257)}]}}`),
      false,
    ],
    ['an empty user', ruleOf('{name: a, effect: deny, conditions: {users: [""]}}'), false],
    ['a blank name', ruleOf('{name: " ", effect: deny, conditions: {}}'), false],
    [
      'an hour of one digit',
      ruleOf('{name: a, effect: deny, conditions: {time: {hours: {start: 9:00, end: 10:00}}}}'),
      false,
    ],
    [
      '24:00 as a start',
      ruleOf('{name: a, effect: deny, conditions: {time: {hours: {start: 24:00, end: 10:00}}}}'),
      false,
    ],
    ['a time of nothing', ruleOf('{name: a, effect: deny, conditions: {time: {timezone: UTC}}}'), false],
    [
      'a duration that is none',
      ruleOf('{name: a, effect: deny, conditions: {}, max_server_duration: 20}'),
      false,
    ],
  ] as const) {
    it(name, async () => {
      const compiled = await compileAccessPolicy({ name, text }, { nowMs: 0, tzVersion: '' })
      expect([validate(parse(text)), 'policy' in compiled]).toEqual([want, want])
    })
  }
})

describe('the schema leaves what a duration comes to to the loader', () => {
  const validate = new Ajv({ strict: true, strictRequired: false }).compile(schema)
  const wholeSeconds = 'a duration must come to whole seconds, and be written in at most 64 characters'
  for (const [name, duration, message] of [
    ['too short', '5m', 'a credential cannot live less than 15 minutes'],
    ['half a second', '1h0.5s', wholeSeconds],
    ['a nanosecond too many', '900000000001ns', wholeSeconds],
    ['too many digits', `${'0'.repeat(70)}1h`, wholeSeconds],
  ] as const) {
    it(name, async () => {
      const text = `version: "1"\nrules: [{name: a, effect: deny, conditions: {}, max_server_duration: ${duration}}]`
      const compiled = await compileAccessPolicy({ name, text }, { nowMs: 0, tzVersion: '' })
      expect(validate(parse(text))).toBe(true)
      expect('diagnostics' in compiled && compiled.diagnostics.map((one) => one.message)).toEqual([message])
    })
  }
})

describe('the schemas of the other documents agree with the loader', () => {
  const time = 'time: {days: [monday], hours: {start: 22:00, end: 06:00}, timezone: UTC}'
  for (const [kind, name, rule, want] of [
    ['approval', 'the least', '{name: a, approvers: [b]}', true],
    [
      'approval',
      'everything',
      `{name: a, profiles: [x], approvers: [b, c], required_approvals: 2, single_use: true, auto_approve: {users: [d], ${time}, max_duration: 1h}}`,
      true,
    ],
    ['approval', 'no approvers', '{name: a}', false],
    ['approval', 'an empty list of approvers', '{name: a, approvers: []}', false],
    ['approval', 'an empty auto_approve', '{name: a, approvers: [b], auto_approve: {}}', false],
    ['approval', 'no approvals', '{name: a, approvers: [b], required_approvals: 0}', false],
    ['approval', 'half an approval', '{name: a, approvers: [b, c], required_approvals: 1.5}', false],
    ['approval', 'eleven approvals', '{name: a, approvers: ["*"], required_approvals: 11}', false],
    ['approval', 'a word for a truth value', '{name: a, approvers: [b], single_use: yes}', false],
    ['approval', 'a key of another kind', '{name: a, approvers: [b], effect: deny}', false],
    [
      'approval',
      'a time of nothing',
      '{name: a, approvers: [b], auto_approve: {time: {timezone: UTC}}}',
      false,
    ],
    ['breakglass', 'the least', '{name: a, users: [b]}', true],
    [
      'breakglass',
      'everything',
      `{name: a, profiles: [x], users: [b], allowed_reason_codes: [incident, other], ${time}, max_duration: 4h, overrides: [deny], mfa: required}`,
      true,
    ],
    ['breakglass', 'no users', '{name: a}', false],
    ['breakglass', 'an unknown reason', '{name: a, users: [b], allowed_reason_codes: [outage]}', false],
    ['breakglass', 'what is always gone over', '{name: a, users: [b], overrides: [require_approval]}', false],
    ['breakglass', 'MFA as a truth value', '{name: a, users: [b], mfa: true}', false],
    ['ratelimit', 'the least', '{name: a, cooldown: 1m}', true],
    [
      'ratelimit',
      'everything',
      '{name: a, profiles: [x], cooldown: 1m, max_per_user: 3, max_per_profile: 4, quota_window: 24h, escalation_threshold: 1}',
      true,
    ],
    ['ratelimit', 'no limit', '{name: a, quota_window: 24h}', false],
    ['ratelimit', 'a quota without a window', '{name: a, max_per_user: 3}', false],
    ['ratelimit', 'a threshold without a window', '{name: a, cooldown: 1m, escalation_threshold: 3}', false],
    ['ratelimit', 'a quota of nothing', '{name: a, max_per_profile: 0, quota_window: 24h}', false],
    ['ratelimit', 'a cooldown without a unit', '{name: a, cooldown: 30}', false],
  ] as const) {
    it(`${kind}: ${name}`, async () => {
      const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true }).compile(
        schemaOf(kind),
      )
      const text = `version: "1"\nkind: ${kind}\nrules: [${rule}]`
      const { found } = await checkDocument({ name, text }, { nowMs: 0, tzVersion: '' }, kind)
      const isGood = found.every(({ severity }) => severity === 'warning')
      expect([validate(parse(text)), isGood]).toEqual([want, want])
    })
  }
})
