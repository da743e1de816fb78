import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { example } from '../../../dev/aws/index.ts'
import { type Desk, desk, errorOf, jsonOf, policy } from '../desk.fake.ts'

const approvalWanted = policy('{name: ask, effect: require_approval, conditions: {profiles: [prod]}}')
const frozen = policy('{name: freeze, effect: deny, conditions: {}, reason: Frozen}')
const breakglassPolicy = (more = '') => `
version: "1"
rules:
  - {name: oncall, profiles: [prod, dev], users: [alice, bob], allowed_reason_codes: [incident, security]${more}}
`
const why = ['--reason-code', 'incident', '--justification', 'Payments are down, INC-4711']

/** Alice's desk with a table of its own, where prod wants approval. */
async function eventDesk(rules = breakglassPolicy(), access = approvalWanted): Promise<Desk> {
  const at = await desk()
  Object.assign(at.env, { SENTINEL_BREAKGLASS_TABLE: 'local', AWS_PROFILE: 'alice' })
  for (const profile of ['prod', 'dev']) {
    at.putPolicy(`/sentinel/breakglass/${profile}`, rules)
    at.putPolicy(`/sentinel/policies/${profile}`, access)
  }
  return at
}

const open = (at: Desk, ...more: readonly string[]) =>
  at.run('breakglass', '--profile', 'prod', ...why, '--json', ...more)
async function opened(at: Desk, ...more: readonly string[]): Promise<string> {
  const { stdout, stderr } = await open(at, ...more)
  expect(stderr).toBe('')
  return JSON.parse(stdout).event_id
}
const credentials = (at: Desk, profile = 'prod') => at.run('credentials', '--profile', profile)

