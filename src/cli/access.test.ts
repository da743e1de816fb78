import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { example } from '../../dev/aws/index.ts'
import { type Desk, desk, openPolicy, policy } from './desk.fake.ts'

const devPolicy = policy(
  '{name: owners, effect: allow, conditions: {profiles: [dev], users: [alice]}, reason: Everyday work}',
  '{name: no-carol, effect: deny, conditions: {users: [carol]}, reason: Left the team}',
)

/** A desk whose policy lets alice use dev. */
async function deskWithPolicy(text = devPolicy): Promise<Desk> {
  const at = await desk()
  at.putPolicy('/sentinel/policies/dev', text)
  return at
}

const idIn = (text: string) => /\(request ([0-9a-f]{16})\)/.exec(text)?.[1]

describe('what is issued', () => {
  it('is printed as AWS documents it, and recorded in two lines before', async () => {
    const at = await deskWithPolicy()
    const { status, stdout, stderr } = await at.run('credentials', '--profile', 'dev')
    expect([status, stderr]).toEqual([0, ''])
    const printed = JSON.parse(stdout)
    expect(Object.keys(printed)).toEqual([
      'Version',
      'AccessKeyId',
      'SecretAccessKey',
      'SessionToken',
      'Expiration',
      'AccountId',
    ])
    expect(printed).toMatchObject({
      Version: 1,
      Expiration: '2026-02-03T11:00:00Z',
      AccountId: '111122223333',
    })
    const [decision, outcome, ...more] = at.log()
    expect(more).toEqual([])
    const id = decision?.request_id
    const both = {
      schema_version: 1,
      timestamp: '2026-02-03T10:00:00Z',
      request_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      user: 'alice',
      profile: 'dev',
      effect: 'allow',
      rule: 'owners',
      rule_index: 0,
      reason: 'Everyday work',
      policy_path: '/sentinel/policies/dev',
      policy_version: 1,
      policy_sha256: createHash('sha256').update(devPolicy).digest('hex'),
      role_arn: example.roles.dev,
      session_duration_seconds: 3600,
      mode: 'credential_process',
      caller_arn: example.alice.arn,
      account_id: example.account,
      region: example.region,
      endpoint: `${at.aws.url}/`,
      insecure: true,
      host: 'laptop',
      sentinel_version: 'dev',
    }
    const chain = { seq: expect.any(Number), prev: expect.any(String), mac: expect.any(String) }
    expect(decision).toEqual({ event: 'decision', ...both, ...chain })
    expect(outcome).toEqual({
      event: 'outcome',
      ...both,
      ...chain,
      outcome: 'issued',
      served: 'fresh',
      issued_by: id,
      source_identity: `sentinel,alice,${id}`,
      access_key_id: printed.AccessKeyId,
      expires_at: printed.Expiration,
    })
    expect(JSON.stringify(at.log())).not.toContain(printed.SecretAccessKey)
    expect(JSON.stringify(at.log())).not.toContain(printed.SessionToken)
  })

  it('is got anew where other keys wrote what lies in the cache, and that is said once', async () => {
    const at = await deskWithPolicy()
    const line = ['credentials', '--profile', 'dev']
    await at.run(...line)
    const [name = ''] = readdirSync(join(at.home, '.cache/sentinel/sessions'))
    const path = at.write(
      `.cache/sentinel/sessions/${name}`,
      'sentinel-encrypted 1 0123456789abcdef\nwhatever',
    )
    const said = `\`${path}\` is of other keys or another version, or damaged: it counts as absent`
    expect(await at.run(...line)).toMatchObject({ status: 0, stderr: `sentinel: warning: ${said}\n` })
    expect(at.log().at(-1)).toMatchObject({ outcome: 'issued', served: 'fresh' })
    expect(await at.run(...line)).toMatchObject({ status: 0, stderr: '' })
    expect(at.calls().filter((call) => call === 'AssumeRole')).toHaveLength(2)
  })

  it('comes from the cache the second time: a decision of its own, the stamp of the first', async () => {
    const at = await deskWithPolicy()
    const first = await at.run('credentials', '--profile', 'dev')
    at.clock.advance(60_000)
    const second = await at.run('credentials', '--profile', 'dev')
    expect(second.stdout).toBe(first.stdout)
    expect(at.calls().filter((call) => call === 'AssumeRole')).toHaveLength(1)
    const [, issued, decision, served] = at.log()
    expect(served).toMatchObject({
      request_id: decision?.request_id,
      served: 'cache',
      issued_by: issued?.request_id,
      source_identity: issued?.source_identity,
    })
    expect(decision?.request_id).not.toBe(issued?.request_id)
  })

  it('lasts as long as was asked for, and the record says so', async () => {
    const at = await deskWithPolicy()
    const { stdout } = await at.run('credentials', '--profile', 'dev', '-d', '15m')
    expect(JSON.parse(stdout).Expiration).toBe('2026-02-03T10:15:00Z')
    expect(at.log().map((line) => line.session_duration_seconds)).toEqual([900, 900])
  })

  it('without a role is refused, unless that is accepted, and then the record says so', async () => {
    const at = await desk()
    at.putPolicy('/sentinel/policies/alice', openPolicy)
    const refused = await at.run('credentials', '--profile', 'alice')
    expect([refused.status, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toMatch(
      /^sentinel: error: `alice` is allowed by rule .* cannot be stamped .*--allow-unstamped \(request \w{16}\) \[UNSTAMPED\]\n$/,
    )
    expect(at.calls()).not.toContain('GetSessionToken')
    const accepted = await at.run('credentials', '--profile', 'alice', '--allow-unstamped')
    expect(accepted.status).toBe(0)
    const [refusal, decision, outcome] = at.log()
    expect(refusal).toMatchObject({ effect: 'allow', outcome: 'denied', error_code: 'UNSTAMPED' })
    expect(decision).toMatchObject({ unstamped: true })
    expect(outcome).toMatchObject({ unstamped: true, outcome: 'issued' })
    expect(outcome).not.toHaveProperty('source_identity')
    expect(outcome).not.toHaveProperty('role_arn')
  })

  it('has no duration in the record where nobody was asked for one', async () => {
    const at = await desk()
    at.putPolicy('/sentinel/policies/alice', openPolicy)
    await at.run('credentials', '--profile', 'alice', '--allow-unstamped', '--no-session')
    const outcome = at.log().at(-1)
    expect(outcome).toMatchObject({ outcome: 'issued', access_key_id: example.alice.keys.accessKeyId })
    expect(outcome).not.toHaveProperty('expires_at')
    expect(outcome).not.toHaveProperty('session_duration_seconds')
  })
})

describe('a refusal', () => {
  for (const [name, rule, message] of [
    [
      'names the rule and its reason',
      '{name: freeze, effect: deny, conditions: {}, reason: Weekend freeze}',
      /`dev` refused by rule `freeze` \(Weekend freeze\); ask whoever keeps the policy/,
    ],
    [
      'says when no rule allows it',
      '{name: other, effect: allow, conditions: {profiles: [prod]}}',
      /`dev` no rule allows it; ask whoever keeps the policy/,
    ],
    [
      'points at approval',
      '{name: ask, effect: require_approval, conditions: {}}',
      /by rule `ask`; ask for approval with `sentinel request --profile dev`/,
    ],
    [
      'points at server mode',
      '{name: served, effect: require_server, conditions: {}}',
      /by rule `served`; use server mode: `sentinel exec --server --profile dev -- …`/,
    ],
    [
      'points at server mode with a tracked session',
      '{name: tracked, effect: require_server_session, conditions: {}}',
      /use server mode: `sentinel exec --server --session-table TABLE --profile dev/,
    ],
    [
      'says when to come back',
      '{name: evening, effect: allow, conditions: {time: {hours: {start: "18:00", end: "20:00"}}}}',
      /wait until .*18:00.*, when rule `evening` allows it/,
    ],
    [
      'shows no terminal escapes of a policy',
      '{name: "red\\e[31m", effect: deny, conditions: {}, reason: "a\\nb"}',
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the point
      /^[^\u001b]*by rule `red[^\u001b]*$/,
    ],
  ] as const) {
    it(`${name}, in one line, with nothing on stdout`, async () => {
      const at = await deskWithPolicy(policy(rule))
      const { status, stdout, stderr } = await at.run('credentials', '--profile', 'dev')
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^sentinel: error: [^\n]* \(request [0-9a-f]{16}\) \[POLICY_DENIED\]\n$/)
      expect(stderr.trimEnd()).toMatch(message)
      expect(at.calls()).not.toContain('AssumeRole')
      const [line, ...more] = at.log()
      expect(more).toEqual([])
      expect(line).toMatchObject({
        event: 'decision',
        request_id: idIn(stderr),
        user: 'alice',
        outcome: 'denied',
        error_code: 'POLICY_DENIED',
      })
    })
  }

  it('of a profile that is refused is decided before the profile is asked what it can give', async () => {
    const at = await desk()
    at.putPolicy('/sentinel/policies/alice', policy('{name: freeze, effect: deny, conditions: {}}'))
    expect((await at.run('credentials', '--profile', 'alice')).stderr).toContain('`freeze`')
  })
})

describe('what could not be looked up refuses, with one line that says what', () => {
  for (const [name, arrange, argv, code, user] of [
    ['a missing policy', () => {}, [], 'SSM_PARAMETER_NOT_FOUND', 'alice'],
    [
      'a policy with an error',
      (at: Desk) =>
        at.putPolicy('/sentinel/policies/dev', policy('{name: a, effect: Allow, conditions: {}}')),
      [],
      'POLICY_INVALID',
      'alice',
    ],
    ['an unreadable policy file', () => {}, ['--policy-file', 'no.yaml'], 'FILE_UNREADABLE', 'alice'],
    ['an unknown profile', () => {}, ['--profile', 'deb'], 'CONFIG_PROFILE_NOT_FOUND', ''],
    [
      'a profile named like a member of every object',
      () => {},
      ['--profile', '__proto__'],
      'CONFIG_PROFILE_NOT_FOUND',
      '',
    ],
    [
      'STS that denies',
      (at: Desk) => at.aws.fail({ action: 'GetCallerIdentity' }, { kind: 'deny' }),
      [],
      'STS_ACCESS_DENIED',
      '',
    ],
    [
      'SSM that denies',
      (at: Desk) => at.aws.fail({ action: 'GetParameter' }, { kind: 'deny' }),
      [],
      'SSM_ACCESS_DENIED',
      'alice',
    ],
    [
      'half an answer of SSM',
      (at: Desk) => {
        at.putPolicy('/sentinel/policies/dev', openPolicy)
        at.aws.fail({ action: 'GetParameter' }, { kind: 'empty' })
      },
      [],
      'SSM_ERROR',
      'alice',
    ],
    [
      'a duration that AWS would refuse',
      (at: Desk) => at.putPolicy('/sentinel/policies/dev', openPolicy),
      ['--duration', '13h'],
      'DURATION_INVALID',
      '',
    ],
    [
      'an endpoint that is not AWS',
      (at: Desk) => {
        delete at.env.SENTINEL_INSECURE_ENDPOINT
      },
      [],
      'ENDPOINT_INSECURE',
      '',
    ],
  ] as const) {
    it(name, async () => {
      const at = await desk()
      arrange(at)
      const base = argv[0] === '--profile' ? [] : ['--profile', 'dev']
      const { status, stdout, stderr } = await at.run('credentials', ...base, ...argv)
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toContain(`[${code}]`)
      expect(at.calls()).not.toContain('AssumeRole')
      expect(at.log()).toHaveLength(1)
      expect(at.log()[0]).toMatchObject({
        event: 'decision',
        effect: 'deny',
        rule: '',
        rule_index: -1,
        outcome: 'error',
        error_code: code,
        request_id: idIn(stderr),
        user,
      })
    })
  }

  it('a role that AWS does not give: two lines, the second with the error', async () => {
    const at = await deskWithPolicy()
    at.aws.fail({ action: 'AssumeRole' }, { kind: 'deny' })
    const { status, stdout, stderr } = await at.run('credentials', '--profile', 'dev')
    expect([status, stdout]).toEqual([1, ''])
    const [decision, outcome, ...more] = at.log()
    expect(more).toEqual([])
    expect(decision).toMatchObject({ event: 'decision', effect: 'allow', request_id: idIn(stderr) })
    expect(outcome).toMatchObject({
      event: 'outcome',
      outcome: 'error',
      error_code: 'STS_ACCESS_DENIED',
      source_identity: `sentinel,alice,${idIn(stderr)}`,
    })
    expect(outcome).not.toHaveProperty('access_key_id')
  })
})

describe('no record, no credentials', () => {
  it('a log that cannot be written at the decision: nothing is asked of AWS and nothing printed', async () => {
    const at = await deskWithPolicy()
    mkdirSync(`${at.home}/folder`)
    const { status, stdout, stderr } = await at.run('credentials', '--profile', 'dev', '--log-file', 'folder')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('[LOG_UNWRITABLE]')
    expect(stderr).not.toContain('(request ')
    expect(at.calls()).not.toContain('AssumeRole')
  })

  it('a log that breaks between decision and outcome: AWS was asked, and still nothing is printed', async () => {
    const at = await deskWithPolicy()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    at.aws.fail({ action: 'AssumeRole' }, { kind: 'wait', until: held })
    const log = at.write('log/decisions.jsonl', '')
    const running = at.run('credentials', '--profile', 'dev', '--log-file', log)
    await until(() => at.calls().includes('AssumeRole'))
    breakLog(log)
    release()
    const { status, stdout, stderr } = await running
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('[LOG_UNWRITABLE]')
  })

  it('--log-stderr repeats each line there, and stdout stays pure', async () => {
    const at = await deskWithPolicy()
    const { stdout, stderr } = await at.run('credentials', '--profile', 'dev', '--log-stderr')
    expect(JSON.parse(stdout).Version).toBe(1)
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string })
    expect(lines.filter(({ event }) => event !== 'log')).toEqual(at.log())
  })

  it('--log and --log-file are one flag', async () => {
    const at = await deskWithPolicy()
    await at.run('credentials', '--profile', 'dev', '--log', 'a.jsonl')
    await at.run('credentials', '--profile', 'dev', '--log-file', 'a.jsonl')
    expect(at.read('a.jsonl').match(/"event":"outcome"/g)).toHaveLength(2)
    expect(at.log()).toEqual([])
  })
})

