import { describe, expect, it } from 'vitest'
import { type ApprovalFacts, decideApproval, explainApprovers } from './approval.ts'
import { isAllow } from './decision.ts'
import type { Party } from './people.ts'
import type { RequestState } from './request.ts'
import { approvalPolicy, outage, party, theirs, wednesdayMs } from './rules/kit.fake.ts'

const compiled = await approvalPolicy(`
version: "1"
trusted_session_roles: [Fed]
rules:
  - {name: live, profiles: [live], approvers: [carol, dave]}
  - {name: two, profiles: [two], approvers: [carol, dave, "Leads/*"], required_approvals: 2}
  - {name: open, profiles: [open], approvers: ["*", "*/*", ":*"]}
  - {name: once, profiles: [once], approvers: [carol], single_use: true}
  - {name: rest, approvers: [carol]}
`)
const nearby = { ...compiled, approverAccounts: [theirs] }

const request: RequestState = {
  id: '0123456789abcdef',
  profile: 'live',
  durationSeconds: 3600,
  requester: party('alice'),
  status: 'pending',
  expiresAtMs: wednesdayMs + 60_000,
  requiredApprovals: 1,
  singleUse: false,
  approvals: [],
}
const asked = (changed: Partial<RequestState>) => ({ request: { known: { ...request, ...changed } } })
const by = (user: string, account?: string) => ({ caller: { known: party(user, account) } })
const facts: ApprovalFacts = {
  verb: 'approve',
  nowMs: wednesdayMs,
  ...by('carol'),
  request: { known: request },
  policy: { known: { compiled } },
}

describe('a request is approved', () => {
  for (const [name, changed, grant] of [
    ['by an approver of its rule', {}, { rule: 'live', approvals: 1, completes: true, singleUse: false }],
    ['by another one', by('dave'), { completes: true }],
    [
      'by a session of a role whose names are trusted',
      by('Fed/carol'),
      { approver: party('Fed/carol'), completes: true },
    ],
    ['for any profile by the last rule', asked({ profile: 'dev' }), { rule: 'rest' }],
    ['for a single use', asked({ profile: 'once' }), { singleUse: true }],
    ['for a single use that the policy asked for earlier', asked({ singleUse: true }), { singleUse: true }],
    [
      'by an approver of another account that the policy lists',
      { ...by('carol', theirs), policy: { known: { compiled: nearby } } },
      { completes: true },
    ],
    [
      'in part, where it takes two',
      asked({ profile: 'two', requiredApprovals: 2 }),
      { approvals: 1, requiredApprovals: 2, completes: false },
    ],
    [
      'by the second of two',
      { ...asked({ profile: 'two', requiredApprovals: 2, approvals: [party('dave')] }) },
      { approvals: 2, completes: true },
    ],
    [
      'in part, where the policy asks for two by now',
      asked({ profile: 'two', requiredApprovals: 1 }),
      { requiredApprovals: 2, completes: false },
    ],
    [
      'in part, where the policy asked for two when it was made',
      asked({ requiredApprovals: 2 }),
      { requiredApprovals: 2, completes: false },
    ],
    ['for eight hours, whatever the row says', asked({ durationSeconds: 1e9 }), { durationSeconds: 28_800 }],
    [
      'by sessions of a trusted role, where a pattern names them',
      { ...asked({ profile: 'open' }), ...by('Fed/x1') },
      {},
    ],
    ['of a session of a trusted role', asked({ requester: party('Fed/alice') }), { completes: true }],
  ] as const) {
    it(name, () => {
      const decision = decideApproval({ ...facts, ...changed })
      expect(isAllow(decision)).toBe(true)
      expect(decision).toMatchObject({
        kind: 'allow',
        grant: { verb: 'approve', requestId: request.id, ...grant },
      })
    })
  }
})

describe('nobody approves their own request', () => {
  const openTo = (requester: Party) => asked({ profile: 'open', requester })
  for (const [name, requester, approver] of [
    ['as themselves', party('carol'), party('carol')],
    ['in another case', party('carol'), party('Carol')],
    ['from another account', party('carol'), party('carol', theirs)],
    ['from another account in another case', party('carol'), party('CAROL', theirs)],
    ['through a role, under their own name', party('carol'), party('Admin/carol')],
    ['having asked through a role', party('Admin/carol'), party('carol')],
    ['through two roles', party('Dev/carol'), party('Admin/carol')],
    ['as a federated user', party('carol'), party(':federated/carol')],
    ['as the root', party(':root'), party(':root')],
  ] as const) {
    it(name, () => {
      const decision = decideApproval({
        ...facts,
        ...openTo(requester),
        caller: { known: approver },
        policy: { known: { compiled: nearby } },
      })
      expect(decision).toMatchObject({
        kind: 'deny',
        why: { kind: 'policy', error: { code: 'POLICY_DENIED' } },
      })
      expect(decision).toMatchObject({ because: expect.stringContaining('whoever asks never approves') })
    })
  }

  it('and it is the names that are refused: under others the same rule lets them', () => {
    const changed = { ...openTo(party('carol')), caller: { known: party('Fed/dave') } }
    expect(decideApproval({ ...facts, ...changed }).kind).toBe('allow')
  })
})

