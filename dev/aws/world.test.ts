import { describe, expect, it } from 'vitest'
import {
  addParameter,
  addRole,
  addUser,
  emptyWorld,
  example,
  type PolicyDocument,
  stampedOnly,
} from './index.ts'

const { account, region } = example
const trust = stampedOnly(account)

const long = Array.from({ length: 40 }, (_, i) => `arn:aws:iam::${account}:user/user-with-a-long-name-${i}`)
const longTrust: PolicyDocument = {
  Statement: { Effect: 'Allow', Principal: { AWS: long }, Action: 'sts:AssumeRole' },
}

describe('a set-up call takes what the call of AWS takes that it stands for', () => {
  const roles: readonly (readonly [what: string, role: object])[] = [
    ['no number of seconds', { maxSessionSeconds: Number.NaN }],
    ['half a second', { maxSessionSeconds: 3600.5 }],
    ['less than an hour', { maxSessionSeconds: 3599 }],
    ['more than twelve hours', { maxSessionSeconds: 43201 }],
    ['infinitely many seconds', { maxSessionSeconds: Number.POSITIVE_INFINITY }],
    ['seconds as a text', { maxSessionSeconds: '3600' }],
    ['an empty name', { name: '' }],
    ['a name with a space', { name: 'a b' }],
    ['a name of 65 characters', { name: 'r'.repeat(65) }],
    ['a path without its slash', { path: '/team' }],
    ['a path with a space', { path: '/a b/' }],
    ['an account of eleven digits', { account: '11112222333' }],
    ['a trust policy of more than 2048 characters', { trust: longTrust }],
  ]
  it.each(roles)('a role with %s is refused', (_, role) => {
    const world = emptyWorld()
    for (const arn of long) addUser(world, { account, name: arn.slice(arn.indexOf('/') + 1) })
    expect(() => addRole(world, { account, name: 'r', trust, ...role })).toThrow()
    expect(world.roles.size).toBe(0)
  })

  it.each([3600, 43200])('a role with sessions of up to %i seconds is taken', (maxSessionSeconds) => {
    const role = addRole(emptyWorld(), { account, name: 'r'.repeat(64), trust, maxSessionSeconds })
    expect(role.maxSessionSeconds).toBe(maxSessionSeconds)
  })

  it.each([
    ['an empty name', { name: '' }],
    ['a name with a slash', { name: 'a/b' }],
    ['a name of 65 characters', { name: 'u'.repeat(65) }],
    ['a path that does not begin with a slash', { path: 'team/' }],
  ])('a user with %s is refused', (_, user) => {
    const world = emptyWorld()
    expect(() => addUser(world, { account, name: 'u', ...user })).toThrow()
    expect(world.users.size).toBe(0)
  })

  it.each([
    ['a name with a space', { name: '/a b' }],
    ['a reserved name', { name: 'ssm-policies' }],
    ['an empty value', { value: '' }],
    ['a value of 4097 characters', { value: 'v'.repeat(4097) }],
    ['a type that does not exist', { type: 'Text' as 'String' }],
  ])('a parameter with %s is refused', (_, parameter) => {
    const world = emptyWorld()
    expect(() => addParameter(world, { account, region, name: '/a', value: 'v', ...parameter })).toThrow()
    expect(world.parameters.size).toBe(0)
  })
})
