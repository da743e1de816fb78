import { describe, expect, it } from 'vitest'
import { eventRows, requestRows, sessionRows } from '../../access/index.ts'
import { docsTable } from '../../store/index.ts'
import { type Desk, desk } from '../desk.fake.ts'

const init = (at: Desk, name: string, ...argv: string[]) =>
  at.run('init', name, '--aws-profile', 'alice', ...argv)
const changes = (at: Desk) => at.calls().filter((action) => /^(Create|Update)/.test(action))

describe('--plan', () => {
  it('shows the table that would be made, and does nothing', async () => {
    const at = await desk()
    const { status, stdout, stderr } = await init(at, 'approvals', '--plan')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`Table for requests for approval
Name: sentinel-requests
Region: us-east-1
Billing: by request
Key: id
Indexes:
  gsi-requester (requester, created_at)
  gsi-status (status, created_at)
  gsi-profile (profile, created_at)

To be done:
  + create the table, with its indexes, deletion protection and encryption
  + sweep rows by the attribute ttl, long after they are over
  + keep backups for recovery to any second of the last 35 days

`)
    expect([changes(at), at.log()]).toEqual([[], []])
  })

  it('is JSON for programs', async () => {
    const at = await desk()
    const plan = async () => (await init(at, 'sessions', '--plan', '--json', '--table', 'my-sessions')).stdout
    const stdout = await plan()
    at.clock.advance(60_000)
    // Of the same table it is the same, whenever it was made.
    expect(await plan()).toBe(stdout)
    expect(JSON.parse(stdout)).toEqual({
      table: 'my-sessions',
      purpose: 'sessions',
      region: 'us-east-1',
      indexes: expect.any(Array),
      to_do: [
        { step: 'create', action: 'dynamodb:CreateTable' },
        { step: 'ttl', action: 'dynamodb:UpdateTimeToLive' },
        { step: 'recovery', action: 'dynamodb:UpdateContinuousBackups' },
      ],
    })
  })
})

