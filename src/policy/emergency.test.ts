import { describe, expect, it } from 'vitest'
import { isAllow } from './decision.ts'
import { decideClosing, decideOpening, type EventState, type OpeningFacts } from './emergency.ts'
import { breakglassPolicy, outage, party, rateLimitPolicy, wednesdayMs } from './rules/kit.fake.ts'

const compiled = await breakglassPolicy(`
version: "1"
trusted_session_roles: [Fed]
rules:
  - name: prod
    profiles: [prod]
    users: [oncall1, "Oncall/*"]
    allowed_reason_codes: [incident]
    time: {days: [monday, tuesday, wednesday, thursday, friday]}
    max_duration: 2h
  - name: over
    profiles: [vault]
    users: [oncall1]
    overrides: [deny, require_server_session]
    mfa: required
  - name: plain
    profiles: ["dev-*"]
    users: [oncall1]
`)

const facts: OpeningFacts = {
  profile: 'prod',
  reasonCode: 'incident',
  justification: 'the payment service is down',
  durationSeconds: 2 * 3600,
  nowMs: Date.parse('2026-02-03T10:00:00Z'),
  caller: { known: party('oncall1') },
  policy: { known: { compiled } },
  limits: { known: { compiled: undefined } },
  unstampable: undefined,
  ledger: { known: { ofUser: [], ofProfile: [] } },
  again: '',
  active: { known: undefined },
}
const by = (user: string) => ({ caller: { known: party(user) } })
const sunday = { nowMs: Date.parse('2026-02-08T10:00:00Z') }

describe('an emergency is opened', () => {
  for (const [name, changed, grant] of [
    [
      'where everything fits',
      {},
      {
        rule: 'prod',
        reasonCode: 'incident',
        durationSeconds: 7200,
        overrides: [],
        mfa: 'none',
        escalated: false,
        limits: { rule: 'default' },
        invoker: party('oncall1'),
      },
    ],
    ['by a session that a pattern names', by('Oncall/x'), { rule: 'prod' }],
    ['by a session whose name is trusted', by('Fed/oncall1'), { rule: 'prod' }],
    [
      'over what the rule lists, with MFA where it asks for it',
      { profile: 'vault' },
      { overrides: ['deny', 'require_server_session'], mfa: 'required' },
    ],
    ['on a Sunday, where no time is named', { profile: 'dev-1', ...sunday }, { rule: 'plain' }],
    [
      'for any reason, where none is named',
      { profile: 'dev-1', reasonCode: 'other' },
      { reasonCode: 'other' },
    ],
    [
      'for four hours, where nothing less is named',
      { profile: 'dev-1', durationSeconds: 14_400 },
      { durationSeconds: 14_400 },
    ],
    [
      'for four hours, where more was asked for',
      { profile: 'dev-1', durationSeconds: 20_000 },
      { durationSeconds: 14_400 },
    ],
    ['when the last event is over', { active: { known: { id: 'e', expiresAtMs: facts.nowMs } } }, {}],
  ] as const) {
    it(name, () => {
      const decision = decideOpening({ ...facts, ...changed })
      expect(isAllow(decision)).toBe(true)
      expect(decision).toMatchObject({ kind: 'allow', grant })
    })
  }

  it('marked, where the caller opens many', async () => {
    const limits = await rateLimitPolicy(
      'version: "1"\nrules: [{name: r, cooldown: 1m, quota_window: 24h, escalation_threshold: 1}]',
    )
    const ofUser = [{ atMs: facts.nowMs - 3_600_000, profile: 'prod' }]
    const changed = {
      limits: { known: { compiled: limits } },
      ledger: { known: { ofUser: [ofUser], ofProfile: ofUser } },
    }
    expect(decideOpening({ ...facts, ...changed })).toMatchObject({ grant: { escalated: true } })
  })
})

