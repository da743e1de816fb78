import { describe, expect, it } from 'vitest'
import { example } from '../../../dev/aws/index.ts'
import { type Desk, desk, policy } from '../desk.fake.ts'

const good = policy('{name: dev, effect: allow, conditions: {profiles: [dev]}}')
const open = policy('{name: all, effect: allow, conditions: {}}')
const bad = policy('{name: a, effect: Allow, conditions: {}}', '{name: b, effect: deny, condition: {}}')
const check = (at: Desk, ...argv: string[]) => at.run('config', 'validate', ...argv)

async function deskWithFiles(): Promise<Desk> {
  const at = await desk()
  for (const [name, text] of [
    ['good', good],
    ['open', open],
    ['bad', bad],
  ] as const)
    at.write(`${name}.yaml`, text)
  return at
}

it('a good policy is valid', async () => {
  const at = await deskWithFiles()
  const { status, stdout, stderr } = await check(at, 'good.yaml')
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toBe('# good.yaml (policy)\n\n1 of 1 valid, 0 errors, 0 warnings\n')
})

it('warnings are shown and are no errors', async () => {
  const at = await deskWithFiles()
  const { status, stdout } = await check(at, 'open.yaml')
  expect(status).toBe(0)
  expect(stdout).toMatch(
    /^# open.yaml \(policy\)\n.*warning: rule `all` matches every user and every profile/,
  )
  expect(stdout).toMatch(/\n\n1 of 1 valid, 0 errors, 1 warning\n$/)
})

it('many files, every error in each, by line and column with a caret', async () => {
  const at = await deskWithFiles()
  const { status, stdout } = await check(at, 'bad.yaml', '--path', 'good.yaml', '-p', 'open.yaml')
  expect(status).toBe(1)
  expect(stdout).toMatch(/^X bad.yaml \(policy\)\nbad.yaml:3:\d+: error: /)
  expect(stdout).toMatch(/^bad.yaml:4:\d+: error: .*condition/m)
  expect(stdout).toMatch(/^ *\|? *\^+/m)
  expect(stdout).toContain('\n# good.yaml (policy)\n')
  expect(stdout).toMatch(/\n2 of 3 valid, \d errors, 1 warning\n$/)
})

for (const flags of [['--json'], ['--output', 'json']]) {
  it(`${flags.join(' ')}: one document for programs`, async () => {
    const at = await deskWithFiles()
    const { status, stdout } = await check(at, 'bad.yaml', 'good.yaml', ...flags)
    const { results, summary } = JSON.parse(stdout)
    expect([status, summary]).toEqual([
      1,
      { total: 2, valid: 1, invalid: 1, errors: results[0].issues.length, warnings: 0 },
    ])
    expect(results[1]).toEqual({ config_type: 'policy', source: 'good.yaml', valid: true, issues: [] })
    expect(results[0]).toMatchObject({ config_type: 'policy', source: 'bad.yaml', valid: false })
    expect(results[0].issues).toContainEqual({
      severity: 'error',
      location: 'rules[0].effect',
      message: expect.stringContaining('Allow'),
      suggestion: expect.any(String),
      line: 3,
      column: expect.any(Number),
    })
  })
}

describe('documents of every kind', () => {
  const documents = [
    ['approval', '{name: a, profiles: [dev], approvers: [carol]}', 'approvers: [carol]', 'approvers: []'],
    [
      'breakglass',
      '{name: a, profiles: [dev], users: [alice], allowed_reason_codes: [incident]}',
      'incident',
      'Incident',
    ],
    ['ratelimit', '{name: a, profiles: [dev], cooldown: 30m}', '30m', '30'],
  ] as const

  for (const [kind, rule, right, wrong] of documents) {
    it(`${kind}: by its keys, by --type, as a parameter and with --json`, async () => {
      const at = await desk()
      at.write('one.yaml', policy(rule))
      at.write('bad.yaml', policy(rule.replace(right, wrong)))
      at.putPolicy(`/sentinel/${kind}/dev`, policy(rule))
      const valid = `(${kind})\n\n1 of 1 valid, 0 errors, 0 warnings\n`
      expect(await check(at, 'one.yaml')).toMatchObject({ status: 0, stdout: `# one.yaml ${valid}` })
      expect(await check(at, 'one.yaml', '--type', kind)).toMatchObject({ status: 0 })
      expect(await check(at, '--ssm', `/sentinel/${kind}/dev`, '--aws-profile', 'dev')).toMatchObject({
        status: 0,
        stdout: `# /sentinel/${kind}/dev ${valid}`,
      })
      const { status, stdout } = await check(at, 'bad.yaml', '--json')
      expect(status).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({
        results: [{ config_type: kind, valid: false, issues: [{ severity: 'error', line: 3 }] }],
        summary: { total: 1, invalid: 1, errors: 1 },
      })
    })
  }

  it('each for itself, in one call', async () => {
    const at = await deskWithFiles()
    for (const [kind, rule] of documents) at.write(`${kind}.yaml`, policy(rule))
    const { status, stdout } = await check(at, 'good.yaml', ...documents.map(([kind]) => `${kind}.yaml`))
    expect(status).toBe(0)
    expect([...stdout.matchAll(/\((\w+)\)/g)].map(([, kind]) => kind)).toEqual([
      'policy',
      'approval',
      'breakglass',
      'ratelimit',
    ])
    expect(stdout).toMatch(/\n4 of 4 valid, 0 errors, 0 warnings\n$/)
  })

  it('one of another kind than --type says is an error', async () => {
    const at = await deskWithFiles()
    const { status, stdout } = await check(at, 'good.yaml', '--type', 'approval')
    expect(status).toBe(1)
    expect(stdout).toMatch(/^X good.yaml \(approval\)\n.*`approvers` is missing/)
  })
})

