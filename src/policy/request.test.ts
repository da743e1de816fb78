import { describe, expect, it } from 'vitest'
import { isAllow } from './decision.ts'
import { decideCancel, decideRequest, type RequestFacts, type RequestState } from './request.ts'
import { approvalPolicy, outage, party, theirs, wednesdayMs } from './rules/kit.fake.ts'

const compiled = await approvalPolicy(`
version: "1"
trusted_session_roles: [Fed]
rules:
  - name: live
    profiles: [live]
    approvers: [carol, dave]
    auto_approve:
      users: [alice]
      time: {days: [monday, tuesday, wednesday, thursday, friday], hours: {start: "09:00", end: "17:00"}, timezone: UTC}
      max_duration: 1h
  - name: two
    profiles: ["prod-*"]
    approvers: [carol, dave, erin]
    required_approvals: 2
    single_use: true
  - name: ci
    profiles: [ci]
    approvers: [carol]
    auto_approve: {users: ["Dev/*"]}
  - name: rest
    approvers: [carol]
`)
const withoutRest = { ...compiled, rules: compiled.rules.slice(0, 1) }

const facts: RequestFacts = {
  profile: 'live',
  durationSeconds: 3600,
  justification: 'a ticket and its number',
  nowMs: wednesdayMs,
  caller: { known: party('alice') },
  policy: { known: { compiled } },
}
const atClock = (time: string) => ({ nowMs: Date.parse(`2026-02-04T${time}Z`) })
const by = (user: string) => ({ caller: { known: party(user) } })

describe('a request', () => {
  for (const [name, changed, grant] of [
    ['within its conditions is approved by itself', {}, { autoApproved: true, rule: 'live' }],
    ['of a minute too long is pending', { durationSeconds: 3660 }, { autoApproved: false }],
    [
      'at the end of the window is pending: the end is exclusive',
      { durationSeconds: 1800, ...atClock('17:00:00') },
      { autoApproved: false },
    ],
    ['in the last second of it is not', atClock('16:59:59'), { autoApproved: true }],
    ['before it is pending', atClock('08:59:59'), { autoApproved: false }],
    ['on a Sunday is pending', { nowMs: Date.parse('2026-02-08T10:00:00Z') }, { autoApproved: false }],
    ['by somebody else is pending', by('bob'), { autoApproved: false }],
    ['by another case is pending: policies match exactly', by('Alice'), { autoApproved: false }],
    ['by a session of a trusted role is pending', by('Fed/bob'), { autoApproved: false }],
    [
      'by any session is approved by itself, where the policy says so',
      { ...by('Dev/x'), profile: 'ci' },
      { autoApproved: true },
    ],
    [
      'for any other profile is for the last rule',
      { profile: 'dev' },
      { autoApproved: false, rule: 'rest', requiredApprovals: 1, singleUse: false },
    ],
    [
      'for a pattern of profiles, with quorum and single use',
      { profile: 'prod-eu' },
      { rule: 'two', requiredApprovals: 2, singleUse: true },
    ],
    ['of nine hours is cut to eight', { durationSeconds: 9 * 3600 }, { durationSeconds: 8 * 3600 }],
    ['of the shortest time', { durationSeconds: 900 }, { durationSeconds: 900 }],
  ] as const) {
    it(name, () => {
      const decision = decideRequest({ ...facts, ...changed })
      expect(isAllow(decision)).toBe(true)
      expect(decision).toMatchObject({ kind: 'allow', grant })
    })
  }

  it('carries who asked, for the record and for whoever approves', () =>
    expect(decideRequest(facts)).toMatchObject({
      because: 'rule `live`',
      grant: { profile: 'live', requester: party('alice') },
    }))
})

