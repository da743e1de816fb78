import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { compileAccessPolicy, policyJsonSchema } from '../index.ts'
import { example } from './example.fake.ts'

const file = join(import.meta.dirname, '../../../schema/access-policy.schema.json')
const schema = JSON.parse(readFileSync(file, 'utf8'))

it('the schema in the repository is made from the code (npm run schema)', async () =>
  expect(schema).toEqual(await policyJsonSchema('policy')))

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

it('every place says what it is for', () => {
  const silent: string[] = []
  const look = (path: string, node: Record<string, unknown>): void => {
    if (typeof node.description !== 'string' || node.description === '') silent.push(path)
    for (const [key, child] of Object.entries((node.properties ?? {}) as Record<string, never>))
      look(`${path}.${key}`, child)
    if (node.items !== undefined) look(`${path}[]`, node.items as Record<string, unknown>)
  }
  look('', schema)
  expect(silent).toEqual([])
})