describe('what cannot be read is reported beside what can', () => {
  for (const [name, argv, code] of [
    ['a missing file', ['no.yaml'], 'FILE_UNREADABLE'],
    ['a folder', ['.'], 'FILE_UNREADABLE'],
    ['a missing parameter', ['--ssm', '/no', '--aws-profile', 'alice'], 'SSM_PARAMETER_NOT_FOUND'],
    ['an unknown profile', ['--ssm', '/p', '--aws-profile', 'deb'], 'CONFIG_PROFILE_NOT_FOUND'],
  ] as const) {
    it(name, async () => {
      const at = await deskWithFiles()
      const { status, stdout } = await check(at, 'good.yaml', ...argv)
      expect(status).toBe(1)
      expect(stdout).toContain('# good.yaml (policy)\n')
      expect(stdout).toMatch(new RegExp(`^X .* \\(policy\\)\\n {2}.* \\[${code}\\]$`, 'm'))
      expect(stdout).toMatch(/\n1 of 2 valid, 1 error, 0 warnings\n$/)
      const json = JSON.parse((await check(at, 'good.yaml', ...argv, '--json')).stdout)
      expect(json.results[1].issues).toEqual([
        expect.objectContaining({ severity: 'error', location: '', code }),
      ])
      expect(json.summary).toMatchObject({ total: 2, invalid: 1, errors: 1 })
    })
  }
})

it('parameters are read with the credentials of --aws-profile, or of AWS_PROFILE', async () => {
  const at = await deskWithFiles()
  at.putPolicy('/sentinel/policies/dev', good)
  at.putPolicy('/sentinel/policies/bad', bad)
  const names = ['--ssm', '/sentinel/policies/dev', '--ssm', '/sentinel/policies/bad']
  const { status, stdout } = await check(at, ...names, '--aws-profile', 'carol')
  expect(status).toBe(1)
  expect(stdout).toMatch(
    /^# \/sentinel\/policies\/dev \(policy\)\n\nX \/sentinel\/policies\/bad \(policy\)\n/,
  )
  at.env.AWS_PROFILE = 'alice'
  expect((await check(at, '--ssm', '/sentinel/policies/dev')).status).toBe(0)
  expect(new Set(at.calls())).toEqual(new Set(['GetParameter']))
  expect(at.log()).toEqual([])
})

it('a role of --aws-profile is assumed once for all parameters, stamped, and in the log before and after', async () => {
  const at = await deskWithFiles()
  at.putPolicy('/sentinel/policies/dev', good)
  const name = '/sentinel/policies/dev'
  const line = ['--ssm', name, '--ssm', name, '--aws-profile', 'reader']
  expect((await check(at, ...line)).status).toBe(0)
  expect(at.calls().filter((action) => action === 'AssumeRole')).toHaveLength(1)
  const [before, after, ...more] = at.log()
  expect(more).toEqual([])
  expect(before).toMatchObject({
    event: 'administration',
    action: 'sts:AssumeRole',
    resource: example.roles.sandbox,
    outcome: 'started',
    user: 'alice',
  })
  expect(after).toMatchObject({ request_id: before?.request_id, outcome: 'done' })
  expect(JSON.stringify(at.aws.world.trail)).toContain(`"sentinel,alice,${before?.request_id}"`)
  const keys = at.aws.calls.filter(({ action }) => action === 'GetParameter').map((call) => call.accessKeyId)
  expect(keys).toEqual([expect.stringMatching(/^ASIA/), expect.stringMatching(/^ASIA/)])
})

it('a role that may not be assumed is why a parameter cannot be read', async () => {
  const at = await deskWithFiles()
  at.putPolicy('/sentinel/policies/dev', good)
  at.aws.fail({ service: 'sts', action: 'AssumeRole' }, { kind: 'deny' })
  const { status, stdout } = await check(at, '--ssm', '/sentinel/policies/dev', '--aws-profile', 'reader')
  expect([status, stdout]).toEqual([1, expect.stringContaining('[STS_ACCESS_DENIED]')])
  expect(at.calls()).not.toContain('GetParameter')
})

describe('a mistake on the command line', () => {
  for (const [name, argv, message] of [
    ['nothing to check', [], 'there is nothing to check'],
    [
      'a kind that nothing reads',
      ['good.yaml', '--type', 'bootstrap'],
      'documents of type `bootstrap` cannot be checked: no command reads them',
    ],
    ['a kind that there is not', ['good.yaml', '--type', 'poem'], '`--type` must be one of policy, approval'],
  ] as const) {
    it(name, async () => {
      const at = await deskWithFiles()
      const { status, stdout, stderr } = await check(at, ...argv)
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toContain(message)
      expect(stderr).toContain('[USAGE]')
    })
  }
})
