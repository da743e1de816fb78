import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { example } from '../../dev/aws/index.ts'
import { type Env, tryLock } from '../machine/index.ts'
import { fakeMachine } from '../machine/machine.fake.ts'
import { makePipe, noPipes } from '../machine/pipe.fake.ts'
import { type Desk, desk, openPolicy, policy } from './desk.fake.ts'
import { type Answer, askEndpoint as ask } from './endpoint-client.fake.ts'

const parameter = '/sentinel/policies/dev'
const serverOnly = policy('{name: live, effect: require_server, conditions: {}, reason: Must be revocable}')
const closed = policy('{name: closed, effect: deny, conditions: {}, reason: Frozen}')

async function openDesk(text = serverOnly): Promise<Desk> {
  const at = await desk()
  at.putPolicy(parameter, text)
  return at
}

const server = (at: Desk, ...flags: string[]) =>
  at.run('exec', '--server', '--profile', 'dev', ...flags, '--', process.execPath)

const count = (at: Desk, action: string) => at.calls().filter((call) => call === action).length

/** A call of AWS that is answered when the test says so. */
function held(at: Desk, action: string) {
  let release = () => {}
  const until = new Promise<void>((resolve) => {
    release = resolve
  })
  at.aws.fail({ action, times: 1 }, { kind: 'wait', until })
  return release
}

describe('a child', () => {
  it('gets credentials that only server mode gives, and each request is decided and recorded', async () => {
    const at = await openDesk()
    const answers: Answer[] = []
    at.beChild(async (env) => {
      answers.push(await ask(env))
      at.clock.advance(60_000)
      answers.push(await ask(env))
      return 0
    })
    const { status, stderr } = await server(at)
    expect([status, stderr]).toEqual([0, ''])
    const [first, second] = answers
    expect(first?.status).toBe(200)
    expect(first?.body).toMatchObject({
      Expiration: '2026-02-03T10:15:00Z',
      RoleArn: example.roles.dev,
      AccountId: example.account,
    })
    expect(second).toEqual(first)
    // What was asked for before the child started serves both requests; the policy was looked at for each.
    expect([count(at, 'AssumeRole'), count(at, 'GetParameter')]).toEqual([1, 3])
    expect(at.log().map(({ event, mode, served, effect }) => [event, mode, served, effect])).toEqual([
      ['decision', 'server', undefined, 'allow'],
      ['outcome', 'server', 'fresh', 'allow'],
      ['decision', 'server', undefined, 'allow'],
      ['outcome', 'server', 'cache', 'allow'],
      ['decision', 'server', undefined, 'allow'],
      ['outcome', 'server', 'cache', 'allow'],
    ])
    expect(new Set(at.log().map(({ request_id }) => request_id)).size).toBe(3)
  })

  it('has the endpoint and no other source in its environment', async () => {
    const at = await openDesk()
    Object.assign(at.env, { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_PROFILE: 'carol', KEPT: 'yes' })
    let seen: Env = {}
    at.beChild(async (env) => {
      seen = env
      const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? ''
      expect(readFileSync(file, 'utf8')).toMatch(/^[\w-]{43}$/)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(readFileSync(env.AWS_CONFIG_FILE ?? '', 'utf8')).toBe('')
      return 0
    })
    await server(at)
    expect(seen).toMatchObject({
      KEPT: 'yes',
      AWS_SENTINEL: 'dev',
      AWS_VAULT: 'dev',
      AWS_REGION: example.region,
    })
    expect(seen.AWS_CONTAINER_CREDENTIALS_FULL_URI).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}$/)
    expect(seen.AWS_SHARED_CREDENTIALS_FILE).toBe(seen.AWS_CONFIG_FILE)
    for (const name of [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_PROFILE',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN',
    ])
      expect(seen).not.toHaveProperty(name)
    // Nothing is left of it.
    expect(readdirSync(join(at.home, '.cache/sentinel/endpoints'))).toEqual([])
  })

  it('that cannot read a token from a file gets it in the environment, if that is asked for', async () => {
    const at = await openDesk()
    at.beChild(async (env) => {
      expect(env).not.toHaveProperty('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
      return (await ask(env, env.AWS_CONTAINER_AUTHORIZATION_TOKEN)).status === 200 ? 0 : 1
    })
    expect((await server(at, '--token-in-environment')).status).toBe(0)
  })

  it('keeps its files while other servers come and go, which clear away those of killed ones and nothing else', async () => {
    const at = await openDesk()
    const endpoints = join(at.home, '.cache/sentinel/endpoints')
    const leave = (id: string, holder?: string) => {
      at.write(`.cache/sentinel/endpoints/${id}/token`, 'secret')
      if (holder !== undefined) symlinkSync(holder, join(endpoints, `${id}.lock`))
    }
    at.beChild(async (env) => {
      const lock = `${dirname(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '')}.lock`
      const [nonce, pid, , boot, namespace] = readlinkSync(lock).split('.')
      leave('aaaaaaaaaaaaaaaa', [nonce, pid, '0', boot, namespace].join('.'))
      leave('bbbbbbbbbbbbbbbb')
      leave('cccccccccccccccc', [nonce, pid, '0', 'b0', namespace].join('.'))
      leave('notes')
      at.beChild(async () => 0)
      expect((await server(at)).status).toBe(0)
      return (await ask(env)).status === 200 ? 0 : 1
    })
    expect((await server(at)).status).toBe(0)
    expect(readdirSync(endpoints)).toEqual(['cccccccccccccccc', 'cccccccccccccccc.lock', 'notes'])
  })

  for (const end of [0, 7, 'SIGTERM'] as const) {
    it(`that ends with ${end} ends all`, async () => {
      const at = await openDesk()
      let url = ''
      at.beChild(async (env) => {
        url = env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? ''
        return end
      })
      expect((await server(at)).status).toBe(end === 'SIGTERM' ? 143 : end)
      await expect(ask({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url }, 'x')).rejects.toThrow(
        /ECONNREFUSED|ECONNRESET/,
      )
    })
  }

  it('gets the signals', async () => {
    const at = await openDesk()
    at.beChild(async (_, signals) => {
      const got = new Promise<number>((resolve) => signals.once('SIGTERM', () => resolve(9)))
      at.signal('SIGTERM')
      return got
    })
    expect((await server(at)).status).toBe(9)
  })
})