describe('breakglass', () => {
  it("prints the reference's keys and more, and is recorded before and after", async () => {
    const at = await eventDesk()
    const printed = await jsonOf(at, 'breakglass', '--profile', 'prod', '--duration', '30m', ...why)
    expect(printed).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      profile: 'prod',
      reason_code: 'incident',
      status: 'active',
      expires_at: '2026-02-03T10:30:00Z',
      request_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      duration: '30m',
      rule: 'oncall',
      overrides: [],
      role_arn: example.roles.prod,
      escalated: false,
      advisory: 'this machine only',
    })
    const line = {
      event: 'breakglass.invoked',
      event_id: printed.event_id,
      walk_id: printed.request_id,
      user: 'alice',
      actor: 'alice',
      invoker: 'alice',
      profile: 'prod',
      role_arn: example.roles.prod,
      reason_code: 'incident',
      justification: expect.stringMatching(/^sealed:/),
      duration_seconds: 1800,
      rule: 'oncall',
      policy_path: '/sentinel/breakglass/prod',
      table: 'local',
    }
    expect(at.log()).toMatchObject([
      { ...line, outcome: 'started' },
      { ...line, outcome: 'done', status: 'active', expires_at: '2026-02-03T10:30:00Z' },
    ])
    expect(at.log()).toHaveLength(2)
  })

  it('opens what wants approval; the credentials end with the event, and both say so', async () => {
    const at = await eventDesk()
    expect((await credentials(at)).stderr).toContain('sentinel breakglass --profile prod')
    const id = await opened(at, '--duration', '30m')
    const { status, stdout } = await credentials(at)
    expect(status).toBe(0)
    expect(Date.parse(JSON.parse(stdout).Expiration)).toBeLessThanOrEqual(Date.parse('2026-02-03T10:30:00Z'))
    expect(at.log().slice(-2)).toMatchObject([
      { event: 'decision', effect: 'require_approval', override: 'breakglass', break_glass_event_id: id },
      { event: 'outcome', outcome: 'issued', override: 'breakglass', break_glass_event_id: id },
    ])
    const told = await at.run('why', id)
    expect(told.stdout).toMatch(new RegExp(`^Break-glass event ${id}: active\n`))
    expect(told.stdout).toMatch(/^Uses:\n.*\n.*credential_process {2}issued$/m)
    const used = await at.run('why', String(at.log().at(-1)?.request_id))
    expect(used.stdout).toContain(
      `overridden     break-glass event ${id} (this machine only) overrode rule ask`,
    )
  })

  it('is for the role that the profile had, and no other, whatever the profile comes to mean', async () => {
    const at = await eventDesk()
    const id = await opened(at)
    const own = at.read('.aws/config')
    at.write('.aws/config', own.replace(example.roles.prod, example.roles.sandbox))
    expect((await credentials(at)).stderr).toContain(
      `break-glass event ${id} permits nothing: it is for ${example.roles.prod}, and profile \`prod\` gives ${example.roles.sandbox} by now`,
    )
    expect(at.calls()).not.toContain('AssumeRole')
    // Its place is taken all the same: one event for a user and a profile.
    expect(await errorOf(at, 'breakglass', '--profile', 'prod', ...why)).toMatchObject({
      code: 'STATE_CONFLICT',
      hint: `use it, or close it first: \`sentinel breakglass-close ${id} --aws-profile prod --reason …\``,
    })
    at.write('.aws/config', own)
    expect((await credentials(at)).status).toBe(0)
    await at.run('breakglass-close', id, '--reason', 'Over')
    expect(at.log().at(-1)).toMatchObject({ event: 'breakglass.closed', role_arn: example.roles.prod })
    const shown = await at.run('breakglass-check', id)
    expect(shown.stdout).toContain(`  role       ${example.roles.prod}\n`)
    expect((await jsonOf(at, 'breakglass-list')).events).toMatchObject([{ role_arn: example.roles.prod }])
    const told = await at.run('why', id)
    expect(told.stdout).toContain(`  role           ${example.roles.prod}\n`)
    expect(told.stdout).toContain('  table          local (this machine only)\n')
    expect(await jsonOf(at, 'why', id)).toMatchObject({ advisory: 'this machine only' })
  })

  it('is marked where its invoker opens so many that somebody should look, wherever it is shown', async () => {
    const at = await eventDesk()
    const rule = '{name: watch, max_per_user: 9, quota_window: 24h, escalation_threshold: 1}'
    for (const profile of ['prod', 'dev'])
      at.putPolicy(`/sentinel/ratelimit/${profile}`, `version: "1"\nrules:\n  - ${rule}\n`)
    const first = await opened(at)
    const second = await at.run('breakglass', '--profile', 'dev', ...why)
    const says = 'so many by one user that somebody should look'
    expect(second.stdout).toContain(`  note   escalated: ${says}\n`)
    const id = / (\w{16}) is in force/.exec(second.stdout)?.[1] ?? ''
    const { stdout } = await at.run('breakglass-list')
    expect(stdout).toMatch(new RegExp(`^${id} {2}active, escalated {2}alice`, 'm'))
    expect(stdout).toMatch(new RegExp(`^${first} {2}active {13}alice`, 'm'))
    const both = (await jsonOf(at, 'breakglass-list')).events as { id: string; escalated: boolean }[]
    expect(new Map(both.map((each) => [each.id, each.escalated]))).toEqual(
      new Map([
        [first, false],
        [id, true],
      ]),
    )
    expect((await at.run('breakglass-check', id)).stdout).toContain(`  escalated  ${says}\n`)
    expect(await jsonOf(at, 'breakglass-check', id)).toMatchObject({ escalated: true })
    expect((await at.run('why', id)).stdout).toContain(`  escalated      ${says}\n`)
  })

  it('with less than 15 minutes left is a clear refusal, and no error of STS (S11)', async () => {
    const at = await eventDesk()
    const id = await opened(at, '--duration', '30m')
    at.clock.advance(20 * 60_000)
    const { status, stderr } = await credentials(at)
    expect(status).toBe(1)
    expect(stderr).toMatch(
      new RegExp(
        `less than 15 minutes of break-glass event ${id} are left \\(it ends at 2026-02-03T10:30:00Z\\).*\\[ACCESS_ENDING\\]`,
      ),
    )
    expect(at.calls()).not.toContain('AssumeRole')
    at.clock.advance(10 * 60_000)
    expect((await credentials(at)).stderr).toContain('[POLICY_DENIED]')
  })

  it('does not go over a deny, unless its rule lists that', async () => {
    const plain = await eventDesk(breakglassPolicy(), frozen)
    const id = await opened(plain)
    expect((await credentials(plain)).stderr).toContain(`break-glass event ${id} does not go over this rule`)
    const strong = await eventDesk(breakglassPolicy(', overrides: [deny]'), frozen)
    await opened(strong)
    expect((await credentials(strong)).status).toBe(0)
    expect(strong.log().at(-1)).toMatchObject({ effect: 'deny', rule: 'freeze', override: 'breakglass' })
  })

  it('is told for people with the way to use it, and a warning where little of it can be used', async () => {
    const at = await eventDesk()
    const { stdout, stderr } = await at.run('breakglass', '--profile', 'prod', '--duration', '15m', ...why)
    expect(stdout).toMatch(
      /^Break-glass event \w{16} is in force until 2026-02-03T10:15:00Z\.\n {2}use {4}sentinel exec --profile prod --breakglass-table local -- …\n {2}close {2}sentinel breakglass-close \w{16} --breakglass-table local --aws-profile prod --reason …\n/,
    )
    expect(stdout).toMatch(/^ {2}trust {2}this machine only$/m)
    expect(stderr).toBe(
      'sentinel: warning: credentials last at least 15m and end with it: of 15m nothing can be used by the time you ask for them; ask for 20m or more\n',
    )
    const longer = await at.run('breakglass', '--profile', 'dev', '--duration', '16m', ...why)
    expect(longer.stderr).toContain('of 16m little can be used; ask for 20m or more')
    expect((await at.run('breakglass-list')).stdout).toContain('\n(this machine only)\n')
  })

  it('asks what has happened at the terminal, and says what is missing where there is none', async () => {
    const at = await eventDesk()
    at.type('Payments are down, INC-4711')
    const argv = ['breakglass', '--profile', 'prod', '--reason-code', 'incident']
    const { status, terminal } = await at.run(...argv)
    expect([status, terminal]).toEqual([0, 'What has happened, in 20 to 1000 characters? '])
    expect((await at.run(...argv)).stderr).toContain(
      '`--justification` is required where nobody can be asked',
    )
  })

  it('that could never be used is refused before anybody is asked what has happened', async () => {
    const at = await eventDesk()
    for (const [profile, reason, message] of [
      ['alice', 'incident', 'an event for `alice` could never be used'],
      ['prod', 'fire', '`fire` is not a reason code'],
    ] as const) {
      at.type('Payments are down, INC-4711')
      const { status, stderr, terminal } = await at.run(
        'breakglass',
        '--profile',
        profile,
        '--reason-code',
        reason,
      )
      expect([status, terminal]).toEqual([1, ''])
      expect(stderr).toContain(message)
      expect(at.log().at(-1)).toMatchObject({ event: 'breakglass.invoked', outcome: 'denied' })
    }
  })

  it('is told of the flag that was meant', async () => {
    const at = await eventDesk()
    const { stderr } = await at.run('breakglass', '--profile', 'prod', '--reason', 'incident')
    expect(stderr).toContain('hint: did you mean `--reason-code`?')
  })

  for (const [name, argv, message] of [
    ['a short justification', ['--justification', 'x'], 'write `--justification` in 20 to 1000 characters'],
    ['a short time', ['--justification', 'x'.repeat(20), '-d', '5m'], 'write a `--duration` from 15m on'],
  ] as const) {
    it(`says what to do about ${name}, also where there is no policy`, async () => {
      const at = await eventDesk()
      const argv0 = ['breakglass', '--profile', 'reader', '--reason-code', 'incident']
      const { stderr } = await at.run(...argv0, ...argv)
      expect(stderr).toMatch(/^sentinel: error: .*\[USAGE\]\nsentinel: hint: .*\n$/)
      expect(stderr).toContain(`hint: ${message}`)
    })
  }

  it('is told with what was given on the command line, so that the lines can be typed as they are', async () => {
    const at = await eventDesk()
    const given = [
      '--region',
      'us-east-1',
      '--aws-profile',
      'alice',
      '--log-file',
      join(at.home, 'a log.jsonl'),
    ]
    at.putPolicy('/sentinel/breakglass/prod', breakglassPolicy())
    const { stdout, stderr } = await at.run('breakglass', '--profile', 'prod', ...given, ...why)
    expect(stderr).toBe('')
    const [, use, close] = stdout.split('\n')
    const log = ` --log-file '${join(at.home, 'a log.jsonl')}'`
    const table = '--breakglass-table local --region us-east-1'
    expect(use).toBe(`  use    sentinel exec --profile prod ${table} --aws-profile alice${log} -- …`)
    expect(close).toMatch(/ --region us-east-1 --aws-profile prod --log-file '.*' --reason …$/)
    const id = / (\w{16}) is in force/.exec(stdout)?.[1] ?? ''
    const closing = ['--breakglass-table', 'local', '--region', 'us-east-1', '--aws-profile', 'prod']
    const again = await at.run('breakglass', '--profile', 'prod', ...given, ...why)
    expect(again.stderr).toContain(
      `sentinel breakglass-close ${id} --region us-east-1${log} --aws-profile prod --reason …`,
    )
    expect(await at.run('breakglass-close', id, ...closing, '--reason', 'Over')).toMatchObject({ status: 0 })
  })

  it('is not opened for a profile whose credentials could not end with it', async () => {
    const at = await eventDesk()
    at.write(
      '.aws/config',
      `${at.read('.aws/config')}\n[profile keys]\nsource_profile = alice\nregion = us-east-1\n`,
    )
    expect(await errorOf(at, 'breakglass', '--profile', 'alice', ...why)).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('an event for `alice` could never be used'),
      hint: 'give the profile a role_arn',
    })
  })

  it('that could be opened is named with the table and the region that were given', async () => {
    const at = await eventDesk()
    const { SENTINEL_BREAKGLASS_TABLE: _, ...env } = at.env
    for (const name of Object.keys(at.env)) if (!(name in env)) delete at.env[name]
    const given = ['--breakglass-table', 'local', '--region', 'us-east-1']
    const { stderr } = await at.run('credentials', '--profile', 'prod', ...given)
    expect(stderr).toContain(
      '`sentinel breakglass --profile prod --breakglass-table local --region us-east-1`',
    )
    expect(stderr).toContain('`sentinel request --profile prod --region us-east-1`')
  })

  it('is not opened, nor closed, for a reason that nobody can see', async () => {
    const at = await eventDesk()
    const unseen = '\u200b'.repeat(30)
    const argv = ['--profile', 'prod', '--reason-code', 'incident', '--justification', unseen]
    expect(await errorOf(at, 'breakglass', ...argv)).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('the justification is empty'),
    })
    const id = await opened(at)
    expect(await errorOf(at, 'breakglass-close', id, '--reason', unseen)).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('the reason is empty'),
    })
  })

  it('is nobody else’s: not of another profile, nor of another caller', async () => {
    const at = await eventDesk()
    await opened(at)
    expect((await credentials(at, 'dev')).stderr).toContain('[POLICY_DENIED]')
    const { accessKeyId, secretAccessKey } = example.bob.keys
    Object.assign(at.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
    at.write(
      '.aws/config',
      at.read('.aws/config').replaceAll('source_profile = alice', 'credential_source = Environment'),
    )
    const { stderr } = await credentials(at)
    expect(stderr).toContain('[POLICY_DENIED]')
  })

  for (const [name, argv, code, message] of [
    [
      'nobody whom no policy names',
      ['--profile', 'reader', ...why],
      'POLICY_DENIED',
      'no break-glass policy',
    ],
    [
      'a reason code that is none',
      ['--profile', 'prod', '--reason-code', 'fun', '--justification', 'x'.repeat(20)],
      'USAGE',
      'fun',
    ],
    [
      'a reason code that the rule does not take',
      ['--profile', 'prod', '--reason-code', 'other', '--justification', 'x'.repeat(20)],
      'POLICY_DENIED',
      'other',
    ],
    [
      'a short justification',
      ['--profile', 'prod', '--reason-code', 'incident', '--justification', 'x'],
      'USAGE',
      'justification',
    ],
    [
      'a time shorter than AWS gives',
      ['--profile', 'prod', '--duration', '5m', ...why],
      'USAGE',
      '15 minutes',
    ],
  ] as const) {
    it(`refuses ${name}, and records it`, async () => {
      const at = await eventDesk()
      const error = await errorOf(at, 'breakglass', ...argv)
      expect(error).toMatchObject({ code })
      expect(error.message).toContain(message)
      expect(at.log()).toMatchObject([{ event: 'breakglass.invoked', outcome: 'denied', error_code: code }])
    })
  }

  it('has one event in force for a profile, also with another profile in between, and four hours at most (S10)', async () => {
    const at = await eventDesk()
    const first = await opened(at, '--duration', '1h')
    const long = await at.run('breakglass', '--profile', 'dev', '--duration', '5h', ...why)
    expect(long.stderr).toContain('an emergency lasts at most 4h: 5h was cut to that')
    expect(await errorOf(at, 'breakglass', '--profile', 'prod', ...why)).toMatchObject({
      code: 'STATE_CONFLICT',
      message: expect.stringContaining(`event ${first} for profile \`prod\` is in force already (record `),
    })
  })

  it('has the limits of decision 6 without a rate-limit policy, and those of one where there is one', async () => {
    const at = await eventDesk()
    const id = await opened(at)
    await at.run('breakglass-close', id, '--reason', 'Over')
    expect(await errorOf(at, 'breakglass', '--profile', 'prod', ...why)).toMatchObject({
      code: 'RATE_LIMITED',
    })
    at.clock.advance(30 * 60_000)
    at.putPolicy(
      '/sentinel/ratelimit/prod',
      'version: "1"\nrules:\n  - {name: once, max_per_user: 1, quota_window: 24h}\n',
    )
    expect(await errorOf(at, 'breakglass', '--profile', 'prod', ...why)).toMatchObject({
      code: 'RATE_LIMITED',
      hint: 'try again in 23h30m',
    })
  })

  it('is not dodged by naming a rate-limit policy that is not there', async () => {
    const at = await eventDesk()
    const error = await errorOf(
      at,
      'breakglass',
      '--profile',
      'prod',
      ...why,
      '--ratelimit-policy-parameter',
      '/nowhere',
    )
    expect(error).toMatchObject({
      code: 'SSM_PARAMETER_NOT_FOUND',
      hint: 'check the name, the region and the account, or put the document there with `aws ssm put-parameter`',
    })
  })
})

