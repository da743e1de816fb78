import { describe, expect, it } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { decide } from './access.ts'
import type { AccessAnswer, AccessAnswers, AccessFacts } from './access-types.ts'
import { decideAccess } from './decide-access.ts'
import { type Fact, isAllow } from './decision.ts'
import { plainLeave } from './plain.ts'
import type { Mode, Overridable } from './rules/compiled.ts'
import { compileAccessPolicy } from './rules/lazily.ts'

const nowMs = Date.parse('2026-02-03T15:00:00Z')
const text = `
version: "1"
rules:
  - {name: open, effect: allow, conditions: {profiles: [allow]}, reason: Development}
  - {name: short, effect: allow, conditions: {profiles: [short]}, max_server_duration: 20m}
  - {name: revocable, effect: require_server, conditions: {profiles: [require_server]}}
  - {name: tracked, effect: require_server_session, conditions: {profiles: [require_server_session]}}
  - {name: own, effect: require_server_session, conditions: {profiles: [own]}, session_table: their-sessions}
  - {name: never, effect: deny, conditions: {profiles: [deny]}}
  - {name: ask, effect: require_approval, conditions: {profiles: [require_approval]}}
`
const compilation = await compileAccessPolicy({ name: 'policy.yaml', text }, { nowMs, tzVersion: '2026a' })
if (!('policy' in compilation)) throw new Error('the policy of this test has errors')

const nothing = { approvals: false, breakglass: false, session: false }
const facts: AccessFacts = {
  profile: 'allow',
  mode: 'cli',
  nowMs,
  unstamped: 'refused',
  stores: nothing,
  caller: { known: { user: 'alice' } },
  policy: { known: { compiled: compilation.policy } },
  target: { known: { roleArn: 'arn:aws:iam::111122223333:role/Dev', durationSeconds: 3600 } },
  stamp: { known: 'sentinel,alice,0123456789abcdef' },
}
const outage = { unavailable: new SentinelError('STS_ERROR', 'down') }
const unstampable = { known: { unstampable: 'it has no role', durationSeconds: 3600 } }
const none: AccessAnswers = new Map()
const minutes = (count: number) => nowMs + count * 60_000

const approval = (untilMs = minutes(30), singleUse = false): AccessAnswer => ({
  kind: 'approval',
  found: {
    id: 'aaaaaaaaaaaaaaaa',
    validUntilMs: untilMs,
    singleUse,
    signed: 'unsigned: advisory',
    table: 'requests',
  },
})
const event = (overrides: readonly Overridable[] = [], expiresAtMs = minutes(40)): AccessAnswer => ({
  kind: 'breakglass',
  found: { id: 'bbbbbbbbbbbbbbbb', expiresAtMs, rule: 'oncall', overrides, table: 'events' },
})
const session = (state: 'active' | 'revoked' | 'missing' | 'ended'): AccessAnswer => ({
  kind: 'session',
  state,
  id: 'cccccccccccccccc',
})

type Answers = { readonly [Key in AccessAnswer['kind']]?: AccessAnswer | typeof outage | undefined }

/** Decides, answering what is asked for: in which order that was, and how it ended. A key that is absent is no store. */
function settle(changed: Partial<AccessFacts>, given: Answers = {}) {
  const stores = {
    approvals: given.approval !== undefined,
    breakglass: given.breakglass !== undefined,
    session: given.session !== undefined,
  }
  const answers = new Map<string, Fact<AccessAnswer>>()
  for (;;) {
    const decision = decide({ ...facts, stores, ...changed }, answers)
    if (decision.kind !== 'need') return { decision, asked: [...answers.keys()] }
    const answer = given[decision.ask.key]
    if (answer === undefined || answers.has(decision.ask.key)) throw new Error(`asked ${decision.ask.key}`)
    answers.set(decision.ask.key, 'unavailable' in answer ? answer : { known: answer })
  }
}

describe('credentials are refused', () => {
  for (const [name, changed, kind] of [
    ['to a caller who could not be named', { caller: outage }, 'unavailable'],
    ['when the policy could not be loaded', { policy: outage }, 'unavailable'],
    ['when the profile cannot be used', { target: outage }, 'unavailable'],
    ['when the stamp would be illegal', { stamp: outage }, 'unavailable'],
    ['when no rule matches', { profile: 'other' }, 'rule'],
    ['by deny', { profile: 'deny' }, 'rule'],
    ['by require_approval', { profile: 'require_approval' }, 'rule'],
    ['by require_server outside server mode', { profile: 'require_server' }, 'rule'],
    [
      'by require_server to credential_process',
      { profile: 'require_server', mode: 'credential_process' },
      'rule',
    ],
    ['when they cannot be stamped', { target: unstampable }, 'unstamped'],
  ] as const) {
    it(name, async () => {
      const decision = await decideAccess({ ...facts, ...changed }, none)
      expect(decision).toMatchObject({ kind: 'deny', why: { kind } })
      expect(isAllow(decision)).toBe(false)
    })
  }

  it('by the rule first: a refused caller does not learn what is wrong with the profile', () => {
    expect(settle({ profile: 'deny', target: outage }).decision).toMatchObject({ why: { kind: 'rule' } })
  })
})

