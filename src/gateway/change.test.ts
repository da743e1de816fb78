import { describe, expect, it } from 'vitest'
import type { Entry } from '../audit/index.ts'
import { SentinelError } from '../base/index.ts'
import { type ClosingFacts, type ClosingGrant, decideClosing } from '../policy/index.ts'
import { type ChangeDeps, passChange, resultOf } from './change.ts'

const walkId = '0123456789abcdef'
const request = { walkId, event: 'breakglass.closed', thing: { event_id: 'bbbbbbbbbbbbbbbb' } } as const
const alice = { user: 'alice', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' }
const nowMs = Date.parse('2026-02-03T10:00:00Z')
const facts: ClosingFacts = {
  nowMs,
  reason: 'It is over',
  caller: { known: alice },
  event: {
    known: {
      id: 'bbbbbbbbbbbbbbbb',
      profile: 'prod',
      invoker: alice,
      status: 'active',
      expiresAtMs: nowMs + 1,
    },
  },
  policy: { known: { compiled: undefined } },
}
const conflict = new SentinelError('STATE_CONFLICT', 'event bbbbbbbbbbbbbbbb is closed, no longer active')
const outage = new SentinelError('STORE_UNAVAILABLE', 'down')

type Deps = ChangeDeps<ClosingFacts, ClosingGrant, string>

/** One walk: what happened in which order, its lines, and how it ended. */
async function walk(more: Partial<Deps> = {}) {
  const happened: string[] = []
  const lines: Entry[] = []
  const deps: Deps = {
    log: {
      append(entries) {
        lines.push(...entries)
        happened.push(...entries.map((line) => ('outcome' in line && line.outcome) || line.event))
      },
    },
    circumstances: () => ({ host: 'laptop' }),
    gather: async () => facts,
    decide: decideClosing,
    act: async ({ profile }) => {
      happened.push(`close ${profile}`)
      return { kind: 'done', result: 'closed' }
    },
    words: ({ facts, grant, result }) => ({
      closed_reason: facts.reason,
      profile: grant?.profile,
      status: result,
    }),
    ...more,
  }
  const end = await passChange(deps, request, new AbortController().signal)
    .then((outcome) => resultOf(outcome, request))
    .catch((thrown: unknown) => thrown)
  return { happened, lines, end }
}

const base = { event: 'breakglass.closed', event_id: 'bbbbbbbbbbbbbbbb', walk_id: walkId, host: 'laptop' }
const who = { user: 'alice', actor: 'alice', caller_arn: alice.arn, account_id: alice.accountId }
const no = { user: '', actor: '' }

describe('a change of state', () => {
  for (const [name, more, happened, last, end] of [
    [
      'is recorded before it is made and after',
      {},
      ['started', 'close prod', 'done'],
      { ...who, closed_reason: 'It is over', profile: 'prod', status: 'closed', outcome: 'done' },
      'closed',
    ],
    [
      'that the policy or the state refuses is one line, and nothing is made',
      {
        decide: () => ({
          kind: 'deny',
          because: 'no',
          why: { kind: 'policy', error: conflict, rule: 'oncall' },
        }),
      },
      ['denied'],
      {
        ...who,
        closed_reason: 'It is over',
        outcome: 'denied',
        error_code: 'STATE_CONFLICT',
        rule: 'oncall',
      },
      { code: 'STATE_CONFLICT', message: `${conflict.message} (record ${walkId})` },
    ],
    [
      'that somebody else was faster with has a second line that says so',
      { act: async () => ({ kind: 'deny', because: 'late', why: { kind: 'state', error: conflict } }) },
      ['started', 'denied'],
      { ...who, profile: 'prod', outcome: 'denied', error_code: 'STATE_CONFLICT', reason: conflict.message },
      { code: 'STATE_CONFLICT' },
    ],
    [
      'that fails has a second line with the reason',
      { act: () => Promise.reject(outage) },
      ['started', 'error'],
      { ...who, outcome: 'error', error_code: 'STORE_UNAVAILABLE', reason: 'down' },
      { code: 'STORE_UNAVAILABLE', message: `down (record ${walkId})` },
    ],
    [
      'is not made when what it hangs on cannot be looked up',
      { gather: async () => ({ ...facts, event: { unavailable: outage } }) },
      ['error'],
      { ...who, outcome: 'error', error_code: 'STORE_UNAVAILABLE' },
      { code: 'STORE_UNAVAILABLE', message: `down (record ${walkId})` },
    ],
    [
      'is not made by somebody who cannot be named',
      { gather: async () => ({ ...facts, caller: { unavailable: outage } }) },
      ['error'],
      { ...no, outcome: 'error', error_code: 'STORE_UNAVAILABLE' },
      { code: 'STORE_UNAVAILABLE' },
    ],
    [
      'in which something unforeseen breaks is recorded as that',
      { gather: () => Promise.reject(new TypeError('x')) },
      ['error'],
      { ...no, outcome: 'error', error_code: 'INTERNAL' },
      { code: 'INTERNAL' },
    ],
  ] as const satisfies readonly (readonly [string, Partial<Deps>, ...unknown[]])[]) {
    it(name, async () => {
      const seen = await walk(more)
      expect(seen.happened).toEqual(happened)
      expect(seen.lines.at(-1)).toMatchObject({ ...base, ...last })
      if (typeof end === 'string') expect(seen.end).toBe(end)
      else expect(seen.end).toMatchObject(end)
    })
  }

  for (const [at, happened] of [
    [1, []],
    [2, ['close prod']],
  ] as const) {
    it(`whose line ${at} cannot be written ends with that error${at === 1 ? ', and nothing is made' : ''}`, async () => {
      let line = 0
      const full = new SentinelError('LOG_UNWRITABLE', 'full')
      const append = () => {
        if (++line === at) throw full
      }
      const seen = await walk({ log: { append } })
      const message = at === 1 ? 'full' : `full (record ${walkId})`
      expect([seen.happened, seen.end]).toMatchObject([happened, { code: 'LOG_UNWRITABLE', message }])
    })
  }
})
