// What is expected of how policies are read: what a document's version lets it say, what its variables stand for, and
// which keys a request brings. Sources, IAM User Guide: reference_policies_elements_version, reference_policies_variables,
// reference_policies_condition-keys, id_credentials_mfa_configure-api-require, id_session-tags.

import { expect } from 'vitest'
import { assume, type Backend, type Case, type Keys, keysOf, laxer, refusalOf } from './contract-driver.ts'
import { example, type PolicyDocument } from './index.ts'

const { roles, account } = example
const noTrust = laxer('does not evaluate trust policies, and assumes roles that do not exist')
const noPolicies = laxer('does not evaluate session policies')
const unstamped = { SourceIdentity: undefined }

const actions = ['sts:AssumeRole', 'sts:SetSourceIdentity'] as const
const statement = (more: object) =>
  ({ Effect: 'Allow', Principal: { AWS: account }, Action: actions, ...more }) as never
const when = (Condition: object, Version: string = '2012-10-17'): PolicyDocument => ({
  Version,
  Statement: statement({ Condition }),
})

/** Makes a role with this trust, and expects whoever calls to get in or not. */
async function expectTrust(
  backend: Backend,
  trust: PolicyDocument,
  inside: boolean,
  input: object = {},
  keys?: Keys,
): Promise<void> {
  const RoleArn = await backend.addRole('Tried', trust)
  const call = assume(backend, { RoleArn, ...unstamped, ...input }, keys)
  if (inside) return void keysOf((await call).Credentials)
  expect(await refusalOf(call)).toMatchObject({ name: 'AccessDenied' })
}

/** A variable of the policy language. */
const variable = (name: string) => ['$', `{${name}}`].join('')
const userName = variable('aws:username')
const team = variable('aws:PrincipalTag/team')
const [star, mark] = [variable('*'), variable('?')]
const is = (name: string) => ({ StringEquals: { 'sts:RoleSessionName': name } })
const isNot = (name: string) => ({ StringNotEquals: { 'sts:RoleSessionName': name } })
const like = (pattern: string) => ({ StringLike: { 'sts:RoleSessionName': pattern } })
const unlike = (pattern: string) => ({ StringNotLike: { 'sts:RoleSessionName': pattern } })

const variables: readonly (readonly [what: string, trust: PolicyDocument, inside: boolean])[] = [
  ['a variable in a policy of 2012', when(is(userName)), true],
  ['a variable in a policy of 2008 is these very signs', when(is(userName), '2008-10-17'), false],
  ['no variable is unknown in a policy of 2008', when(isNot(team), '2008-10-17'), true],
  ['an asterisk in a policy of 2008', when(like('ali*'), '2008-10-17'), true],
  ['an escaped asterisk is no wildcard', when(like(`ali${star}`)), false],
  ['an escaped asterisk is no wildcard where it denies', when(unlike(`ali${star}`)), true],
  ['an escaped question mark is no wildcard', when(like(`alic${mark}`)), false],
  ['an escaped asterisk beside a real one', when(like(`${star}*`)), false],
  ['a variable in a comparison of truth values', when({ Bool: { 'sts:RoleSessionName': userName } }), false],
]

const policyOf = (Resource: string) => ({
  Policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sts:*', Resource },
  }),
})
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`
const resources: readonly (readonly [what: string, resource: string, inside: boolean])[] = [
  ['an asterisk in a resource', role('Tri*'), true],
  ['an escaped asterisk in a resource', role(`Tri${star}`), false],
  ['a variable in the last part of a resource', `arn:aws:iam::*:role/*${variable('sts:x')}`, false],
  [
    'a variable for the account of a resource',
    `arn:aws:iam::${variable('aws:PrincipalAccount')}:role/Tried`,
    false,
  ],
]

const denying = (type: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    statement({}),
    statement({ Effect: 'Deny', Condition: { StringEquals: { 'aws:PrincipalType': type } } }),
  ],
})

const session = async (backend: Backend, input: object = {}, keys?: Keys) =>
  keysOf((await assume(backend, { RoleArn: roles.sandbox, ...unstamped, ...input }, keys)).Credentials)

export const policyCases: readonly Case[] = [
  ...variables.map(
    ([what, trust, inside]): Case => ({
      name: `policy: ${what}: ${inside ? 'in' : 'refused'}`,
      ...(inside ? {} : { moto: noTrust }),
      run: (backend) => expectTrust(backend, trust, inside, { RoleSessionName: 'alice' }),
    }),
  ),
  ...resources.map(
    ([what, resource, inside]): Case => ({
      name: `policy: ${what}: ${inside ? 'in' : 'refused'}`,
      ...(inside ? {} : { moto: noPolicies }),
      async run(backend) {
        await expectTrust(backend, when({}), inside, {}, await session(backend, policyOf(resource)))
      },
    }),
  ),
  {
    name: 'policy: aws:PrincipalType of a user is User',
    moto: noTrust,
    async run(backend) {
      await expectTrust(backend, denying('User'), false)
      await expectTrust(backend, denying('AssumedRole'), true)
    },
  },
  {
    name: 'policy: aws:PrincipalType of a role session is AssumedRole',
    moto: noTrust,
    async run(backend) {
      const keys = await session(backend)
      await expectTrust(backend, denying('AssumedRole'), false, {}, keys)
      await expectTrust(backend, denying('User'), true, {}, keys)
    },
  },
  {
    name: 'chain: MFA that was shown for one role is not shown for the next',
    moto: noTrust,
    async run(backend) {
      const { keys, mfaSerial: SerialNumber, mfaCodes } = example.carol
      const shown = { RoleArn: roles.admin, SerialNumber, TokenCode: mfaCodes[0] }
      const chained = await session(backend, shown, keys)
      await expectTrust(backend, when({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), false, {}, chained)
    },
  },
  {
    name: 'chain: inherited tags need sts:TagSession again',
    moto: noTrust,
    async run(backend) {
      const Tags = [{ Key: 'team', Value: 'dev' }]
      const keys = await session(backend, { Tags, TransitiveTagKeys: ['team'] })
      const plain = await session(backend, { Tags })
      const tagging = { Statement: statement({ Action: [...actions, 'sts:TagSession'] }) }
      await expectTrust(backend, tagging, true, {}, keys)
      await expectTrust(backend, when({}), true, {}, plain)
      await expectTrust(backend, when({}), false, {}, keys)
    },
  },
]
