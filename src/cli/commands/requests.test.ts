import { describe, expect, it } from 'vitest'
import { example } from '../../../dev/aws/index.ts'
import { type Desk, desk, errorOf, jsonOf } from '../desk.fake.ts'

const approvalPolicy = `
version: "1"
rules:
  - {name: two, profiles: [dev], approvers: [carol, bob], required_approvals: 2}
  - name: prod
    profiles: [prod]
    approvers: [carol, alice]
    auto_approve: {users: [bob], max_duration: 1h}
`
const why = ['--justification', 'Deploying the hotfix']

/** Alice's desk, with a table of its own, and policies for two profiles. Others come as \`--aws-profile\`. */
async function requestDesk(text = approvalPolicy): Promise<Desk> {
  const at = await desk()
  Object.assign(at.env, { SENTINEL_REQUEST_TABLE: 'local', AWS_PROFILE: 'alice' })
  at.putPolicy('/sentinel/approval/prod', text)
  at.putPolicy('/sentinel/approval/dev', text)
  at.write('.aws/credentials', `${at.read('.aws/credentials')}${keysOfBob}`)
  at.write('.aws/config', `${at.read('.aws/config')}[profile bob]\nregion = us-east-1\n`)
  return at
}

const { accessKeyId, secretAccessKey } = example.bob.keys
const keysOfBob = `[bob]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`

async function asked(at: Desk, ...more: readonly string[]): Promise<string> {
  const { stdout, stderr } = await at.run('request', '--profile', 'prod', ...why, '--json', ...more)
  expect(stderr).toBe('')
  return JSON.parse(stdout).request_id
}

