import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Desk, desk, jsonOf, openPolicy, policy } from '../desk.fake.ts'

const p = '/sentinel/policies/dev'
const ask = (at: Desk, ...argv: string[]) => at.run('credentials', '--profile', 'dev', ...argv)
const idOf = (at: Desk, index: number) => String(at.log()[index]?.request_id)

async function issued(): Promise<Desk> {
  const at = await desk()
  at.putPolicy(p, openPolicy)
  await ask(at)
  return at
}

describe('says what became of', () => {
  it('credentials that were issued, with every later use', async () => {
    const at = await issued()
    at.clock.advance(60_000)
    await ask(at)
    at.clock.advance(60_000)
    await at.run('exec', '--profile', 'dev', '--', process.execPath, '-e', '0')
    const [id, key] = [idOf(at, 0), at.log()[1]?.access_key_id]
    for (const asked of [id, `sentinel,alice,${id}`]) {
      const { status, stdout, stderr } = await at.run('why', asked)
      expect([status, stderr]).toEqual([0, ''])
      expect(stdout).toBe(`Request ${id}: allowed, and credentials were issued

  who            alice (arn:aws:iam::111122223333:user/alice)
  what           profile dev, mode credential_process, role arn:aws:iam::111122223333:role/DevRole, for 1h
  when           2026-02-03T10:00:00Z
  rule           open (rule 1) of ${p} (version 1, sha256 ${String(at.log()[0]?.policy_sha256).slice(0, 16)}…)
  why            Everybody
  stamp          sentinel,alice,${id}
  credentials    ${key}, until 2026-02-03T11:00:00Z
  circumstances  region us-east-1, endpoint ${at.aws.url}/, host laptop, sentinel dev

Later uses of these credentials:
  WHEN                  REQUEST           MODE                OUTCOME
  2026-02-03T10:01:00Z  ${idOf(at, 2)}  credential_process  issued
  2026-02-03T10:02:00Z  ${idOf(at, 4)}  cli                 issued
`)
    }
    const cached = await at.run('why', idOf(at, 2))
    expect(cached.stdout).toContain(`${key}, until 2026-02-03T11:00:00Z, from the cache\n`)
    expect(cached.stdout).toContain(
      `These are the credentials of request ${id}, served from the cache: sentinel why ${id}\n`,
    )
    const json = await jsonOf(at, 'why', id)
    expect(json).toMatchObject({
      request_id: id,
      verdict: 'allowed, and credentials were issued',
      decision: { line: 2, event: 'decision', rule: 'open' },
      outcomes: [{ line: 3, event: 'outcome', outcome: 'issued' }],
      issued_by: id,
      uses: [{ request_id: idOf(at, 2) }, { request_id: idOf(at, 4), mode: 'cli' }],
    })
    expect((await jsonOf(at, 'why', idOf(at, 2))).issued_by).toBe(id)
  })

  it('a refusal', async () => {
    const at = await desk()
    at.putPolicy(p, policy('{name: freeze, effect: deny, conditions: {}, reason: Weekend}'))
    await ask(at)
    const { stdout } = await at.run('why', idOf(at, 0))
    expect(stdout).toMatch(/^Request \w{16}: refused\n/)
    expect(stdout).toMatch(/^ {2}rule {11}freeze \(rule 1\) of /m)
    expect(stdout).toMatch(/^ {2}why {12}Weekend$/m)
    expect(stdout).not.toMatch(/^ {2}(stamp|credentials) /m)
  })

  it('a refusal because no rule matched', async () => {
    const at = await desk()
    at.putPolicy(p, policy('{name: other, effect: allow, conditions: {profiles: [prod]}}'))
    await ask(at)
    expect((await at.run('why', idOf(at, 0))).stdout).toMatch(
      /^ {2}rule {11}none of \/sentinel\/policies\/dev /m,
    )
  })

  it('a request that failed before the decision, and one that failed after it', async () => {
    const at = await desk()
    await ask(at)
    at.putPolicy(p, openPolicy)
    at.aws.fail({ action: 'AssumeRole' }, { kind: 'deny' })
    await ask(at)
    expect((await at.run('why', idOf(at, 0))).stdout).toContain(
      'failed (SSM_PARAMETER_NOT_FOUND); nothing was issued',
    )
    const after = await at.run('why', idOf(at, 1))
    expect(after.stdout).toContain('failed (STS_ACCESS_DENIED); nothing was issued')
    expect(after.stdout).toMatch(/^ {2}rule {11}open /m)
  })

  it('credentials without a stamp', async () => {
    const at = await desk()
    at.write('p.yaml', openPolicy)
    await at.run('credentials', '--profile', 'alice', '--allow-unstamped', '--policy-file', 'p.yaml')
    expect((await at.run('why', idOf(at, 0))).stdout).toMatch(
      /^ {2}stamp {10}none: the credentials are unstamped$/m,
    )
  })

  it('a process that ended between the two lines', async () => {
    const at = await issued()
    const [log, decision] = at.read('.local/state/sentinel/decisions.jsonl').split('\n')
    writeFileSync(at.logFile, `${log}\n${decision}\n`)
    expect((await at.run('why', idOf(at, 0))).stdout).toContain(
      'allowed, but the log knows no outcome: the process ended before anything was released',
    )
  })

  it("a change to Sentinel's set-up, and a clock that was accepted", async () => {
    const at = await desk()
    await at.run('init', 'bootstrap', '--profile', 'dev', '--yes')
    await at.run('log', 'accept-clock', '--reason', 'woke up')
    const { stdout } = await at.run('why', idOf(at, 0))
    expect(stdout).toMatch(/^Request \w{16}: a change to Sentinel's set-up, done\n/)
    expect(stdout).toMatch(/Z {2}alice {2}ssm:PutParameter {2}\/sentinel\/policies\/dev {2}started/)
    expect((await at.run('why', idOf(at, 2))).stdout).toMatch(
      /: somebody said that the clock is right\n[\s\S]*woke up/,
    )
  })
})

describe('a stamp that does not fit', () => {
  it('of another user is called forged', async () => {
    const at = await issued()
    const { status, stdout } = await at.run('why', `sentinel,mallory,${idOf(at, 0)}`)
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /Warning: no credentials with the SourceIdentity sentinel,mallory,\w+ were handed out/,
    )
    expect(stdout).toMatch(/The request is alice's\. .*forged\./)
  })

  it('of a request that was refused is not that of credentials', async () => {
    const at = await desk()
    await ask(at)
    const { stdout } = await at.run('why', `sentinel,alice,${idOf(at, 0)}`)
    expect(stdout).toContain(
      'It may be that of the session that read the policy (`--aws-profile`), or forged.',
    )
  })

  it('is not complained about where the id alone was asked for', async () => {
    const at = await issued()
    expect((await at.run('why', idOf(at, 0))).stdout).not.toContain('Warning')
  })
})

describe('lines of the reference', () => {
  const line = (more: object) =>
    `${JSON.stringify({ timestamp: '2026-02-03T10:00:00Z', user: 'alice', profile: 'live', effect: 'allow', rule: 'dev', rule_index: 1, reason: 'Work', policy_path: '/p', request_id: 'e8d38fce', source_identity: 'sentinel:alice:e8d38fce', ...more })}\n`

  it('are understood by id and by their stamp', async () => {
    const at = await desk()
    at.write('old.jsonl', line({}))
    for (const asked of ['e8d38fce', 'sentinel:alice:e8d38fce']) {
      const { status, stdout } = await at.run('why', asked, '--log', 'old.jsonl')
      expect(status).toBe(0)
      expect(stdout).toContain('Request e8d38fce: allowed, and credentials were issued\n')
      expect(stdout).toMatch(/^ {2}rule {11}dev \(rule 2\) of \/p$/m)
      expect(stdout).not.toContain('Warning')
    }
  })

  for (const [key, words] of [
    ['approved_request_id', 'by approval f9698a09a4cef775'],
    ['break_glass_event_id', 'by break-glass event f9698a09a4cef775'],
  ] as const) {
    it(`say what went over the effect: ${key}`, async () => {
      const at = await desk()
      at.pipe(line({ effect: 'deny', [key]: 'f9698a09a4cef775' }))
      const { stdout } = await at.run('why', 'e8d38fce', '--log', '-')
      expect(stdout).toContain(`Request e8d38fce: credentials were issued, ${words}\n`)
    })
  }

  it('of one id: the user of the stamp is chosen, the others are named', async () => {
    const at = await desk()
    at.pipe(line({}) + line({ user: 'bob', profile: 'prod', source_identity: 'sentinel:bob:e8d38fce' }))
    const { stdout } = await at.run('why', 'sentinel:alice:e8d38fce', '--log', '-')
    expect(stdout).toMatch(/^ {2}who {12}alice\n {2}what {11}profile live$/m)
    expect(stdout).toMatch(
      /Other decisions have the same id .*\n.*\n {2}2 +2026-02-03T10:00:00Z {2}bob {2}prod/,
    )
    at.pipe(line({}) + line({ user: 'bob' }))
    const json = await jsonOf(at, 'why', 'e8d38fce', '--log', '-')
    expect([json.decision.user, json.other_decisions]).toEqual([
      'bob',
      [expect.objectContaining({ line: 1 })],
    ])
  })

  it('show no terminal escapes', async () => {
    const at = await desk()
    at.pipe(line({ user: '\u001b[31mroot\u202e', reason: 'a\nb' }))
    const { stdout } = await at.run('why', 'e8d38fce', '--log', '-')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the point
    expect(stdout).not.toMatch(/[\u001b\u202e]/)
    expect(stdout).toMatch(/^ {2}why {12}a.*b$/m)
  })
})

describe('fails with a code', () => {
  for (const [name, argv, code] of [
    ['an id that nobody has', ['0123456789abcdef'], 'DECISION_NOT_FOUND'],
    ['a text that is neither', ['alice'], 'DECISION_NOT_FOUND'],
    ['no log there', ['0123456789abcdef', '--log', 'no.jsonl'], 'LOG_UNREADABLE'],
    ['nothing asked', [], 'USAGE'],
  ] as const) {
    it(name, async () => {
      const at = await issued()
      const { status, stdout, stderr } = await at.run('why', ...argv)
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toContain(`[${code}]`)
      expect(await jsonOf(at, 'why', ...argv)).toMatchObject({ error: { code } })
    })
  }
})

describe('tells of what lasts', () => {
  const line = (fields: object) =>
    `${JSON.stringify({ timestamp: '2026-02-03T10:00:00Z', user: 'carol', ...fields })}\n`
  const event = 'bbbbbbbbbbbbbbbb'
  const invoked = {
    event: 'breakglass.invoked',
    event_id: event,
    walk_id: '0000000000000001',
    invoker: 'alice',
    profile: 'prod',
    duration_seconds: 3600,
    reason_code: 'incident',
    justification: 'Database is \u001b[31mdown',
    expires_at: '2026-02-03T11:00:00Z',
  }
  const log = [
    line({ ...invoked, outcome: 'started' }),
    line({ ...invoked, outcome: 'done', status: 'active' }),
    line({
      event: 'outcome',
      request_id: '0000000000000002',
      profile: 'prod',
      mode: 'cli',
      outcome: 'issued',
      break_glass_event_id: event,
    }),
    line({
      event: 'breakglass.closed',
      event_id: event,
      walk_id: '0000000000000003',
      outcome: 'done',
      status: 'closed',
      closed_reason: 'It is over',
    }),
  ].join('')

  it('an event: what it was for, everything that happened to it, and every use', async () => {
    const at = await desk()
    at.write('log', log)
    const { stdout, stderr } = await at.run('why', event, '--log', `${at.home}/log`)
    expect(stderr).toBe('')
    expect(stdout).toBe(`Break-glass event ${event}: closed

  who            alice
  what           profile prod, for 1h
  why            incident: Database is down
  until          2026-02-03T11:00:00Z

What happened:
  WHEN                  WHAT     WHO    OUTCOME  SAID
  2026-02-03T10:00:00Z  invoked  carol  done
  2026-02-03T10:00:00Z  closed   carol  done     It is over

Uses:
  WHEN                  REQUEST           MODE  OUTCOME
  2026-02-03T10:00:00Z  0000000000000002  cli   issued
`)
  })

  it('as JSON', async () => {
    const at = await desk()
    at.write('log', log)
    const { stdout } = await at.run('why', event, '--log', `${at.home}/log`, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      request_id: event,
      named: 'event',
      verdict: 'closed',
      decision: null,
      changes: [{ outcome: 'started' }, { line: 2 }, { closed_reason: 'It is over' }],
      uses: [{ request_id: '0000000000000002' }],
    })
  })

  it('one command by the id of its record', async () => {
    const at = await desk()
    at.write('log', log)
    const { stdout } = await at.run('why', '0000000000000003', '--log', `${at.home}/log`)
    expect(stdout).toContain('Record 0000000000000003: closed: done\n')
  })
})
