import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { example } from '../../../dev/aws/index.ts'
import { type ApprovalRequest, newRequest, requestRows } from '../../access/index.ts'
import { openKeys } from '../../machine/index.ts'
import { fakeMachine } from '../../machine/machine.fake.ts'
import { type Docs, localDocs, localKv } from '../../store/index.ts'
import { type Desk, desk, policy } from '../desk.fake.ts'
import { askEndpoint } from '../endpoint-client.fake.ts'

const askFirst = policy('{name: ask, effect: require_approval, conditions: {}, reason: Somebody must agree}')
const state = '.local/state/sentinel'
const minutes = 60_000
const once = 'aaaaaaaaaaaaaaaa'

async function askingDesk(): Promise<Desk> {
  const at = await desk()
  at.env.SENTINEL_REQUEST_TABLE = 'local'
  at.putPolicy('/sentinel/policies/prod', askFirst)
  at.putPolicy('/sentinel/policies/dev', askFirst)
  return at
}

/** The local table of requests, as another process of the same person would see it. */
async function requests<Result>(
  at: Desk,
  use: (docs: Docs<ApprovalRequest>) => Promise<Result>,
): Promise<Result> {
  const machine = fakeMachine()
  const kv = await localKv(machine, join(at.home, state, 'store'))
  try {
    return await use(
      localDocs({ ...machine, keys: openKeys(machine, join(at.home, state, 'keys.json')), kv }, requestRows),
    )
  } finally {
    await kv.close()
  }
}

const alice = { user: 'alice', arn: example.alice.arn, accountId: example.account }
const carol = { user: 'carol', arn: example.carol.arn, accountId: example.account }

/** Alice's request for half an hour of prod, approved by carol at this moment. */
function approved(at: Desk, more: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const nowMs = at.clock.now()
  const asked = {
    requester: alice,
    profile: 'prod',
    roleArn: example.roles.prod,
    justification: 'Deploying the hotfix',
    durationSeconds: 1800,
  }
  return {
    ...newRequest({ ...asked, requiredApprovals: 1, singleUse: false, autoApproved: false }, nowMs),
    status: 'approved',
    approver: 'carol',
    approvals: [{ ...carol, atMs: nowMs, comment: '' }],
    approvedAtMs: nowMs,
    validUntilMs: nowMs + 30 * minutes,
    ...more,
  }
}

const put = (at: Desk, id: string, body: ApprovalRequest) => requests(at, (docs) => docs.create(id, body))
const credentials = (at: Desk, ...more: readonly string[]) =>
  at.run('credentials', '--profile', 'prod', ...more)