describe('the next request after a change of the policy', () => {
  it('is refused with the reason, said once, and its repeats are one line', async () => {
    const at = await openDesk()
    const answers: Answer[] = []
    at.beChild(async (env) => {
      answers.push(await ask(env))
      at.putPolicy(parameter, closed)
      at.clock.advance(1_001)
      for (let time = 0; time < 4; time++) answers.push(await ask(env))
      return 0
    })
    const { stderr } = await server(at)
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 403, 403])
    const refusals = answers.slice(1).map(({ body }) => body.message)
    expect(refusals[0]).toMatch(/^`dev` refused by rule `closed` \(Frozen\); .* \(request [0-9a-f]{16}\)$/)
    // Each names the request that has a line.
    expect(new Set(refusals).size).toBe(1)
    expect(stderr).toBe(`sentinel: error: ${refusals[0]} [POLICY_DENIED]\n`)
    const [refused, repeats, ...more] = at.log().slice(4)
    expect(more).toEqual([])
    expect(refused).toMatchObject({ event: 'decision', outcome: 'denied', rule: 'closed', mode: 'server' })
    expect(repeats).toMatchObject({
      event: 'repeats',
      request_id: refused?.request_id,
      count: 3,
      rule: 'closed',
    })
    expect(refusals[0]).toContain(String(refused?.request_id))
    const { stdout } = await at.run('why', String(refused?.request_id))
    expect(stdout).toMatch(/: refused\n[\s\S]*the same was refused 3 times more within seconds/)
    expect(count(at, 'AssumeRole')).toBe(1)
  })

  it('is allowed when the policy allows again', async () => {
    const at = await openDesk()
    const statuses: number[] = []
    at.beChild(async (env) => {
      for (const text of [closed, serverOnly, closed, openPolicy]) {
        at.putPolicy(parameter, text)
        at.clock.advance(1_001)
        statuses.push((await ask(env)).status)
      }
      return 0
    })
    const { stderr } = await server(at)
    expect(statuses).toEqual([403, 200, 403, 200])
    // Said again, since it was allowed in between.
    expect(stderr.match(/refused by rule/g)).toHaveLength(2)
  })

  it('is refused at once: no request is decided by a policy that was read before it came', async () => {
    const at = await openDesk()
    const statuses: number[] = []
    at.beChild(async (env) => {
      // The clock stands still all the while.
      for (const text of [serverOnly, closed, serverOnly, closed]) {
        at.putPolicy(parameter, text)
        statuses.push((await ask(env)).status)
      }
      return 0
    })
    await server(at)
    expect(statuses).toEqual([200, 403, 200, 403])
  })

  it('is refused also where it comes while another request still reads it', async () => {
    const at = await openDesk()
    const statuses: number[] = []
    at.beChild(async (env) => {
      const release = held(at, 'GetParameter')
      const before = ask(env)
      while (count(at, 'GetParameter') === 0) await new Promise(setImmediate)
      at.putPolicy(parameter, closed)
      statuses.push((await ask(env)).status)
      release()
      await before
      return 0
    })
    await server(at, '--lazy')
    expect(statuses).toEqual([403])
  })

  it('looks at the policy together with those that come at the same moment', async () => {
    const at = await openDesk()
    // Twenty answers are many for a busy machine, and an endpoint waits for none longer than a client does.
    at.beUnhurried()
    at.beChild(async (env) => {
      await Promise.all(Array.from({ length: 20 }, () => ask(env)))
      return 0
    })
    await server(at, '--lazy')
    expect(count(at, 'GetParameter')).toBeLessThan(20)
    expect(count(at, 'AssumeRole')).toBe(1)
    expect(at.log().filter(({ outcome }) => outcome === 'issued')).toHaveLength(20)
  })

  it('that cannot be loaded any more is refused', async () => {
    const at = await openDesk()
    const answers: Answer[] = []
    at.beChild(async (env) => {
      at.putPolicy(parameter, 'rules: [{effect: alow}]')
      at.clock.advance(1_001)
      answers.push(await ask(env))
      at.aws.fail({ action: 'GetParameter' }, { kind: 'deny' })
      at.clock.advance(1_001)
      answers.push(await ask(env))
      return 0
    })
    const { stderr } = await server(at)
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [503, 'POLICY_INVALID'],
      [403, 'SSM_ACCESS_DENIED'],
    ])
    expect(JSON.stringify(answers)).not.toContain('ASIA')
    expect(stderr).toContain('[POLICY_INVALID]')
  })
})

