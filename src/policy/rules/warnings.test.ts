import { describe, expect, it } from 'vitest'
import { positionOf } from '../../source/index.ts'
import { compileAccessPolicy } from '../index.ts'
import { example } from './example.fake.ts'

async function warningsOf(text: string): Promise<readonly string[]> {
  const result = await compileAccessPolicy({ name: 'p', text }, { nowMs: 0, tzVersion: '' })
  if ('diagnostics' in result) throw new Error(JSON.stringify(result.diagnostics))
  return result.warnings.map(({ severity, span, location, message }) => {
    expect(severity).toBe('warning')
    const { line, column } = positionOf(text, span.start)
    return `${line}:${column} ${location}: ${message}`
  })
}

const policyOf = (...conditions: string[]) =>
  `version: "1"\nrules:\n${conditions.map((text, at) => `- {name: r${at}, effect: allow, conditions: ${text}}\n`).join('')}`

it("the mission's example has exactly one warning", async () =>
  expect(await warningsOf(example)).toEqual([
    '33:5 rules[3].conditions: rule `default-approval` matches every user and every profile',
  ]))

describe('a rule that matches everybody', () => {
  const all = ['3:29 rules[0].conditions: rule `r0` matches every user and every profile']
  for (const [conditions, want] of [
    ['{}', all],
    ['{profiles: ["*"]}', all],
    ['{profiles: [dev, "*"]}', all],
    ['{mode: [cli]}', all],
    ['{time: {days: [monday]}}', all],
    ['{profiles: [dev]}', []],
    ['{profiles: ["dev-*"]}', []],
    ['{users: [alice]}', []],
    // Not everybody: role sessions have no bare name.
    ['{users: ["*"]}', []],
  ] as const) {
    it(`${conditions}: ${want.length === 0 ? 'no' : 'yes'}`, async () =>
      expect(await warningsOf(policyOf(conditions))).toEqual(want))
  }
})

describe('a rule that is never reached', () => {
  const hidden = ['4:10 rules[1]: rule `r1` is never reached: `r0` matches all of its requests before it']
  for (const [name, first, second, want] of [
    ['the same twice', '{profiles: [dev]}', '{profiles: [dev]}', hidden],
    ['part of an earlier list', '{profiles: [dev, prod]}', '{profiles: [prod], users: [alice]}', hidden],
    ['an earlier one of any user', '{profiles: [dev]}', '{profiles: [dev], time: {days: [monday]}}', hidden],
    [
      'an earlier one of more modes',
      '{users: [a], mode: [cli, server]}',
      '{users: [a], mode: [cli]}',
      hidden,
    ],
    ['an earlier one of fewer modes', '{users: [a], mode: [cli]}', '{users: [a]}', []],
    ['an earlier one of other users', '{profiles: [dev], users: [alice]}', '{profiles: [dev]}', []],
    ['an earlier one with a time', '{users: [a], time: {days: [monday]}}', '{users: [a]}', []],
    ['other profiles', '{profiles: [dev]}', '{profiles: [prod]}', []],
    [
      'any bare user, then a session',
      '{profiles: [a], users: ["*"]}',
      '{profiles: [a], users: [Dev/al]}',
      [],
    ],
  ] as const) {
    it(name, async () => expect(await warningsOf(policyOf(first, second))).toEqual(want))
  }

  it('all after a catch-all', async () =>
    expect(await warningsOf(policyOf('{}', '{users: [a]}', '{profiles: [b]}'))).toHaveLength(3))
})

describe('a user that matches nobody', () => {
  const [parts, colon, letters] = [
    'a name has at most one `/`, between role and session',
    'the names that begin with a colon are `:root` and `:federated/NAME`',
    'names hold only letters, digits and `_ + = , . @ -`',
  ]
  const half = 'the role or the session is missing beside the `/`'
  const center = 'Identity Center users are written without their role'
  for (const [pattern, why] of [
    ['alice', undefined],
    ['alice@example.com', undefined],
    ['Deploy/ci-*', undefined],
    ['*/*', undefined],
    [':root', undefined],
    [':r*', undefined],
    [':*', undefined],
    [':federated/*', undefined],
    [':fed*/bob', undefined],
    ['a/b/c', parts],
    [':x', colon],
    [':federated', colon],
    [':federated/', colon],
    [':federated/a/b', colon],
    [':root/x', colon],
    ['Dev/', half],
    ['/alice', half],
    ['arn:aws:iam::111122223333:user/alice', 'users are written by name, not by ARN'],
    ['AWSReservedSSO_Admin_0123456789abcdef/alice', center],
    ['AWSReservedSSO_Admin_*/alice', center],
    ['a b', letters],
    [' alice', letters],
    ['*:root', letters],
    ['用户', letters],
  ] as const) {
    it(`${pattern}: ${why ?? 'it may match somebody'}`, async () =>
      expect(await warningsOf(policyOf(`{users: ["${pattern}"]}`))).toEqual(
        why === undefined ? [] : [`3:50 rules[0].conditions.users[0]: \`${pattern}\` matches nobody: ${why}`],
      ))
  }
})
