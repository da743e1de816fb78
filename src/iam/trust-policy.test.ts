import { describe, expect, it } from 'vitest'
import { type TrustRequest, trustPolicy } from './trust-policy.ts'

const principal = 'arn:aws:iam::111122223333:root'
const request = (more: Partial<TrustRequest> = {}): TrustRequest => ({
  pattern: 'any-sentinel',
  principal,
  users: [],
  ...more,
})
const patternsOf = (more: Partial<TrustRequest>) =>
  JSON.parse(JSON.stringify(trustPolicy(request(more)))).Statement[0].Condition.StringLike[
    'sts:SourceIdentity'
  ]

describe('a trust policy', () => {
  it('lets a stamped session assume the role and set its SourceIdentity', () => {
    expect(trustPolicy(request())).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AllowSentinelAccess',
          Effect: 'Allow',
          Principal: { AWS: principal },
          Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
          Condition: { StringLike: { 'sts:SourceIdentity': 'sentinel,*' } },
        },
      ],
    })
  })

  for (const [name, users, want] of [
    ['one user is plain text', ['alice'], 'sentinel,alice,*'],
    ['several are a list', ['alice', 'bob'], ['sentinel,alice,*', 'sentinel,bob,*']],
    ['a role session is written as it is stamped', ['Deploy/ci-7'], 'sentinel,Deploy=2Fci-7,*'],
    ['wildcards in a name widen nothing', ['*', 'a?'], ['sentinel,=2A,*', 'sentinel,a=3F,*']],
  ] as const) {
    it(`for users: ${name}`, () => {
      expect(patternsOf({ pattern: 'specific-users', users })).toEqual(want)
    })
  }

  it('for a migration lets the legacy principal in without a condition', () => {
    const legacyPrincipal = 'arn:aws:iam::111122223333:role/OldTool'
    expect(trustPolicy(request({ pattern: 'migration', legacyPrincipal })).Statement[1]).toEqual({
      Sid: 'AllowLegacyAccess',
      Effect: 'Allow',
      Principal: { AWS: legacyPrincipal },
      Action: 'sts:AssumeRole',
    })
  })

  it('asks the legacy principal for the external id too', () => {
    const legacyPrincipal = 'arn:aws:iam::111122223333:role/OldTool'
    const { Statement } = trustPolicy(request({ pattern: 'migration', legacyPrincipal, externalId: 'e-1' }))
    expect(Statement[1]).toMatchObject({ Condition: { StringEquals: { 'sts:ExternalId': 'e-1' } } })
  })

  it('asks for an external id where one is given', () => {
    expect(trustPolicy(request({ externalId: 'e-1' })).Statement[0]).toMatchObject({
      Condition: { StringEquals: { 'sts:ExternalId': 'e-1' } },
    })
  })

  for (const [name, more, message] of [
    ['a principal that is none', { principal: 'alice' }, /--principal `alice`/],
    ['everybody as principal', { principal: '*' }, /--principal `\*`/],
    ['an account without users', { pattern: 'specific-users' }, /at least one user/],
    ['users with a pattern that admits everybody', { users: ['alice'] }, /--users/],
    ['a legacy principal without a migration', { legacyPrincipal: principal }, /--legacy-principal/],
    ['an external id that STS refuses', { externalId: 'a b' }, /external id/],
    ['a migration from nobody', { pattern: 'migration' }, /needs the principal/],
    [
      'a migration from a principal that is none',
      { pattern: 'migration', legacyPrincipal: 'x' },
      /--legacy-principal/,
    ],
  ] as const) {
    it(`refuses ${name}`, () => {
      expect(() => trustPolicy(request(more))).toThrow(message)
    })
  }
})
