import { describe, expect, it } from 'vitest'
import { type AccessRequest, type CompiledPolicy, compileAccessPolicy, evaluate, isStale } from '../index.ts'

const nowMs = Date.parse('2026-02-03T10:00:00Z')

async function compiled(text: string): Promise<CompiledPolicy> {
  const result = await compileAccessPolicy({ name: 'p', text }, { nowMs, tzVersion: '2026a' })
  if ('diagnostics' in result) throw new Error(JSON.stringify(result.diagnostics))
  return result.policy
}

const asked: AccessRequest = { user: 'alice', profile: 'prod', mode: 'cli', nowMs }

describe('each effect in each mode', () => {
  const [allow, deny] = [{ effect: 'allow' }, { effect: 'deny' }]
  for (const [effect, mode, session, want] of [
    ['allow', 'cli', 'none', allow],
    ['allow', 'server', 'none', allow],
    ['allow', 'credential_process', 'none', allow],
    ['deny', 'cli', 'none', deny],
    ['deny', 'server', 'tracked', deny],
    ['require_approval', 'cli', 'none', { effect: 'require_approval' }],
    ['require_approval', 'server', 'tracked', { effect: 'require_approval' }],
    ['require_server', 'cli', 'none', { effect: 'deny', requiresServer: true }],
    ['require_server', 'credential_process', 'none', { effect: 'deny', requiresServer: true }],
    ['require_server', 'server', 'none', { effect: 'allow', requiresServer: false }],
    [
      'require_server_session',
      'cli',
      'none',
      { effect: 'deny', requiresServer: true, requiresServerSession: true },
    ],
    [
      'require_server_session',
      'cli',
      'tracked',
      { effect: 'deny', requiresServer: true, requiresServerSession: true },
    ],
    [
      'require_server_session',
      'server',
      'none',
      { effect: 'deny', requiresServer: false, requiresServerSession: true },
    ],
    [
      'require_server_session',
      'server',
      undefined,
      { effect: 'deny', requiresServer: false, requiresServerSession: true },
    ],
    [
      'require_server_session',
      'server',
      'tracked',
      { effect: 'allow', requiresServer: false, requiresServerSession: false },
    ],
  ] as const) {
    it(`${effect} by ${mode} with session ${session}`, async () => {
      const policy = await compiled(`version: "1"\nrules: [{name: a, effect: ${effect}, conditions: {}}]`)
      const request = { ...asked, mode, ...(session && { session }) }
      const plain = { requiresServer: false, requiresServerSession: false }
      expect(evaluate(policy, request)).toEqual({
        ...plain,
        ...want,
        rule: 'a',
        index: 0,
        reason: '',
        ruleEffect: effect,
      })
    })
  }
})

it('no rule matched: denied, and no rule is named', async () => {
  const policy = await compiled(
    'version: "1"\nrules: [{name: a, effect: allow, conditions: {profiles: [dev]}}]',
  )
  expect(evaluate(policy, asked)).toEqual({
    effect: 'deny',
    rule: '',
    index: -1,
    reason: 'no matching rule',
    requiresServer: false,
    requiresServerSession: false,
  })
})

for (const table of ['sessions', 'arn:aws:dynamodb:us-east-1:111122223333:table/sessions']) {
  it(`a rule's cap and table, ${table}, come with the answer`, async () => {
    const policy = await compiled(
      `version: "1"\nrules: [{name: a, effect: require_server, conditions: {}, reason: Why, max_server_duration: 20m, session_table: "${table}"}]`,
    )
    expect(evaluate(policy, { ...asked, mode: 'server' })).toMatchObject({
      reason: 'Why',
      maxServerDurationSeconds: 1200,
      sessionTable: table,
    })
  })
}

it('names from outside that every object has are names like others', async () => {
  const policy = await compiled(
    'version: "1"\nrules: [{name: a, effect: allow, conditions: {profiles: [__proto__], users: [constructor]}}]',
  )
  expect(evaluate(policy, { ...asked, profile: '__proto__', user: 'constructor' }).effect).toBe('allow')
  expect(evaluate(policy, { ...asked, profile: 'toString', user: 'constructor' }).effect).toBe('deny')
})

it('a compiled policy that was tampered with in memory denies or throws, and never allows', async () => {
  const policy = await compiled(
    'version: "1"\nrules: [{name: a, effect: deny, conditions: {time: {days: [tuesday]}}}]',
  )
  const [rule] = policy.rules
  const misspelt = { ...policy, rules: [{ ...rule, effect: 'Allow' }] } as unknown as CompiledPolicy
  expect(() => evaluate(misspelt, asked)).toThrowError(expect.objectContaining({ code: 'INTERNAL' }))
  expect(() => evaluate({ ...policy, zones: [] }, asked)).toThrowError(
    expect.objectContaining({ code: 'INTERNAL' }),
  )
})

describe('the time that a policy was compiled for', () => {
  const text = 'version: "1"\nrules: [{name: a, effect: allow, conditions: {}}]'
  const day = 86_400_000
  for (const [name, at, tzVersion, stale] of [
    ['now', nowMs, '2026a', false],
    ['two days before', nowMs - 2 * day, '2026a', false],
    ['just before that', nowMs - 2 * day - 1, '2026a', true],
    ['just before 400 days later', nowMs + 400 * day - 1, '2026a', false],
    ['400 days later', nowMs + 400 * day, '2026a', true],
    ['never', Number.NaN, '2026a', true],
    ['other time zone data', nowMs, '2026b', true],
  ] as const) {
    it(`${name}: ${stale ? 'stale' : 'good'}`, async () => {
      const policy = await compiled(text)
      expect(isStale(policy, at, tzVersion)).toBe(stale)
      if (tzVersion !== '2026a') return
      const answer = () => evaluate(policy, { ...asked, nowMs: at })
      if (stale) expect(answer).toThrowError(expect.objectContaining({ code: 'INTERNAL' }))
      else expect(answer().effect).toBe('allow')
    })
  }

  it('of another shape is stale', async () => {
    const policy = { ...(await compiled(text)), format: 0 } as unknown as CompiledPolicy
    expect(isStale(policy, nowMs, '2026a')).toBe(true)
  })
})