describe('credentials are granted', () => {
  it('stamped, for the role and duration of the profile', async () => {
    const decision = await decideAccess(facts, none)
    expect(isAllow(decision)).toBe(true)
    expect(decision).toMatchObject({
      because: 'rule `open`',
      grant: {
        roleArn: 'arn:aws:iam::111122223333:role/Dev',
        sourceIdentity: 'sentinel,alice,0123456789abcdef',
        durationSeconds: 3600,
      },
    })
    expect(decision).toEqual(decide(facts, none))
  })

  it('unstamped only when that was accepted knowingly', () => {
    const { decision } = settle({ target: unstampable, unstamped: 'accepted' })
    expect(decision.kind === 'allow' && decision.grant).not.toHaveProperty('sourceIdentity')
    expect(decision.kind).toBe('allow')
  })

  it('as a frozen copy, which nobody can change afterwards', async () => {
    const decision = await decideAccess(facts, none)
    if (decision.kind !== 'allow') throw new Error('refused')
    expect(() => Object.assign(decision.grant, { roleArn: 'another' })).toThrow(TypeError)
  })
})

describe('in server mode', () => {
  const server = { mode: 'server' } as const
  for (const [name, profile, given, asked, end] of [
    ['a rule that wants it allows', 'require_server', {}, [], 'allow'],
    [
      'a configured table is asked for the session',
      'allow',
      { session: session('active') },
      ['session'],
      'allow',
    ],
    ['a revoked session is refused', 'allow', { session: session('revoked') }, ['session'], 'session'],
    [
      'a session that is not there is refused',
      'allow',
      { session: session('missing') },
      ['session'],
      'session',
    ],
    ['a session that has ended is refused', 'allow', { session: session('ended') }, ['session'], 'session'],
    ['a table that is down refuses', 'allow', { session: outage }, ['session'], 'unavailable'],
    [
      'a demanded session that is tracked is allowed',
      'require_server_session',
      { session: session('active') },
      ['session'],
      'allow',
    ],
    ['a demanded session that nothing tracks is refused', 'require_server_session', {}, [], 'rule'],
    ['a refusal that nothing lifts asks for no session', 'deny', { session: session('active') }, [], 'rule'],
  ] as const) {
    it(name, () => {
      const { decision, asked: keys } = settle({ ...server, profile }, given)
      expect([keys, decision.kind === 'deny' ? decision.why.kind : decision.kind]).toEqual([asked, end])
    })
  }

  it("asks the rule's own table, whatever is configured", () => {
    for (const stores of [nothing, { ...nothing, session: true }]) {
      expect(decide({ ...facts, ...server, stores, profile: 'own' }, none)).toEqual({
        kind: 'need',
        ask: { key: 'session', table: 'their-sessions' },
      })
    }
  })

  it('credentials last no longer than the rule says, which elsewhere does not count', () => {
    expect(settle({ ...server, profile: 'short' }).decision).toMatchObject({
      grant: { durationSeconds: 1200 },
    })
    expect(settle({ profile: 'short' }).decision).toMatchObject({ grant: { durationSeconds: 3600 } })
  })

  it('credentials that nobody can shorten are refused by a rule that says how long', () => {
    const changed = { ...server, target: unstampable, unstamped: 'accepted' } as const
    expect(settle({ ...changed, profile: 'short' }).decision).toMatchObject({
      why: { kind: 'unstamped', because: expect.stringContaining('would outlast what rule `short` allows') },
    })
    expect(settle({ ...changed, profile: 'allow' }).decision.kind).toBe('allow')
  })
})

