import { describe, expect, it } from 'vitest'
import { addRole, addUser, emptyWorld, example, type PolicyDocument } from './index.ts'
import { evaluatePolicy } from './trust.ts'

const { account } = example
const named = (AWS: string) => ({ Statement: { ...trust, Principal: { AWS } } })
const allow = { Effect: 'Allow', Action: '*', Resource: '*' }
const trust = { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }

describe('a world stores no policy that IAM would not store', () => {
  const identity: readonly (readonly [what: string, policy: unknown])[] = [
    ['nothing', null],
    ['no statement', {}],
    ['an id', { Id: 'x', Statement: allow }],
    ['a misspelt effect', { Statement: { ...allow, Effect: 'deny' } }],
    ['an empty list of statements', { Statement: [] }],
    ['an operator that does not exist', { Statement: { ...allow, Condition: { StringLik: { a: 'b' } } } }],
    [
      'a condition key without a vendor',
      { Statement: { ...allow, Condition: { StringEquals: { a: 'b' } } } },
    ],
    ['no resource', { Statement: { Effect: 'Deny', Action: '*' } }],
    ['a principal', { Statement: { ...allow, Principal: '*' } }],
  ]
  it.each(identity)('%s, for a user or a role', (_, wrong) => {
    const policy = wrong as PolicyDocument
    const world = emptyWorld()
    // `null` stands for a document that says nothing; a policy that is left out allows everything.
    const given = wrong === null ? ('null' as never) : policy
    expect(() => addUser(world, { account, name: 'a', policy: given })).toThrow(/^MalformedPolicyDocument: /)
    const role = { account, name: 'r', trust: { Statement: trust } as PolicyDocument, policy: given }
    expect(() => addRole(world, role)).toThrow(/^MalformedPolicyDocument: /)
    expect([world.users.size, world.roles.size]).toEqual([0, 0])
  })

  const trusts: readonly (readonly [what: string, trust: unknown])[] = [
    ['no JSON', '{'],
    ['a text', '"x"'],
    ['an effect twice', JSON.stringify({ Statement: trust }).replace('"Effect"', '"Effect":"Deny","Effect"')],
    ['another version', { Version: '2020-01-01', Statement: trust }],
    ['a misspelt effect', { Statement: { ...trust, Effect: 'allow' } }],
    ['an empty list of statements', { Statement: [] }],
    ['an operator that does not exist', { Statement: { ...trust, Condition: { StringLik: { a: 'b' } } } }],
    [
      'a condition key without a vendor',
      { Statement: { ...trust, Condition: { StringLike: { SourceIdentity: 'x' } } } },
    ],
    ['a user who is not there', named(`arn:aws:iam::${account}:user/nobody`)],
    ['a user under another path', named(`arn:aws:iam::${account}:user/team/alice`)],
    ['a role that is not there', named(`arn:aws:iam::${account}:role/Nowhere`)],
    ['a session of a role that is not there', named(`arn:aws:sts::${account}:assumed-role/Nowhere/s`)],
    ['a thing that is no principal', named(`arn:aws:iam::${account}:group/team`)],
    ['a service without its domain', { Statement: { ...trust, Principal: { Service: 'ec2' } } }],
    ['no action', { Statement: { ...trust, Action: undefined } }],
    ['no principal', { Statement: { ...trust, Principal: undefined } }],
    ['an empty principal', { Statement: { ...trust, Principal: {} } }],
    ['a principal of an unknown kind', { Statement: { ...trust, Principal: { Aws: account } } }],
    ['principals that are numbers', { Statement: { ...trust, Principal: { AWS: [1] } } }],
    ['a wildcard inside a name', { Statement: { ...trust, Principal: { AWS: 'arn:aws:iam::*:root' } } }],
    ['both kinds of principal', { Statement: { ...trust, NotPrincipal: '*' } }],
    ['a resource', { Statement: { ...trust, Resource: '*' } }],
  ]
  it.each(trusts)('%s, as a trust policy', (_, wrong) => {
    const world = emptyWorld()
    addUser(world, { account, name: 'alice' })
    const role = { account, name: 'r', trust: wrong as PolicyDocument }
    expect(() => addRole(world, role)).toThrow(/^MalformedPolicyDocument: /)
    expect(world.roles.size).toBe(0)
  })

  it.each([
    ['a user', `arn:aws:iam::${account}:user/alice`],
    ['a role', `arn:aws:iam::${account}:role/team/Known`],
    ['a session of a role, whose path is not in it', `arn:aws:sts::${account}:assumed-role/Known/s1`],
    ['an account that nothing is known of', '999999999999'],
  ])('and it does store %s as a principal', (_, AWS) => {
    const world = emptyWorld()
    addUser(world, { account, name: 'alice' })
    addRole(world, { account, name: 'Known', path: '/team/', trust: { Statement: trust } as PolicyDocument })
    const role = addRole(world, { account, name: 'r', trust: named(AWS) as PolicyDocument })
    expect(world.roles.get(role.arn)).toBe(role)
  })
})

describe('what is not understood never allows, and denies where it stands in a Deny', () => {
  const variable = ['$', '{aws:PrincipalTag/team}'].join('')
  const variableWith = (Effect: string) => ({ Effect, Action: '*', Resource: `arn:aws:ssm:::${variable}` })
  const condition = { StringEquals: { 'aws:username': variable } }
  const cases: readonly (readonly [what: string, statements: readonly unknown[], effect: string])[] = [
    ['a plain Allow', [allow], 'allow'],
    ['an effect that does not exist', [allow, { ...allow, Effect: 'Permit' }], 'deny'],
    ['an effect that does not exist, alone', [{ ...allow, Effect: 'allow' }], 'deny'],
    ['a Deny without an action', [allow, { Effect: 'Deny', Resource: '*' }], 'deny'],
    ['a statement that is null', [allow, null], 'deny'],
    ['an unknown variable in the resource of an Allow', [variableWith('Allow')], 'none'],
    ['an unknown variable in the resource of a Deny', [allow, variableWith('Deny')], 'deny'],
    ['an unknown variable in a condition of an Allow', [{ ...allow, Condition: condition }], 'none'],
    ['the same in a Deny', [allow, { ...allow, Effect: 'Deny', Condition: condition }], 'deny'],
  ]
  it.each(cases)('%s', (_, Statement, effect) => {
    const reports: string[] = []
    const context = new Map([['aws:username', 'alice']])
    const question = { action: 'ssm:GetParameter', resource: 'arn:aws:ssm:::a', context }
    const document = { Version: '2012-10-17', Statement } as never
    expect(evaluatePolicy(document, question, (problem) => reports.push(problem)).effect).toBe(effect)
    expect(reports).toHaveLength(effect === 'allow' ? 0 : 1)
  })
})