describe('a request is refused', () => {
  const none = { known: { compiled: undefined } }
  const signed = { known: { compiled: { ...compiled, signingKey: 'alias/approvals' } } }
  for (const [name, changed, kind, code] of [
    ['to a caller who could not be named', { caller: outage }, 'unavailable', 'STS_ERROR'],
    ['when the policy could not be loaded', { policy: outage }, 'unavailable', 'STS_ERROR'],
    ['without an approval policy', { policy: none }, 'policy', 'POLICY_DENIED'],
    [
      'when no rule is for the profile',
      { policy: { known: { compiled: withoutRest } }, profile: 'dev' },
      'policy',
      'POLICY_DENIED',
    ],
    ['when approvals would have to be signed', { policy: signed }, 'policy', 'POLICY_DENIED'],
    ['to a session that may be anybody', by('Dev/alice'), 'policy', 'POLICY_DENIED'],
    ['to a federated user, who may be anybody', by(':federated/bob'), 'policy', 'POLICY_DENIED'],
    ['of 899 seconds, for which AWS issues nothing', { durationSeconds: 899 }, 'input', 'USAGE'],
    ['of no time', { durationSeconds: 0 }, 'input', 'USAGE'],
    ['of negative time', { durationSeconds: -3600 }, 'input', 'USAGE'],
    ['of half a second', { durationSeconds: 900.5 }, 'input', 'USAGE'],
    ['of no number', { durationSeconds: Number.NaN }, 'input', 'USAGE'],
    ['without a justification', { justification: '' }, 'input', 'USAGE'],
    ['with one of blanks', { justification: ' '.repeat(40) }, 'input', 'USAGE'],
    ['with one of nine characters', { justification: '123456789' }, 'input', 'USAGE'],
    ['with one of 501 characters', { justification: 'x'.repeat(501) }, 'input', 'USAGE'],
  ] as const) {
    it(name, () => {
      const decision = decideRequest({ ...facts, ...changed })
      expect(decision).toMatchObject({ kind: 'deny', why: { kind, error: { code } } })
      expect(isAllow(decision)).toBe(false)
    })
  }

  it('with as many characters as are allowed, it is not: they are counted as people see them', () => {
    for (const justification of ['1234567890', '😀'.repeat(500)]) {
      expect(decideRequest({ ...facts, justification }).kind).toBe('allow')
    }
  })

  it('for an instant that the compiled policy does not cover, nothing is answered', () =>
    expect(() => decideRequest({ ...facts, nowMs: compiled.untilMs })).toThrow('does not cover'))
})

describe('a request is taken back', () => {
  const request: RequestState = {
    id: '0123456789abcdef',
    profile: 'live',
    durationSeconds: 3600,
    requester: party('alice'),
    status: 'pending',
    expiresAtMs: wednesdayMs + 1,
    requiredApprovals: 1,
    singleUse: false,
    approvals: [],
  }
  const cancel = { nowMs: wednesdayMs, caller: { known: party('alice') }, request: { known: request } }
  it('by whoever made it', () =>
    expect(decideCancel(cancel)).toMatchObject({
      kind: 'allow',
      grant: { requestId: '0123456789abcdef', profile: 'live' },
    }))

  for (const [name, changed, kind, code] of [
    ['by a caller who could not be named', { caller: outage }, 'unavailable', 'STS_ERROR'],
    ['when it could not be read', { request: outage }, 'unavailable', 'STS_ERROR'],
    ['by somebody else', { caller: { known: party('bob') } }, 'policy', 'POLICY_DENIED'],
    ['by their name in another case', { caller: { known: party('ALICE') } }, 'policy', 'POLICY_DENIED'],
    [
      'by their name in another account',
      { caller: { known: party('alice', theirs) } },
      'policy',
      'POLICY_DENIED',
    ],
    ['when it is over', { nowMs: wednesdayMs + 1 }, 'state', 'STATE_CONFLICT'],
    ...(['approved', 'denied', 'expired', 'cancelled'] as const).map(
      (status) =>
        [
          `when it is ${status}`,
          { request: { known: { ...request, status } } },
          'state',
          'STATE_CONFLICT',
        ] as const,
    ),
  ] as const) {
    it(`not ${name}`, () =>
      expect(decideCancel({ ...cancel, ...changed })).toMatchObject({
        kind: 'deny',
        why: { kind, error: { code } },
      }))
  }
})