describe('before the child starts', () => {
  for (const [name, text, flags, code] of [
    ['a refusal ends it', closed, [], 'POLICY_DENIED'],
    [
      'what needs an approval is refused, not issued',
      policy('{name: ask, effect: require_approval, conditions: {}}'),
      [],
      'POLICY_DENIED',
    ],
    ['a port that is none ends it', serverOnly, ['--server-port', '70000'], 'USAGE'],
    ['long-term keys are no choice', serverOnly, ['--no-session'], 'USAGE'],
    ['a duration of the other mode is no choice', serverOnly, ['--duration', '1h'], 'USAGE'],
    [
      'a duration that AWS does not have ends it',
      serverOnly,
      ['--server-duration', '5m'],
      'DURATION_INVALID',
    ],
    [
      'a duration that AWS does not have ends it, also when nothing is asked for',
      serverOnly,
      ['--server-duration', '13h', '--lazy'],
      'DURATION_INVALID',
    ],
  ] as const) {
    it(name, async () => {
      const at = await openDesk(text)
      at.beChild(() => Promise.reject(new Error('the child was started')))
      const { status, stderr } = await server(at, ...flags)
      expect([status, stderr]).toEqual([1, expect.stringContaining(`[${code}]`)])
      expect(count(at, 'AssumeRole')).toBe(0)
      expect(existsSync(join(at.home, '.cache/sentinel/endpoints'))).toBe(false)
    })
  }

  it('nothing is asked for with --lazy, and the first request is refused', async () => {
    const at = await openDesk(closed)
    let status = 0
    at.beChild(async (env) => {
      expect([at.calls(), at.log()]).toEqual([[], []])
      status = (await ask(env)).status
      return 0
    })
    expect((await server(at, '--lazy')).status).toBe(0)
    expect(status).toBe(403)
  })
})

