import { describe, expect, it } from 'vitest'
import type { Entry } from '../audit/index.ts'
import { fakeClock } from '../base/clock.fake.ts'
import { SentinelError } from '../base/index.ts'
import { compileAccessPolicy } from '../policy/index.ts'
import { type CredentialDoorDeps, passCredentials } from './credential-door.ts'
import type { CredentialRequest } from './credential-types.ts'

const nowMs = Date.parse('2026-02-03T10:00:00Z')
const requestId = '0123456789abcdef'
const request: CredentialRequest = {
  requestId,
  profile: 'dev',
  mode: 'cli',
  policyPath: '/p',
  unstamped: 'refused',
  stores: { approvals: true, breakglass: true, session: false },
}
const roleArn = 'arn:aws:iam::111122223333:role/DevRole'
const alice = { user: 'alice', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' }

async function policyOf(effect: string) {
  const text = `version: "1"\nrules:\n  - {name: all, effect: ${effect}, conditions: {}}\n`
  const compilation = await compileAccessPolicy({ name: 'p', text }, { nowMs, tzVersion: '' })
  if (!('policy' in compilation)) throw new Error('the policy of this test is wrong')
  return { compiled: compilation.policy, path: '/p', version: 4, sha256: 'ab' }
}

type Deps = CredentialDoorDeps<string>

/** One walk: everything in the order in which it happened, and how it ended. */
async function walk(
  effect: string,
  more: Partial<Deps> = {},
  signal = new AbortController().signal,
  asked = request,
) {
  const happened: string[] = []
  const lines: Entry[] = []
  const policy = await policyOf(effect)
  const deps: Deps = {
    clock: fakeClock(nowMs),
    log: {
      append: (entries) => {
        const said = entries.map((line) =>
          `${line.event} ${('outcome' in line && line.outcome) || ''}`.trim(),
        )
        happened.push(said.join(' and '))
        lines.push(...entries)
      },
    },
    circumstances: () => ({ host: 'laptop' }),
    target: async () => ({ roleArn, durationSeconds: 900 }),
    caller: async () => alice,
    policy: async () => policy,
    answer: async ({ key }) => {
      happened.push(`ask ${key}`)
      return key === 'session' ? { kind: key, state: 'active', id: 'cc' } : { kind: key }
    },
    consume: async ({ id }) => {
      happened.push(`consume ${id}`)
      return undefined
    },
    kept: async () => undefined,
    held: async () => undefined,
    issue: async (grant) => {
      happened.push(`issue ${grant.sourceIdentity}`)
      return {
        credentials: 'secret',
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        issuedBy: requestId,
        served: 'fresh',
        sourceIdentity: grant.sourceIdentity ?? '',
        durationSeconds: 900,
        expiresAtMs: nowMs + 900_000,
      }
    },
    ...more,
  }
  const end = await passCredentials(deps, asked, signal).catch((thrown: unknown) => thrown)
  return { happened, lines, end }
}

const fails = (code: SentinelError['code']) => () => Promise.reject(new SentinelError(code, 'it failed'))

describe('a walk', () => {
  it('records, issues, records, and only then gives', async () => {
    const { happened, end } = await walk('allow')
    expect(happened).toEqual(['decision', `issue sentinel,alice,${requestId}`, 'outcome issued'])
    expect(end).toMatchObject({ kind: 'done', result: { credentials: 'secret' } })
  })

  it('that finds credentials in the cache records both lines in one go, and issues nothing', async () => {
    const kept: Deps['kept'] = async () => ({
      credentials: 'kept',
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      issuedBy: 'fedcba9876543210',
      served: 'cache',
    })
    const { happened, lines, end } = await walk('allow', { kept })
    expect(happened).toEqual(['decision and outcome issued'])
    expect(lines[1]).toMatchObject({ served: 'cache', issued_by: 'fedcba9876543210' })
    expect(end).toMatchObject({ kind: 'done', result: { credentials: 'kept' } })
    expect((await walk('deny', { kept })).happened).toEqual(['ask breakglass', 'decision denied'])
  })

  it('that is refused ends with its one line', async () => {
    const { happened, end } = await walk('deny')
    expect(happened).toEqual(['ask breakglass', 'decision denied'])
    expect(end).toMatchObject({ kind: 'deny', why: { kind: 'rule' } })
  })

  it('whose issue fails has a second line that says so', async () => {
    const { happened, lines, end } = await walk('allow', { issue: fails('STS_THROTTLED') })
    expect(happened).toEqual(['decision', 'outcome error'])
    expect(lines[1]).toMatchObject({ error_code: 'STS_THROTTLED', reason: 'it failed', rule: 'all' })
    expect(end).toMatchObject({ code: 'STS_THROTTLED' })
  })

  it('that nobody waits for any more gives nothing, and the line says what there was', async () => {
    const leaving = new AbortController()
    const issue: Deps['issue'] = async () => {
      leaving.abort()
      return {
        credentials: 'secret',
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        issuedBy: requestId,
        served: 'cache',
      }
    }
    const { lines, end } = await walk('allow', { issue }, leaving.signal)
    expect(lines[1]).toMatchObject({ outcome: 'abandoned', access_key_id: 'ASIAIOSFODNN7EXAMPLE' })
    expect(end).toMatchObject({ code: 'ABANDONED' })
  })

  it('in which something unforeseen breaks is recorded as that', async () => {
    const { lines, end } = await walk('allow', {
      clock: fakeClock('2099-01-01T00:00:00Z'),
    })
    expect(lines).toEqual([
      expect.objectContaining({
        event: 'decision',
        effect: 'deny',
        outcome: 'error',
        error_code: 'INTERNAL',
      }),
    ])
    expect(end).toMatchObject({ code: 'INTERNAL' })
  })
})

describe('what cannot be looked up denies, issues nothing, and is in the line', () => {
  for (const [name, more, code, known] of [
    ['the caller', { caller: fails('STS_ERROR') }, 'STS_ERROR', { user: '', policy_path: '/p' }],
    ['the policy', { policy: fails('SSM_ERROR') }, 'SSM_ERROR', { user: 'alice', policy_path: '/p' }],
    [
      'the target',
      { target: fails('CONFIG_INVALID') },
      'CONFIG_INVALID',
      { user: 'alice', policy_version: 4 },
    ],
    [
      'a name that cannot be stamped',
      { caller: async () => ({ ...alice, user: '\ud800' }) },
      'SOURCE_IDENTITY_INVALID',
      { user: '\ud800' },
    ],
  ] as const) {
    it(name, async () => {
      const { happened, lines } = await walk('allow', more)
      expect(happened).toEqual(['decision error'])
      expect(lines[0]).toMatchObject({
        effect: 'deny',
        rule: '',
        rule_index: -1,
        error_code: code,
        host: 'laptop',
        ...known,
      })
    })
  }
})

it('the second line has the stamp and the age of what was given, not of what was asked', async () => {
  const { lines } = await walk('allow', {
    issue: async () => ({
      credentials: 'secret',
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      issuedBy: 'fedcba9876543210',
      served: 'cache',
      sourceIdentity: 'sentinel,alice,fedcba9876543210',
      durationSeconds: 3600,
    }),
  })
  expect(lines[0]).not.toHaveProperty('source_identity')
  expect(lines[0]).toMatchObject({ session_duration_seconds: 900 })
  expect(lines[1]).toMatchObject({
    served: 'cache',
    issued_by: 'fedcba9876543210',
    source_identity: 'sentinel,alice,fedcba9876543210',
    session_duration_seconds: 3600,
  })
  expect(JSON.stringify(lines)).not.toContain('secret')
})

for (const at of [1, 2]) {
  it(`a log that fails at line ${at} ends the walk with its error`, async () => {
    let line = 0
    const append = () => {
      if (++line === at) throw new SentinelError('LOG_UNWRITABLE', 'full')
    }
    const { happened, end } = await walk('allow', { log: { append } })
    expect(happened).toEqual(at === 1 ? [] : [`issue sentinel,alice,${requestId}`])
    expect(end).toMatchObject({ code: 'LOG_UNWRITABLE' })
  })
}

describe('a refusal that is overridden', () => {
  const found =
    (singleUse: boolean): Deps['answer'] =>
    async () => ({
      kind: 'approval',
      found: {
        id: 'aaaaaaaaaaaaaaaa',
        validUntilMs: nowMs + 1_800_000,
        singleUse,
        signed: 'unsigned: advisory',
        table: 'sentinel-requests',
      },
    })
  const keys = {
    effect: 'require_approval',
    override: 'approval',
    approved_request_id: 'aaaaaaaaaaaaaaaa',
    approval_signature: 'unsigned: advisory',
    override_table: 'sentinel-requests',
  }

  it('is issued, and both lines say by what; the effect stays what the policy says', async () => {
    const { happened, lines } = await walk('require_approval', { answer: found(false) })
    expect(happened).toEqual(['decision', `issue sentinel,alice,${requestId}`, 'outcome issued'])
    for (const line of lines) expect(line).toMatchObject(keys)
    expect(lines[1]).toMatchObject({ outcome: 'issued' })
  })

  it('for a single use is never served from the cache, only what was taken for it before and given to nobody', async () => {
    const served = async () => ({
      credentials: 'secret',
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      issuedBy: requestId,
      served: 'cache' as const,
    })
    const anew = await walk('require_approval', { answer: found(true), kept: served })
    expect(anew.happened).toContain('consume aaaaaaaaaaaaaaaa')
    const held = await walk('require_approval', { answer: found(true), held: served })
    expect(held.happened).toEqual(['decision and outcome issued'])
  })

  it('by an event names the event', async () => {
    const answer: Deps['answer'] = async () => ({
      kind: 'breakglass',
      found: {
        id: 'bbbbbbbbbbbbbbbb',
        expiresAtMs: nowMs + 3_600_000,
        rule: 'oncall',
        overrides: ['deny'],
        table: 'local',
      },
    })
    const { lines } = await walk('deny', { answer })
    expect(lines[0]).toMatchObject({
      effect: 'deny',
      override: 'breakglass',
      break_glass_event_id: 'bbbbbbbbbbbbbbbb',
      override_table: 'local',
    })
    expect(lines[0]).not.toHaveProperty('approved_request_id')
  })

  it('for a single use consumes the approval after the record and before it issues, and takes nothing kept', async () => {
    const kept: Deps['kept'] = () => Promise.reject(new Error('nothing is taken from the cache'))
    const { happened } = await walk('require_approval', { answer: found(true), kept })
    expect(happened).toEqual([
      'decision',
      'consume aaaaaaaaaaaaaaaa',
      `issue sentinel,alice,${requestId}`,
      'outcome issued',
    ])
  })

  it('is refused when another request has consumed it meanwhile, and the line says so', async () => {
    const consume: Deps['consume'] = async () => 'eeeeeeeeeeeeeeee'
    const { happened, lines, end } = await walk('require_approval', { answer: found(true), consume })
    expect(happened).toEqual(['decision', 'outcome denied'])
    expect(lines[1]).toMatchObject({ error_code: 'STATE_CONFLICT', approved_request_id: 'aaaaaaaaaaaaaaaa' })
    expect(end).toMatchObject({ kind: 'deny', why: { kind: 'consumed', by: 'eeeeeeeeeeeeeeee' } })
  })

  it('issues nothing when it cannot be consumed', async () => {
    const { happened, end } = await walk('require_approval', {
      answer: found(true),
      consume: fails('AWS_UNREACHABLE'),
    })
    expect(happened).toEqual(['decision', 'outcome error'])
    expect(end).toMatchObject({ code: 'AWS_UNREACHABLE' })
  })

  it('is none when what it hangs on cannot be looked up: the line has the rule and the outage', async () => {
    const { happened, lines } = await walk('require_approval', { answer: fails('AWS_UNREACHABLE') })
    expect(happened).toEqual(['decision error'])
    expect(lines[0]).toMatchObject({
      effect: 'require_approval',
      rule: 'all',
      outcome: 'error',
      error_code: 'AWS_UNREACHABLE',
    })
  })
})

it('a session that was taken back is refused, and the line says by whom and why', async () => {
  const answer: Deps['answer'] = async () => ({
    kind: 'session',
    state: 'revoked',
    id: 'cccccccccccccccc',
    by: 'carol',
    reason: 'laptop lost',
  })
  const asked = { ...request, mode: 'server', stores: { ...request.stores, session: true } } as const
  const { lines, end } = await walk('allow', { answer }, undefined, asked)
  expect(lines).toEqual([
    expect.objectContaining({
      effect: 'allow',
      outcome: 'denied',
      error_code: 'SESSION_REVOKED',
      session_id: 'cccccccccccccccc',
      reason: 'the session is revoked by carol: laptop lost',
    }),
  ])
  expect(end).toMatchObject({ kind: 'deny', why: { kind: 'session' } })
})
