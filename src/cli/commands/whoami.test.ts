import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addFederatedUser, addKey, example, rolePrincipal } from '../../../dev/aws/index.ts'
import { type Desk, desk } from '../desk.fake.ts'

const keys = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const session = {
  token: 'example-session-token',
  issuedAtMs: Date.parse('2026-02-03T09:00:00Z'),
  expiresAtMs: Date.parse('2026-02-03T12:00:00Z'),
  mfa: false,
}

/** The person now has these keys in the environment, and no AWS files. */
function onlyEnvironment(at: Desk, { accessKeyId, secretAccessKey }: typeof keys, sessionToken?: string) {
  rmSync(join(at.home, '.aws'), { recursive: true })
  Object.assign(at.env, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: example.region,
  })
}

/** The person now has a session of a role. */
function roleSession(at: Desk, arn: string, name: string) {
  const role = at.aws.world.roles.get(arn)
  if (role === undefined) throw new Error(`no role ${arn}`)
  addKey(at.aws.world, keys, rolePrincipal(role, name), session)
  onlyEnvironment(at, keys, session.token)
}

const permissionSetRole = (at: Desk) =>
  [...at.aws.world.roles.keys()].find((arn) => arn.includes('AWSReservedSSO_')) ?? ''

const sts = `arn:aws:sts::${example.account}`

describe('says who somebody is, and the name for policies', () => {
  for (const [name, arrange, want, remark] of [
    [
      'a user',
      (at: Desk) => onlyEnvironment(at, example.bob.keys as typeof keys),
      [example.bob.arn, 'user', 'bob', 'bob'],
      /in `users:` as bob\.$/m,
    ],
    [
      'a session of Identity Center',
      (at: Desk) => roleSession(at, permissionSetRole(at), example.sso.userName),
      [
        `${sts}:assumed-role/${example.sso.roleName}/${example.sso.userName}`,
        'assumed-role',
        example.sso.userName,
        example.sso.userName,
      ],
      /^Identity Type: {3}assumed-role \(Identity Center\)$/m,
    ],
    [
      'a session of any other role',
      (at: Desk) => roleSession(at, example.roles.sandbox, 'alice'),
      [`${sts}:assumed-role/SandboxRole/alice`, 'assumed-role', 'alice', 'SandboxRole/alice'],
      /`alice` alone matches only where the policy lists SandboxRole under `trusted_session_roles`/,
    ],
    [
      'the root of the account',
      (at: Desk) => onlyEnvironment(at, example.root.keys as typeof keys),
      [example.root.arn, 'root', 'root', ':root'],
      /as :root\.$/m,
    ],
    [
      'a federated user',
      (at: Desk) => {
        addFederatedUser(at.aws.world, { account: example.account, name: 'alice', keys, session })
        onlyEnvironment(at, keys, session.token)
      },
      [`${sts}:federated-user/alice`, 'federated-user', 'alice', ':federated/alice'],
      /as :federated\/alice\.$/m,
    ],
  ] as const) {
    it(name, async () => {
      const at = await desk()
      arrange(at)
      const json = await at.run('whoami', '--json')
      expect([json.status, json.stderr]).toEqual([0, ''])
      const [arn, identity_type, raw_username, policy_username] = want
      expect(Object.entries(JSON.parse(json.stdout))).toEqual(
        Object.entries({ arn, account_id: example.account, identity_type, raw_username, policy_username }),
      )
      const text = await at.run('whoami')
      expect(text.stdout).toMatch(/^AWS Identity\n============\nARN: {13}arn:/)
      expect(text.stdout).toContain(`Policy Username: ${policy_username}\n`)
      expect(text.stdout).toMatch(remark)
    })
  }
})

it('needs no role: the base credentials of the profile are asked', async () => {
  const at = await desk()
  const { stdout } = await at.run('whoami', '--profile', 'dev')
  expect(stdout).toContain('Policy Username: alice\n')
  expect(at.calls()).toEqual(['GetCallerIdentity'])
})

it('takes the profile from the environment, the flag before it', async () => {
  const at = await desk()
  at.env.AWS_PROFILE = 'carol'
  expect((await at.run('whoami')).stdout).toContain('Policy Username: carol\n')
  expect((await at.run('whoami', '--profile', 'dev')).stdout).toContain('Policy Username: alice\n')
})

describe('fails with a code', () => {
  for (const [name, arrange, argv, code] of [
    ['an unknown profile', () => {}, ['--profile', 'deb'], 'CONFIG_PROFILE_NOT_FOUND'],
    ['no keys anywhere', () => {}, ['--region', 'us-east-1'], 'CONFIG_MISSING_CREDENTIALS'],
    [
      'no region',
      (at: Desk) => {
        onlyEnvironment(at, keys)
        delete at.env.AWS_REGION
      },
      [],
      'CONFIG_REGION_MISSING',
    ],
    [
      'an endpoint that may lie',
      (at: Desk) => {
        delete at.env.SENTINEL_INSECURE_ENDPOINT
      },
      ['--profile', 'alice'],
      'ENDPOINT_INSECURE',
    ],
    [
      'STS out of order',
      (at: Desk) => at.aws.fail({ action: 'GetCallerIdentity' }, { kind: 'empty' }),
      ['--profile', 'alice'],
      'STS_ERROR',
    ],
  ] as const) {
    it(name, async () => {
      const at = await desk()
      arrange(at)
      const { status, stdout, stderr } = await at.run('whoami', ...argv)
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toContain(`[${code}]\n`)
      const json = await at.run('whoami', ...argv, '--json')
      expect(JSON.parse(json.stdout)).toMatchObject({ error: { code } })
    })
  }
})