// Decision 6, cell by cell: what an approval, an event without overrides, and an event that lists the effect do.
describe('what goes over a refusal', () => {
  const all: readonly Overridable[] = ['deny', 'require_server', 'require_server_session']
  for (const [profile, mode, byApproval, byPlainEvent, byListed] of [
    ['other', 'cli', 'rule', 'allow', 'allow'],
    ['other', 'server', 'rule', 'allow', 'allow'],
    ['require_approval', 'cli', 'allow', 'allow', 'allow'],
    ['require_approval', 'credential_process', 'allow', 'allow', 'allow'],
    ['require_approval', 'server', 'allow', 'allow', 'allow'],
    ['deny', 'cli', 'rule', 'rule', 'allow'],
    ['deny', 'server', 'rule', 'rule', 'allow'],
    ['require_server', 'cli', 'rule', 'rule', 'allow'],
    ['require_server', 'credential_process', 'rule', 'rule', 'allow'],
    ['require_server_session', 'cli', 'rule', 'rule', 'allow'],
    ['require_server_session', 'server', 'rule', 'rule', 'allow'],
  ] as const) {
    it(`${profile} in mode ${mode}: approval ${byApproval}, event ${byPlainEvent}, listed ${byListed}`, () => {
      const end = (given: Answers) => {
        const { decision } = settle({ profile, mode }, given)
        return decision.kind === 'deny' ? decision.why.kind : decision.kind
      }
      expect(end({ approval: approval() })).toBe(byApproval)
      expect(end({ breakglass: event() })).toBe(byPlainEvent)
      expect(end({ breakglass: event(all) })).toBe(byListed)
      const own = all.filter((effect) => effect === profile)
      const others = all.filter((effect) => effect !== profile)
      expect(end({ breakglass: event(own) })).toBe(byListed)
      expect(end({ breakglass: event(others) })).toBe(byPlainEvent)
    })
  }

  it('is in the grant, with its end and what would be asked for without it', () => {
    const { decision } = settle({ profile: 'require_approval' }, { approval: approval(minutes(30), true) })
    expect(decision).toMatchObject({
      because: 'approval aaaaaaaaaaaaaaaa over rule `ask`',
      grant: {
        durationSeconds: 1800,
        verdict: { effect: 'require_approval', rule: 'ask' },
        override: {
          kind: 'approval',
          id: 'aaaaaaaaaaaaaaaa',
          untilMs: minutes(30),
          wantedSeconds: 3600,
          singleUse: true,
          signed: 'unsigned: advisory',
        },
      },
    })
    expect(settle({ profile: 'other' }, { breakglass: event() }).decision).toMatchObject({
      because: 'break-glass event bbbbbbbbbbbbbbbb over no matching rule',
      grant: { durationSeconds: 2400, override: { kind: 'breakglass' } },
    })
  })

  it('is first an approval, then an event; each is asked for once, and only where there is a store', () => {
    const asked = { profile: 'require_approval' }
    expect(settle(asked, { approval: approval(), breakglass: event() }).asked).toEqual(['approval'])
    expect(settle(asked, { approval: { kind: 'approval' }, breakglass: event() })).toMatchObject({
      asked: ['approval', 'breakglass'],
      decision: { grant: { override: { kind: 'breakglass' } } },
    })
    expect(settle({ profile: 'deny' }, { approval: approval(), breakglass: event(['deny']) }).asked).toEqual([
      'breakglass',
    ])
    expect(settle({ profile: 'allow' }, { approval: approval(), breakglass: event() }).asked).toEqual([])
  })

  for (const [name, given, kind] of [
    ['an outage of approvals denies', { approval: outage }, 'unavailable'],
    ['an outage of events denies', { approval: { kind: 'approval' }, breakglass: outage }, 'unavailable'],
    ['an outage of both denies', { approval: outage, breakglass: outage }, 'unavailable'],
    ['less than 15 minutes of an approval', { approval: approval(minutes(15) - 1) }, 'ending'],
    ['less than 15 minutes of an event', { breakglass: event([], minutes(15) - 1) }, 'ending'],
    ['an approval that is over', { approval: approval(nowMs) }, 'rule'],
    ['an event that is over', { breakglass: event([], nowMs) }, 'rule'],
    ['an answer to another question', { approval: session('active'), breakglass: session('active') }, 'rule'],
  ] as const) {
    it(`is not ${name}`, () => {
      expect(settle({ profile: 'require_approval' }, given).decision).toMatchObject({
        kind: 'deny',
        why: { kind },
      })
    })
  }

  it('is what else there is, where one is down or nearly over', () => {
    for (const answer of [outage, approval(minutes(10))]) {
      const { decision } = settle({ profile: 'require_approval' }, { approval: answer, breakglass: event() })
      expect(decision).toMatchObject({ grant: { override: { kind: 'breakglass' } } })
    }
    const given = { approval: approval(), breakglass: outage }
    expect(settle({ profile: 'require_approval' }, given).decision.kind).toBe('allow')
  })

  it('serves to its last 15 minutes exactly', () => {
    expect(
      settle({ profile: 'require_approval' }, { approval: approval(minutes(15)) }).decision,
    ).toMatchObject({
      grant: { durationSeconds: 900 },
    })
  })

  it('gives nothing that would outlast it', () => {
    const changed = { profile: 'require_approval', target: unstampable, unstamped: 'accepted' } as const
    expect(settle(changed, { approval: approval() }).decision).toMatchObject({
      why: { kind: 'unstamped', because: 'it has no role, and they would outlast approval aaaaaaaaaaaaaaaa' },
    })
  })

  it('never goes over a session that was taken back', () => {
    for (const profile of ['other', 'deny', 'require_approval', 'require_server_session']) {
      const given = {
        session: session('revoked'),
        approval: approval(),
        breakglass: event(['deny', 'require_server_session']),
      }
      expect(settle({ profile, mode: 'server' }, given).decision).toMatchObject({ why: { kind: 'session' } })
    }
  })

  it('is named in the refusal where it waits or does not help', () => {
    const pending: Answers = { approval: { kind: 'approval', pending: 'dddddddddddddddd' } }
    expect(settle({ profile: 'require_approval' }, pending).decision).toMatchObject({
      why: { kind: 'rule', pending: 'dddddddddddddddd', breakglass: false },
    })
    expect(settle({ profile: 'deny' }, { breakglass: event(['require_server']) }).decision).toMatchObject({
      why: { kind: 'rule', event: 'bbbbbbbbbbbbbbbb', breakglass: false },
    })
    expect(settle({ profile: 'other' }, { breakglass: { kind: 'breakglass' } }).decision).toMatchObject({
      why: { kind: 'rule', breakglass: true },
    })
  })
})