describe('request', () => {
  it("prints the reference's keys and more, and is recorded before and after", async () => {
    const at = await requestDesk()
    const printed = await jsonOf(at, 'request', '--profile', 'prod', '--duration', '45m', ...why)
    expect(printed).toEqual({
      request_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      profile: 'prod',
      role_arn: example.roles.prod,
      status: 'pending',
      expires_at: '2026-02-04T10:00:00Z',
      duration: '45m',
      required_approvals: 1,
      single_use: false,
      signature: 'unsigned: advisory',
      advisory: 'this machine only',
    })
    expect(at.log()).toHaveLength(2)
    expect(at.log()).toMatchObject([
      { event: 'request.created', outcome: 'started', request_id: printed.request_id },
      {
        event: 'request.created',
        outcome: 'done',
        request_id: printed.request_id,
        user: 'alice',
        requester: 'alice',
        profile: 'prod',
        status: 'pending',
        justification: expect.stringMatching(/^sealed:/),
        duration_seconds: 2700,
        rule: 'prod',
        policy_path: '/sentinel/approval/prod',
        table: 'local',
      },
    ])
  })

  it('tells a person whom to ask, and what to type', async () => {
    const at = await requestDesk()
    const given = ['--region', 'us-east-1']
    const { stdout } = await at.run('request', '--profile', 'prod', ...why, ...given)
    expect(stdout).toMatch(
      /^Request ([0-9a-f]{16}) waits for approval until 2026-02-04T10:00:00Z\.\n {2}ask +one of carol\n {2}role +arn:aws:iam::111122223333:role\/ProdRole\n {2}approve +sentinel approve \1 --request-table local --region us-east-1\n {2}look +sentinel check \1 --request-table local --region us-east-1\n\(this machine only\)\n$/,
    )
  })

  it('asks for the justification at the terminal', async () => {
    const at = await requestDesk()
    at.type('Deploying the hotfix')
    const { status, terminal } = await at.run('request', '--profile', 'prod')
    expect([status, terminal]).toEqual([0, 'Why is prod needed, in 10 to 500 characters? '])
    expect(at.log().at(-1)).toMatchObject({ justification: expect.stringMatching(/^sealed:/) })
  })

  it('is approved at once where the policy says so, for whom it names', async () => {
    const at = await requestDesk()
    at.write(
      '.aws/config',
      at.read('.aws/config').replaceAll('source_profile = alice', 'source_profile = bob'),
    )
    expect(await jsonOf(at, 'request', '--profile', 'prod', ...why)).toMatchObject({
      status: 'approved',
      auto_approved: true,
      valid_until: '2026-02-03T11:00:00Z',
    })
    expect(await jsonOf(at, 'request', '--profile', 'prod', ...why, '-d', '61m')).toMatchObject({
      status: 'pending',
    })
    expect(at.log()[1]).toMatchObject({ auto_approved: true, approval_signature: 'unsigned: advisory' })
  })

  it('is for eight hours at most, and says that it cut', async () => {
    const at = await requestDesk()
    const { stdout, stderr } = await at.run('request', '--profile', 'prod', ...why, '-d', '10h', '--json')
    expect(JSON.parse(stdout).duration).toBe('8h')
    expect(stderr).toBe('sentinel: warning: a request is for at most 8h: 10h was cut to that\n')
  })

  for (const [name, argv, code, message] of [
    ['without a profile', ['request', ...why], 'USAGE', '`--profile` is required'],
    ['for an unknown profile', ['request', '--profile', 'prd', ...why], 'CONFIG_PROFILE_NOT_FOUND', 'prd'],
    [
      'without a reason, with nobody to ask',
      ['request', '--profile', 'prod'],
      'USAGE',
      '`--justification` is required',
    ],
    [
      'with a reason that says nothing',
      ['request', '--profile', 'prod', '--justification', 'hotfix'],
      'USAGE',
      'the justification has 6 characters',
    ],
    [
      'for less than AWS issues',
      ['request', '--profile', 'prod', ...why, '-d', '10m'],
      'USAGE',
      '10m is less than 15 minutes',
    ],
    [
      'for a profile that nobody may approve',
      ['request', '--profile', 'reader', ...why],
      'POLICY_DENIED',
      'there is no approval policy, so nobody may approve',
    ],
  ] as const) {
    it(`${name} is refused`, async () => {
      const error = await errorOf(await requestDesk(), ...argv)
      expect(error).toMatchObject({ code, message: expect.stringContaining(message) })
    })
  }

  it('says where a policy would be found', async () => {
    const at = await requestDesk()
    expect(await errorOf(at, 'request', '--profile', 'reader', ...why)).toMatchObject({
      hint: expect.stringContaining('into the parameter /sentinel/approval/reader, or name a file'),
    })
  })

  it('needs a table', async () => {
    const at = await requestDesk()
    delete at.env.SENTINEL_REQUEST_TABLE
    expect(await errorOf(at, 'request', '--profile', 'prod', ...why)).toMatchObject({
      code: 'USAGE',
      message: '`--request-table` is required (or SENTINEL_REQUEST_TABLE in the environment)',
      hint: 'name the table that `sentinel init approvals` makes, or `local` to keep to this machine',
    })
  })

  it('leaves nothing behind where the record cannot be written', async () => {
    const at = await requestDesk()
    expect(await errorOf(at, 'request', '--profile', 'prod', ...why, '--log', at.home)).toMatchObject({
      code: 'LOG_UNWRITABLE',
    })
    expect(await jsonOf(at, 'list', '--profile', 'prod')).toMatchObject({ requests: [] })
  })
})

