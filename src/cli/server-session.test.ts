import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { example } from '../../dev/aws/index.ts'
import { type Session, sessionRows } from '../access/index.ts'
import { systemRandom } from '../base/index.ts'
import { type Env, openKeys } from '../machine/index.ts'
import { fakeMachine } from '../machine/machine.fake.ts'
import type { AccessAnswer } from '../policy/index.ts'
import { type Docs, localDocs, localKv } from '../store/index.ts'
import type { Asker } from './answers/asker.ts'
import { openDeps } from './deps.ts'
import { type Desk, desk, jsonOf, openPolicy, policy } from './desk.fake.ts'
import { askEndpoint as ask } from './endpoint-client.fake.ts'
import { openGateway } from './gateway-deps.ts'
import { fakeIo } from './io.fake.ts'
import { openProfile } from './profile.ts'
import { ownReach } from './reach.ts'
import { openServerSession } from './server-session.ts'
import { openWays } from './ways.ts'

const parameter = '/sentinel/policies/dev'
const minutes = 60_000
const mustBeTracked = policy(
  '{name: tracked, effect: require_server_session, conditions: {}, reason: Revocable}',
)
const anyServer = policy('{name: any, effect: require_server, conditions: {}}')
const ownTable = policy('{name: own, effect: require_server_session, conditions: {}, session_table: local}')
const toRevoke = [
  '--reason',
  'Suspicious activity',
  '--table',
  'local',
  '--region',
  'us-east-1',
  '--aws-profile',
  'carol',
]

async function openDesk(text = mustBeTracked): Promise<Desk> {
  const at = await desk()
  at.putPolicy(parameter, text)
  return at
}

/** Runs a server whose child is a function, with a table of this machine. */
async function serve(at: Desk, live: (env: Env, id: string) => Promise<void>, ...flags: string[]) {
  at.beChild(async (env) => {
    await live(env, env.SENTINEL_SESSION_ID ?? '')
    return 0
  })
  const table = flags.includes('--no-table') ? [] : ['--session-table', 'local']
  const more = flags.filter((flag) => flag !== '--no-table')
  return at.run('exec', '--server', '--profile', 'dev', ...table, ...more, '--', process.execPath)
}

/** The table as somebody sees it who may write to it. */
async function sessions<Result>(at: Desk, use: (docs: Docs<Session>) => Promise<Result>): Promise<Result> {
  const machine = fakeMachine()
  const state = join(at.home, '.local/state/sentinel')
  const kv = await localKv(machine, join(state, 'store'))
  try {
    return await use(
      localDocs({ ...machine, keys: openKeys(machine, join(state, 'keys.json')), kv }, sessionRows),
    )
  } finally {
    await kv.close()
  }
}

const row = (at: Desk, id: string) => sessions(at, async (docs) => (await docs.get(id))?.body)
const events = (at: Desk) =>
  at.log().map(({ event, outcome }) => `${event}${outcome === undefined ? '' : ` ${outcome}`}`)
const statuses = async (env: Env, times: number) => {
  const found: number[] = []
  for (let time = 0; time < times; time++) found.push((await ask(env)).status)
  return found
}

