import { describe, expect, it } from 'vitest'
import { example } from '../../../dev/aws/index.ts'
import { type Desk, desk } from '../desk.fake.ts'

const dev = '/sentinel/policies/dev'
const prod = '/sentinel/policies/prod'
// This desk's clock is not the machine's: the SDK takes a failure for one of clock skew, and tries as often as it may.
const attempts = 3
const init = (at: Desk, ...argv: string[]) => at.run('init', 'bootstrap', ...argv)
const parameterOf = (at: Desk, name: string) =>
  at.aws.world.parameters.get(`${example.account}/${example.region}/${name}`)?.at(-1)

describe('--plan', () => {
  it('shows what would be done, and does nothing', async () => {
    const at = await desk()
    const { status, stdout, stderr } = await init(at, '--aws-profile', 'dev', '--profile', 'dev', '--plan')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`Bootstrap Plan
==============
Policy Root: /sentinel/policies
Region: us-east-1

Resources:
  + /sentinel/policies/dev              (SSM Parameter - create)

Summary: 1 to create, 0 to update, 0 existing
`)
    expect([new Set(at.calls()), at.log()]).toEqual([new Set(['GetParameter']), []])
  })

  it('shows what exists, with its version', async () => {
    const at = await desk()
    at.putPolicy(dev, 'x')
    at.putPolicy(dev, 'y')
    const { stdout } = await init(at, '--profile', 'dev', '--profile', 'prod', '--profile', 'dev', '--plan')
    expect(stdout).toContain(`  = ${dev}              (SSM Parameter - exists, v2)\n  + ${prod} `)
    expect(stdout).toContain('Summary: 1 to create, 0 to update, 1 existing\n')
  })

  it('is JSON for programs', async () => {
    const at = await desk()
    at.putPolicy(dev, 'x')
    const { stdout } = await init(at, '--profile', 'dev', '--profile', 'prod', '--plan', '--json')
    expect(JSON.parse(stdout)).toEqual({
      config: {
        policy_root: '/sentinel/policies',
        profiles: [{ name: 'dev' }, { name: 'prod' }],
        region: 'us-east-1',
      },
      resources: [
        { type: 'ssm_parameter', name: dev, state: 'exists', current_version: 1 },
        { type: 'ssm_parameter', name: prod, state: 'create' },
      ],
      summary: { to_create: 1, to_update: 0, to_skip: 1, total: 2 },
    })
  })

  it('shows the IAM documents when they are asked for', async () => {
    const at = await desk()
    const text = await init(at, '--profile', 'dev', '--plan', '--generate-iam-policies')
    expect(text.stdout).toMatch(/^SentinelPolicyReader:\n\{[\s\S]*^SentinelPolicyAdmin:\n\{/m)
    expect(text.stdout).toContain('1 to create')
    const json = await init(at, '--profile', 'dev', '--plan', '--json', '--generate-iam-policies')
    expect(Object.keys(JSON.parse(json.stdout).iam_policies)).toEqual([
      'SentinelPolicyReader',
      'SentinelPolicyAdmin',
    ])
  })
})

describe('the first run', () => {
  it('asks, puts a policy that works at once, and records it before and after', async () => {
    const at = await desk()
    at.type('y')
    const { status, stdout, terminal } = await init(at, '--aws-profile', 'dev', '--profile', 'dev')
    expect([status, terminal]).toEqual([0, `Create ${dev}? [y/N] `])
    expect(stdout).toMatch(
      /\nApply complete: 1 created, 0 existing, 0 failed\n {2}\+ \/sentinel\/policies\/dev\n$/,
    )
    const text = parameterOf(at, dev)?.value ?? ''
    expect(parameterOf(at, dev)).toMatchObject({ type: 'String', version: 1 })
    const [started, done, ...more] = at.log()
    expect(more).toEqual([])
    expect(started).toMatchObject({
      event: 'administration',
      action: 'ssm:PutParameter',
      resource: dev,
      outcome: 'started',
      user: 'alice',
      caller_arn: example.alice.arn,
      account_id: example.account,
      insecure: true,
    })
    expect(done).toMatchObject({ request_id: started?.request_id, outcome: 'done', user: 'alice' })

    const file = at.write('first.yaml', text)
    const checked = await at.run('config', 'validate', file, '--json')
    expect(JSON.parse(checked.stdout).summary).toMatchObject({ valid: 1, errors: 0 })
    expect((await at.run('credentials', '--profile', 'dev', '--policy-parameter', dev)).status).toBe(0)
  })

  it('answers in one JSON document', async () => {
    const at = await desk()
    const { stdout } = await init(at, '--profile', 'dev', '--profile', 'prod', '--yes', '--json')
    expect(JSON.parse(stdout)).toEqual({
      created: [dev, prod],
      updated: [],
      skipped: [],
      failed: [],
      summary: { to_create: 2, to_update: 0, to_skip: 0, total: 2 },
    })
  })

  for (const [name, arrange, argv, code, more] of [
    ['without a terminal', () => {}, [], 'TERMINAL_REQUIRED', '--yes'],
    ['without a terminal, for a program', () => {}, ['--json'], 'TERMINAL_REQUIRED', '--yes'],
    ['answered with no', (at: Desk) => at.type('n'), [], 'CANCELLED', 'nothing was created'],
    ['answered with nothing', (at: Desk) => at.type(''), [], 'CANCELLED', ''],
    ['at a terminal that went away', (at: Desk) => at.type(), [], 'CANCELLED', ''],
  ] as const) {
    it(`${name} puts nothing`, async () => {
      const at = await desk()
      arrange(at)
      const { status, stdout, stderr } = await init(at, '--profile', 'dev', ...argv)
      expect(status).toBe(1)
      expect(stdout + stderr).toContain(code)
      expect(stdout + stderr).toContain(more)
      expect([new Set(at.calls()), at.log()]).toEqual([new Set(['GetParameter']), []])
    })
  }
})

it('the second run asks nothing and changes nothing', async () => {
  const at = await desk()
  await init(at, '--profile', 'dev', '--yes')
  const before = parameterOf(at, dev)
  const { status, stdout } = await init(at, '--profile', 'dev')
  expect(status).toBe(0)
  expect(stdout).toMatch(
    /Summary: 0 to create, 0 to update, 1 existing\n\nNothing to do: every parameter exists.\n$/,
  )
  expect(parameterOf(at, dev)).toBe(before)
  expect(at.log()).toHaveLength(2)
})

it('one parameter that fails does not keep the others from being made', async () => {
  const at = await desk()
  at.aws.fail({ action: 'PutParameter', times: attempts }, { kind: 'deny' })
  const { status, stdout, stderr } = await init(at, '--profile', 'dev', '--profile', 'prod', '--yes')
  expect(status).toBe(1)
  expect(stderr).toMatch(
    /^sentinel: error: `\/sentinel\/policies\/dev` was not created: .* \[SSM_ACCESS_DENIED\]\nsentinel: hint: /,
  )
  expect(stdout).toContain('Apply incomplete: 1 created, 0 existing, 1 failed\n')
  expect(stdout).toMatch(/ {2}X \/sentinel\/policies\/dev: .* \[SSM_ACCESS_DENIED\]\n/)
  expect(parameterOf(at, prod)).toBeDefined()
  expect(at.log().map(({ resource, outcome, error_code }) => [resource, outcome, error_code])).toEqual([
    [dev, 'started', undefined],
    [dev, 'error', 'SSM_ACCESS_DENIED'],
    [prod, 'started', undefined],
    [prod, 'done', undefined],
  ])
  const json = await init(at, '--profile', 'dev', '--profile', 'prod', '--yes', '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({ created: [dev], skipped: [prod], failed: [] })
})

it('somebody who was faster is not overwritten', async () => {
  const at = await desk()
  at.putPolicy(dev, 'theirs')
  at.aws.fail(
    { action: 'GetParameter', times: attempts },
    { kind: 'error', status: 400, code: 'ParameterNotFound', message: '' },
  )
  const { status, stdout } = await init(at, '--profile', 'dev', '--yes')
  expect([status, parameterOf(at, dev)?.value]).toEqual([1, 'theirs'])
  expect(stdout).toContain('[SSM_PARAMETER_EXISTS]')
})

it('without a record nothing is put', async () => {
  const at = await desk()
  const { status, stderr } = await init(at, '--profile', 'dev', '--yes', '--log-file', 'no/such/folder/log')
  expect(status).toBe(1)
  expect(stderr).toContain('[LOG_UNWRITABLE]')
  expect(parameterOf(at, dev)).toBeUndefined()
})

describe('--aws-profile', () => {
  it('writes with its role, stamped; the policy and the record name the owner of --profile', async () => {
    const at = await desk()
    at.write(
      '.aws/config',
      at.read('.aws/config').replace(/(\[profile reader\][^[]*source_profile = )alice/, '$1carol'),
    )
    const { status } = await init(at, '--aws-profile', 'reader', '--profile', 'dev', '--yes')
    expect(status).toBe(0)
    expect(parameterOf(at, dev)?.modifiedBy).toContain('assumed-role/SandboxRole/sentinel,carol,')
    expect(parameterOf(at, dev)?.value).toContain('users: ["alice"]')
    expect(at.log().map(({ user }) => user)).toEqual(['alice', 'alice', 'alice', 'alice'])
    const ids = new Set(at.log().map(({ request_id }) => request_id))
    expect([...ids].some((id) => parameterOf(at, dev)?.modifiedBy.endsWith(`,${String(id)}`))).toBe(true)
  })

  it('gives each profile a policy for its own owner', async () => {
    const at = await desk()
    at.write(
      '.aws/config',
      at.read('.aws/config').replace(/(\[profile prod\][^[]*source_profile = )alice/, '$1carol'),
    )
    await init(at, '--profile', 'dev', '--profile', 'prod', '--yes')
    expect(parameterOf(at, dev)?.value).toContain('users: ["alice"]')
    expect(parameterOf(at, prod)?.value).toContain('users: ["carol"]')
  })
})

describe('refuses beforehand', () => {
  for (const [name, argv, code] of [
    ['no profile', [], 'USAGE'],
    ['an unknown profile', ['--profile', 'deb'], 'CONFIG_PROFILE_NOT_FOUND'],
    [
      'a second profile that is unknown',
      ['--profile', 'dev', '--profile', 'deb'],
      'CONFIG_PROFILE_NOT_FOUND',
    ],
    ['a root that is none', ['--profile', 'dev', '--policy-root', 'sentinel'], 'SSM_INVALID_PARAMETER'],
  ] as const) {
    it(name, async () => {
      const at = await desk()
      const { status, stdout, stderr } = await init(at, ...argv, '--yes')
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toContain(`[${code}]`)
      expect(at.log()).toEqual([])
    })
  }
})
