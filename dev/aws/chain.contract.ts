// What is expected of trust: who may assume which role, what a source identity needs, what a chain of roles keeps.

import { GetSessionTokenCommand } from '@aws-sdk/client-sts'
import { expect } from 'vitest'
import {
  assume,
  type Backend,
  type Case,
  type Keys,
  keysOf,
  laxer,
  outOfReach,
  refusalOf,
  stamp,
} from './contract-driver.ts'
import { addFederatedUser, addRole, addUser, example, type PolicyDocument, stampedOnly } from './index.ts'

const { roles, account, otherAccount } = example
const noTrust = laxer(
  'does not evaluate trust policies, and assumes roles that do not exist',
  /expected a refusal|expected true to be false/,
)
const told = outOfReach("users of a test's choice")
const forgets = laxer(
  'forgets the source identity of a session',
  /expected a refusal|expected undefined to be 'sentinel,/,
)

const denied = (arn: string, action = 'sts:AssumeRole', who: string = example.alice.arn) =>
  `User: ${who} is not authorized to perform: ${action} on resource: ${arn}`

const first = async (backend: Backend): Promise<Keys> => keysOf((await assume(backend)).Credentials)

/** Makes a role with this trust and says whether alice gets in. */
async function getsIn(
  backend: Backend,
  trust: PolicyDocument,
  input: Parameters<typeof assume>[1] = {},
  keys?: Keys,
): Promise<boolean> {
  const RoleArn = await backend.addRole('Tried', trust)
  try {
    await assume(backend, { RoleArn, ...input }, keys)
    return true
  } catch (thrown) {
    expect(thrown).toMatchObject({ name: 'AccessDenied' })
    return false
  }
}

const actions = ['sts:AssumeRole', 'sts:SetSourceIdentity'] as const
const statement = (more: object, Principal: object | '*' = { AWS: account }) =>
  ({ Effect: 'Allow', Principal, Action: actions, ...more }) as never
const when = (Condition: object) => ({ Statement: statement({ Condition }) })
const by = (Principal: object | '*') => ({ Statement: statement({}, Principal) })
const unstamped = { SourceIdentity: undefined }
const onlyAssume = { Effect: 'Allow', Action: 'sts:AssumeRole' }

/** A variable of the policy language. */
const userName = ['$', '{aws:username}'].join('')