it('a port that is taken ends it before anything is decided', async () => {
  const at = await openDesk()
  const busy = createServer()
  onTestFinished(() => void busy.close())
  await new Promise<void>((listening) => busy.listen(0, '127.0.0.1', listening))
  const { port } = busy.address() as AddressInfo
  at.beChild(() => Promise.reject(new Error('the child was started')))
  const { status, stderr } = await server(at, '--server-port', String(port))
  expect([status, stderr]).toEqual([1, expect.stringContaining('[ENDPOINT_UNAVAILABLE]')])
  expect([at.calls(), at.log()]).toEqual([[], []])
})

describe('credentials', () => {
  it('serve again until ten minutes of them are left', async () => {
    const at = await openDesk()
    const keys: (string | undefined)[] = []
    at.beChild(async (env) => {
      for (const minutes of [0, 5, 1]) {
        at.clock.advance(minutes * 60_000)
        keys.push((await ask(env)).body.AccessKeyId)
      }
      return 0
    })
    await server(at)
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).not.toBe(keys[1])
    expect(count(at, 'AssumeRole')).toBe(2)
  })

  it('last as long as --server-duration says', async () => {
    const at = await openDesk()
    let until = ''
    at.beChild(async (env) => {
      until = (await ask(env)).body.Expiration ?? ''
      return 0
    })
    await server(at, '--server-duration', '45m')
    expect(until).toBe('2026-02-03T10:45:00Z')
  })

  it('are no secrets of the log', async () => {
    const at = await openDesk()
    const secrets: string[] = []
    at.beChild(async (env) => {
      const { SecretAccessKey = '', Token = '' } = (await ask(env)).body
      secrets.push(
        SecretAccessKey,
        Token,
        readFileSync(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '', 'utf8'),
      )
      return 0
    })
    await server(at)
    for (const secret of secrets) expect(readFileSync(at.logFile, 'utf8')).not.toContain(secret)
  })
})

it('without the record there are no credentials', async () => {
  const at = await openDesk()
  let answer: Answer | undefined
  at.beChild(async (env) => {
    answer = await ask(env)
    return 0
  })
  const { status, stderr } = await at.run(
    'exec',
    '--server',
    '--lazy',
    '--profile',
    'dev',
    '--log-file',
    '/dev/full',
    '--',
    'node',
  )
  expect(status).toBe(0)
  expect([answer?.status, answer?.body.code]).toEqual([503, 'LOG_UNWRITABLE'])
  expect(stderr).toContain('[LOG_UNWRITABLE]')
  expect(JSON.stringify(answer)).not.toContain('ASIA')
})

describe('an answer that takes too long', () => {
  it('is not waited for; the credentials serve the next request, and the first is on record as abandoned', async () => {
    const at = await openDesk()
    // All that is looked up lies ready, so that the time goes by with STS alone.
    at.write('policy.yaml', serverOnly)
    at.beChild(async (env) => {
      at.clock.advance(10 * 60_000)
      const release = held(at, 'AssumeRole')
      const { status, body } = await ask(env)
      expect([status, body.code]).toEqual([503, 'ABANDONED'])
      release()
      expect((await ask(env)).status).toBe(200)
      return 0
    })
    await server(at, '--policy-file', 'policy.yaml')
    expect(count(at, 'AssumeRole')).toBe(2)
    const outcomes = at
      .log()
      .filter(({ event }) => event === 'outcome')
      .slice(1)
    expect(outcomes.map(({ outcome, served }) => [outcome, served])).toEqual([
      ['abandoned', 'fresh'],
      ['issued', 'cache'],
    ])
    expect(outcomes[1]?.issued_by).toBe(outcomes[0]?.request_id)
  })

  it('of what the decision depends on denies', async () => {
    const at = await openDesk()
    at.beChild(async (env) => {
      const release = held(at, 'GetParameter')
      const { status, body } = await ask(env)
      expect([status, body.code]).toEqual([503, 'FACT_TIMEOUT'])
      release()
      expect((await ask(env)).status).toBe(200)
      return 0
    })
    await server(at, '--lazy')
    expect(at.log()[0]).toMatchObject({
      event: 'decision',
      outcome: 'error',
      error_code: 'FACT_TIMEOUT',
      reason: 'it was not found out in time what the policy says',
    })
  })
})