describe('where the policy comes from', () => {
  for (const [name, argv, env, path] of [
    ['the parameter of the profile', [], {}, '/sentinel/policies/dev'],
    [
      'a parameter by name',
      ['--policy-parameter', '/sentinel/policies/other'],
      {},
      '/sentinel/policies/other',
    ],
    ['another root', ['--policy-root', '/team/'], {}, '/team/dev'],
    ['the environment', [], { SENTINEL_POLICY_ROOT: '/team' }, '/team/dev'],
    [
      'a flag before the environment',
      ['--policy-parameter', '/team/dev'],
      { SENTINEL_POLICY_PARAMETER: '/no' },
      '/team/dev',
    ],
  ] as const) {
    it(name, async () => {
      const at = await deskWithPolicy()
      for (const parameter of ['/sentinel/policies/other', '/team/dev']) at.putPolicy(parameter, openPolicy)
      Object.assign(at.env, env)
      expect((await at.run('credentials', '--profile', 'dev', ...argv)).status).toBe(0)
      expect(at.log().map((line) => line.policy_path)).toEqual([path, path])
    })
  }

  it('a file, by its whole path and without a version', async () => {
    const at = await desk()
    at.write('policies/dev.yaml', openPolicy)
    await at.run('credentials', '--profile', 'dev', '--policy-file', 'policies/dev.yaml')
    const [decision] = at.log()
    expect(decision).toMatchObject({ policy_path: `${at.home}/policies/dev.yaml`, rule: 'open' })
    expect(decision).not.toHaveProperty('policy_version')
    expect(at.calls()).not.toContain('GetParameter')
  })

  for (const [name, argv, env] of [
    ['both as flags', ['--policy-parameter', '/p', '--policy-file', 'f'], {}],
    ['one as a flag, one in the environment', ['--policy-file', 'f'], { SENTINEL_POLICY_PARAMETER: '/p' }],
  ] as const) {
    it(`${name} is a mistake on the command line: nobody is asked`, async () => {
      const at = await desk()
      Object.assign(at.env, env)
      const { status, stderr } = await at.run('credentials', '--profile', 'dev', ...argv)
      expect([status, at.calls()]).toEqual([1, []])
      expect(stderr).toContain('[USAGE]')
    })
  }

  it('a changed parameter is noticed after 30 seconds, a changed file at once', async () => {
    const at = await deskWithPolicy(openPolicy)
    const ask = () => at.run('credentials', '--profile', 'dev')
    expect((await ask()).status).toBe(0)
    at.putPolicy('/sentinel/policies/dev', policy('{name: shut, effect: deny, conditions: {}}'))
    at.clock.advance(30_000)
    expect((await ask()).status).toBe(0)
    at.clock.advance(1)
    expect((await ask()).status).toBe(1)
    const fromFile = () => at.run('credentials', '--profile', 'dev', '--policy-file', 'p.yaml')
    at.write('p.yaml', openPolicy)
    expect((await fromFile()).status).toBe(0)
    at.write('p.yaml', policy('{name: shut, effect: deny, conditions: {}}'))
    expect((await fromFile()).status).toBe(1)
  })
})