describe('approve', () => {
  it('opens the window from then on, and is recorded with whoever did it', async () => {
    const at = await requestDesk()
    const id = await asked(at, '--duration', '30m')
    at.clock.advance(20 * 60_000)
    expect(await jsonOf(at, 'approve', id, '--comment', 'go on', '--aws-profile', 'carol')).toEqual({
      id,
      profile: 'prod',
      role_arn: example.roles.prod,
      status: 'approved',
      approver: 'carol',
      approver_comment: 'go on',
      updated_at: '2026-02-03T10:20:00Z',
      required_approvals: 1,
      approvals: 1,
      valid_until: '2026-02-03T10:50:00Z',
      signature: 'unsigned: advisory',
      advisory: 'this machine only',
    })
    expect(at.log().at(-1)).toMatchObject({
      event: 'request.approved',
      outcome: 'done',
      request_id: id,
      user: 'carol',
      requester: 'alice',
      approver: 'carol',
      approver_comment: expect.stringMatching(/^sealed:/),
      status: 'approved',
      valid_until: '2026-02-03T10:50:00Z',
      approval_signature: 'unsigned: advisory',
    })
  })

  it('says so to a person, and that it is advisory', async () => {
    const at = await requestDesk()
    const { stdout } = await at.run('approve', await asked(at), '--aws-profile', 'carol')
    expect(stdout).toMatch(
      /^Request [0-9a-f]{16} is approved: alice may use prod until 2026-02-03T11:00:00Z \(1h\)\.\nFor the role arn:aws:iam::111122223333:role\/ProdRole and no other\.\nunsigned: advisory \(.*\)\n\(this machine only\)\n$/,
    )
  })

  it('names the policy that let somebody approve, and that they chose it where it is a file', async () => {
    const at = await requestDesk()
    const mine = at.write('bobs.yaml', 'version: "1"\nrules:\n  - {name: mine, approvers: [bob]}\n')
    const id = await asked(at)
    await at.run('approve', id, '--aws-profile', 'bob', '--approval-policy-file', mine, '--comment', 'go on')
    const chose = `bob at 2026-02-03T10:00:00Z: go on (under the file ${mine}, which they chose)`
    expect((await at.run('check', id, '--aws-profile', 'carol')).stdout).toContain(chose)
    expect((await jsonOf(at, 'check', id)).approvals).toMatchObject([{ approver: 'bob', policy_path: mine }])
    expect((await at.run('why', id)).stdout).toContain(
      `approved  bob    done     go on (under the file ${mine})`,
    )
    const other = await asked(at)
    await at.run('approve', other, '--aws-profile', 'carol')
    expect((await at.run('check', other)).stdout).not.toContain('under the file')
    const parameter = { policy_path: '/sentinel/approval/prod', policy_version: 1 }
    expect((await jsonOf(at, 'check', other)).approvals).toMatchObject([parameter])
  })

  it('says what is no id before anybody is asked who they are', async () => {
    const at = await requestDesk()
    for (const verb of ['approve', 'deny', 'cancel', 'check'])
      expect((await at.run(verb, 'zzz', '--aws-profile', 'nobody')).stderr).toContain(
        '`zzz` is not the id of a request',
      )
  })

  it('is refused to whoever asked, although the policy names them', async () => {
    const at = await requestDesk()
    const id = await asked(at)
    expect(await errorOf(at, 'approve', id)).toMatchObject({
      code: 'POLICY_DENIED',
      message: expect.stringMatching(/`alice` may not approve request .*: whoever asks never approves/),
    })
    expect(at.log().at(-1)).toMatchObject({
      event: 'request.approved',
      outcome: 'denied',
      user: 'alice',
      approver: 'alice',
    })
    expect(await jsonOf(at, 'check', id)).toMatchObject({ status: 'pending', approvals: [] })
  })

  it('is refused to somebody whom the policy does not name, and names those it does', async () => {
    const at = await requestDesk()
    expect(await errorOf(at, 'approve', await asked(at), '--aws-profile', 'bob')).toMatchObject({
      code: 'POLICY_DENIED',
      message: expect.stringContaining('rule `prod` does not name them'),
      hint: 'approvers are carol, alice',
    })
  })

  it('of two takes two people, and each counts once', async () => {
    const at = await requestDesk()
    const { request_id: id } = await jsonOf(at, 'request', '--profile', 'dev', ...why)
    const { stdout } = await at.run('approve', id, '--aws-profile', 'carol')
    expect(stdout).toBe(`Request ${id} has 1 of 2 approvals, and waits for more.\n(this machine only)\n`)
    expect(await errorOf(at, 'approve', id, '--aws-profile', 'carol')).toMatchObject({
      code: 'STATE_CONFLICT',
      message: expect.stringContaining(`\`carol\` has approved request ${id} already, and counts once`),
    })
    expect(await jsonOf(at, 'approve', id, '--aws-profile', 'bob')).toMatchObject({
      status: 'approved',
      approvals: 2,
    })
  })

  it('comes too late after a day, and after somebody else', async () => {
    const at = await requestDesk()
    const [old, denied] = [await asked(at), await asked(at)]
    expect(await jsonOf(at, 'deny', denied, '--aws-profile', 'carol')).toMatchObject({ status: 'denied' })
    expect(await errorOf(at, 'approve', denied, '--aws-profile', 'carol')).toMatchObject({
      code: 'STATE_CONFLICT',
      message: expect.stringContaining('is denied, no longer pending'),
    })
    at.clock.advance(24 * 3_600_000)
    expect(await errorOf(at, 'approve', old, '--aws-profile', 'carol')).toMatchObject({
      code: 'STATE_CONFLICT',
      message: expect.stringContaining('is expired, no longer pending'),
    })
  })

  for (const [name, argv, code, hint] of [
    ['without an id', ['approve'], 'USAGE', 'see `sentinel approve --help`'],
    ['with an id that is none', ['approve', 'INC-4711'], 'USAGE', 'an id has 16 characters'],
    [
      'with an unknown id',
      ['approve', '0123456789abcdef'],
      'REQUEST_NOT_FOUND',
      'look for it with `sentinel list`',
    ],
    [
      'with an essay',
      ['approve', '0123456789abcdef', '--comment', 'x'.repeat(501)],
      'USAGE',
      'up to 500 characters',
    ],
  ] as const) {
    it(`${name} is refused`, async () => {
      const error = await errorOf(await requestDesk(), ...argv)
      expect(error).toMatchObject({ code, hint: expect.stringContaining(hint) })
    })
  }

  it('under a policy that cannot be read approves nothing, and shows what is wrong with it', async () => {
    const at = await requestDesk()
    const id = await asked(at)
    at.clock.advance(1000)
    at.write('broken.yaml', 'version: "1"\nrules: [{name: x, approver: [carol]}]\n')
    const error = await errorOf(
      at,
      'approve',
      id,
      '--aws-profile',
      'carol',
      '--approval-policy-file',
      'broken.yaml',
    )
    expect(error).toMatchObject({
      code: 'POLICY_INVALID',
      details: expect.arrayContaining([expect.stringContaining('approver')]),
    })
  })
})

