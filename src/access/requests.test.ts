import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Party } from '../policy/index.ts'
import {
  type ApprovalRequest,
  newRequest,
  pendingMs,
  type RequestEvent,
  requestStatusAt,
  step,
  type Terms,
  usableUntil,
} from './index.ts'

const account = '111122223333'
const person = (user: string, accountId = account): Party => ({
  user,
  arn: `arn:aws:iam::${accountId}:user/${user}`,
  accountId,
})
const [alice, carol, dave] = [person('alice'), person('carol'), person('dave')]
const bornMs = Date.parse('2026-02-03T10:00:00Z')
const minutes = (count: number) => bornMs + count * 60_000
const expiryMs = bornMs + pendingMs

const asked = {
  requester: alice,
  profile: 'prod',
  justification: 'Deploying the hotfix',
  durationSeconds: 1800,
  requiredApprovals: 1,
  singleUse: false,
  autoApproved: false,
} as const

const once = { requiredApprovals: 1, singleUse: false, completes: true }
const first = { requiredApprovals: 2, singleUse: false, completes: false }
const second = { ...first, completes: true }
const approve = (by: Party, comment = '', terms: Terms = once): RequestEvent => ({
  kind: 'approve',
  by,
  comment,
  under: {},
  ...terms,
})
const deny: RequestEvent = { kind: 'deny', by: carol, comment: 'not today' }
const cancel: RequestEvent = { kind: 'cancel', by: alice }
const consume = (walkId = '5f0c2a9b1d3e4f60'): RequestEvent => ({ kind: 'consume', walkId })

function through(request: ApprovalRequest, ...events: readonly (readonly [RequestEvent, number])[]) {
  return events.reduce((state, [event, atMs]) => {
    const next = step(state, event, atMs)
    if (next.kind === 'refused') throw new Error(next.because)
    return next.request
  }, request)
}

const states = {
  pending: newRequest(asked, bornMs),
  'pending with one of two': through(newRequest({ ...asked, requiredApprovals: 2 }, bornMs), [
    approve(carol, 'go on', first),
    minutes(1),
  ]),
  approved: through(newRequest(asked, bornMs), [approve(carol), minutes(20)]),
  'approved for a single use': through(newRequest({ ...asked, singleUse: true }, bornMs), [
    approve(carol, '', { ...once, singleUse: true }),
    minutes(20),
  ]),
  'approved and used up': through(
    newRequest({ ...asked, singleUse: true }, bornMs),
    [approve(carol, '', { ...once, singleUse: true }), minutes(20)],
    [consume(), minutes(21)],
  ),
  denied: through(newRequest(asked, bornMs), [deny, minutes(20)]),
  cancelled: through(newRequest(asked, bornMs), [cancel, minutes(20)]),
  'written as expired': { ...newRequest(asked, bornMs), status: 'expired' },
  'made by another program': (({ requesterArn: _, accountId: __, ...rest }) => rest)(
    newRequest(asked, bornMs),
  ),
} satisfies Record<string, ApprovalRequest>

const events = { approve: approve(dave, '', second), deny, cancel, consume: consume() }

type StateName = keyof typeof states
type EventName = keyof typeof events

describe('every state and every event, half an hour after the request', () => {
  const approvedAgo = 'it was approved by carol at 2026-02-03T10:20:00Z'
  const usedUp = 'it was approved by carol at 2026-02-03T10:21:00Z'
  const deniedAgo = 'it was denied by carol at 2026-02-03T10:20:00Z'
  const cancelledAgo = 'it was cancelled by alice at 2026-02-03T10:20:00Z'
  const expired = 'it expired at 2026-02-04T10:00:00Z'
  const table: Readonly<Record<StateName, Readonly<Record<EventName, string>>>> = {
    pending: { approve: '→ pending', deny: '→ denied', cancel: '→ cancelled', consume: 'it is pending' },
    'pending with one of two': {
      approve: '→ approved',
      deny: '→ denied',
      cancel: '→ cancelled',
      consume: 'it is pending',
    },
    approved: {
      approve: approvedAgo,
      deny: approvedAgo,
      cancel: approvedAgo,
      consume: 'it may be used more than once',
    },
    'approved for a single use': {
      approve: approvedAgo,
      deny: approvedAgo,
      cancel: approvedAgo,
      consume: '→ approved',
    },
    'approved and used up': {
      approve: usedUp,
      deny: usedUp,
      cancel: usedUp,
      consume: 'it was for a single use, and was used at 2026-02-03T10:21:00Z by request 5f0c2a9b1d3e4f60',
    },
    denied: { approve: deniedAgo, deny: deniedAgo, cancel: deniedAgo, consume: 'it is denied' },
    cancelled: {
      approve: cancelledAgo,
      deny: cancelledAgo,
      cancel: cancelledAgo,
      consume: 'it is cancelled',
    },
    'written as expired': { approve: expired, deny: expired, cancel: expired, consume: 'it is expired' },
    'made by another program': {
      approve: 'another program made it, and it is not bound to anybody: ask again with this one',
      deny: '→ denied',
      cancel: '→ cancelled',
      consume: 'it is pending',
    },
  }
  for (const [state, row] of Object.entries(table)) {
    for (const [event, want] of Object.entries(row)) {
      it(`${state}, ${event}: ${want}`, () => {
        const end = step(states[state as StateName], events[event as EventName], minutes(30))
        expect(end.kind === 'next' ? `→ ${end.request.status}` : end.because).toBe(want)
      })
    }
  }
})