describe('--aws-profile', () => {
  it("reads the policy with another profile's role, stamped, and leaves the identity alone", async () => {
    const at = await desk()
    at.putPolicy('/sentinel/policies/dev', devPolicy)
    at.write(
      '.aws/config',
      at.read('.aws/config').replace(/(\[profile reader\][^[]*source_profile = )alice/, '$1carol'),
    )
    const { status } = await at.run('credentials', '--profile', 'dev', '--aws-profile', 'reader')
    expect(status).toBe(0)
    const id = at.log()[0]?.request_id
    const step = { event: 'administration', request_id: id, user: 'alice', action: 'sts:AssumeRole' }
    expect(at.log()).toMatchObject([
      { ...step, resource: example.roles.sandbox, outcome: 'started' },
      { ...step, resource: example.roles.sandbox, outcome: 'done' },
      { event: 'decision', request_id: id },
      { event: 'outcome', user: 'alice', source_identity: `sentinel,alice,${id}` },
    ])
    const stamps = at.aws.world.trail
      .map(({ event }) => JSON.stringify(event.requestParameters))
      .filter((text) => text.includes('sourceIdentity'))
    expect(stamps[0]).toContain(`"sourceIdentity":"sentinel,carol,${id}"`)
    expect(stamps[0]).toContain('SandboxRole')
    expect(stamps[1]).toContain(`"sourceIdentity":"sentinel,alice,${id}"`)
    const keys = at.aws.calls
      .filter(({ action }) => action === 'GetParameter')
      .map((call) => call.accessKeyId)
    expect(keys).toEqual([expect.stringMatching(/^ASIA/)])
  })

  it('assumes its role for one person at a time: nobody is served a session that was stamped for another', async () => {
    const at = await desk()
    for (const name of ['dev', 'carol']) at.putPolicy(`/sentinel/policies/${name}`, openPolicy)
    const sessions = () =>
      at.aws.world.trail.filter(({ event }) =>
        JSON.stringify(event.requestParameters).includes('SandboxRole'),
      )
    const ask = async (profile: string) => {
      await at.run('credentials', '--profile', profile, '--aws-profile', 'reader')
      at.clock.advance(31_000)
      return sessions().length
    }
    expect([await ask('dev'), await ask('carol'), await ask('dev'), await ask('carol')]).toEqual([1, 2, 2, 2])
  })

  it('whose role cannot be assumed denies, and the attempt is in the record', async () => {
    const at = await desk()
    at.putPolicy('/sentinel/policies/dev', openPolicy)
    at.aws.fail({ action: 'AssumeRole' }, { kind: 'deny' })
    const { status } = await at.run('credentials', '--profile', 'dev', '--aws-profile', 'reader')
    expect(status).toBe(1)
    expect(at.log()).toMatchObject([
      { event: 'administration', outcome: 'started' },
      { event: 'administration', outcome: 'error', error_code: 'STS_ACCESS_DENIED' },
      { event: 'decision', effect: 'deny', error_code: 'STS_ACCESS_DENIED' },
    ])
  })

  it('gets no MFA code of `--mfa-token`, which is for the profile and good for one use', async () => {
    const at = await desk()
    at.putPolicy('/sentinel/policies/dev', openPolicy)
    const serial = 'arn:aws:iam::111122223333:mfa/alice'
    const config = at.read('.aws/config')
    at.write(
      '.aws/config',
      config.replace('[profile reader]\n', `[profile reader]\nmfa_serial = ${serial}\n`),
    )
    const line = ['credentials', '--profile', 'dev', '--aws-profile', 'reader', '--mfa-token', '123456']
    expect((await at.run(...line)).stderr).toMatch(/needs a code of the MFA device .*\[MFA_REQUIRED\]/)
    expect(at.calls()).not.toContain('GetSessionToken')
  })

  it('does not make carol of alice', async () => {
    const at = await deskWithPolicy()
    const { stderr } = await at.run('credentials', '--profile', 'dev', '--aws-profile', 'carol')
    expect(stderr).toBe('')
    expect(at.log()[0]).toMatchObject({ user: 'alice', rule: 'owners' })
  })

  it('of the same name is the profile itself: SSM is asked with its base credentials', async () => {
    const at = await deskWithPolicy()
    await at.run('credentials', '--profile', 'dev', '--aws-profile', 'dev')
    const [call] = at.aws.calls.filter(({ action }) => action === 'GetParameter')
    expect(call?.accessKeyId).toBe(example.alice.keys.accessKeyId)
  })
})

/** Waits until the event loop has brought it about. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

/** A folder now stands where the log was. */
function breakLog(path: string): void {
  rmSync(path)
  mkdirSync(path)
}