type Tried = readonly [
  what: string,
  trust: PolicyDocument,
  input: Parameters<typeof assume>[1],
  inside: boolean,
]
const trusts: readonly Tried[] = [
  ['the account by its number', by({ AWS: account }), {}, true],
  ['the account by its root', by({ AWS: `arn:aws:iam::${account}:root` }), {}, true],
  ['another account', by({ AWS: example.otherAccount }), {}, false],
  ['everybody', by('*'), {}, true],
  ['everybody in AWS', by({ AWS: '*' }), {}, true],
  ['the user', by({ AWS: [example.bob.arn, example.alice.arn] }), {}, true],
  ['another user', by({ AWS: example.bob.arn }), {}, false],
  ['a service', by({ Service: 'ec2.amazonaws.com' }), {}, false],
  [
    'a statement that lacks sts:SetSourceIdentity',
    { Statement: statement({ Action: 'sts:AssumeRole' }) },
    {},
    false,
  ],
  [
    'the same, and nothing is stamped',
    { Statement: statement({ Action: 'sts:AssumeRole' }) },
    unstamped,
    true,
  ],
  ['every action of STS', { Statement: statement({ Action: 'sts:*' }) }, {}, true],
  [
    'a source identity like the stamp',
    when({ StringLike: { 'sts:SourceIdentity': 'sentinel,*' } }),
    {},
    true,
  ],
  [
    'one of two patterns',
    when({ StringLike: { 'sts:SourceIdentity': ['x', 'sentinel,alice,*'] } }),
    {},
    true,
  ],
  [
    'a source identity of another user',
    when({ StringLike: { 'sts:SourceIdentity': 'sentinel,bob,*' } }),
    {},
    false,
  ],
  [
    'a source identity where none is sent',
    when({ StringLike: { 'sts:SourceIdentity': '*' } }),
    unstamped,
    false,
  ],
  ['StringLike minds capitals', when({ StringLike: { 'sts:SourceIdentity': 'Sentinel,*' } }), {}, false],
  ['StringEquals is no glob', when({ StringEquals: { 'sts:SourceIdentity': 'sentinel,*' } }), {}, false],
  [
    'a condition key in other capitals',
    when({ StringLike: { 'STS:sourceidentity': 'sentinel,*' } }),
    {},
    true,
  ],
  ['StringNotLike that does not match', when({ StringNotLike: { 'sts:SourceIdentity': 'x,*' } }), {}, true],
  [
    'StringNotLike where none is sent',
    when({ StringNotLike: { 'sts:SourceIdentity': 'x' } }),
    unstamped,
    true,
  ],
  [
    '…IfExists where none is sent',
    when({ StringLikeIfExists: { 'sts:SourceIdentity': 'x' } }),
    unstamped,
    true,
  ],
  ['…IfExists where another is sent', when({ StringLikeIfExists: { 'sts:SourceIdentity': 'x' } }), {}, false],
  ['Null says the key must be there', when({ Null: { 'sts:SourceIdentity': 'false' } }), unstamped, false],
  ['Null says the key must be missing', when({ Null: { 'sts:SourceIdentity': true } }), unstamped, true],
  ['the right external id', when({ StringEquals: { 'sts:ExternalId': 'e1' } }), { ExternalId: 'e1' }, true],
  ['the wrong external id', when({ StringEquals: { 'sts:ExternalId': 'e1' } }), { ExternalId: 'e2' }, false],
  [
    'StringEquals minds capitals',
    when({ StringEquals: { 'sts:ExternalId': 'e1' } }),
    { ExternalId: 'E1' },
    false,
  ],
  [
    'StringEqualsIgnoreCase minds none',
    when({ StringEqualsIgnoreCase: { 'sts:ExternalId': 'e1' } }),
    { ExternalId: 'E1' },
    true,
  ],
  [
    'StringEqualsIgnoreCase with another text',
    when({ StringEqualsIgnoreCase: { 'sts:ExternalId': 'e1' } }),
    { ExternalId: 'E2' },
    false,
  ],
  [
    'StringNotEqualsIgnoreCase minds none',
    when({ StringNotEqualsIgnoreCase: { 'sts:ExternalId': 'e1' } }),
    { ExternalId: 'E1' },
    false,
  ],
  ['the session name', when({ StringLike: { 'sts:RoleSessionName': 'sentinel,*' } }), {}, true],
  [
    'the name of the user as session name',
    when({ StringEquals: { 'sts:RoleSessionName': userName } }),
    { RoleSessionName: 'alice' },
    true,
  ],
  [
    "the same, with somebody else's name",
    when({ StringEquals: { 'sts:RoleSessionName': userName } }),
    { RoleSessionName: 'bob' },
    false,
  ],
  [
    'the ARN of the caller',
    when({ ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:user/*` } }),
    {},
    true,
  ],
  [
    'an ARN pattern whose `*` would have to cross a colon',
    when({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam:*:user/alice' } }),
    {},
    false,
  ],
  [
    'ArnEquals, which has patterns too, and crosses no colon either',
    when({ ArnEquals: { 'aws:PrincipalArn': 'arn:*:user/alice' } }),
    {},
    false,
  ],
  [
    'the same pattern by StringLike, which minds no colons',
    when({ StringLike: { 'aws:PrincipalArn': 'arn:aws:iam:*:user/alice' } }),
    {},
    true,
  ],
  ['the account of the caller', when({ StringNotEquals: { 'aws:PrincipalAccount': account } }), {}, false],
  ['MFA that was not shown', when({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), {}, false],
  [
    'MFA unless keys are long-term',
    when({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }),
    {},
    true,
  ],
  [
    'two conditions that both must hold',
    when({ StringLike: { 'sts:SourceIdentity': 'sentinel,*', 'sts:ExternalId': 'e1' } }),
    {},
    false,
  ],
  ['an operator that is not known', when({ IpAddress: { 'aws:PrincipalArn': '127.0.0.1' } }), {}, false],
  ['a key that is not known', when({ StringLike: { 'aws:PrincipalOrgID': '*' } }), {}, false],
  [
    'an explicit deny beside an allow',
    {
      Statement: [
        statement({}),
        statement({ Effect: 'Deny', Condition: { StringNotLike: { 'sts:SourceIdentity': 'x' } } }),
      ],
    },
    {},
    false,
  ],
  [
    'a deny with a condition that is not known',
    {
      Statement: [
        statement({}),
        statement({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ],
    },
    {},
    false,
  ],
]

const federated = (Federated: unknown) => ({
  Statement: statement({ Action: 'sts:AssumeRoleWithSAML' }, { Federated }),
})
const doing = (Action: unknown) => ({ Statement: statement({ Action }) })
const oidc = `arn:aws:iam::${account}:oidc-provider/`

const refusedTrusts: readonly (readonly [what: string, trust: unknown])[] = [
  ['a condition with a sign beyond U+00FF', when({ StringLike: { 'sts:ExternalId': 'Ł*' } })],
  ['a condition key without a vendor', when({ StringLike: { SourceIdentity: 'sentinel,*' } })],
  ['a condition key without a name', when({ Null: { 'sts:': 'true' } })],
  ['a wildcard inside a principal', by({ AWS: `arn:aws:iam::${account}:user/*` })],
  ['NotPrincipal with Allow', { Statement: { ...onlyAssume, NotPrincipal: { AWS: account } } }],
  [
    'NotPrincipal with Deny',
    { Statement: [statement({}), { ...onlyAssume, Effect: 'Deny', NotPrincipal: { AWS: account } }] },
  ],
  ['an empty list of principals', by({ AWS: [] })],
  ['an empty list beside another principal', by({ AWS: account, Service: [] })],
  ['an empty principal', by({ AWS: '' })],
  ['an account of eleven digits', by({ AWS: '11112222333' })],
  [
    'a canonical user of S3',
    by({ CanonicalUser: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' }),
  ],
  ['a word as a federated principal', federated('junk')],
  ['a role as a federated principal', federated(roles.dev)],
  ['a SAML provider without a name', federated(`arn:aws:iam::${account}:saml-provider/`)],
  ['an OIDC provider with its scheme', federated(`${oidc}https://id.example.com`)],
  ['everybody as a federated principal', federated('*')],
  ['an action of another service', doing('s3:GetObject')],
  ['an action of another service beside the right one', doing(['sts:AssumeRole', 's3:GetObject'])],
  ['a misspelt action', doing('sts:AssumeRoles')],
  ['an action in other capitals', doing('sts:assumerole')],
  ['every action of AWS', doing('*')],
  ['an action of STS that is not on a role', doing('sts:GetCallerIdentity')],
  [
    'every action but some of another service',
    { Statement: statement({ Action: undefined, NotAction: 'iam:*' }) },
  ],
]

const acceptedTrusts: readonly (readonly [what: string, trust: PolicyDocument])[] = [
  ['a SAML provider', federated(`arn:aws:iam::${account}:saml-provider/Okta.example`)],
  ['an OIDC provider', federated(`${oidc}token.actions.githubusercontent.com`)],
  ['an OIDC provider with a path', federated(`${oidc}oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE0123`)],
  ['a web identity provider', federated('cognito-identity.amazonaws.com')],
  ['several principals of several kinds', by({ AWS: [account, otherAccount], Service: 'ec2.amazonaws.com' })],
  [
    'each action on a role',
    doing(['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession', 'sts:SetContext']),
  ],
]

const session = `arn:aws:sts::${account}:assumed-role/SandboxRole/${stamp}`
const onlyS3 = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
const noAssume = [
  { ...onlyS3, Action: '*' },
  { Effect: 'Deny', Action: 'sts:*', Resource: '*' },
]
const notAllowed = 'because no session policy allows the sts:AssumeRole action'

const tags = (Key: string, Value: string) => ({ Tags: [{ Key, Value }] })

/** API_AssumeRole, Tags: what the key of an inherited tag may not be. */
const inheritedTags: readonly (readonly [what: string, input: object, refused: boolean])[] = [
  ['an inherited tag with another value', tags('team', 'prod'), true],
  ['an inherited tag with the same value', tags('team', 'dev'), true],
  ['an inherited tag in other capitals', tags('Team', 'prod'), true],
  ['an inherited tag, passed on again', { ...tags('team', 'dev'), TransitiveTagKeys: ['team'] }, true],
  ['another tag beside an inherited one', tags('cost', '1'), false],
]

/** access_policies, "Session policies": what the trust policy names decides whether they limit it. */
const sessionPolicies: readonly (readonly [
  what: string,
  principal: string,
  policy: object,
  refusal: string | undefined,
])[] = [
  ['a session policy that allows only S3, the role is trusted by its account', account, onlyS3, notAllowed],
  ['a session policy that allows only S3, the role is trusted by its ARN', roles.sandbox, onlyS3, notAllowed],
  ['a session policy that allows only S3, the session itself is trusted', session, onlyS3, undefined],
  [
    'a session policy that denies, the session itself is trusted',
    session,
    noAssume,
    'with an explicit deny in a session policy',
  ],
]

export const chainCases: readonly Case[] = [
  {
    name: 'trust: a role that wants Sentinel refuses a call without its stamp',
    moto: noTrust,
    async run(backend) {
      const refusal = await refusalOf(assume(backend, { SourceIdentity: undefined }))
      expect(refusal).toMatchObject({
        name: 'AccessDenied',
        message: denied(roles.dev),
        $metadata: { httpStatusCode: 403 },
      })
    },
  },
  {
    name: 'trust: a role that does not exist is refused like one that may not be assumed',
    moto: noTrust,
    async run(backend) {
      const RoleArn = `arn:aws:iam::${account}:role/Nowhere`
      expect((await refusalOf(assume(backend, { RoleArn }))).message).toBe(denied(RoleArn))
    },
  },
  {
    name: "trust: the caller's own policies must allow it too",
    moto: noTrust,
    async run(backend) {
      const refusal = await refusalOf(assume(backend, {}, example.mallory.keys))
      const because = 'because no identity-based policy allows the sts:AssumeRole action'
      expect(refusal.message).toBe(`${denied(roles.dev, undefined, example.mallory.arn)} ${because}`)
    },
  },
  {
    name: "trust: a role that names the user needs nothing of the user's policies",
    async run(backend) {
      const trust = { Statement: statement({}, { AWS: example.mallory.arn }) }
      expect(await getsIn(backend, trust, {}, example.mallory.keys)).toBe(true)
    },
  },
  {
    name: "trust: an explicit deny of the user's policies wins even then",
    moto: told,
    async run(backend) {
      const keys = { accessKeyId: 'AKIADENIED2222EXAMPL', secretAccessKey: 'deniedSecretEXAMPLEKEY' }
      const policy = {
        Statement: { Effect: 'Deny', Action: 'sts:SetSourceIdentity', Resource: '*' },
      } as const
      const user = addUser(backend.local().world, { account, name: 'denied', keys, policy })
      expect(await getsIn(backend, { Statement: statement({}, { AWS: user.arn }) }, {}, keys)).toBe(false)
      expect(await getsIn(backend, { Statement: statement({}, { AWS: user.arn }) }, unstamped, keys)).toBe(
        true,
      )
    },
  },
  {
    name: "trust: across accounts a role that names the user still needs the user's policies",
    moto: told,
    async run(backend) {
      const trust = { Statement: statement({}, { AWS: [example.alice.arn, example.mallory.arn] }) }
      const { arn: RoleArn } = addRole(backend.local().world, { account: otherAccount, name: 'Far', trust })
      keysOf((await assume(backend, { RoleArn })).Credentials)
      const refusal = await refusalOf(assume(backend, { RoleArn }, example.mallory.keys))
      expect(refusal.message).toContain('because no identity-based policy allows the sts:AssumeRole action')
    },
  },
  {
    name: 'trust: a federated user assumes no roles',
    moto: told,
    async run(backend) {
      const keys = { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', secretAccessKey: 'federatedSecretEXAMPLEKEY' }
      const session = { token: 'token', issuedAtMs: 0, expiresAtMs: Number.MAX_SAFE_INTEGER, mfa: false }
      addFederatedUser(backend.local().world, { account, name: 'frank', keys, session })
      const refusal = await refusalOf(assume(backend, {}, { ...keys, sessionToken: 'token' }))
      expect(refusal).toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining('federated user'),
      })
    },
  },
  {
    name: 'trust: root assumes no roles',
    moto: laxer('knows no root user'),
    async run(backend) {
      const refusal = await refusalOf(assume(backend, {}, example.root.keys))
      expect(refusal.message).toBe('Roles may not be assumed by root accounts.')
    },
  },
  {
    name: 'trust: across accounts the external id opens the role',
    async run(backend) {
      const answer = await assume(backend, { RoleArn: roles.partner, ExternalId: example.externalId })
      keysOf(answer.Credentials)
    },
  },
  {
    name: 'trust: across accounts nothing opens without the external id',
    moto: noTrust,
    async run(backend) {
      const refusal = await refusalOf(assume(backend, { RoleArn: roles.partner }))
      expect(refusal.message).toBe(denied(roles.partner))
    },
  },
  {
    name: 'trust: MFA shown in the call opens a role that wants it',
    async run(backend) {
      const { keys, mfaSerial: SerialNumber, mfaCodes } = example.carol
      const input = { RoleArn: roles.admin, SerialNumber, TokenCode: mfaCodes[0] }
      keysOf((await assume(backend, input, keys)).Credentials)
    },
  },
  {
    name: 'trust: MFA shown for a session token opens it too',
    async run(backend) {
      const { keys, mfaSerial: SerialNumber, mfaCodes } = example.carol
      const { sts } = backend.as(keys)
      const session = await sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode: mfaCodes[0] }))
      keysOf((await assume(backend, { RoleArn: roles.admin }, keysOf(session.Credentials))).Credentials)
    },
  },
  {
    name: 'trust: a session token without MFA says so, which long-term keys do not',
    moto: noTrust,
    async run(backend) {
      const { sts } = backend.as()
      const keys = keysOf((await sts.send(new GetSessionTokenCommand({}))).Credentials)
      const trust = when({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } })
      expect(await getsIn(backend, trust)).toBe(true)
      expect(await getsIn(backend, trust, {}, keys)).toBe(false)
    },
  },
  {
    name: 'trust: without MFA it stays shut',
    moto: noTrust,
    async run(backend) {
      const refusal = await refusalOf(assume(backend, { RoleArn: roles.admin }, example.carol.keys))
      expect(refusal.name).toBe('AccessDenied')
    },
  },
  ...trusts.map(
    ([what, trust, input, inside]): Case => ({
      name: `trust: ${what}: ${inside ? 'in' : 'refused'}`,
      ...(inside ? {} : { moto: noTrust }),
      async run(backend) {
        expect(await getsIn(backend, trust, input)).toBe(inside)
        if (what.endsWith('is not known')) expect(backend.local().reports).toHaveLength(1)
      },
    }),
  ),
  {
    name: 'trust: a role in the principal means every session of it',
    async run(backend) {
      expect(await getsIn(backend, by({ AWS: roles.dev }), {}, await first(backend))).toBe(true)
    },
  },
  {
    name: 'trust: a variable that has no value matches nothing, not everything',
    moto: noTrust,
    async run(backend) {
      const trust = when({ StringLike: { 'sts:RoleSessionName': `${userName}*` } })
      expect(await getsIn(backend, trust, {}, await first(backend))).toBe(false)
    },
  },
  {
    name: 'trust: one session of a role can be named',
    moto: noTrust,
    async run(backend) {
      const session = `arn:aws:sts::${account}:assumed-role/DevRole/${stamp}`
      expect(await getsIn(backend, by({ AWS: session }), {}, await first(backend))).toBe(true)
      const others = [`${session}0`, session.replace(stamp, stamp.toUpperCase())]
      for (const other of others)
        expect(await getsIn(backend, by({ AWS: other }), {}, await first(backend))).toBe(false)
    },
  },
  ...sessionPolicies.map(
    ([what, principal, Policy, refusal]): Case => ({
      name: `trust: ${what}: ${refusal === undefined ? 'in' : 'refused'}`,
      ...(refusal === undefined ? {} : { moto: laxer('does not evaluate session policies') }),
      async run(backend) {
        const RoleArn = await backend.addRole('Tried', by({ AWS: principal }))
        const narrow = { ...unstamped, Policy: JSON.stringify({ Statement: Policy }) }
        const keys = keysOf((await assume(backend, { RoleArn: roles.sandbox, ...narrow })).Credentials)
        const call = assume(backend, { RoleArn, ...unstamped }, keys)
        if (refusal === undefined) return void keysOf((await call).Credentials)
        expect(await refusalOf(call)).toMatchObject({
          name: 'AccessDenied',
          message: expect.stringContaining(refusal),
        })
      },
    }),
  ),
  ...refusedTrusts.map(
    ([what, trust]): Case => ({
      name: `trust: ${what} is no trust policy`,
      moto: laxer('takes any trust policy', /promise resolved .*instead of rejecting/),
      async run(backend) {
        await expect(backend.addRole('Wild', trust as PolicyDocument)).rejects.toThrow(
          what.endsWith('U+00FF') ? /ValidationError/ : /MalformedPolicyDocument/,
        )
      },
    }),
  ),
  ...acceptedTrusts.map(
    ([what, trust]): Case => ({
      name: `trust: ${what} is a trust policy`,
      async run(backend) {
        await backend.addRole('Tame', trust)
      },
    }),
  ),
  {
    name: 'chain: a role assumes a role and the stamp goes with it',
    moto: forgets,
    async run(backend) {
      const answer = await assume(backend, { RoleArn: roles.deploy }, await first(backend))
      expect(answer.SourceIdentity).toBe(stamp)
    },
  },
  {
    name: 'chain: a stamp that is set stays without being repeated',
    moto: forgets,
    async run(backend) {
      const answer = await assume(
        backend,
        { RoleArn: roles.sandbox, SourceIdentity: undefined },
        await first(backend),
      )
      expect(answer.SourceIdentity).toBe(stamp)
    },
  },
  {
    name: 'chain: a stamp that is set cannot be changed',
    moto: forgets,
    async run(backend) {
      const input = { RoleArn: roles.sandbox, SourceIdentity: 'sentinel,bob,0123456789abcdef' }
      const refusal = await refusalOf(assume(backend, input, await first(backend)))
      const session = `arn:aws:sts::${account}:assumed-role/DevRole/${stamp}`
      expect(refusal.message).toBe(denied(roles.sandbox, 'sts:SetSourceIdentity', session))
    },
  },
  {
    name: 'chain: an inherited stamp needs sts:SetSourceIdentity again',
    moto: noTrust,
    async run(backend) {
      const trust = { Statement: statement({ Action: 'sts:AssumeRole' }) }
      expect(await getsIn(backend, trust, unstamped, await first(backend))).toBe(false)
    },
  },
  {
    name: 'chain: a role needs sts:SetSourceIdentity in its own policies, even where the next role names it',
    moto: told,
    async run(backend) {
      const { world } = backend.local()
      const policy = { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' } } as const
      const poor = addRole(world, { account, name: 'Poor', trust: by({ AWS: account }), policy })
      const session = (input: object) => assume(backend, { RoleArn: poor.arn, ...input })
      const stamped = keysOf((await session({})).Credentials)
      const plain = keysOf((await session(unstamped)).Credentials)
      expect(await getsIn(backend, by({ AWS: poor.arn }), unstamped, stamped)).toBe(false)
      expect(await getsIn(backend, by({ AWS: poor.arn }), unstamped, plain)).toBe(true)
    },
  },
  {
    name: 'chain: sts:SourceIdentity is there only for a call that sends it',
    moto: noTrust,
    async run(backend) {
      const keys = await first(backend)
      expect(await getsIn(backend, stampedOnly(account), unstamped, keys)).toBe(false)
      const inherited = {
        Statement: statement({ Condition: { StringLike: { 'aws:SourceIdentity': 'sentinel,*' } } }),
      }
      expect(await getsIn(backend, inherited, unstamped, keys)).toBe(true)
    },
  },
  ...inheritedTags.map(
    ([what, second, refused]): Case => ({
      name: `chain: ${what}: ${refused ? 'refused' : 'in'}`,
      ...(refused ? { moto: laxer('forgets tags') } : {}),
      async run(backend) {
        const passedOn = { ...tags('team', 'dev'), TransitiveTagKeys: ['team'] }
        const one = await assume(backend, { RoleArn: roles.sandbox, ...passedOn })
        const two = await assume(backend, { RoleArn: roles.sandbox }, keysOf(one.Credentials))
        // The third session of the chain: what the first one passed on is inherited by every later one.
        const call = assume(backend, { RoleArn: roles.sandbox, ...second }, keysOf(two.Credentials))
        if (!refused) return void keysOf((await call).Credentials)
        expect(await refusalOf(call)).toMatchObject({
          name: 'InvalidParameterValue',
          message: expect.stringContaining('conflicts with a transitive tag key from the calling session'),
          $metadata: { httpStatusCode: 400 },
        })
      },
    }),
  ),
  {
    name: 'chain: a tag that is not passed on may be set again',
    async run(backend) {
      const one = await assume(backend, { RoleArn: roles.sandbox, ...tags('team', 'dev') })
      const again = { RoleArn: roles.sandbox, ...tags('team', 'prod') }
      keysOf((await assume(backend, again, keysOf(one.Credentials))).Credentials)
    },
  },
  {
    name: 'chain: a role that was assumed by a role lasts an hour at most',
    moto: laxer('does not check durations'),
    async run(backend) {
      const keys = await first(backend)
      const refusal = await refusalOf(assume(backend, { RoleArn: roles.prod, DurationSeconds: 3601 }, keys))
      expect(refusal).toMatchObject({
        name: 'ValidationError',
        message: expect.stringContaining('1 hour session limit'),
      })
      keysOf((await assume(backend, { RoleArn: roles.prod, DurationSeconds: 3600 }, keys)).Credentials)
    },
  },
]