describe('cancel', () => {
  it('takes a request back, for whoever made it', async () => {
    const at = await requestDesk()
    const id = await asked(at)
    expect(await errorOf(at, 'cancel', id, '--aws-profile', 'carol')).toMatchObject({ code: 'POLICY_DENIED' })
    const { stdout } = await at.run('cancel', id)
    expect(stdout).toBe(`Request ${id} is cancelled.\n(this machine only)\n`)
    expect(at.log().at(-1)).toMatchObject({
      event: 'request.cancelled',
      outcome: 'done',
      status: 'cancelled',
    })
    expect(await errorOf(at, 'approve', id, '--aws-profile', 'carol')).toMatchObject({
      code: 'STATE_CONFLICT',
    })
  })
})

describe('list', () => {
  it('shows a table of your own, newest first', async () => {
    const at = await requestDesk()
    const first = await asked(at, '--duration', '30m')
    at.clock.advance(60_000)
    const second = await asked(at)
    await at.run('approve', second, '--aws-profile', 'carol')
    const { stdout } = await at.run('list')
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['REQUEST', 'STATUS', 'REQUESTER', 'PROFILE', 'FOR', 'ASKED', 'ENDS'],
      [second, 'approved', 'alice', 'prod', '1h', '2026-02-03T10:01:00Z', '2026-02-03T11:01:00Z'],
      [first, 'pending', 'alice', 'prod', '30m', '2026-02-03T10:00:00Z', '2026-02-04T10:00:00Z'],
      [''],
      ['(this machine only)'],
      [''],
    ])
  })

  it("prints the reference's keys", async () => {
    const at = await requestDesk()
    const id = await asked(at)
    expect(await jsonOf(at, 'list', '--status', 'pending')).toEqual({
      requests: [
        {
          id,
          profile: 'prod',
          role_arn: example.roles.prod,
          status: 'pending',
          requester: 'alice',
          created_at: '2026-02-03T10:00:00Z',
          expires_at: '2026-02-04T10:00:00Z',
          single_use: false,
        },
      ],
      advisory: 'this machine only',
    })
  })

  it('only filters by `--profile`, which need not be one of yours', async () => {
    const at = await requestDesk()
    await asked(at)
    expect(await at.run('list', '--profile', 'somebody-elses')).toMatchObject({
      status: 0,
      stdout: 'There are no such requests.\n\n(this machine only)\n',
    })
    expect((await jsonOf(at, 'list', '--profile', 'prod', '--status', 'approved')).requests).toEqual([])
  })

  it('goes on where it ended', async () => {
    const at = await requestDesk()
    const ids = [await asked(at), await asked(at), await asked(at)].sort().reverse()
    const { requests, next } = await jsonOf(at, 'list', '--limit', '2')
    const rest = await jsonOf(at, 'list', '--limit', '2', '--after', next)
    expect([...requests, ...rest.requests].map(({ id }: { id: string }) => id)).toEqual(ids)
    expect(rest.next).toBeUndefined()
    const { stdout } = await at.run('list', '--limit', '2')
    expect(stdout).toContain(`\nThere are more: repeat the command with --after ${next}\n`)
  })

  for (const [name, argv, message] of [
    ['a limit that is none', ['--limit', '0'], '`--limit` is a whole number from 1 to 1000, not `0`'],
    [
      'an unknown status',
      ['--status', 'open'],
      '`--status` must be one of pending, approved, denied, expired, cancelled',
    ],
    ['a cursor of another list', ['--after', 'abc'], 'the cursor does not belong to this list'],
  ] as const) {
    it(`refuses ${name}`, async () => {
      expect(await errorOf(await requestDesk(), 'list', ...argv)).toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining(message),
      })
    })
  }
})

