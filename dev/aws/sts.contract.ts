// What is expected of STS itself: who one is, what a call may ask for, what comes back, whose signature counts.

import {
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  type GetSessionTokenCommandOutput,
} from '@aws-sdk/client-sts'
import { expect } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import {
  assume,
  type Backend,
  breaks,
  type Case,
  type Keys,
  keysOf,
  laxer,
  outOfReach,
  refusalOf,
  rewriting,
  stamp,
  type Written,
} from './contract-driver.ts'
import { addFederatedUser, example } from './index.ts'

const { roles } = example
const whoIs = (backend: Backend, keys?: Keys) => backend.as(keys).sts.send(new GetCallerIdentityCommand({}))
const sessionToken = (backend: Backend, input: object = {}, keys?: Keys) =>
  backend.as(keys).sts.send(new GetSessionTokenCommand(input))

const anyUser = laxer('knows no users that it was not told of, everybody is user/moto', /user\/moto' to be /)
const noPatterns = laxer('does not check patterns and lengths')
const durations = (seconds: number) =>
  Number.isInteger(seconds) ? laxer('does not check durations') : breaks('fractions')
const noSignatures = laxer('takes any key and any signature')

const tagsOf = (...keys: readonly string[]) => ({ Tags: keys.map((Key) => ({ Key, Value: 'v' })) })

const refusedNames = [
  ['a session name with a colon', { RoleSessionName: 'sentinel:alice:1' }, "at 'roleSessionName'"],
  ['a session name with a space', { RoleSessionName: 'alice smith' }, "at 'roleSessionName'"],
  ['a session name outside ASCII', { RoleSessionName: 'älice' }, "at 'roleSessionName'"],
  ['a session name of one character', { RoleSessionName: 'a' }, 'greater than or equal to 2'],
  ['a session name of 65 characters', { RoleSessionName: 'a'.repeat(65) }, "at 'roleSessionName'"],
  [
    'a source identity with a colon',
    { SourceIdentity: 'sentinel:alice:0123456789abcdef' },
    "at 'sourceIdentity'",
  ],
  ['a source identity of one character', { SourceIdentity: 's' }, 'greater than or equal to 2'],
  ['a source identity of 65 characters', { SourceIdentity: 's'.repeat(65) }, 'less than or equal to 64'],
  ['a source identity with the reserved prefix', { SourceIdentity: 'aws:alice' }, "at 'sourceIdentity'"],
  ['an external id with a space', { ExternalId: 'not legal' }, "at 'externalId'"],
  ['an external id with a backslash', { ExternalId: 'a\\b' }, "at 'externalId'"],
  ['an external id of one character', { ExternalId: 'x' }, 'greater than or equal to 2'],
  ['an external id of 1225 characters', { ExternalId: 'x'.repeat(1225) }, 'less than or equal to 1224'],
  [
    'a serial number that is too short',
    { SerialNumber: 'GAHT1234', TokenCode: '123456' },
    "at 'serialNumber'",
  ],
  [
    'a token code with a letter',
    { SerialNumber: example.carol.mfaSerial, TokenCode: '12345a' },
    "at 'tokenCode'",
  ],
  ['a role ARN with thirteen digits', { RoleArn: 'arn:aws:iam::1111222233334:role/DevRole' }, 'is invalid'],
  ['a role ARN that names no role', { RoleArn: 'arn:aws:iam::111122223333:user/alice' }, 'is invalid'],
] as const

// XML 1.0, 2.2 "Characters": the refusal quotes the value, and must be readable all the same.
const unwritable = ['\0', '\u0007', '\u001b', '\ufffe', '\r']
const quotingMembers = ['RoleSessionName', 'SourceIdentity', 'RoleArn'] as const

/** What no SDK would write, and what it is refused as. */
const refusedCalls: readonly (readonly [what: string, code: string, edit: (request: Written) => void])[] = [
  ['by PUT', 'InvalidAction', (request) => Object.assign(request, { method: 'PUT' })],
  ['of another path', 'InvalidAction', (request) => Object.assign(request, { path: '/sts' })],
  [
    'that says something twice',
    'MalformedQueryString',
    (request) => Object.assign(request, { body: `${request.body}&Action=GetCallerIdentity` }),
  ],
]

const checkedByMoto = 'a session name of 65 characters'

const acceptedNames: readonly (readonly [what: string, input: object])[] = [
  ['a session name of two characters', { RoleSessionName: 'ab' }],
  ['a session name of 64 characters with all legal signs', { RoleSessionName: `_+=,.@-${'a'.repeat(57)}` }],
  ['an external id with colon and slash', { ExternalId: example.externalId }],
  ['an external id of 1224 characters', { ExternalId: 'x'.repeat(1224) }],
  ['a transitive key of a tag, in other capitals', { ...tagsOf('Team'), TransitiveTagKeys: ['team'] }],
]

const refusedDurations = [
  ['899 seconds', 899],
  ['zero seconds', 0],
  ['900.5 seconds', 900.5],
  ['43201 seconds', 43201],
] as const

const session = (more: object, document: object = {}) => ({
  ...document,
  Statement: [{ Effect: 'Allow', Action: 'ssm:*', Resource: '*', ...more }],
})

const allowAll = '"Effect":"Allow","Action":"ssm:*","Resource":"*"'

const refusedPolicies = [
  ['that is no JSON', '{'],
  ['that is null', 'null'],
  ['that is a text', '"x"'],
  ['that is a list', '[]'],
  ['that is empty', {}],
  ['without statements', { Statement: [] }],
  ['with an id', session({}, { Id: 'x' })],
  ['of another version', session({}, { Version: '2012-10-18' })],
  ['with an element that does not exist', session({}, { Statements: [] })],
  ['whose statement is null', { Statement: null }],
  ['whose statement is a text', { Statement: ['x'] }],
  ['with a misspelt effect', session({ Effect: 'deny' })],
  ['without an effect', session({ Effect: undefined })],
  ['without an action', session({ Action: undefined })],
  ['with an empty list of actions', session({ Action: [] })],
  ['with both kinds of action', session({ NotAction: 'iam:*' })],
  ['with an action that is a number', session({ Action: 1 })],
  ['with an action of no service', session({ Action: 'GetParameter' })],
  ['without a resource', session({ Resource: undefined })],
  ['with a resource that is no ARN', session({ Resource: 'parameter/a' })],
  ['with both kinds of resource', session({ NotResource: '*' })],
  ['with a principal', session({ Principal: '*' })],
  ['with a misspelt element in its statement', session({ Conditions: {} })],
  ['with a condition that is a text', session({ Condition: 'x' })],
  ['with an operator without keys', session({ Condition: { StringEquals: 'x' } })],
  ['with an operator that does not exist', session({ Condition: { StringLik: { 'aws:username': 'a' } } })],
  ['with a value that is an object', session({ Condition: { StringEquals: { 'aws:username': {} } } })],
  ['with a list of no values', session({ Condition: { StringEquals: { 'aws:username': [] } } })],
  [
    'with a number that is none',
    session({ Condition: { NumericEquals: { 'aws:MultiFactorAuthAge': 'abc' } } }),
  ],
  ['with a date that is none', session({ Condition: { DateGreaterThan: { 'aws:CurrentTime': 'abc' } } })],
  ['with an address that is none', session({ Condition: { NotIpAddress: { 'aws:SourceIp': 'abc' } } })],
  ['with an address of 33 bits', session({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } } })],
  ['with an effect twice', `{"Statement":{"Effect":"Deny",${allowAll}}}`],
  ['with its statements twice', `{"Statement":{${allowAll}},"Statement":{${allowAll}}}`],
  ['with a key twice, once written otherwise', `{"Statement":{"\\u0045ffect":"Deny",${allowAll}}}`],
  ['with a resource of two parts', session({ Resource: 'arn:nonsense' })],
  ['with a resource of a partition that does not exist', session({ Resource: 'arn:error:s3:::b' })],
  ['with an action of three parts', session({ Action: 's3:a:b' })],
  ['with an action of a service that cannot be', session({ Action: 'a_b:c' })],
  ['with an action with a space', session({ Action: 's3:Get Object' })],
  ['with a Sid that has a space', session({ Sid: 'a b' })],
  [
    'with a Sid twice',
    { Statement: [session({ Sid: 'a' }), session({ Sid: 'a' })].map(({ Statement: [one] }) => one) },
  ],
] as const