// Alice holds a role in this account and one in another, and so two sessions that the rule names; or she asks as one.
describe('whoever may be anybody', () => {
  const open = asked({ profile: 'open' })
  for (const [name, changed, want] of [
    ['approves nothing as a session of a role', { ...open, ...by('Dev/dave') }, 'the role `Dev`'],
    [
      'approves nothing as a session of a role of another account',
      { ...open, ...by('Partner/dave', theirs) },
      'the role `Partner`',
    ],
    ['approves nothing as a federated user', { ...open, ...by(':federated/dave') }, 'federated session'],
    [
      'approves nothing as the second either',
      {
        ...asked({ profile: 'two', requiredApprovals: 2, approvals: [party('dave')] }),
        ...by('Leads/x'),
      },
      'the role `Leads`',
    ],
    [
      'denies nothing',
      { verb: 'deny' as const, ...open, ...by('Dev/dave') },
      'nobody can tell who it is: whoever may assume the role `Dev` chooses the name of the session',
    ],
    [
      'has nothing approved',
      { ...asked({ profile: 'open', requester: party('Dev/x') }), ...by('carol') },
      'nobody may approve what `Dev/x` asks for, since it may be anybody',
    ],
  ] as const) {
    it(name, () =>
      expect(decideApproval({ ...facts, policy: { known: { compiled: nearby } }, ...changed })).toMatchObject(
        {
          kind: 'deny',
          because: expect.stringContaining(want),
          why: { kind: 'policy', error: { code: 'POLICY_DENIED' } },
        },
      ),
    )
  }

  it('has what they ask for denied', () => {
    const changed = asked({ profile: 'open', requester: party('Dev/x') })
    expect(decideApproval({ ...facts, verb: 'deny', ...changed }).kind).toBe('allow')
  })
})

describe('nobody counts twice', () => {
  const two = (...approvals: Party[]) => asked({ profile: 'two', requiredApprovals: 2, approvals })
  for (const [name, before, approver] of [
    ['as themselves', party('carol'), party('carol')],
    ['through a trusted role', party('carol'), party('Fed/carol')],
  ] as const) {
    it(name, () =>
      expect(decideApproval({ ...facts, ...two(before), caller: { known: approver } })).toMatchObject({
        kind: 'deny',
        because: expect.stringContaining('already'),
        why: { kind: 'state', error: { code: 'STATE_CONFLICT' } },
      }),
    )
  }

  for (const [name, before] of [
    ['by somebody whom the policy names no more', [party('erin')]],
    ['by the requester, written into the table', [party('alice')]],
    ['by the requester in another account', [party('alice', theirs)]],
    ['by an approver of an account that nobody listed', [party('dave', theirs)]],
    ['by a session that may be anybody', [party('Leads/x')]],
    ['by two of them', [party('Leads/x'), party('Dev/y')]],
  ] as const) {
    it(`an approval does not count: ${name}`, () =>
      expect(decideApproval({ ...facts, ...two(...before) })).toMatchObject({
        kind: 'allow',
        grant: { approvals: 1, completes: false },
      }))
  }

  it('an approval that stands twice counts once', () =>
    expect(
      decideApproval({
        ...facts,
        ...asked({ requiredApprovals: 3, approvals: [party('dave'), party('dave')] }),
      }),
    ).toMatchObject({ kind: 'allow', grant: { approvals: 2, completes: false } }))
})

describe('an approval is refused', () => {
  const none = { known: { compiled: undefined } }
  const onlyLive = { known: { compiled: { ...compiled, rules: compiled.rules.slice(0, 1) } } }
  const signed = { known: { compiled: { ...compiled, signingKey: 'alias/approvals' } } }
  for (const [name, changed, kind, code] of [
    ['to a caller who could not be named', { caller: outage }, 'unavailable', 'STS_ERROR'],
    ['when the request could not be read', { request: outage }, 'unavailable', 'STS_ERROR'],
    ['when the policy could not be loaded', { policy: outage }, 'unavailable', 'STS_ERROR'],
    ['without an approval policy', { policy: none }, 'policy', 'POLICY_DENIED'],
    [
      'when no rule is for the profile',
      { policy: onlyLive, ...asked({ profile: 'dev' }) },
      'policy',
      'POLICY_DENIED',
    ],
    ['when it would have to be signed', { policy: signed }, 'policy', 'POLICY_DENIED'],
    ['to somebody who is not named', by('bob'), 'policy', 'POLICY_DENIED'],
    ['to an approver by another case', by('Carol'), 'policy', 'POLICY_DENIED'],
    ['to a session that calls itself carol', by('Dev/carol'), 'policy', 'POLICY_DENIED'],
    ['to a federated carol', by(':federated/carol'), 'policy', 'POLICY_DENIED'],
    ['to a carol of another account', by('carol', theirs), 'policy', 'POLICY_DENIED'],
    [
      'to an approver of another rule',
      { ...asked({ profile: 'dev' }), ...by('dave') },
      'policy',
      'POLICY_DENIED',
    ],
    ['at the moment at which the request is over', { nowMs: request.expiresAtMs }, 'state', 'STATE_CONFLICT'],
    ...(['approved', 'denied', 'expired', 'cancelled'] as const).map(
      (status) => [`when the request is ${status}`, asked({ status }), 'state', 'STATE_CONFLICT'] as const,
    ),
  ] as const) {
    it(name, () => {
      const decision = decideApproval({ ...facts, ...changed })
      expect(decision).toMatchObject({ kind: 'deny', why: { kind, error: { code } } })
      expect(isAllow(decision)).toBe(false)
    })
  }
})

