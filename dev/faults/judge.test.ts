// That a run is judged: each thing that must never be is seen.

import { expect, it } from 'vitest'
import { journeys, type Traveller } from './journeys.ts'
import { judge, type Notes } from './judge.ts'
import type { World } from './world.ts'

type Line = Readonly<Record<string, unknown>>
type Left = {
  readonly verify?: number
  readonly log?: readonly Line[]
  readonly issued?: World['issued']
  readonly notes?: Partial<Notes>
  readonly stored?: readonly string[]
}

const decision = (walk: string): Line => ({
  event: 'decision',
  request_id: walk,
  approved_request_id: 'approval',
})
const outcome = { event: 'outcome', outcome: 'issued', access_key_id: 'ASIAONE' }
const issued = (walk: string) => ({ accessKeyId: 'ASIAONE', stamp: `sentinel,alice,${walk}` })
const made = { event: 'request.created', request_id: 'stored' }

function judged({ verify = 0, log = [], issued = [], notes = {}, stored = ['stored'] }: Left) {
  const world = {
    run: async () => ({ status: verify, stdout: '', stderr: 'line 3' }),
    log: () => [made, ...log],
    issued,
  } as unknown as World
  const at = {
    look: async (command: string) =>
      command === 'check' ? { single_use: true } : { requests: stored.map((id) => ({ id })) },
  } as unknown as Traveller
  const [journey] = journeys
  return judge(world, journey!, at, { wrong: [], promises: [], received: [], ...notes })
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
  [
    'a row that nobody is recorded to have made',
    { stored: ['other'] },
    ['other is stored, and no line says who made it'],
  ],
  ['a list that finds nothing', { stored: [] }, ['list found nothing: {"requests":[]}']],
]
for (const [what, left, wrong] of cases) {
  it(`a run is judged by ${what}`, async () => {
    expect(await judged(left)).toEqual(wrong)
  })
}