describe('where the rule asks for MFA', () => {
  const [code = ''] = example.carol.mfaCodes
  const carolsPolicy = breakglassPolicy(', mfa: required').replace('[alice, bob]', '[carol]')
  const carols = async () => {
    const at = await eventDesk(carolsPolicy)
    at.write(
      '.aws/config',
      at.read('.aws/config').replaceAll('source_profile = alice', 'source_profile = carol'),
    )
    return at
  }

  it('AWS verifies the code, typed or given, and the record names the device but never the code', async () => {
    const at = await carols()
    at.type(code)
    const id = await opened(at, '--mfa-serial', example.carol.mfaSerial)
    expect(at.calls()).toContain('GetSessionToken')
    expect(await jsonOf(at, 'breakglass-check', id)).toMatchObject({ mfa_serial: example.carol.mfaSerial })
    expect(at.log().at(-1)).toMatchObject({ mfa_serial: example.carol.mfaSerial, outcome: 'done' })
    expect(JSON.stringify(at.log())).not.toContain(code)
  })

  for (const [name, argv, errorCode] of [
    ['a wrong code', ['--mfa-serial', example.carol.mfaSerial, '--mfa-token', '000000'], 'MFA_FAILED'],
    ['what is no code', ['--mfa-serial', example.carol.mfaSerial, '--mfa-token', 'abc'], 'MFA_FAILED'],
    [
      "somebody else's device",
      ['--mfa-serial', `${example.carol.mfaSerial}x`, '--mfa-token', code],
      'MFA_FAILED',
    ],
    ['what is no device', ['--mfa-serial', 'x', '--mfa-token', code], 'MFA_FAILED'],
    ['no device', ['--mfa-token', code], 'MFA_REQUIRED'],
    ['nobody to ask', ['--mfa-serial', example.carol.mfaSerial], 'MFA_REQUIRED'],
  ] as const) {
    it(`${name} opens nothing, and is recorded`, async () => {
      const at = await carols()
      expect(await errorOf(at, 'breakglass', '--profile', 'prod', ...why, ...argv)).toMatchObject({
        code: errorCode,
        message: expect.stringContaining(`(record ${at.log().at(-1)?.walk_id})`),
        hint: expect.not.stringContaining('health pages'),
      })
      expect(at.log().at(-1)).toMatchObject({
        event: 'breakglass.invoked',
        outcome: 'error',
        error_code: errorCode,
      })
      expect((await jsonOf(at, 'breakglass-list', '--profile', 'prod')).events).toEqual([])
    })
  }
})

