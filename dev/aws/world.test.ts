import { describe, expect, it } from 'vitest'
import {
  addFederatedUser,
  addMfaDevice,
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
    ['an account of three letters', { account: 'abc' }],
    ['a Region with a space', { region: 'moon base' }],
  ])('a parameter with %s is refused', (_, parameter) => {
    const world = emptyWorld()
    expect(() => addParameter(world, { account, region, name: '/a', value: 'v', ...parameter })).toThrow()
    expect(world.parameters.size).toBe(0)
  })

  it('a parameter keeps its type', () => {
    const world = emptyWorld()
    const place = { account, region, name: '/a', value: 'v' }
    addParameter(world, place)
    expect(() => addParameter(world, { ...place, type: 'SecureString' })).toThrow(/changing a parameter type/)
    expect(addParameter(world, place).version).toBe(2)
  })

  it('names are unique in an account, whatever their capitals and paths', () => {
    const world = emptyWorld()
    addUser(world, { account, name: 'alice' })
    addRole(world, { account, name: 'DevRole', trust })
    expect(() => addUser(world, { account, name: 'ALICE' })).toThrow(/has that name already/)
    expect(() => addRole(world, { account, name: 'devrole', trust })).toThrow(/has that name already/)
    expect(() => addRole(world, { account, name: 'DevRole', path: '/team/', trust })).toThrow(/has that name/)
    addRole(world, { account: example.otherAccount, name: 'DevRole', trust })
    addUser(world, { account, name: 'DevRole' })
    expect([world.users.size, world.roles.size]).toEqual([2, 2])
  })

  it('a policy of an identity has 10,240 characters at most, white space not counted', () => {
    const policyOf = (Sid: string): PolicyDocument => ({
      Statement: { Sid, Effect: 'Allow', Action: '*', Resource: '*' },
    })
    const room = 10_240 - JSON.stringify(policyOf('')).length
    const world = emptyWorld()
    addUser(world, { account, name: 'u', policy: policyOf('a'.repeat(room)) })
    const longer = policyOf('a'.repeat(room + 1))
    expect(() => addUser(world, { account, name: 'v', policy: longer })).toThrow(/LimitExceeded/)
    expect(() => addRole(world, { account, name: 'r', trust, policy: longer })).toThrow(/LimitExceeded/)
  })

  const device = { serial: example.carol.mfaSerial, ownerArn: example.carol.arn, codes: ['123456'] }
  it.each([
    ['a serial number of one letter', { serial: 'x' }],
    ['an owner who is not there', { ownerArn: 'nobody' }],
    ['a code of three letters', { codes: ['abc'] }],
  ])('an MFA device with %s is refused', (_, wrong) => {
    const world = emptyWorld()
    addUser(world, { account, name: 'carol' })
    expect(() => addMfaDevice(world, { ...device, ...wrong })).toThrow()
    expect(addMfaDevice(world, device).serial).toBe(device.serial)
  })

  const session = { token: 't', issuedAtMs: 0, expiresAtMs: 1, mfa: false }
  const federated = { account, name: 'frank', keys: example.alice.keys, session }
  it.each([
    ['a name of 33 characters', { name: 'f'.repeat(33) }],
    ['a name with a slash', { name: 'a/b' }],
    ['an empty access key', { keys: { ...example.alice.keys, accessKeyId: '' } }],
    ['an empty secret', { keys: { ...example.alice.keys, secretAccessKey: '' } }],
  ])('a federated user with %s is refused', (_, wrong) => {
    const world = emptyWorld()
    expect(() => addFederatedUser(world, { ...federated, ...wrong })).toThrow()
    expect(world.keys.size).toBe(0)
    expect(addFederatedUser(world, federated).principal.name).toBe('frank')
  })
})