describe('a run', () => {
  it('asks, makes the table, records each step before and after, and says what comes next', async () => {
    const at = await desk()
    at.type('y')
    const { status, stdout, terminal } = await init(at, 'breakglass')
    expect([status, terminal]).toEqual([0, 'Create sentinel-breakglass? [y/N] '])
    expect(stdout).toContain('\n  # create the table')
    expect(stdout).toMatch(
      /The table sentinel-breakglass is ready\.\n\nNext:\n {2}export SENTINEL_BREAKGLASS_TABLE=sentinel-breakglass\n/,
    )
    expect(changes(at)).toEqual(['CreateTable', 'UpdateTimeToLive', 'UpdateContinuousBackups'])
    const said = at.log().map(({ user, action, resource, outcome }) => [user, action, resource, outcome])
    expect(said).toEqual(
      ['CreateTable', 'UpdateTimeToLive', 'UpdateContinuousBackups'].flatMap((action) =>
        ['started', 'done'].map((outcome) => ['alice', `dynamodb:${action}`, 'sentinel-breakglass', outcome]),
      ),
    )
  })

  it('finds nothing to do the second time, and asks nothing', async () => {
    const at = await desk()
    await init(at, 'approvals', '--yes')
    const before = changes(at).length
    const { status, stdout, stderr } = await init(at, 'approvals')
    expect([status, stderr, changes(at).length]).toEqual([0, '', before])
    expect(stdout).toContain('  = it exists and lacks nothing\n')
    expect(stdout).toContain('Nothing to do.')
  })

  it('goes on from where a broken one stopped, and fails aloud when it stops', async () => {
    const at = await desk()
    const stopped = at.aws.fail({ action: 'UpdateTimeToLive' }, { kind: 'deny' })
    const first = await init(at, 'approvals', '--yes')
    expect(first.status).toBe(1)
    expect(first.stdout).toContain('  # create the table')
    expect(first.stdout).toContain('  X sweep rows')
    expect(first.stderr).toMatch(/the table `sentinel-requests` is not finished: .*\[STORE_ACCESS_DENIED\]\n/)
    expect(first.stderr).toContain('hint: allow dynamodb:UpdateTimeToLive on the table')
    expect(at.log().map(({ outcome }) => outcome)).toEqual(['started', 'done', 'started', 'error'])
    stopped.remove()
    at.type('yes')
    const second = await init(at, 'approvals')
    expect([second.status, second.terminal]).toEqual([0, 'Mend sentinel-requests? [y/N] '])
    expect(second.stdout).not.toContain('create the table')
  })

  it('tells programs what was done and what failed', async () => {
    const at = await desk()
    at.aws.fail({ action: 'UpdateContinuousBackups' }, { kind: 'error' })
    const { status, stdout } = await init(at, 'approvals', '--yes', '--json')
    const said = JSON.parse(stdout)
    expect(status).toBe(1)
    expect(said.done.map(({ step }: { step: string }) => step)).toEqual(['create', 'ttl'])
    expect(said.failed).toMatchObject([{ step: 'recovery', code: 'STORE_UNAVAILABLE' }])
    expect(said.environment).toEqual({ SENTINEL_REQUEST_TABLE: 'sentinel-requests' })
  })

  it('adds an index to a table that lacks it, and its rows are found by it', async () => {
    const at = await desk()
    await init(at, 'breakglass', '--table', 'sentinel-mixed', '--yes')
    // The two have three indexes each, and one in which they differ.
    const { status, stdout, stderr } = await init(at, 'approvals', '--table', 'sentinel-mixed', '--yes')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('  # add the index gsi-requester\n')
    expect((await init(at, 'approvals', '--table', 'sentinel-mixed')).stdout).toContain('Nothing to do.')
  })

  it('is not content with what was accepted and does not hold', async () => {
    const at = await desk()
    const path = 'ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus'
    at.aws.fail(
      { action: 'DescribeContinuousBackups' },
      { kind: 'members', set: new Map([[path, 'DISABLED']]) },
    )
    at.beHasty()
    const { status, stdout, stderr } = await init(at, 'approvals', '--yes')
    expect(status).toBe(1)
    expect(stdout).toContain('  # sweep rows')
    expect(stdout).toContain('  ? keep backups')
    expect(stdout).not.toContain('is ready')
    expect(stderr).toContain(
      'is not finished: DynamoDB took this, and does not say that it holds: keep backups for recovery to any second of the last 35 days [STORE_UNAVAILABLE]',
    )
    at.beHasty()
    const { stdout: json, status: again } = await init(at, 'approvals', '--yes', '--json')
    expect([again, JSON.parse(json).done, JSON.parse(json).unconfirmed]).toEqual([
      1,
      [],
      [{ step: 'recovery', action: 'dynamodb:UpdateContinuousBackups' }],
    ])
  })

  it('takes "no" for an answer, and none from nobody', async () => {
    const at = await desk()
    at.type('n')
    expect((await init(at, 'approvals')).stderr).toContain('[CANCELLED]')
    expect((await init(at, 'approvals')).stderr).toContain('[TERMINAL_REQUIRED]')
    expect([changes(at), at.log()]).toEqual([[], []])
  })

  it("takes the role of --aws-profile, recorded and stamped with its owner's name", async () => {
    const at = await desk()
    const { status } = await at.run('init', 'approvals', '--aws-profile', 'dev', '--yes')
    expect(status).toBe(0)
    const [assumed] = at.log()
    expect(assumed).toMatchObject({ user: 'alice', action: 'sts:AssumeRole', outcome: 'started' })
    expect(changes(at)).toContain('CreateTable')
  })
})

describe('what cannot be done', () => {
  for (const [what, argv, text] of [
    ['a table called local', ['--table', 'local'], '`local` is the store of this machine'],
    ['a name that DynamoDB would refuse', ['--table', 'a b'], 'a table has a name of 3 to 255 letters'],
  ] as const) {
    it(`${what} is refused before anybody is asked`, async () => {
      const at = await desk()
      const { status, stderr } = await init(at, 'approvals', ...argv)
      expect([status, at.calls()]).toEqual([1, []])
      expect(stderr).toContain(text)
    })
  }
})

it('--generate-iam prints who needs what, and asks nobody', async () => {
  const at = await desk()
  const { stdout } = await at.run('init', 'breakglass', '--generate-iam', '--table', 'mine')
  const documents = JSON.parse(stdout)
  expect(Object.keys(documents)).toEqual([
    'SentinelBreakGlassTableProvisioning',
    'SentinelBreakGlassTableOperations',
    'SentinelBreakGlassTableAudit',
  ])
  const [statement] = documents.SentinelBreakGlassTableOperations.Statement
  expect(statement.Resource).toEqual([
    'arn:aws:dynamodb:*:*:table/mine',
    'arn:aws:dynamodb:*:*:table/mine/index/*',
  ])
  expect(stdout).not.toMatch(/Delete|Scan/)
  expect(at.calls()).toEqual([])
})

it('the tables have the indexes that their documents are listed by', () => {
  const indexesOf = (rows: {
    readonly indexes: Readonly<Record<string, { partition: string; sort: string }>>
  }) => Object.entries(rows.indexes).map(([name, { partition, sort }]) => ({ name, partition, sort }))
  for (const rows of [requestRows, eventRows, sessionRows]) {
    expect(docsTable(rows.name, 't').indexes).toEqual(expect.arrayContaining(indexesOf(rows)))
  }
})