it('MFA is refused where AWS cannot verify it: the base credentials are those of a role', async () => {
  const at = await eventDesk(breakglassPolicy(', mfa: required').replace('[alice, bob]', '["*/*"]'))
  at.putPolicy('/sentinel/policies/reader', policy('{name: open, effect: allow, conditions: {}}'))
  const keys = JSON.parse((await at.run('credentials', '--profile', 'reader')).stdout)
  at.write(
    '.aws/credentials',
    `${at.read('.aws/credentials')}[session]\naws_access_key_id = ${keys.AccessKeyId}\naws_secret_access_key = ${keys.SecretAccessKey}\naws_session_token = ${keys.SessionToken}\n`,
  )
  at.write(
    '.aws/config',
    at.read('.aws/config').replaceAll('source_profile = alice', 'source_profile = session'),
  )
  const mfa = ['--mfa-serial', example.carol.mfaSerial, '--mfa-token', '123456']
  expect(await errorOf(at, 'breakglass', '--profile', 'prod', ...why, ...mfa)).toMatchObject({
    code: 'MFA_REQUIRED',
    message: expect.stringContaining('AWS verifies MFA codes only for the keys of an IAM user'),
  })
  expect(at.calls()).not.toContain('GetSessionToken')
})

describe('breakglass-close, -check and -list', () => {
  it('ends it for good: what it opened is refused from then on', async () => {
    const at = await eventDesk()
    const id = await opened(at)
    const closed = await jsonOf(at, 'breakglass-close', id, '--reason', 'Payments are back')
    expect(closed).toEqual({
      id,
      profile: 'prod',
      status: 'closed',
      closed_by: 'alice',
      closed_reason: 'Payments are back',
      updated_at: '2026-02-03T10:00:00Z',
      advisory: 'this machine only',
    })
    expect((await credentials(at)).stderr).toContain('[POLICY_DENIED]')
    expect(await errorOf(at, 'breakglass-close', id, '--reason', 'Again')).toMatchObject({
      code: 'STATE_CONFLICT',
    })
    expect(at.log().at(-1)).toMatchObject({ event: 'breakglass.closed', outcome: 'denied', event_id: id })
  })

  it('is refused to whom the policy does not name, and recorded; the invoker may', async () => {
    const at = await eventDesk()
    const id = await opened(at)
    expect(
      await errorOf(at, 'breakglass-close', id, '--reason', 'Mine', '--aws-profile', 'carol'),
    ).toMatchObject({
      code: 'POLICY_DENIED',
      message: expect.stringContaining('`carol` may not close event'),
    })
    expect((await at.run('breakglass-close', id, '--reason', 'Done')).stdout).toBe(
      `Break-glass event ${id} of alice for prod is closed.\n(this machine only)\n`,
    )
  })

  it('shows one, and lists: own ones, and those that fit', async () => {
    const at = await eventDesk()
    const id = await opened(at)
    expect((await at.run('breakglass-check', id)).stdout).toBe(`Break-glass event ${id}: active

  who        alice (${example.alice.arn})
  what       profile prod for 1h
  role       ${example.roles.prod}
  why        incident: Payments are down, INC-4711
  time       2026-02-03T10:00:00Z to 2026-02-03T11:00:00Z (1h left)
  in force   yes
  rule       oncall
  record     ${at.log()[0]?.walk_id}
  trust      this machine only
`)
    const row = {
      id,
      profile: 'prod',
      status: 'active',
      in_force: true,
      invoker: 'alice',
      reason_code: 'incident',
    }
    for (const argv of [[], ['--status', 'active'], ['--profile', 'prod'], ['--invoker', 'alice']]) {
      expect((await jsonOf(at, 'breakglass-list', ...argv)).events).toMatchObject([row])
    }
    expect((await jsonOf(at, 'breakglass-list', '--status', 'expired')).events).toEqual([])
    at.clock.advance(3_600_000)
    expect((await jsonOf(at, 'breakglass-list', '--status', 'expired')).events).toMatchObject([
      { status: 'expired' },
    ])
    expect((await at.run('breakglass-list', '--invoker', 'bob')).stdout).toBe(
      'There are no such break-glass events.\n\n(this machine only)\n',
    )
  })

  for (const [name, argv, code] of [
    ['an id that is none', ['breakglass-check', 'x'], 'USAGE'],
    ['an event that is not there', ['breakglass-check', 'ffffffffffffffff'], 'EVENT_NOT_FOUND'],
    [
      'closing one that is not there',
      ['breakglass-close', 'ffffffffffffffff', '--reason', 'x'],
      'EVENT_NOT_FOUND',
    ],
  ] as const) {
    it(`refuses ${name}`, async () => {
      expect(await errorOf(await eventDesk(), ...argv)).toMatchObject({ code })
    })
  }
})