describe('a request', () => {
  it('waits for 24 hours, and not a millisecond longer', () => {
    const end = (atMs: number) => [
      requestStatusAt(states.pending, atMs),
      ...Object.values({ approve: approve(carol), deny, cancel }).map(
        (event) => step(states.pending, event, atMs).kind,
      ),
    ]
    expect(end(expiryMs - 1)).toEqual(['pending', 'next', 'next', 'next'])
    expect(end(expiryMs)).toEqual(['expired', 'refused', 'refused', 'refused'])
  })

  it('opens its window when it is approved, however long it waited', () => {
    const { approvedAtMs, validUntilMs } = through(states.pending, [approve(carol), minutes(600)])
    expect([approvedAtMs, validUntilMs]).toEqual([minutes(600), minutes(630)])
  })

  it('keeps who approved it, where and what they said', () => {
    const { approver, approverComment, approvals } = through(states.pending, [
      approve(carol, 'go on'),
      minutes(5),
    ])
    expect({ approver, approverComment, approvals }).toEqual({
      approver: 'carol',
      approverComment: 'go on',
      approvals: [{ ...carol, atMs: minutes(5), comment: 'go on' }],
    })
  })

  it('that needs two is pending after one, and its window starts with the second', () => {
    const one = states['pending with one of two']
    expect(one).toMatchObject({ status: 'pending', approver: 'carol' })
    expect(one).not.toHaveProperty('validUntilMs')
    const both = through(one, [approve(dave, '', second), minutes(40)])
    expect(both).toMatchObject({ status: 'approved', approver: 'dave', validUntilMs: minutes(70) })
    expect(both).not.toHaveProperty('approverComment')
    expect(both.approvals.map(({ user }) => user)).toEqual(['carol', 'dave'])
  })

  for (const [name, by] of [
    ['again', carol],
    ['in another case', person('CAROL')],
    ['from another account', person('carol', '444455556666')],
    ['by the same ARN under another name', { ...carol, user: 'someone' }],
  ] as const) {
    it(`that needs two does not count one person twice, even if the policy did: ${name}`, () => {
      const end = through(states['pending with one of two'], [approve(by, '', second), minutes(2)])
      expect(end).toMatchObject({ status: 'pending', approvals: [{ ...by, atMs: minutes(2) }] })
    })
  }

  it('takes the terms of the policy as it is when somebody approves', () => {
    const stricter = { requiredApprovals: 2, singleUse: true, completes: false }
    expect(through(states.pending, [approve(carol, '', stricter), minutes(1)])).toMatchObject({
      status: 'pending',
      requiredApprovals: 2,
      singleUse: true,
    })
  })

  it('stays pending where an earlier approval does not count any more', () => {
    const end = through(states['pending with one of two'], [approve(dave, '', first), minutes(2)])
    expect(end).toMatchObject({ status: 'pending', approvals: [{ user: 'carol' }, { user: 'dave' }] })
  })

  it('never opens for longer than eight hours', () => {
    const long = { ...states.pending, durationSeconds: 48 * 3600 }
    const { validUntilMs } = through(long, [approve(carol), minutes(0)])
    expect(validUntilMs).toBe(minutes(480))
  })

  it('that the policy approves is approved from the start, and says so', () => {
    expect(newRequest({ ...asked, autoApproved: true }, bornMs)).toMatchObject({
      status: 'approved',
      approver: 'alice',
      approverComment: 'auto-approved by policy',
      approvals: [],
      validUntilMs: minutes(30),
    })
  })
})