describe('a denial', () => {
  const deny = { ...facts, verb: 'deny' as const }
  it('is given by an approver, at once however many must approve', () =>
    expect(decideApproval({ ...deny, ...asked({ requiredApprovals: 2 }) })).toMatchObject({
      kind: 'allow',
      grant: { verb: 'deny', approver: party('carol') },
    }))
  it('is given by somebody who approved before', () =>
    expect(
      decideApproval({ ...deny, ...asked({ requiredApprovals: 2, approvals: [party('carol')] }) }).kind,
    ).toBe('allow'))
  for (const [name, changed] of [
    ['by the requester, who may cancel', by('alice')],
    ['by somebody who is not named', by('bob')],
    ['of what is approved', asked({ status: 'approved' })],
  ] as const) {
    it(`is not given ${name}`, () => expect(decideApproval({ ...deny, ...changed }).kind).toBe('deny'))
  }
})

describe('who may approve is explained', () => {
  const explained = (changed: Partial<RequestState>, parties: Party[] = []) =>
    explainApprovers({ compiled }, { ...request, ...changed }, parties)

  it('name by name', () =>
    expect(explained({ requester: party('carol') })).toEqual({
      rule: 'live',
      requiredApprovals: 1,
      approvals: 0,
      answers: [
        {
          who: 'carol',
          may: false,
          because:
            'whoever asks never approves, and for all that can be told it is them: both are called `carol`, whatever the account and the case',
        },
        { who: 'dave', may: true, because: 'rule `live` names them' },
      ],
      asked: [],
      otherwise: 'rule `live` names nobody else',
    }))

  it('with whoever has approved already, and with patterns', () =>
    expect(explained({ profile: 'two', requiredApprovals: 2, approvals: [party('dave')] })).toMatchObject({
      requiredApprovals: 2,
      approvals: 1,
      answers: [
        { who: 'carol', may: true },
        { who: 'dave', may: false, because: 'has approved it already' },
        { who: 'Leads/*', may: false, because: expect.stringContaining('the role `Leads`') },
      ],
    }))

  it('with patterns that may name people', () =>
    expect(explained({ profile: 'open' }).answers).toMatchObject([
      { who: '*', may: true, because: expect.stringContaining('whoever asked is excepted') },
      { who: '*/*', may: true },
      { who: ':*', may: true },
    ]))

  it('of a session that may be anybody: nobody', () =>
    expect(explained({ requester: party('Dev/x') }, [party('carol')])).toMatchObject({
      rule: 'live',
      answers: [],
      asked: [{ who: 'carol', may: false }],
      otherwise: expect.stringContaining('nobody may approve what `Dev/x` asks for'),
    }))

  it('also of a request that is bound to nobody', () =>
    expect(explained({ requester: { user: 'alice', arn: '', accountId: '' } }).answers).toMatchObject([
      { who: 'carol', may: true },
      { who: 'dave', may: true },
    ]))

  it('about whoever is asked about, as it would be decided', () => {
    const parties = [
      party('alice'),
      party('bob'),
      party('dave'),
      party('dave', theirs),
      party('Fed/carol'),
      party('Dev/carol'),
    ]
    const answers = explained({}, parties).asked
    expect(answers.map(({ may }) => may)).toEqual([false, false, true, false, true, false])
    for (const [index, caller] of parties.entries()) {
      const decision = decideApproval({ ...facts, caller: { known: caller } })
      expect(answers[index]?.may).toBe(decision.kind === 'allow')
    }
  })

  it('when nobody may', () => {
    expect(explainApprovers({ compiled: undefined }, request, [party('carol')])).toMatchObject({
      answers: [],
      asked: [{ who: 'carol', may: false, because: 'there is no approval policy, so nobody may approve' }],
      otherwise: 'there is no approval policy, so nobody may approve',
    })
    const signed = { compiled: { ...compiled, signingKey: 'alias/x' } }
    expect(explainApprovers(signed, request)).toMatchObject({ rule: 'live', answers: [] })
  })
})