describe('an approval', () => {
  it('gives credentials that end with it, whatever was asked for', async () => {
    const at = await askingDesk()
    await put(at, 'aaaaaaaaaaaaaaaa', approved(at))
    at.clock.advance(10 * minutes)
    const { status, stdout } = await credentials(at, '--duration', '8h')
    expect([status, JSON.parse(stdout).Expiration]).toEqual([0, '2026-02-03T10:29:55Z'])
    expect(at.log().at(-1)).toMatchObject({
      outcome: 'issued',
      effect: 'require_approval',
      override: 'approval',
      approved_request_id: 'aaaaaaaaaaaaaaaa',
      approval_signature: 'unsigned: advisory',
    })
  })

  it('gives nothing when it is over, also not from the cache', async () => {
    const at = await askingDesk()
    await put(at, 'aaaaaaaaaaaaaaaa', approved(at))
    expect((await credentials(at)).status).toBe(0)
    at.clock.advance(30 * minutes)
    const { status, stdout, stderr } = await credentials(at)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('ask for approval with `sentinel request --profile prod`')
  })

  it('with less than fifteen minutes left is refused in words, not by STS', async () => {
    const at = await askingDesk()
    await put(at, 'aaaaaaaaaaaaaaaa', approved(at))
    at.clock.advance(15 * minutes + 1)
    const { status, stderr } = await credentials(at)
    expect(status).toBe(1)
    expect(stderr).toContain('less than 15 minutes of approval aaaaaaaaaaaaaaaa are left')
    expect(at.calls()).not.toContain('AssumeRole')
  })

  for (const [name, change] of [
    ['for another profile', { profile: 'dev' }],
    ['of somebody with the same name elsewhere', { accountId: example.otherAccount }],
    ['of another ARN', { requesterArn: `${example.alice.arn}2` }],
    ['of another program, bound to nobody', { requesterArn: '' }],
    [
      'by the requester',
      { approvals: [{ ...alice, atMs: Date.parse('2026-02-03T10:00:00Z'), comment: '' }] },
    ],
    ['that was longer than what was asked for', { validUntilMs: Date.parse('2026-02-03T12:00:00Z') }],
  ] as const) {
    it(`${name} gives nothing`, async () => {
      const at = await askingDesk()
      await put(at, 'aaaaaaaaaaaaaaaa', approved(at, change))
      expect(await credentials(at)).toMatchObject({ status: 1, stdout: '' })
      expect(at.calls()).not.toContain('AssumeRole')
    })
  }

  it('is for the role that the profile gave when it was asked for, and it is said that it gives another', async () => {
    const at = await askingDesk()
    await put(at, 'aaaaaaaaaaaaaaaa', approved(at))
    at.write('.aws/config', at.read('.aws/config').replace(example.roles.prod, example.roles.sandbox))
    const { status, stdout, stderr } = await credentials(at)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain(
      `approval aaaaaaaaaaaaaaaa cannot be used: it is for ${example.roles.prod}, and profile \`prod\` gives ${example.roles.sandbox} by now`,
    )
    expect(at.calls()).not.toContain('AssumeRole')
  })

  it('that was used up is said to have been', async () => {
    const at = await askingDesk()
    await put(at, once, approved(at, { singleUse: true }))
    expect((await credentials(at)).status).toBe(0)
    expect((await credentials(at)).stderr).toMatch(
      /approval a{16} cannot be used: it was for a single use, and was used at 2026-02-03T10:00:00Z by request [0-9a-f]{16}; ask for approval/,
    )
  })

  it('in a table that nobody names is asked for', async () => {
    const at = await askingDesk()
    await put(at, once, approved(at))
    delete at.env.SENTINEL_REQUEST_TABLE
    expect((await credentials(at)).stderr).toContain(
      'or name the table of one that you have with `--request-table TABLE`',
    )
  })

  it('that is not there yet is waited for, by its id', async () => {
    const at = await askingDesk()
    const {
      approvedAtMs: _,
      validUntilMs: __,
      ...pending
    } = approved(at, { status: 'pending', approvals: [] })
    await put(at, 'aaaaaaaaaaaaaaaa', pending)
    const { stderr } = await credentials(at)
    expect(stderr).toContain(
      'wait for the approval of request aaaaaaaaaaaaaaaa (`sentinel check aaaaaaaaaaaaaaaa`)',
    )
  })

  it('that cannot be looked for denies', async () => {
    const at = await askingDesk()
    await put(at, 'aaaaaaaaaaaaaaaa', approved(at))
    chmodSync(join(at.home, state, 'store/data.mdb'), 0o644)
    const { status, stderr } = await credentials(at)
    expect([status, stderr]).toEqual([1, expect.stringContaining('[STORE_UNAVAILABLE]')])
    expect(at.log().at(-1)).toMatchObject({ outcome: 'error', error_code: 'STORE_UNAVAILABLE' })
  })
})