describe('check', () => {
  it('shows everything, and who may approve and who may not, and why', async () => {
    const at = await requestDesk()
    const id = await asked(at, '--duration', '90m')
    expect(await jsonOf(at, 'check', id)).toEqual({
      id,
      requester: 'alice',
      requester_arn: example.alice.arn,
      account_id: example.account,
      profile: 'prod',
      role_arn: example.roles.prod,
      policy_path: '/sentinel/approval/prod',
      policy_version: 1,
      justification: 'Deploying the hotfix',
      duration: '1h30m',
      status: 'pending',
      created_at: '2026-02-03T10:00:00Z',
      updated_at: '2026-02-03T10:00:00Z',
      expires_at: '2026-02-04T10:00:00Z',
      required_approvals: 1,
      approvals: [],
      single_use: false,
      signature: 'unsigned: advisory',
      advisory: 'this machine only',
      approval_policy: '/sentinel/approval/prod',
      approval_rule: 'prod',
      approvers: [
        { who: 'carol', may: true, because: 'rule `prod` names them' },
        { who: 'alice', may: false, because: expect.stringContaining('whoever asks never approves') },
      ],
      you: { who: 'alice', may: false, because: expect.stringContaining('they have the same ARN') },
      others: 'rule `prod` names nobody else',
    })
  })

  it('is for people too, whatever somebody wrote', async () => {
    const at = await requestDesk()
    const evil = 'Deploying\u001b[2J\u202e the\nhotfix'
    const { stdout } = await at.run('request', '--profile', 'prod', '--justification', evil, '--json')
    const id = JSON.parse(stdout).request_id
    const text = (await at.run('check', id, '--aws-profile', 'carol')).stdout
    expect(text).toContain('  why        Deploying the hotfix\n')
    expect(text).toMatch(/^ {2}carol +yes +rule `prod` names them$/m)
    expect(text).toMatch(/^ {2}you \(carol\) +yes/m)
    expect(text).toMatch(/^ {2}trust +unsigned: advisory; this machine only$/m)
    expect(await jsonOf(at, 'check', id)).toMatchObject({ justification: evil })
  })

  it('of a policy file is meant for `lint`', async () => {
    expect(await errorOf(await requestDesk(), 'check', 'policy.sentinel')).toMatchObject({
      code: 'USAGE',
      hint: 'did you mean `sentinel lint`?',
    })
  })

  it('asks for a profile where nobody chose one', async () => {
    const at = await requestDesk()
    delete at.env.AWS_PROFILE
    expect(await errorOf(at, 'list')).toMatchObject({
      code: 'CONFIG_REGION_MISSING',
      hint: 'say who you are with --aws-profile or AWS_PROFILE',
    })
  })

  it('shows a request although the policy cannot be had', async () => {
    const at = await requestDesk()
    const id = await asked(at)
    const { status, stdout } = await at.run('check', id, '--approval-policy-file', 'none.yaml')
    expect([status, stdout]).toEqual([0, expect.stringContaining('Who may approve cannot be told: ')])
  })
})