describe('an emergency is refused', () => {
  const none = { known: { compiled: undefined } }
  const just = [{ atMs: facts.nowMs - 60_000, profile: 'prod' }]
  for (const [name, changed, kind, code, because] of [
    ['to a caller who could not be named', { caller: outage }, 'unavailable', 'STS_ERROR', 'down'],
    ['when the policy could not be loaded', { policy: outage }, 'unavailable', 'STS_ERROR', 'down'],
    ['when the limits could not be loaded', { limits: outage }, 'unavailable', 'STS_ERROR', 'down'],
    ['when the ledger could not be read', { ledger: outage }, 'unavailable', 'STS_ERROR', 'down'],
    ['when it is unknown whether one is in force', { active: outage }, 'unavailable', 'STS_ERROR', 'down'],
    ['without a policy', { policy: none }, 'policy', 'POLICY_DENIED', 'there is no break-glass policy'],
    ['for a profile that no rule is for', { profile: 'live' }, 'policy', 'POLICY_DENIED', 'no rule'],
    ['on a Sunday', sunday, 'policy', 'POLICY_DENIED', 'does not apply at this time'],
    ['for another reason', { reasonCode: 'other' }, 'policy', 'POLICY_DENIED', 'reason code `other`'],
    [
      'for too long, and says that it is that',
      { durationSeconds: 3 * 3600 },
      'policy',
      'POLICY_DENIED',
      'rule `prod` allows at most 2h, not 3h',
    ],
    ['to somebody who is not named', by('alice'), 'policy', 'POLICY_DENIED', 'does not let `alice`'],
    ['to another case', by('Oncall1'), 'policy', 'POLICY_DENIED', 'does not let'],
    ['to a session that calls itself oncall1', by('Dev/oncall1'), 'policy', 'POLICY_DENIED', 'does not let'],
    ['for a reason that there is not', { reasonCode: 'Incident' }, 'input', 'USAGE', 'is not a reason code'],
    [
      'for an inherited name as a reason',
      { reasonCode: 'constructor' },
      'input',
      'USAGE',
      'is not a reason code',
    ],
    ['for less than AWS issues', { durationSeconds: 899 }, 'input', 'USAGE', 'less than 15 minutes'],
    ['with a justification of 19 characters', { justification: 'x'.repeat(19) }, 'input', 'USAGE', 'has 19'],
    ['with one of 1001', { justification: 'x'.repeat(1001) }, 'input', 'USAGE', 'has 1001'],
    [
      'when one is in force',
      { active: { known: { id: 'abc', expiresAtMs: facts.nowMs + 1 } } },
      'state',
      'STATE_CONFLICT',
      'event abc',
    ],
    [
      'within the cooldown of decision 6, when there is no rate-limit policy',
      { ledger: { known: { ofUser: [just], ofProfile: just } } },
      'limit',
      'RATE_LIMITED',
      '30m must lie',
    ],
  ] as const) {
    it(name, () => {
      const decision = decideOpening({ ...facts, ...changed })
      expect(decision).toMatchObject({ kind: 'deny', why: { kind, error: { code } } })
      expect(decision).toMatchObject({ because: expect.stringContaining(because) })
      expect(isAllow(decision)).toBe(false)
    })
  }

  it('with when to try again', () => {
    const decision = decideOpening({ ...facts, ledger: { known: { ofUser: [just], ofProfile: just } } })
    expect(decision).toMatchObject({
      why: { rule: 'default', retryAfterSeconds: 1740, error: { hint: 'try again in 29m' } },
    })
  })
})

describe('an emergency is closed', () => {
  const event: EventState = {
    id: 'abc',
    profile: 'prod',
    invoker: party('alice'),
    status: 'active',
    expiresAtMs: wednesdayMs + 1,
  }
  const close = {
    nowMs: wednesdayMs,
    reason: 'done',
    caller: { known: party('alice') },
    event: { known: event },
    policy: { known: { compiled } },
  }
  for (const [name, changed, because] of [
    ['by its invoker', {}, 'it is their own'],
    [
      'by its invoker, whatever the policy has become',
      { policy: { known: { compiled: undefined } } },
      'it is their own',
    ],
    ['by its invoker when the policy is out of reach', { policy: outage }, 'it is their own'],
    ['by whomever the rule lets open it', by('oncall1'), 'rule `prod`'],
  ] as const) {
    it(name, () =>
      expect(decideClosing({ ...close, ...changed })).toMatchObject({
        kind: 'allow',
        because,
        grant: { eventId: 'abc', profile: 'prod' },
      }),
    )
  }

  for (const [name, changed, kind, code] of [
    ['by somebody who could not be named', { caller: outage }, 'unavailable', 'STS_ERROR'],
    ['when it could not be read', { event: outage }, 'unavailable', 'STS_ERROR'],
    ['by anybody else', by('mallory'), 'policy', 'POLICY_DENIED'],
    [
      'by anybody else without a policy',
      { ...by('oncall1'), policy: { known: { compiled: undefined } } },
      'policy',
      'POLICY_DENIED',
    ],
    [
      'by anybody else when the policy is out of reach',
      { ...by('oncall1'), policy: outage },
      'unavailable',
      'STS_ERROR',
    ],
    ['without a reason', { reason: ' ' }, 'input', 'USAGE'],
    ['twice', { event: { known: { ...event, status: 'closed' as const } } }, 'state', 'STATE_CONFLICT'],
    ['when it is over', { nowMs: wednesdayMs + 1 }, 'state', 'STATE_CONFLICT'],
  ] as const) {
    it(`not ${name}`, () =>
      expect(decideClosing({ ...close, ...changed })).toMatchObject({
        kind: 'deny',
        why: { kind, error: { code } },
      }))
  }
})
