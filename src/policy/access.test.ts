import { describe, expect, it } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { type AccessFacts, decideAccess } from './access.ts'
import { isAllow } from './decision.ts'
import { compileAccessPolicy } from './rules/lazily.ts'

const nowMs = Date.parse('2026-02-03T15:00:00Z')
const text = `
version: "1"
rules:
  - {name: open, effect: allow, conditions: {profiles: [dev]}, reason: Development}
  - {name: revocable, effect: require_server, conditions: {profiles: [prod]}}
  - {name: never, effect: deny, conditions: {profiles: [vault]}}
  - {name: ask, effect: require_approval, conditions: {profiles: [live]}}
`
const compilation = await compileAccessPolicy({ name: 'policy.yaml', text }, { nowMs, tzVersion: '2026a' })
if (!('policy' in compilation)) throw new Error('the policy of this test has errors')

const facts: AccessFacts = {
  profile: 'dev',
  mode: 'cli',
  nowMs,
  unstamped: 'refused',
  caller: { known: { user: 'alice' } },
  policy: { known: { compiled: compilation.policy } },
  target: { known: { roleArn: 'arn:aws:iam::111122223333:role/Dev', durationSeconds: 3600 } },
  stamp: { known: 'sentinel,alice,0123456789abcdef' },
}
const outage = { unavailable: new SentinelError('STS_ERROR', 'down') }
const unstampable = { known: { unstampable: 'it has no role', durationSeconds: 3600 } }

describe('credentials are refused', () => {
  for (const [name, changed, kind] of [
    ['to a caller who could not be named', { caller: outage }, 'unavailable'],
    ['when the policy could not be loaded', { policy: outage }, 'unavailable'],
    ['when the profile cannot be used', { target: outage }, 'unavailable'],
    ['when the stamp would be illegal', { stamp: outage }, 'unavailable'],
    ['when no rule matches', { profile: 'other' }, 'rule'],
    ['by deny', { profile: 'vault' }, 'rule'],
    ['by require_approval', { profile: 'live' }, 'rule'],
    ['by require_server outside server mode', { profile: 'prod' }, 'rule'],
    ['by require_server to credential_process', { profile: 'prod', mode: 'credential_process' }, 'rule'],
    ['when they cannot be stamped', { target: unstampable }, 'unstamped'],
  ] as const) {
    it(name, () => {
      const decision = decideAccess({ ...facts, ...changed })
      expect(decision).toMatchObject({ kind: 'deny', why: { kind } })
      expect(isAllow(decision)).toBe(false)
    })
  }

  it('by the rule first: a refused caller does not learn what is wrong with the profile', () => {
    expect(decideAccess({ ...facts, profile: 'vault', target: outage })).toMatchObject({
      why: { kind: 'rule' },
    })
  })
})

describe('credentials are granted', () => {
  it('stamped, for the role and duration of the profile', () => {
    const decision = decideAccess(facts)
    expect(isAllow(decision)).toBe(true)
    expect(decision).toMatchObject({
      because: 'rule `open`',
      grant: {
        roleArn: 'arn:aws:iam::111122223333:role/Dev',
        sourceIdentity: 'sentinel,alice,0123456789abcdef',
        durationSeconds: 3600,
      },
    })
  })

  it('for require_server in server mode', () => {
    expect(decideAccess({ ...facts, profile: 'prod', mode: 'server' }).kind).toBe('allow')
  })

  it('unstamped only when that was accepted knowingly', () => {
    const decision = decideAccess({ ...facts, target: unstampable, unstamped: 'accepted' })
    expect(decision.kind === 'allow' && decision.grant).not.toHaveProperty('sourceIdentity')
    expect(decision.kind).toBe('allow')
  })

  it('as a frozen copy, which nobody can change afterwards', () => {
    const decision = decideAccess(facts)
    if (decision.kind !== 'allow') throw new Error('refused')
    expect(() => Object.assign(decision.grant, { roleArn: 'another' })).toThrow(TypeError)
  })
})