describe('what another process keeps to itself', () => {
  /** Takes the lock of the decision log, as whoever writes in it does. */
  function lockLog(at: Desk): () => void {
    const heads = join(at.home, '.local/state/sentinel/heads')
    const [place = ''] = readdirSync(heads).filter((name) => name.endsWith('.at'))
    const attempt = tryLock(fakeMachine(), join(heads, place.replace(/at$/, 'lock')))
    if (attempt.kind === 'held') throw new Error('somebody else has it')
    return attempt.release
  }
  const turns = async () => {
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  }

  it('is waited for while everything else goes on', async () => {
    const at = await openDesk()
    const statuses: number[] = []
    at.beChild(async (env) => {
      const release = lockLog(at)
      const asked = [ask(env), ask(env)]
      // Here too: a server that stopped the thread would have to give up first.
      await turns()
      release()
      for (const answer of asked) statuses.push((await answer).status)
      return 0
    })
    await server(at)
    expect(statuses).toEqual([200, 200])
  })

  it('is not waited for longer than the client waits: nothing is given, and nothing on record as given', async () => {
    const at = await openDesk()
    at.beChild(async (env) => {
      const before = at.log().length
      const release = lockLog(at)
      const { status, body } = await ask(env)
      expect([status, body.code, body.AccessKeyId]).toEqual([503, 'LOCK_TIMEOUT', undefined])
      release()
      await turns()
      expect(at.log().length).toBe(before)
      expect((await ask(env)).status).toBe(200)
      return 0
    })
    const { status, stderr } = await server(at)
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^sentinel: error: process \d+ has held [^\n]+\[LOCK_TIMEOUT\]\n/),
    ])
  })

  it('keeps no refusal out of the record: it is written when there is room, with its repeats', async () => {
    const at = await openDesk()
    at.beChild(async (env) => {
      at.putPolicy(parameter, closed)
      const release = lockLog(at)
      const answers = await Promise.all([ask(env), ask(env), ask(env)])
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
        Array(3).fill([503, 'ABANDONED']),
      )
      release()
      return 0
    })
    await server(at)
    const [first, second, ...more] = at.log().slice(2)
    expect(more).toEqual([])
    expect(first).toMatchObject({ event: 'decision', outcome: 'denied', rule: 'closed' })
    expect(second).toMatchObject({ event: 'repeats', request_id: first?.request_id, count: 2 })
  })
})

describe.skipIf(noPipes)('a pipe that nobody writes to [needs mkfifo]', () => {
  it.each([['policy.yaml'], ['.aws/config'], ['.aws/credentials']])(
    'in the place of %s is refused at once, and recorded',
    async (name) => {
      const at = await openDesk()
      at.write('policy.yaml', serverOnly)
      const text = at.read(name)
      at.beChild(async (env) => {
        rmSync(join(at.home, name))
        makePipe(join(at.home, name))
        const { status, body } = await ask(env)
        expect([status, body.code]).toEqual([503, 'FILE_UNREADABLE'])
        rmSync(join(at.home, name))
        at.write(name, text)
        expect((await ask(env)).status).toBe(200)
        return 0
      })
      const { stderr } = await server(at, '--policy-file', 'policy.yaml')
      expect(stderr).toContain(
        `${name}\`: it is a pipe or a device, and what is read at each request must be a file`,
      )
      expect(at.log()[2]).toMatchObject({
        event: 'decision',
        outcome: 'error',
        error_code: 'FILE_UNREADABLE',
      })
    },
  )
})