const acceptedPolicies = [
  ['with the same key in two blocks', `{"Statement":[{${allowAll}},{${allowAll}}]}`],
  ['with a value that looks like a key', `{"Statement":{"Sid":"Effect",${allowAll}}}`],
  ['with a resource that a wildcard ends', session({ Resource: 'arn:aws:ssm:*' })],
  ['with a resource of any partition', session({ Resource: 'arn:*:ssm:*:*:parameter/a' })],
  ['with a number', session({ Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } } })],
  ['with a date', session({ Condition: { DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } } })],
  [
    'with a range of addresses',
    session({ Condition: { IpAddress: { 'aws:SourceIp': ['::1/128', '10.0.0.0/8'] } } }),
  ],
] as const

const keysNamed = (count: number) => Array.from({ length: count }, (_, i) => `k${i}`)
const manyTags = (count: number) => tagsOf(...keysNamed(count))
const managed = (arn: string) => ({ PolicyArns: [{ arn }] })

const refusedTerms: readonly (readonly [what: string, input: object, message: string, code?: string])[] = [
  ['51 tags', manyTags(51), "at 'tags'"],
  ['a tag key of 129 characters', tagsOf('k'.repeat(129)), 'less than or equal to 128'],
  ['an empty tag key', tagsOf(''), 'greater than or equal to 1'],
  ['a tag key with a sign that is not allowed', tagsOf('a*'), "at 'tags.1.member.key'"],
  ['a tag key with the reserved prefix', tagsOf('AWS:team'), 'reserved prefix'],
  [
    'tag keys that differ in capitals only',
    tagsOf('Team', 'team'),
    'Duplicate tag keys',
    'InvalidParameterValue',
  ],
  [
    'a tag value of 257 characters',
    { Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] },
    "at 'tags.1.member.value'",
  ],
  ['a tag without a value', { Tags: [{ Key: 'k' }] }, 'must not be null'],
  ['51 transitive keys', { ...manyTags(50), TransitiveTagKeys: keysNamed(51) }, "at 'transitiveTagKeys'"],
  ['an empty transitive key', { ...tagsOf('k'), TransitiveTagKeys: [''] }, "at 'transitiveTagKeys.1.member'"],
  ['an empty session policy', { Policy: '' }, "at 'policy'"],
  ['a session policy with a sign that is not allowed', { Policy: '{"Ł":1}' }, "at 'policy'"],
  ['an empty list of provided contexts', { ProvidedContexts: [] }, "at 'providedContexts'"],
  [
    'a context assertion of three characters',
    { ProvidedContexts: [{ ContextAssertion: 'abc' }] },
    'contextAssertion',
  ],
  [
    'transitive keys without tags',
    { TransitiveTagKeys: ['team'] },
    'in the requested tags',
    'InvalidParameterValue',
  ],
  [
    'a transitive key that no tag has',
    { ...tagsOf('k'), TransitiveTagKeys: ['team'] },
    'in the requested tags',
    'InvalidParameterValue',
  ],
  ['a managed policy whose ARN names a role', managed(roles.dev), 'is not valid'],
  ['a managed policy whose ARN is a word', managed('ReadOnlyAccess'), "at 'policyArns.1.member.arn'"],
]