describe('a session', () => {
  it('is made before the first credential, counted, and ended, all on record', async () => {
    const at = await openDesk()
    let sessionId = ''
    const { status, stderr } = await serve(at, async (env, id) => {
      sessionId = id
      expect(id).toMatch(/^[0-9a-f]{16}$/)
      expect(await statuses(env, 2)).toEqual([200, 200])
      expect(await row(at, id)).toMatchObject({
        user: 'alice',
        userArn: example.alice.arn,
        accountId: example.account,
        profile: 'dev',
        host: 'laptop',
        status: 'active',
        expiresAtMs: at.clock.now() + 15 * minutes,
      })
    })
    expect([status, stderr]).toEqual([0, ''])
    expect(await row(at, sessionId)).toMatchObject({
      status: 'expired',
      endedAtMs: at.clock.now(),
      requestCount: 3,
    })
    expect(events(at)).toEqual([
      'session.created started',
      'session.created done',
      ...Array(3).fill(['decision', 'outcome issued']).flat(),
      'session.ended started',
      'session.ended done',
    ])
    for (const line of at.log()) expect(line.session_id).toBe(sessionId)
    expect(at.log()[0]).toMatchObject({
      table: 'local',
      profile: 'dev',
      user: 'alice',
      walk_id: at.log()[2]?.request_id,
    })
  })

  it('is made before the child starts, also with --lazy, so that it can be revoked before it asks', async () => {
    const at = await openDesk()
    await serve(
      at,
      async (env, id) => {
        expect(events(at)).toEqual(['session.created started', 'session.created done'])
        expect(await row(at, id)).toMatchObject({ status: 'active', requestCount: 0 })
        expect((await at.run('server-revoke', id, ...toRevoke)).status).toBe(0)
        expect(await statuses(env, 2)).toEqual([403, 403])
      },
      '--lazy',
    )
    expect(at.calls()).not.toContain('AssumeRole')
  })

  it('whose table cannot be reached starts no child, also with --lazy', async () => {
    const at = await openDesk()
    await serve(at, async () => {})
    chmodSync(join(at.home, '.local/state/sentinel/store/data.mdb'), 0o644)
    const { status, stderr } = await serve(
      at,
      () => Promise.reject(new Error('the child was started')),
      '--lazy',
    )
    expect([status, stderr]).toEqual([1, expect.stringContaining('[STORE_UNAVAILABLE]')])
  })

  it('is not needed where no rule and no flag asks for one', async () => {
    const at = await openDesk(anyServer)
    await serve(
      at,
      async (env, id) => {
        expect([id, await statuses(env, 1)]).toEqual(['', [200]])
      },
      '--no-table',
    )
    expect(events(at).join()).not.toContain('session')
  })

  it("lies in the rule's own table, whatever the flags say", async () => {
    const at = await openDesk(ownTable)
    await serve(
      at,
      async (env, id) => {
        expect(await statuses(env, 1)).toEqual([200])
        expect(await row(at, id)).toMatchObject({ status: 'active' })
      },
      '--session-table',
      'nowhere',
      '--no-table',
    )
  })

  it('that a rule demands is demanded: without a table nothing is issued', async () => {
    const at = await openDesk()
    const { status, stderr } = await serve(
      at,
      () => Promise.reject(new Error('the child was started')),
      '--no-table',
    )
    expect([status, stderr]).toEqual([1, expect.stringContaining('--session-table TABLE')])
    expect(at.calls()).not.toContain('AssumeRole')
  })

  it('that a rule demands is no matter of credential_process', async () => {
    const at = await openDesk()
    const { status, stdout, stderr } = await at.run(
      'credentials',
      '--profile',
      'dev',
      '--session-table',
      'local',
    )
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('exec --server --session-table TABLE')
    expect(at.calls()).not.toContain('AssumeRole')
  })

  it('has credentials of its own: nothing of another run is served', async () => {
    const at = await openDesk(anyServer)
    const keys: string[] = []
    const once = async (env: Env) => void keys.push((await ask(env)).body.AccessKeyId ?? '')
    await serve(at, once)
    await serve(at, once)
    await at.run('credentials', '--profile', 'dev', '--duration', '15m')
    expect(new Set(keys).size).toBe(2)
    expect(at.calls().filter((call) => call === 'AssumeRole')).toHaveLength(2)
  })

  it('whose table cannot be reached gives nothing', async () => {
    const at = await openDesk()
    await serve(at, async (env, id) => {
      chmodSync(join(at.home, '.local/state/sentinel/store/data.mdb'), 0o644)
      const { status, body } = await ask(env)
      expect([status, body.code]).toEqual([503, 'STORE_UNAVAILABLE'])
      chmodSync(join(at.home, '.local/state/sentinel/store/data.mdb'), 0o600)
      expect(await statuses(env, 1)).toEqual([200])
      expect(await row(at, id)).toMatchObject({ status: 'active' })
    })
  })
})