// The same once more as one sentence, over every combination of facts and answers.
describe('no effect but allow, or an override that decision 6 permits, ever issues', () => {
  const overrides: readonly Overridable[] = ['deny', 'require_server', 'require_server_session']
  const effects = ['allow', 'require_approval', 'other', 'own', ...overrides]
  const modes: readonly Mode[] = ['server', 'cli', 'credential_process']
  const approvals = {
    off: undefined,
    none: { kind: 'approval' },
    given: approval(),
    ending: approval(minutes(10)),
    outage,
  } as const
  const events = {
    off: undefined,
    none: { kind: 'breakglass' },
    given: event(),
    deny: event(['deny']),
    require_server: event(['require_server']),
    require_server_session: event(['require_server_session']),
    ending: event(overrides, minutes(10)),
    outage,
  } as const
  const sessions = {
    off: undefined,
    ...Object.fromEntries(
      (['active', 'revoked', 'missing', 'ended'] as const).map((state) => [state, session(state)]),
    ),
    outage,
  }
  const over = (...lists: readonly (readonly string[])[]) =>
    lists.reduce<readonly (readonly string[])[]>(
      (all, list) => all.flatMap((cell) => list.map((one) => [...cell, one])),
      [[]],
    )

  /** Decision 6, written down a second time. */
  function isPermitted([profile = '', mode, own, emergency = '', tracked = '']: readonly string[]): boolean {
    const isTracked = mode === 'server' && (tracked !== 'off' || profile === 'own')
    const effect = profile === 'own' ? 'require_server_session' : profile
    const bySession = !isTracked || tracked === 'active'
    const byRule = new Map([
      ['allow', true],
      ['require_server', mode === 'server'],
      ['require_server_session', isTracked],
      ['require_approval', own === 'given'],
    ]).get(effect)
    const isOpen = ['given', ...overrides].includes(emergency)
    const byEvent = ['require_approval', 'other'].includes(effect) ? isOpen : emergency === effect
    return bySession && (byRule === true || byEvent)
  }

  for (const permitted of [true, false]) {
    const cells = over(effects, modes, Object.keys(approvals), Object.keys(events), Object.keys(sessions))
    it(`${permitted ? 'issued' : 'refused'} where it must be`, () => {
      const these = cells.filter((cell) => isPermitted(cell) === permitted)
      expect(these.length).toBeGreaterThan(1000)
      const wrong = these.filter(([profile = '', mode, own = '', emergency = '', tracked = '']) => {
        const given: Answers = {
          ...(own !== 'off' && { approval: approvals[own as keyof typeof approvals] }),
          ...(emergency !== 'off' && { breakglass: events[emergency as keyof typeof events] }),
          ...(tracked !== 'off' && { session: sessions[tracked as keyof typeof sessions] }),
          // A rule's own table is asked whatever is configured.
          ...(tracked === 'off' && profile === 'own' && { session: outage }),
        }
        const stores = {
          approvals: own !== 'off',
          breakglass: emergency !== 'off',
          session: tracked !== 'off',
        }
        return isAllow(settle({ profile, mode: mode as Mode, stores }, given).decision) !== permitted
      })
      expect(wrong).toEqual([])
    })
  }
})

it('the plain case and the whole decision say the same wherever the plain case says anything', () => {
  for (const profile of ['allow', 'short', 'deny', 'require_approval', 'require_server', 'other']) {
    for (const mode of ['server', 'cli', 'credential_process'] as const) {
      for (const more of [
        {},
        { target: unstampable },
        { stamp: outage },
        { caller: outage },
        { policy: outage },
      ]) {
        const leave = plainLeave({ ...facts, profile, mode, ...more })
        if (leave !== undefined) expect(decide({ ...facts, profile, mode, ...more }, none)).toEqual(leave)
      }
    }
  }
})