export const tokenCases: readonly Case[] = [
  {
    name: 'STS names a user with its id and account',
    moto: anyUser,
    async run(backend) {
      const who = await whoIs(backend)
      expect(who.Arn).toBe(example.alice.arn)
      expect(who.Account).toBe(example.account)
      expect(who.UserId).toMatch(/^AIDA[A-Z0-9]{17}$/)
    },
  },
  {
    name: 'STS names a user with its path',
    moto: anyUser,
    async run(backend) {
      expect((await whoIs(backend, example.bob.keys)).Arn).toBe(example.bob.arn)
    },
  },
  {
    name: 'STS names the root user by its account',
    moto: anyUser,
    async run(backend) {
      const who = await whoIs(backend, example.root.keys)
      expect(who.Arn).toBe(example.root.arn)
      expect(who.UserId).toBe(example.account)
    },
  },
  {
    name: 'STS names a federated user',
    moto: outOfReach("users of a test's choice"),
    async run(backend) {
      const keys = { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', secretAccessKey: 'federatedSecretEXAMPLEKEY' }
      addFederatedUser(backend.local().world, {
        account: example.account,
        name: 'frank',
        keys,
        session: {
          token: 'federated-token',
          issuedAtMs: 0,
          expiresAtMs: Number.MAX_SAFE_INTEGER,
          mfa: false,
        },
      })
      const who = await whoIs(backend, { ...keys, sessionToken: 'federated-token' })
      expect(who).toMatchObject({
        Arn: 'arn:aws:sts::111122223333:federated-user/frank',
        UserId: '111122223333:frank',
      })
    },
  },
  {
    name: 'STS tells who one is whatever the policies say',
    moto: anyUser,
    async run(backend) {
      expect((await whoIs(backend, example.mallory.keys)).Arn).toBe(example.mallory.arn)
    },
  },
  {
    name: 'STS issues a role session that is temporary and says who it is',
    async run(backend) {
      const answer = await assume(backend)
      expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::111122223333:assumed-role/DevRole/${stamp}`)
      expect(answer.AssumedRoleUser?.AssumedRoleId).toMatch(new RegExp(`^AROA[A-Z0-9]{17}:${stamp}$`))
      expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z0-9]{16}$/)
      const who = await whoIs(backend, keysOf(answer.Credentials))
      expect(who.Arn).toBe(answer.AssumedRoleUser?.Arn)
    },
  },
  {
    name: 'STS gives a session one id, whoever asks',
    moto: laxer('makes a new id for every question', /expected 'AROA.*' to be 'AROA/),
    async run(backend) {
      const answer = await assume(backend)
      const who = await whoIs(backend, keysOf(answer.Credentials))
      expect(who.UserId).toBe(answer.AssumedRoleUser?.AssumedRoleId)
    },
  },
  {
    name: 'STS repeats the source identity that the session has',
    moto: laxer('leaves it out', /expected undefined to be 'sentinel,/),
    async run(backend) {
      expect((await assume(backend)).SourceIdentity).toBe(stamp)
    },
  },
  {
    name: 'STS leaves the path of a role out of the session name',
    async run(backend) {
      const RoleArn = roles.partner
      const answer = await assume(backend, {
        RoleArn,
        RoleSessionName: 'alice',
        ExternalId: example.externalId,
      })
      expect(answer.AssumedRoleUser?.Arn).toBe('arn:aws:sts::444455556666:assumed-role/PartnerRole/alice')
    },
  },
  {
    name: 'STS lets a session last an hour unless asked otherwise',
    async run(backend) {
      const answer = await assume(backend)
      expect(secondsLeft(answer)).toBeGreaterThan(3590)
      expect(secondsLeft(answer)).toBeLessThanOrEqual(3600)
    },
  },
  {
    name: 'STS lets a session last as long as asked, up to the maximum of the role',
    async run(backend) {
      const answer = await assume(backend, { RoleArn: roles.prod, DurationSeconds: 43200 })
      expect(secondsLeft(answer)).toBeGreaterThan(43190)
    },
  },
  {
    name: 'STS refuses more than the maximum of the role',
    moto: laxer('knows no maximum of a role that it was not told of'),
    async run(backend) {
      const refusal = await refusalOf(assume(backend, { DurationSeconds: 3601 }))
      expect(refusal).toMatchObject({
        name: 'ValidationError',
        message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      })
    },
  },
  ...refusedDurations.map(
    ([what, DurationSeconds]): Case => ({
      name: `STS refuses a session of ${what}`,
      moto: durations(DurationSeconds),
      async run(backend) {
        const refusal = await refusalOf(assume(backend, { RoleArn: roles.prod, DurationSeconds }))
        expect(refusal.name).toBe('ValidationError')
        expect(refusal.message).toContain("at 'durationSeconds' failed to satisfy constraint")
      },
    }),
  ),
  ...refusedNames.map(
    ([what, input, message]): Case => ({
      name: `STS refuses ${what}`,
      ...(what === checkedByMoto
        ? {}
        : { moto: what.endsWith('digits') ? breaks('an account of thirteen digits') : noPatterns }),
      async run(backend) {
        const refusal = await refusalOf(assume(backend, input))
        expect(refusal).toMatchObject({
          name: 'ValidationError',
          message: expect.stringContaining(message),
          $metadata: { httpStatusCode: 400 },
        })
      },
    }),
  ),
  ...refusedCalls.map(
    ([what, code, edit]): Case => ({
      name: `STS refuses a call ${what}`,
      moto: laxer('reads it all the same', /expected a refusal|XML parse error/),
      async run(backend) {
        const client = rewriting(backend.as().sts, edit)
        expect((await refusalOf(client.send(new GetCallerIdentityCommand({})))).name).toBe(code)
      },
    }),
  ),
  {
    name: 'STS refuses a signature for what is no Region',
    moto: noSignatures,
    async run(backend) {
      const { sts } = backend.as(undefined, 'moon')
      expect(await refusalOf(sts.send(new GetCallerIdentityCommand({})))).toMatchObject({
        name: 'SignatureDoesNotMatch',
        message: 'Credential should be scoped to a valid region.',
      })
    },
  },
  ...quotingMembers.map(
    (member): Case => ({
      name: `STS quotes a ${member} that XML cannot hold`,
      moto: noPatterns,
      async run(backend) {
        for (const sign of unwritable) {
          const sent = `arn:aws:iam::111122223333:role/a${sign}`
          const { name, message } = await refusalOf(assume(backend, { [member]: sent }))
          expect([name, message]).toEqual(['ValidationError', expect.stringContaining('role/a')])
        }
      },
    }),
  ),
  ...acceptedNames.map(
    ([what, input]): Case => ({
      name: `STS accepts ${what}`,
      async run(backend) {
        const answer = await assume(backend, { RoleArn: roles.sandbox, ...input })
        keysOf(answer.Credentials)
      },
    }),
  ),
  {
    name: 'STS names every wrong member of a call at once',
    moto: noPatterns,
    async run(backend) {
      const refusal = await refusalOf(
        assume(backend, { RoleSessionName: 'a b', SourceIdentity: ':', DurationSeconds: 1 }),
      )
      expect(refusal.message).toMatch(/^4 validation errors detected: /)
      expect(refusal.message).toContain("Value 'a b' at 'roleSessionName'")
    },
  },
  {
    name: 'STS makes session tokens of 12 hours out of long-term keys',
    async run(backend) {
      const answer = await sessionToken(backend)
      expect(secondsLeft(answer)).toBeGreaterThan(43190)
      expect(keysOf(answer.Credentials).sessionToken?.length).toBeGreaterThan(100)
    },
  },
  {
    name: 'STS shows the user behind a session token as itself',
    moto: anyUser,
    async run(backend) {
      const answer = await sessionToken(backend)
      expect((await whoIs(backend, keysOf(answer.Credentials))).Arn).toBe(example.alice.arn)
    },
  },
  ...([899, 900.5, 129601] as const).map(
    (DurationSeconds): Case => ({
      name: `STS refuses a session token of ${DurationSeconds} seconds`,
      moto: durations(DurationSeconds),
      async run(backend) {
        const refusal = await refusalOf(sessionToken(backend, { DurationSeconds }))
        expect(refusal.name).toBe('ValidationError')
        expect(refusal.message).toContain(`Value '${DurationSeconds}' at 'durationSeconds'`)
      },
    }),
  ),
  {
    name: 'STS gives root one hour at most',
    moto: laxer('knows no root user', /to be less than or equal to 3600$/),
    async run(backend) {
      const answer = await sessionToken(backend, { DurationSeconds: 43200 }, example.root.keys)
      expect(secondsLeft(answer)).toBeLessThanOrEqual(3600)
    },
  },
  {
    name: 'STS makes no session token out of a role session',
    moto: laxer('makes session tokens of anything'),
    async run(backend) {
      const role = await assume(backend)
      const refusal = await refusalOf(sessionToken(backend, {}, keysOf(role.Credentials)))
      expect(refusal).toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining('session credentials'),
      })
    },
  },
  {
    name: 'STS takes a code of an MFA device once',
    moto: laxer('takes any code at any time'),
    async run(backend) {
      const [TokenCode] = example.carol.mfaCodes
      const input = { SerialNumber: example.carol.mfaSerial, TokenCode }
      keysOf((await sessionToken(backend, input, example.carol.keys)).Credentials)
      const refusal = await refusalOf(sessionToken(backend, input, example.carol.keys))
      expect(refusal).toMatchObject({
        name: 'AccessDenied',
        message: expect.stringMatching(/one time pass code/),
      })
    },
  },
  {
    name: "STS refuses a code of somebody else's MFA device",
    moto: laxer('takes any code of any device'),
    async run(backend) {
      const input = { SerialNumber: example.carol.mfaSerial, TokenCode: '123456' }
      const refusal = await refusalOf(sessionToken(backend, input))
      expect(refusal).toMatchObject({
        name: 'AccessDenied',
        message: expect.stringMatching(/unable to validate/),
      })
    },
  },
  {
    name: 'STS refuses a signature by another secret',
    moto: noSignatures,
    async run(backend) {
      const refusal = await refusalOf(whoIs(backend, { ...example.alice.keys, secretAccessKey: 'wrong' }))
      expect(refusal).toMatchObject({ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } })
    },
  },
  {
    name: 'STS refuses a key that nobody has',
    moto: noSignatures,
    async run(backend) {
      const refusal = await refusalOf(
        whoIs(backend, { ...example.alice.keys, accessKeyId: 'AKIANOBODY2222EXAMPL' }),
      )
      expect(refusal).toMatchObject({ name: 'InvalidClientTokenId', $metadata: { httpStatusCode: 403 } })
    },
  },
  {
    name: 'STS refuses temporary keys without their token',
    moto: noSignatures,
    async run(backend) {
      const { sessionToken: _, ...keys } = keysOf((await assume(backend)).Credentials)
      expect((await refusalOf(whoIs(backend, keys))).name).toBe('InvalidClientTokenId')
    },
  },
  {
    name: 'STS refuses a session that is over',
    moto: outOfReach('a clock that can be moved'),
    async run(backend) {
      const keys = keysOf((await assume(backend, { DurationSeconds: 900 })).Credentials)
      backend.advance(899_000)
      await whoIs(backend, keys)
      backend.advance(2_000)
      expect(await refusalOf(whoIs(backend, keys))).toMatchObject({ name: 'ExpiredToken' })
    },
  },
  {
    name: 'STS refuses a request that was signed 16 minutes ago',
    moto: outOfReach('a clock that can be moved'),
    async run(backend) {
      const { sts } = backend.as()
      backend.advance(16 * 60_000)
      const refusal = await refusalOf(sts.send(new GetCallerIdentityCommand({})))
      expect(refusal).toMatchObject({
        name: 'SignatureDoesNotMatch',
        message: expect.stringMatching(
          /^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 15 min\.\)$/,
        ),
      })
    },
  },
  {
    name: 'STS takes a request that was signed 14 minutes ago',
    moto: outOfReach('a clock that can be moved'),
    async run(backend) {
      const { sts } = backend.as()
      backend.advance(14 * 60_000)
      await sts.send(new GetCallerIdentityCommand({}))
    },
  },
  {
    name: 'STS narrows a session by the policy that came with the call',
    moto: laxer('does not evaluate session policies'),
    async run(backend) {
      const Policy = JSON.stringify(session({ Action: 's3:*' }))
      const keys = keysOf((await assume(backend, { Policy })).Credentials)
      const trust = {
        Statement: { Effect: 'Allow', Principal: { AWS: example.account }, Action: 'sts:*' },
      } as const
      const RoleArn = await backend.addRole('Next', trust)
      expect((await refusalOf(assume(backend, { RoleArn }, keys))).message).toMatch(
        /no session policy allows/,
      )
    },
  },
  {
    name: 'STS refuses a session policy of 2049 characters',
    moto: noPatterns,
    async run(backend) {
      const policyOf = (length: number) => JSON.stringify(session({})).padEnd(length, ' ')
      keysOf((await assume(backend, { Policy: policyOf(2048) })).Credentials)
      expect(await refusalOf(assume(backend, { Policy: policyOf(2049) }))).toMatchObject({
        name: expect.stringMatching(/^PackedPolicyTooLarge/),
        $metadata: { httpStatusCode: 400 },
      })
    },
  },
  ...refusedPolicies.map(
    ([what, policy]): Case => ({
      name: `STS refuses a session policy ${what}`,
      moto: noPatterns,
      async run(backend) {
        const Policy = typeof policy === 'string' ? policy : JSON.stringify(policy)
        // The SDK's class for it is MalformedPolicyDocumentException.
        expect(await refusalOf(assume(backend, { Policy }))).toMatchObject({
          name: expect.stringMatching(/^MalformedPolicyDocument/),
          $metadata: { httpStatusCode: 400 },
        })
      },
    }),
  ),
  ...acceptedPolicies.map(
    ([what, policy]): Case => ({
      name: `STS takes a session policy ${what}`,
      async run(backend) {
        const Policy = typeof policy === 'string' ? policy : JSON.stringify(policy)
        keysOf((await assume(backend, { Policy })).Credentials)
      },
    }),
  ),
  {
    name: 'STS takes a session policy of either version, with one statement or a list',
    async run(backend) {
      const Statement = { Sid: 'All', Effect: 'Allow', NotAction: 'iam:*', Resource: ['*'] }
      const second = { Effect: 'Deny', Action: ['ssm:*'], NotResource: 'arn:aws:ssm:*:*:parameter/a' }
      for (const document of [
        { Statement },
        { Version: '2008-10-17', Statement: [Statement] },
        { Version: '2012-10-17', Statement: [Statement, second] },
      ]) {
        keysOf((await assume(backend, { Policy: JSON.stringify(document) })).Credentials)
      }
    },
  },
  ...refusedTerms.map(
    ([what, input, message, name = 'ValidationError']): Case => ({
      name: `STS refuses ${what}`,
      moto: noPatterns,
      async run(backend) {
        const refusal = await refusalOf(assume(backend, { RoleArn: roles.sandbox, ...input }))
        expect(refusal).toMatchObject({
          name,
          message: expect.stringContaining(message),
          $metadata: { httpStatusCode: 400 },
        })
      },
    }),
  ),
  {
    name: 'STS takes 50 tags, and keys and values of full length',
    async run(backend) {
      const long = {
        Tags: [
          { Key: 'ä'.repeat(128), Value: 'v'.repeat(256) },
          { Key: 'k', Value: '' },
        ],
      }
      for (const input of [manyTags(50), long]) {
        keysOf((await assume(backend, { RoleArn: roles.sandbox, ...input })).Credentials)
      }
    },
  },
  ...([undefined, '2011-06-16'] as const).map(
    (version): Case => ({
      name: `STS refuses a call ${version === undefined ? 'of no version' : 'of another version'}`,
      moto: laxer('minds no version'),
      async run(backend) {
        const { sts } = backend.as()
        const written = new URLSearchParams({ Action: 'GetCallerIdentity' })
        if (version !== undefined) written.set('Version', version)
        const client = rewriting(sts, (request) => {
          request.body = written.toString()
        })
        expect(await refusalOf(client.send(new GetCallerIdentityCommand({})))).toMatchObject({
          name: 'InvalidAction',
          message: `Could not find operation GetCallerIdentity for version ${version ?? 'NO_VERSION_SPECIFIED'}`,
        })
      },
    }),
  ),
  {
    name: 'the local STS says that it has no provided contexts',
    moto: laxer('passes over them'),
    async run(backend) {
      const ProvidedContexts = [
        { ProviderArn: 'arn:aws:iam::aws:contextProvider/IdentityCenter', ContextAssertion: 'assertion' },
      ]
      expect((await refusalOf(assume(backend, { ProvidedContexts }))).name).toBe('NotImplemented')
    },
  },
  {
    name: 'the local STS says that it has no managed policies',
    moto: laxer('passes over them'),
    async run(backend) {
      const refusal = await refusalOf(assume(backend, managed('arn:aws:iam::aws:policy/ReadOnlyAccess')))
      expect(refusal.name).toBe('NotImplemented')
    },
  },
]

function secondsLeft(answer: GetSessionTokenCommandOutput): number {
  return ((answer.Credentials?.Expiration?.getTime() ?? 0) - systemClock.now()) / 1000
}