describe('a session that is revoked', () => {
  it('gives nothing at the next request, and says by whom and why', async () => {
    const at = await openDesk()
    let own = ''
    const { stderr } = await serve(at, async (env, id) => {
      own = id
      expect(await statuses(env, 1)).toEqual([200])
      const revoked = await at.run('server-revoke', id, ...toRevoke)
      expect(revoked).toMatchObject({
        status: 0,
        stdout: `Session ${id} of alice for dev is revoked: its next request is refused.\n(this machine only)\n`,
        stderr: '',
      })
      const { status, body } = await ask(env)
      expect([status, body.code]).toEqual([403, 'SESSION_REVOKED'])
      expect(body.message).toContain(`session ${id} was revoked by carol (Suspicious activity)`)
      expect(await statuses(env, 3)).toEqual([403, 403, 403])
    })
    expect(stderr.match(/was revoked by carol/g)).toHaveLength(1)
    expect(await row(at, own)).toMatchObject({ status: 'revoked', revokedBy: 'carol', requestCount: 2 })
    // Ended by whoever revoked it, so the run has nothing more to end.
    expect(events(at).slice(4)).toEqual([
      'decision',
      'outcome issued',
      'session.revoked started',
      'session.revoked done',
      'decision denied',
      'repeats denied',
    ])
    expect(at.log()[6]).toMatchObject({
      user: 'carol',
      actor: 'carol',
      revoked_reason: expect.stringMatching(/^sealed:/),
      table: 'local',
    })
  })

  it('and is never asked again is not said to have ended, and its row says what it gave', async () => {
    const at = await openDesk()
    let own = ''
    await serve(at, async (env, id) => {
      own = id
      expect(await statuses(env, 2)).toEqual([200, 200])
      at.clock.advance(minutes)
      expect((await at.run('server-revoke', id, ...toRevoke)).status).toBe(0)
    })
    expect(events(at).slice(-2)).toEqual(['session.revoked started', 'session.revoked done'])
    expect(await row(at, own)).toMatchObject({
      status: 'revoked',
      revokedBy: 'carol',
      requestCount: 3,
      lastAccessAtMs: at.clock.now() - minutes,
    })
    expect((await at.run('why', own)).stdout).toContain('revoked')
  })

  for (const [name, tamper] of [
    ['twelve hours later', async (at) => at.clock.advance(12 * 60 * minutes)],
    [
      'after its row was set back to active',
      async (at, id) => {
        await sessions(at, async (docs) => {
          const doc = await docs.get(id)
          if (doc !== undefined) await docs.update(doc, { ...doc.body, status: 'active' })
        })
      },
    ],
    [
      'after the store was thrown away',
      async (at) => chmodSync(join(at.home, '.local/state/sentinel/store/data.mdb'), 0o644),
    ],
  ] as const satisfies readonly (readonly [string, (at: Desk, id: string) => Promise<unknown> | unknown])[]) {
    it(`stays so ${name}`, async () => {
      const at = await openDesk()
      await serve(at, async (env, id) => {
        await at.run('server-revoke', id, ...toRevoke)
        expect(await statuses(env, 1)).toEqual([403])
        await tamper(at, id)
        const { status, body } = await ask(env)
        expect([status, body.code]).toEqual([403, 'SESSION_REVOKED'])
      })
    })
  }

  it('stays so when its row was set back before anybody asked', async () => {
    const at = await openDesk()
    await serve(at, async (env, id) => {
      await at.run('server-revoke', id, ...toRevoke)
      await sessions(at, async (docs) => {
        const doc = await docs.get(id)
        if (doc !== undefined) await docs.update(doc, { ...doc.body, status: 'active' })
      })
      expect(await statuses(env, 2)).toEqual([403, 403])
    })
  })

  for (const [name, text] of [
    ['names another table', ownTable.replace('session_table: local', 'session_table: elsewhere')],
    ['asks for no session any more', anyServer],
    ['allows everything', openPolicy],
  ] as const) {
    for (const seen of ['after it was seen', 'before it was seen'] as const) {
      it(`stays so ${seen} when the rule ${name}`, async () => {
        const at = await openDesk(ownTable)
        await serve(
          at,
          async (env, id) => {
            expect(await statuses(env, 1)).toEqual([200])
            await at.run('server-revoke', id, ...toRevoke)
            if (seen === 'after it was seen') expect(await statuses(env, 1)).toEqual([403])
            at.putPolicy(parameter, text)
            at.clock.advance(1_001)
            const { status, body } = await ask(env)
            expect([status, body.code]).toEqual([403, 'SESSION_REVOKED'])
          },
          '--no-table',
        )
      })
    }
  }

  it('is not revoked twice, nor after its end, nor if there is none', async () => {
    const at = await openDesk()
    let sessionId = ''
    await serve(at, async (_, id) => {
      sessionId = id
      await at.run('server-revoke', id, ...toRevoke)
      const again = await at.run('server-revoke', id, ...toRevoke)
      expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('is revoked already')])
      expect(again.stderr).toContain('[STATE_CONFLICT]')
    })
    const none = await at.run('server-revoke', '0123456789abcdef', ...toRevoke)
    expect(none.stderr).toContain('[SESSION_NOT_FOUND]')
    expect((await at.run('server-revoke', 'nonsense', ...toRevoke)).stderr).toContain('[USAGE]')
    expect((await row(at, sessionId))?.status).toBe('revoked')
  })
})