describe('an approval lets', () => {
  const walk = 'aaaaaaaaaaaaaaaa'
  const until = (request: ApprovalRequest, changed: Partial<Parameters> = {}) => {
    const { caller, profile, walkId, atMs } = {
      caller: alice,
      profile: 'prod',
      walkId: walk,
      atMs: minutes(30),
      ...changed,
    }
    const answer = usableUntil(request, { caller, profile, roleArn: undefined, walkId }, atMs)
    return 'untilMs' in answer ? answer.untilMs : answer.because
  }
  type Parameters = {
    readonly caller: Party
    readonly profile: string
    readonly walkId: string
    readonly atMs: number
  }
  const notWhole = 'its row was not written by this program, or was changed since'

  for (const [name, request, changed, want] of [
    ['whoever asked use the profile until the window ends', states.approved, {}, minutes(50)],
    ['them use it to the last millisecond', states.approved, { atMs: minutes(50) - 1 }, minutes(50)],
    [
      'nobody use it from then on',
      states.approved,
      { atMs: minutes(50) },
      'its window ended at 2026-02-03T10:50:00Z',
    ],
    ['nobody else use it', states.approved, { caller: carol }, 'it is not yours'],
    [
      'nobody of the same name in another account use it',
      states.approved,
      { caller: person('alice', '444455556666') },
      'it is not yours',
    ],
    [
      'nobody use it by the name alone',
      states.approved,
      { caller: { ...alice, arn: 'arn:aws:sts::111122223333:assumed-role/Any/alice' } },
      'it is not yours',
    ],
    ['nobody use another profile', states.approved, { profile: 'dev' }, 'it is for profile `prod`'],
    ['nobody in while it is pending', states.pending, {}, 'it is pending'],
    ['nobody in once it has expired', states.pending, { atMs: expiryMs }, 'it is expired'],
    ['nobody in where it was denied', states.denied, {}, 'it is denied'],
    ['its one use be made', states['approved for a single use'], {}, minutes(50)],
    [
      'no second use be made',
      states['approved and used up'],
      {},
      'it was for a single use, and was used at 2026-02-03T10:21:00Z by request 5f0c2a9b1d3e4f60',
    ],
    [
      'the walk that used it come back within a minute',
      states['approved and used up'],
      { walkId: '5f0c2a9b1d3e4f60', atMs: minutes(22) - 1 },
      minutes(50),
    ],
    [
      'not even that walk come back later',
      states['approved and used up'],
      { walkId: '5f0c2a9b1d3e4f60', atMs: minutes(22) },
      'it was for a single use, and was used at 2026-02-03T10:21:00Z by request 5f0c2a9b1d3e4f60',
    ],
    [
      'nobody in whose row says approved and no more',
      { ...states.pending, status: 'approved' } as const,
      {},
      notWhole,
    ],
    [
      'nobody in whose window is longer than what was asked for',
      { ...states.approved, validUntilMs: minutes(51) },
      {},
      notWhole,
    ],
    [
      'nobody in who approved it themselves',
      { ...states.approved, approvals: [{ ...alice, atMs: minutes(20), comment: '' }] },
      {},
      notWhole,
    ],
    [
      'nobody in whose quorum is one person twice',
      {
        ...states.approved,
        requiredApprovals: 2,
        approvals: ['carol', 'Carol'].map((user) => ({ ...person(user), atMs: minutes(20), comment: '' })),
      },
      {},
      notWhole,
    ],
    [
      'nobody in for longer than eight hours',
      { ...states.approved, durationSeconds: 30_000, validUntilMs: minutes(20 + 481) },
      {},
      notWhole,
    ],
    [
      'whom the policy approved in',
      newRequest({ ...asked, autoApproved: true }, minutes(10)),
      {},
      minutes(40),
    ],
  ] as const) {
    it(name, () => expect(until(request, changed)).toBe(want))
  }
})

it('however approvers, requesters and users come in turn, what is final stays, and a window is as long as was asked', () => {
  const people = [carol, dave, person('Carol'), person('erin')]
  const event = fc.oneof(
    fc.constantFrom(...people).map((by) => approve(by)),
    fc.constant(deny),
    fc.constant(cancel),
    fc.constantFrom('aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb').map((walkId) => consume(walkId)),
  )
  const turns = fc.array(fc.tuple(event, fc.integer({ min: 0, max: 6 * 3_600_000 })), { maxLength: 12 })
  fc.assert(
    fc.property(
      turns,
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      (turns, requiredApprovals, singleUse) => {
        let [request, nowMs] = [newRequest({ ...asked, requiredApprovals, singleUse }, bornMs), bornMs]
        for (const [event, passedMs] of turns) {
          nowMs += passedMs
          const before = request
          const end = step(request, event, nowMs)
          if (end.kind === 'refused') continue
          request = end.request
          if (event.kind !== 'consume') expect(requestStatusAt(before, nowMs)).toBe('pending')
          else expect([before.status, request.consumedBy]).toEqual(['approved', event.walkId])
          if (request.status === 'approved' && event.kind === 'approve') {
            expect(request.validUntilMs).toBe(nowMs + 1_800_000)
            expect(new Set(request.approvals.map(({ user }) => user.toLowerCase())).size).toBe(
              requiredApprovals,
            )
            expect(
              usableUntil(
                request,
                { caller: alice, profile: 'prod', roleArn: undefined, walkId: 'cccccccccccccccc' },
                nowMs,
              ),
            ).toEqual({
              untilMs: nowMs + 1_800_000,
            })
          }
        }
      },
    ),
  )
})
