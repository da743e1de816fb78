import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { principalOf, whoamiOf } from './index.ts'
import { partitions } from './principal.ts'

const account = '111122223333'
const arnOf = (resource: string, service = 'sts', partition = 'aws') =>
  `arn:${partition}:${service}::${account}:${resource}`

describe('whom an ARN names', () => {
  for (const [name, arn, kind, policyName, rawName] of [
    ['an IAM user', arnOf('user/alice', 'iam'), 'user', 'alice', 'alice'],
    [
      'an IAM user with a path, which is dropped',
      arnOf('user/eng/team/alice', 'iam'),
      'user',
      'alice',
      'alice',
    ],
    ['an IAM user whose path holds a colon', arnOf('user/a:b/alice', 'iam'), 'user', 'alice', 'alice'],
    [
      'an IAM user with every legal sign',
      arnOf('user/a+b=c,d.e@f-g_h', 'iam'),
      'user',
      'a+b=c,d.e@f-g_h',
      'a+b=c,d.e@f-g_h',
    ],
    ['an IAM user called root', arnOf('user/root', 'iam'), 'user', 'root', 'root'],
    ["the account's root", arnOf('root', 'iam'), 'root', ':root', 'root'],
    ['a role session', arnOf('assumed-role/Deploy/ci-7'), 'assumed-role', 'Deploy/ci-7', 'ci-7'],
    [
      'a role session that calls itself alice',
      arnOf('assumed-role/Dev/alice'),
      'assumed-role',
      'Dev/alice',
      'alice',
    ],
    [
      'an instance',
      arnOf('assumed-role/Web/i-0123456789abcdef0'),
      'assumed-role',
      'Web/i-0123456789abcdef0',
      'i-0123456789abcdef0',
    ],
    [
      'an Identity Center session',
      arnOf('assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com'),
      'sso',
      'alice@example.com',
      'alice@example.com',
    ],
    [
      'an Identity Center session of a set with an underscore',
      arnOf('assumed-role/AWSReservedSSO_Read_Only_0123456789abcdef/bob'),
      'sso',
      'bob',
      'bob',
    ],
    [
      'a role that only looks like Identity Center: 15 digits',
      arnOf('assumed-role/AWSReservedSSO_Admin_0123456789abcde/alice'),
      'assumed-role',
      'AWSReservedSSO_Admin_0123456789abcde/alice',
      'alice',
    ],
    [
      'a role that only looks like Identity Center: more behind',
      arnOf('assumed-role/AWSReservedSSO_Admin_0123456789abcdef-x/alice'),
      'assumed-role',
      'AWSReservedSSO_Admin_0123456789abcdef-x/alice',
      'alice',
    ],
    [
      'a role that only looks like Identity Center: capitals',
      arnOf('assumed-role/AWSReservedSSO_Admin_0123456789ABCDEF/alice'),
      'assumed-role',
      'AWSReservedSSO_Admin_0123456789ABCDEF/alice',
      'alice',
    ],
    [
      'a role that only looks like Identity Center: no set',
      arnOf('assumed-role/AWSReservedSSO_0123456789abcdef/alice'),
      'assumed-role',
      'AWSReservedSSO_0123456789abcdef/alice',
      'alice',
    ],
    [
      'a role that only looks like Identity Center: a prefix',
      arnOf('assumed-role/xAWSReservedSSO_Admin_0123456789abcdef/alice'),
      'assumed-role',
      'xAWSReservedSSO_Admin_0123456789abcdef/alice',
      'alice',
    ],
    ['a federated user', arnOf('federated-user/bob'), 'federated-user', ':federated/bob', 'bob'],
  ] as const) {
    it(name, () =>
      expect(principalOf(arn, account)).toEqual({ kind, arn, accountId: account, name: policyName, rawName }),
    )
  }

  it('in every partition', () => {
    for (const partition of partitions) {
      expect(principalOf(arnOf('user/alice', 'iam', partition), account).name).toBe('alice')
    }
  })
})