describe('the commands', () => {
  it('show sessions: as JSON with the keys of the reference, as tables for people', async () => {
    const at = await openDesk()
    await serve(at, async (env, id) => {
      await ask(env)
      const list = ['server-sessions', '--table', 'local', '--region', 'us-east-1', '--aws-profile', 'alice']
      const { sessions: rows } = JSON.parse((await at.run(...list, '--output', 'json')).stdout)
      expect(rows).toEqual([
        {
          id,
          user: 'alice',
          profile: 'dev',
          status: 'active',
          started_at: '2026-02-03T10:00:00Z',
          last_access_at: '2026-02-03T10:00:00Z',
          expires_at: '2026-02-03T10:15:00Z',
          request_count: 0,
          server_instance_id: `laptop:${process.pid}`,
        },
      ])
      expect((await at.run(...list)).stdout).toMatch(
        new RegExp(`^SESSION +STATUS +USER +PROFILE .*\n${id}  active  alice  dev  `),
      )
      const one = ['server-session', id, '--table', 'local', '--aws-profile', 'alice']
      expect(await jsonOf(at, ...one)).toMatchObject({
        id,
        status: 'active',
        user_arn: example.alice.arn,
        source_identity: '',
        advisory: 'this machine only',
      })
      expect((await at.run(...one)).stdout).toContain(`Session ${id}: active`)
      for (const [flags, count] of [
        [['--status', 'revoked'], 0],
        [['--status', 'active', '--profile', 'dev'], 1],
        [['--user', 'bob'], 0],
        [['--since', '1h'], 1],
      ] as const) {
        const found = await jsonOf(at, ...list, ...flags)
        expect([flags, found.sessions.length]).toEqual([flags, count])
      }
    })
  })

  it('strip what a terminal would obey', async () => {
    const at = await openDesk()
    await serve(at, async (_, id) => {
      await at.run(
        'server-revoke',
        id,
        '--reason',
        'a\u001b[2Jb\u202e',
        '--table',
        'local',
        '--aws-profile',
        'carol',
      )
      const { stdout } = await at.run('server-session', id, '--table', 'local', '--aws-profile', 'carol')
      expect(stdout).toContain('revoked')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it is about
      expect(stdout).not.toMatch(/[\u001b\u202e]/)
    })
  })
})

