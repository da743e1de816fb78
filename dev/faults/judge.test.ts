// That a run is judged: each thing that must never be is seen.

import { expect, it } from 'vitest'
import type { Traveller } from './journeys.ts'
import { judge, type Notes } from './judge.ts'
import { events, type Kept, requests, sessions } from './places.ts'
import type { World } from './world.ts'

type Line = Readonly<Record<string, unknown>>
type Left = {
  readonly verify?: number
  readonly log?: readonly Line[]
  readonly issued?: World['issued']
  readonly notes?: Partial<Notes>
  readonly kept?: Kept
  /** What is stored: one thing, as it is shown, or nothing. */
  readonly stored?: Line | undefined
}

const decision = (walk: string): Line => ({
  event: 'decision',
  request_id: walk,
  approved_request_id: 'approval',
})
const outcome = { event: 'outcome', outcome: 'issued', access_key_id: 'ASIAONE' }
const issued = (walk: string) => ({ accessKeyId: 'ASIAONE', stamp: `sentinel,alice,${walk}` })
const change = (event: string, user: string, more: Line = {}): Line => ({
  event,
  user,
  outcome: 'started',
  request_id: 'approval',
  ...more,
})
const made = change('request.created', 'alice')
const pending = { requester: 'alice', status: 'pending', single_use: true }

function judged(left: Left) {
  const { verify = 0, log = [], issued = [], notes = {}, kept = requests } = left
  const stored = 'stored' in left ? left.stored : pending
  const world = {
    look: async () => ({ status: verify, stdout: '', stderr: 'line 3' }),
    log: () => [made, ...log],
    issued,
  } as unknown as World
  const at = {
    look: async (command: string) =>
      command === kept.list ? { rows: stored === undefined ? [] : [{ id: 'approval' }] } : stored,
  } as unknown as Traveller
  return judge(world, { kept }, at, { wrong: [], promises: [], received: [], ...notes })
}

const cases: readonly (readonly [what: string, left: Left, wrong: readonly string[]])[] = [
  [
    'nothing, where all is recorded and there',
    { log: [decision('a'), outcome], issued: [issued('a')], notes: { received: ['ASIAONE'] } },
    [],
  ],
  ['a damaged log', { verify: 1 }, ['the log is damaged: line 3']],
  [
    'what AWS issued and no line shows',
    { issued: [issued('a')] },
    ['AWS issued ASIAONE for sentinel,alice,a, and no line says so'],
  ],
  [
    'what AWS issued after a refusal',
    { log: [{ ...decision('a'), outcome: 'denied' }], issued: [issued('a')] },
    ['AWS issued ASIAONE for sentinel,alice,a, and no line says so'],
  ],
  [
    'keys that somebody got and no line shows',
    { notes: { received: ['ASIATWO'] } },
    ['somebody got ASIATWO, and no line says so'],
  ],
  [
    'what was acknowledged and is not there',
    { notes: { promises: [{ what: 'approve 1', isTrue: async () => false }] } },
    ['lost although it was acknowledged: approve 1'],
  ],
  [
    'an approval for a single use that served two',
    { log: [decision('a'), decision('b')], issued: [issued('a'), issued('b')] },
    ['approval approval for a single use served a and b'],
  ],
  ['the same walk twice is one use', { log: [decision('a')], issued: [issued('a'), issued('a')] }, []],
  ['a list that finds nothing', { stored: undefined }, ['list found nothing: {"rows":[]}']],
  [
    'a request that nobody is recorded to have made',
    { stored: { ...pending, requester: 'bob' } },
    ['approval has a request.created by bob, and no line says so'],
  ],
  [
    'an approval that was recorded for somebody else only',
    {
      log: [change('request.approved', 'carol'), change('request.approved', 'bob', { outcome: 'denied' })],
      stored: { ...pending, approvals: [{ approver: 'carol' }, { approver: 'bob' }] },
    },
    ['approval has a request.approved by bob, and no line says so'],
  ],
  [
    'a denial and a use that no line shows',
    { stored: { ...pending, status: 'denied', approver: 'carol', consumed_by: 'a' } },
    [
      'approval has a request.denied by carol, and no line says so',
      'approval was used by a, and no line says so',
    ],
  ],
  ['a use that a decision shows', { log: [decision('a')], stored: { ...pending, consumed_by: 'a' } }, []],
  [
    'a request taken back that no line shows',
    { stored: { ...pending, status: 'cancelled' } },
    ['approval has a request.cancelled by alice, and no line says so'],
  ],
  [
    'an emergency that nobody is recorded to have opened and closed',
    { kept: events, stored: { invoker: 'alice', closed_by: 'bob' } },
    [
      'approval has a breakglass.invoked by alice, and no line says so',
      'approval has a breakglass.closed by bob, and no line says so',
    ],
  ],
  [
    'a session that nobody is recorded to have begun, revoked and ended',
    { kept: sessions, stored: { user: 'alice', revoked_by: 'carol', ended_at: 'now' } },
    [
      'approval has a session.created by alice, and no line says so',
      'approval has a session.revoked by carol, and no line says so',
      'approval has a session.ended by alice, and no line says so',
    ],
  ],
  [
    'an emergency whose lines name it',
    {
      kept: events,
      log: [change('breakglass.invoked', 'alice', { request_id: 'walk', event_id: 'approval' })],
      stored: { invoker: 'alice' },
    },
    [],
  ],
]
for (const [what, left, wrong] of cases) {
  it(`a run is judged by ${what}`, async () => {
    expect(await judged(left)).toEqual(wrong)
  })
}
