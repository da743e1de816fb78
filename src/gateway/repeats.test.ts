import { describe, expect, it } from 'vitest'
import type { DecisionEntry, Entry } from '../audit/index.ts'
import { foldRepeats } from './repeats.ts'

const refusal = (id: string, rest: Partial<DecisionEntry> = {}): DecisionEntry => ({
  event: 'decision',
  request_id: id,
  user: 'alice',
  profile: 'live',
  effect: 'deny',
  rule: 'frozen',
  rule_index: 0,
  reason: 'Weekend',
  policy_path: '/sentinel/policies/live',
  outcome: 'denied',
  error_code: 'POLICY_DENIED',
  ...rest,
})

function folding() {
  const written: Entry[] = []
  const due = new Set<() => void>()
  const sick = { isDisk: false, rule: '' }
  const repeats = foldRepeats({
    log: {
      append: (entries) => {
        if (sick.isDisk) throw new Error('disk full')
        if (entries.some((entry) => 'rule' in entry && entry.rule === sick.rule))
          throw new Error(`no room for ${sick.rule}`)
        written.push(...entries)
      },
    },
    after: (_, run) => {
      due.add(run)
      return () => due.delete(run)
    },
  })
  const log = repeats.logFor({ aborted: false })
  return {
    ...repeats,
    log,
    written,
    due,
    sick,
    ask: (...ids: readonly string[]) => {
      for (const id of ids) void log.append([refusal(id)])
    },
    fiveSeconds: () => {
      for (const run of [...due]) run()
    },
  }
}

const lines = (written: readonly Entry[]) =>
  written.map((entry) => [entry.event, entry.request_id, 'count' in entry ? entry.count : undefined])

describe('a refusal', () => {
  it('is recorded at once, and its repeats as one line when the time is over', async () => {
    const at = folding()
    at.ask('a', 'b', 'c')
    expect(lines(at.written)).toEqual([['decision', 'a', undefined]])
    at.fiveSeconds()
    expect(lines(at.written)).toEqual([
      ['decision', 'a', undefined],
      ['repeats', 'a', 2],
    ])
    expect(at.written[1]).toMatchObject({ rule: 'frozen', outcome: 'denied', error_code: 'POLICY_DENIED' })
  })

  it('that is not repeated has one line only', async () => {
    const at = folding()
    at.ask('a')
    at.fiveSeconds()
    await at.flush()
    expect(lines(at.written)).toEqual([['decision', 'a', undefined]])
  })

  it('after that time is a first one again', async () => {
    const at = folding()
    at.ask('a')
    at.fiveSeconds()
    at.ask('b')
    expect(lines(at.written)).toEqual([
      ['decision', 'a', undefined],
      ['decision', 'b', undefined],
    ])
  })

  it('is counted until the end of the process', async () => {
    const at = folding()
    at.ask('a', 'b')
    await at.flush()
    expect(lines(at.written).at(-1)).toEqual(['repeats', 'a', 1])
    expect(at.due.size).toBe(0)
    await at.flush()
    expect(at.written).toHaveLength(2)
  })

  it('leads from its own id to the line that stands for it, once', async () => {
    const at = folding()
    at.ask('a', 'b')
    expect([at.recordedAs('a'), at.recordedAs('b'), at.recordedAs('b')]).toEqual(['a', 'a', 'b'])
  })

  for (const [name, other] of [
    ['by another rule', { rule: 'closed' }],
    ['of another version of the policy', { policy_version: 2 }],
    ['for an error', { outcome: 'error', error_code: 'SSM_ERROR' }],
    ['of another caller', { caller_arn: 'arn:aws:iam::111122223333:user/bob' }],
  ] as const) {
    it(`${name} is another one`, () => {
      const at = folding()
      void at.log.append([refusal('a')])
      void at.log.append([refusal('b', other)])
      expect(lines(at.written)).toEqual([
        ['decision', 'a', undefined],
        ['decision', 'b', undefined],
      ])
    })
  }

  it('whose line the log does not take is a first one the next time', async () => {
    const at = folding()
    at.sick.isDisk = true
    expect(() => at.ask('a')).toThrow('disk full')
    at.sick.isDisk = false
    at.ask('b')
    expect(lines(at.written)).toEqual([['decision', 'b', undefined]])
  })

  it('that could not be counted in the log in time is counted there later', async () => {
    const at = folding()
    at.ask('a', 'b')
    at.sick.isDisk = true
    at.fiveSeconds()
    await expect(at.flush()).rejects.toThrow('disk full')
    at.sick.isDisk = false
    await at.flush()
    expect(lines(at.written).at(-1)).toEqual(['repeats', 'a', 1])
  })

  it('that could not be counted in time is a first one again from then on', async () => {
    const at = folding()
    at.ask('a', 'b')
    at.sick.isDisk = true
    at.fiveSeconds()
    at.sick.isDisk = false
    at.ask('c')
    expect(lines(at.written).at(-1)).toEqual(['decision', 'c', undefined])
    await at.flush()
    expect(lines(at.written).at(-1)).toEqual(['repeats', 'a', 1])
  })

  it('is counted although the log did not take the count of another one, which is said', async () => {
    const at = folding()
    at.ask('a', 'b')
    void at.log.append([refusal('c', { rule: 'closed' })])
    void at.log.append([refusal('d', { rule: 'closed' })])
    at.sick.rule = 'frozen'
    await expect(at.flush()).rejects.toThrow('no room for frozen')
    expect(lines(at.written).at(-1)).toEqual(['repeats', 'c', 1])
    at.sick.rule = ''
    await at.flush()
    expect(lines(at.written).at(-1)).toEqual(['repeats', 'a', 1])
  })
})

it('what is no refusal is recorded each time', () => {
  const at = folding()
  const allowed = refusal('a', { effect: 'allow', outcome: undefined, error_code: undefined })
  void at.log.append([allowed])
  void at.log.append([allowed])
  void at.log.append([allowed, refusal('c')])
  expect(at.written).toHaveLength(4)
})