describe('the process of a session', () => {
  /** A session whose timers run when the test says so. */
  async function ticking() {
    const at = await openDesk()
    const io = { ...fakeIo({ env: at.env }), home: at.home, cwd: at.home }
    const plain = openGateway(openDeps(io, { clock: at.clock, random: systemRandom }))
    const timers = new Set<() => void>()
    const after = (_: number, run: () => void) => {
      timers.add(run)
      return () => timers.delete(run)
    }
    const deps = { ...plain, machine: { ...plain.machine, wait: { ...plain.machine.wait, after } } }
    const choice = {
      profile: 'dev',
      region: undefined,
      insecureEndpoint: true,
      awsProfile: undefined,
      table: undefined,
    }
    const log = deps.openLog({ logFile: undefined, logStderr: false })
    const session = openServerSession(deps, { ...choice, leaseMs: 15 * minutes, log })
    const profile = await openProfile(deps, choice, openWays(deps))
    const caller = await profile.caller()
    const request = { requestId: '5f0c2a9b1d3e4f60', profile: 'dev', mode: 'server', policyPath: '' } as const
    const ways = openWays(deps)
    const asker = {
      deps,
      values: {} as Asker['values'],
      request: {
        ...request,
        unstamped: 'refused',
        stores: { approvals: false, breakglass: false, session: true },
      },
      caller,
      roleArn: example.roles.dev,
      session,
      reach: async () => ownReach(profile),
      ways,
      recorder: { log: { append: () => {} }, circumstances: () => ({}) },
      use: undefined,
    } as const
    return {
      at,
      session,
      timers,
      ways,
      look: async (means = deps) =>
        (await session.find({ ...asker, deps: means }, 'local')) as Extract<
          AccessAnswer,
          { kind: 'session' }
        >,
      /** Means by which nobody reaches the table. */
      blind: {
        ...deps,
        machine: { ...deps.machine },
        paths: { ...deps.paths, stateFolder: at.write('no-folder', '') },
      },
      tick: () => {
        const due = [...timers]
        timers.clear()
        for (const run of due) run()
      },
    }
  }

  it('says each minute that it lives, and that credentials were given, until the session is over', async () => {
    const { at, session, timers, look, tick } = await ticking()
    expect((await look()).state).toBe('active')
    session.used('sentinel,alice,5f0c2a9b1d3e4f60')
    at.clock.advance(minutes)
    tick()
    await vi.waitFor(async () =>
      expect(await row(at, session.id)).toMatchObject({
        requestCount: 1,
        sourceIdentity: 'sentinel,alice,5f0c2a9b1d3e4f60',
        expiresAtMs: at.clock.now() + 15 * minutes,
      }),
    )
    expect((await look()).state).toBe('active')
    expect(timers.size).toBe(1)
    await session.end()
    expect(timers.size).toBe(0)
    expect(await row(at, session.id)).toMatchObject({ status: 'expired', requestCount: 1 })
  })

  it('tells by which ways that learnt of a revocation', async () => {
    const { at, session, ways, look, blind, tick } = await ticking()
    await look()
    await expect(look(blind)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(ways.soFar()).toEqual([])
    await at.run('server-revoke', session.id, ...toRevoke)
    at.clock.advance(minutes)
    tick()
    await vi.waitFor(async () => expect((await look(blind)).state).toBe('revoked'))
    expect(ways.soFar()).toMatchObject([{ named: { region: ['us-east-1'] }, insecure: true }])
  })

  it('does not say that it ended what was revoked at that moment', async () => {
    const { at, session, look } = await ticking()
    await look()
    session.used('sentinel,alice,5f0c2a9b1d3e4f60')
    // Who the caller is has to be asked again.
    at.clock.advance(61 * minutes)
    let goOn = () => {}
    const revoked = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const held = at.aws.fail(
      { action: 'GetCallerIdentity', accessKeyId: example.alice.keys.accessKeyId },
      { kind: 'wait', until: revoked },
    )
    const ended = session.end()
    await vi.waitFor(() => expect(held.hits).toBe(1))
    await at.run('server-revoke', session.id, ...toRevoke)
    goOn()
    await ended
    expect(await row(at, session.id)).toMatchObject({
      status: 'revoked',
      revokedBy: 'carol',
      requestCount: 1,
    })
    expect(at.log().filter(({ event }) => event === 'session.ended')).toMatchObject([
      { outcome: 'started' },
      { outcome: 'error', error_code: 'STATE_CONFLICT' },
    ])
  })

  it('never undoes a revocation by that', async () => {
    const { at, session, look, tick } = await ticking()
    await look()
    await at.run('server-revoke', session.id, ...toRevoke)
    at.clock.advance(minutes)
    tick()
    await session.end()
    expect((await look()).state).toBe('revoked')
    expect(await row(at, session.id)).toMatchObject({ status: 'revoked', revokedBy: 'carol' })
  })
})

describe('the store of this machine, taken away while a server runs', () => {
  const codes = async (env: Env) => {
    const { status, body } = await ask(env)
    return [status, body.code]
  }

  it('stops issuing, and is not made again by the server', async () => {
    const at = await openDesk()
    const store = join(at.home, '.local/state/sentinel/store')
    const { stderr } = await serve(at, async (env) => {
      expect(await statuses(env, 1)).toEqual([200])
      renameSync(store, `${store}.old`)
      for (const _ of [1, 2]) expect(await codes(env)).toEqual([503, 'STORE_UNAVAILABLE'])
      expect(existsSync(store)).toBe(false)
      // What it held is known again.
      renameSync(`${store}.old`, store)
      expect(await statuses(env, 1)).toEqual([200])
      rmSync(store, { recursive: true })
      expect(await codes(env)).toEqual([503, 'STORE_UNAVAILABLE'])
    })
    expect(stderr).toContain('was taken away, or replaced, while it was open')
    expect(at.log().filter(({ outcome }) => outcome === 'error')).not.toEqual([])
  })

  it('and made again by others, without the session, refuses it for good', async () => {
    const at = await openDesk()
    const store = join(at.home, '.local/state/sentinel/store')
    await serve(at, async (env, id) => {
      renameSync(store, `${store}.old`)
      expect((await at.run('server-session', id, '--table', 'local', '--aws-profile', 'carol')).status).toBe(
        1,
      )
      expect(existsSync(store)).toBe(true)
      for (const _ of [1, 2]) expect(await codes(env)).toEqual([403, 'SESSION_INACTIVE'])
      rmSync(store, { recursive: true })
      renameSync(`${store}.old`, store)
      expect(await codes(env)).toEqual([403, 'SESSION_INACTIVE'])
    })
  })
})