it('the partitions are those of the SDK', () => {
  const core = dirname(createRequire(import.meta.url).resolve('@aws-sdk/core/package.json'))
  const file = 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js'
  const ids = [...readFileSync(join(core, file), 'utf8').matchAll(/"?id"?: "(aws[a-z-]*)"/g)].map(
    ([, id]) => id,
  )
  expect([...partitions].sort()).toEqual(ids.sort())
})

describe('an ARN that names nobody is refused', () => {
  for (const [name, arn, accountId] of [
    ['no ARN', 'alice', account],
    ['an empty text', '', ''],
    ['an unknown partition', arnOf('user/alice', 'iam', 'aws-moon'), account],
    ['an account of letters', 'arn:aws:iam::11112222333a:user/alice', '11112222333a'],
    ['a short account', 'arn:aws:iam::1111:user/alice', '1111'],
    ['another account than the answer says', arnOf('user/alice', 'iam'), '444455556666'],
    ['a region', `arn:aws:iam:eu-west-1:${account}:user/alice`, account],
    ['another service', arnOf('user/alice', 's3'), account],
    ['a user of STS', arnOf('user/alice'), account],
    ['a session of IAM', arnOf('assumed-role/Dev/alice', 'iam'), account],
    ['a role, which is no session', arnOf('role/Dev', 'iam'), account],
    ['a session without a name', arnOf('assumed-role/Dev/'), account],
    ['a session without a role', arnOf('assumed-role//alice'), account],
    ['a session without both', arnOf('assumed-role/Dev'), account],
    ['a session with a slash', arnOf('assumed-role/Dev/alice/x'), account],
    ['a session with a colon', arnOf('assumed-role/Dev/:root'), account],
    ['a session of one letter', arnOf('assumed-role/Dev/a'), account],
    ['a session with a line break', arnOf('assumed-role/Dev/alice\n'), account],
    ['a session of foreign letters', arnOf('assumed-role/Dev/аlice'), account],
    ['a user without a name', arnOf('user/', 'iam'), account],
    ['a user of 65 letters', arnOf(`user/${'a'.repeat(65)}`, 'iam'), account],
    ['root of something', arnOf('root/x', 'iam'), account],
    ['root of STS', arnOf('root'), account],
    ['a federated user with a path', arnOf('federated-user/a/b'), account],
    ['something in front', ` ${arnOf('user/alice', 'iam')}`, account],
  ] as const) {
    it(name, () =>
      expect(() => principalOf(arn, accountId)).toThrowError(
        expect.objectContaining({ code: 'IDENTITY_UNSUPPORTED', hint: expect.stringContaining('IAM user') }),
      ),
    )
  }
})

it('no two kinds of caller share a name, and a name tells its kind', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abR_+=,.@-'), minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(letters, letters, (one, other) => {
      const user = principalOf(arnOf(`user/${one}`, 'iam'), account).name
      const session = principalOf(arnOf(`assumed-role/${other}/${one}`), account).name
      const federated = principalOf(arnOf(`federated-user/${one}`), account).name
      expect([user, session, federated]).toEqual([one, `${other}/${one}`, `:federated/${one}`])
      expect(/[/:]/.test(user)).toBe(false)
      expect(session.startsWith(':')).toBe(false)
    }),
    { numRuns: 500, seed: 3 },
  )
})

describe('whoami prints five facts', () => {
  for (const [resource, service, type, raw, policy] of [
    ['user/alice', 'iam', 'user', 'alice', 'alice'],
    ['root', 'iam', 'root', 'root', ':root'],
    ['assumed-role/Dev/alice', 'sts', 'assumed-role', 'alice', 'Dev/alice'],
    ['assumed-role/AWSReservedSSO_A_0123456789abcdef/al', 'sts', 'assumed-role', 'al', 'al'],
    ['federated-user/bob', 'sts', 'federated-user', 'bob', ':federated/bob'],
  ] as const) {
    it(resource, () =>
      expect(whoamiOf(principalOf(arnOf(resource, service), account))).toEqual({
        arn: arnOf(resource, service),
        account_id: account,
        identity_type: type,
        raw_username: raw,
        policy_username: policy,
      }),
    )
  }
})