describe('an approval for a single use', () => {
  it('is taken by the request that it gives credentials to, and refuses the next', async () => {
    const at = await askingDesk()
    await put(at, 'aaaaaaaaaaaaaaaa', approved(at, { singleUse: true }))
    expect((await credentials(at)).status).toBe(0)
    const user = at.log().at(-1)?.request_id
    const taken = await requests(at, (docs) => docs.get('aaaaaaaaaaaaaaaa'))
    expect(taken).toMatchObject({ version: 2, body: { consumedBy: user, consumedAtMs: at.clock.now() } })
    const again = await credentials(at)
    expect([again.status, again.stdout]).toEqual([1, ''])
    expect(at.calls().filter((call) => call === 'AssumeRole')).toHaveLength(1)
  })

  it('of five requests at once serves one', async () => {
    const at = await askingDesk()
    await put(at, 'aaaaaaaaaaaaaaaa', approved(at, { singleUse: true }))
    const ends: number[] = []
    for (const { status } of await Promise.all(Array.from({ length: 5 }, () => credentials(at))))
      ends.push(status)
    expect(ends.sort()).toEqual([0, 1, 1, 1, 1])
    expect(at.calls().filter((call) => call === 'AssumeRole')).toHaveLength(1)
  })

  it('has lines of its own about it, before and after, that its id leads to', async () => {
    const at = await askingDesk()
    await put(at, once, approved(at, { singleUse: true }))
    await credentials(at)
    const lines = at.log().map(({ event, outcome }) => [event, outcome])
    expect(lines).toEqual([
      ['decision', undefined],
      ['request.consumed', 'started'],
      ['request.consumed', 'done'],
      ['outcome', 'issued'],
    ])
    const [decision, , done] = at.log()
    expect(done).toMatchObject({
      request_id: once,
      walk_id: decision?.request_id,
      user: 'alice',
      requester: 'alice',
      profile: 'prod',
      single_use: true,
      valid_until: '2026-02-03T10:30:00Z',
      table: 'local',
    })
    expect((await at.run('why', once)).stdout).toMatch(/^Request for approval a{16}: consumed\n/)
  })

  describe('that was taken for a walk that gave nothing', () => {
    async function cutOff(): Promise<Desk & { readonly walkId: unknown }> {
      const at = await askingDesk()
      await put(at, once, approved(at, { singleUse: true }))
      const fault = at.aws.fail({ action: 'AssumeRole' }, { kind: 'deny' })
      expect((await credentials(at)).status).toBe(1)
      fault.remove()
      // Whoever fails tells it for a second to those who come after.
      at.clock.advance(1000)
      expect(await requests(at, (docs) => docs.get(once))).toMatchObject({ version: 2 })
      return { ...at, walkId: at.log()[0]?.request_id }
    }
    const issued = (at: Desk) => at.log().filter(({ outcome }) => outcome === 'issued')

    it('gives it within a minute, under the same request id, and then never again', async () => {
      const at = await cutOff()
      at.clock.advance(minutes - 1001)
      expect((await credentials(at)).status).toBe(0)
      expect(issued(at)).toMatchObject([{ request_id: at.walkId, issued_by: at.walkId }])
      expect(await credentials(at)).toMatchObject({ status: 1, stdout: '' })
      expect(await requests(at, (docs) => docs.get(once))).toMatchObject({
        version: 2,
        body: { consumedBy: at.walkId },
      })
    })

    it('gives nothing after a minute', async () => {
      const at = await cutOff()
      at.clock.advance(minutes - 1000)
      expect(await credentials(at)).toMatchObject({ status: 1, stdout: '' })
      expect(at.log().at(-1)?.request_id).not.toBe(at.walkId)
    })

    it('gives it to one of five who come back at once', async () => {
      const at = await cutOff()
      const ends = await Promise.all(Array.from({ length: 5 }, () => credentials(at)))
      expect(ends.map(({ status }) => status).sort()).toEqual([0, 1, 1, 1, 1])
      expect(issued(at)).toHaveLength(1)
    })

    it('gives nothing to another process while one walks', async () => {
      const at = await cutOff()
      let go = () => {}
      at.aws.fail({ action: 'AssumeRole' }, { kind: 'wait', until: new Promise<void>((done) => (go = done)) })
      const first = credentials(at)
      await vi.waitFor(() =>
        expect(at.log().at(-1)).toMatchObject({ event: 'request.consumed', outcome: 'done' }),
      )
      await vi.waitFor(() => expect(at.log().length).toBeGreaterThan(6))
      expect(await credentials(at)).toMatchObject({ status: 1, stdout: '' })
      go()
      expect((await first).status).toBe(0)
    })

    it('gives nothing to somebody else', async () => {
      const at = await cutOff()
      at.write(
        '.aws/config',
        at.read('.aws/config').replaceAll('source_profile = alice', 'source_profile = carol'),
      )
      expect(await credentials(at)).toMatchObject({ status: 1, stdout: '' })
      expect(at.log().at(-1)).toMatchObject({ user: 'carol', outcome: 'denied' })
      expect(at.log().at(-1)?.request_id).not.toBe(at.walkId)
    })
  })

  describe('of a server', () => {
    /** Runs a server with an approval for a single use, whose child is a function. */
    async function serve(
      live: (at: Desk, answer: () => Promise<readonly (number | string | undefined)[]>) => Promise<void>,
      ...flags: string[]
    ) {
      const at = await askingDesk()
      await put(at, once, approved(at, { singleUse: true }))
      at.beChild(async (env) => {
        await live(at, async () => {
          const { status, body } = await askEndpoint(env)
          return [status, body.code]
        })
        return 0
      })
      expect((await at.run('exec', '--server', '--profile', 'prod', ...flags, '--', 'node')).status).toBe(0)
      return { at, calls: at.calls().filter((call) => call === 'AssumeRole').length }
    }
    const good = [200, undefined]
    const usedUp = [403, 'POLICY_DENIED']
    const denied = policy('{name: frozen, effect: deny, conditions: {}}')

    for (const [name, ms] of [
      ['at once', 0],
      ['after a minute', minutes],
      ['after eleven minutes', 11 * minutes],
    ] as const) {
      it(`is for the first request of the child, ${name}, and for no other`, async () => {
        const { at, calls } = await serve(async ({ clock }, answer) => {
          clock.advance(ms)
          expect([await answer(), await answer()]).toEqual([good, usedUp])
        })
        expect(calls).toBe(1)
        const issued = at.log().filter(({ outcome }) => outcome === 'issued')
        expect(issued).toMatchObject([{ served: 'fresh' }, { served: 'cache', approved_request_id: once }])
        expect(issued[1]?.issued_by).toBe(issued[0]?.request_id)
        expect(at.log().filter(({ event }) => event === 'request.consumed')).toHaveLength(2)
      })
    }

    it('is for one of five that ask at once', async () => {
      const { calls } = await serve(async (_, answer) => {
        const answers = await Promise.all(Array.from({ length: 5 }, answer))
        expect(answers.map(([status]) => status).sort()).toEqual([200, 403, 403, 403, 403])
      })
      expect(calls).toBe(1)
    })

    it('is decided about anew, and kept while it is refused', async () => {
      await serve(async ({ putPolicy }, answer) => {
        putPolicy('/sentinel/policies/prod', denied)
        expect(await answer()).toEqual(usedUp)
        putPolicy('/sentinel/policies/prod', askFirst)
        expect([await answer(), await answer()]).toEqual([good, usedUp])
      })
    })

    it('is not given on other terms than it was taken on', async () => {
      const shorter = policy(
        '{name: ask, effect: require_approval, conditions: {}, max_server_duration: 15m}',
      )
      const { calls } = await serve(
        async ({ putPolicy }, answer) => {
          putPolicy('/sentinel/policies/prod', shorter)
          expect(await answer()).toEqual([403, 'STATE_CONFLICT'])
        },
        '--server-duration',
        '20m',
      )
      expect(calls).toBe(1)
    })

    it('is for no other process meanwhile', async () => {
      const { calls } = await serve(async (at, answer) => {
        expect(await credentials(at)).toMatchObject({ status: 1, stdout: '' })
        expect(await answer()).toEqual(good)
      })
      expect(calls).toBe(1)
    })

    it('is for the request that comes after one that left before STS answered', async () => {
      const { at, calls } = await serve(async ({ aws }, answer) => {
        let go = () => {}
        const until = new Promise<void>((done) => (go = done))
        aws.fail({ action: 'AssumeRole', times: 1 }, { kind: 'wait', until })
        expect(await answer()).toEqual([503, 'ABANDONED'])
        // While STS has not answered yet it is neither given nor refused for good.
        expect(await answer()).toEqual([503, 'FACT_TIMEOUT'])
        go()
        expect([await answer(), await answer()]).toEqual([good, usedUp])
      }, '--lazy')
      expect(calls).toBe(1)
      expect(at.log().filter(({ outcome }) => outcome === 'abandoned')).toHaveLength(1)
    })
  })
})
