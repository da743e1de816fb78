import { describe, expect, it } from 'vitest'
import { compile } from '../policy.ts'
import { defaultLimits, Meter } from './meter.ts'

/** Looks at the clock twice, so long after one another; what it ends with, if it does. */
function twoLooks(betweenMs: number, spentMs?: number): string | undefined {
  const clock = { ms: 5_000_000, now: () => clock.ms }
  const limits = { ...defaultLimits, wallMs: 100, clock, ...(spentMs !== undefined && { spentMs }) }
  const meter = new Meter(limits, false)
  try {
    meter.step(4096)
    clock.ms += betweenMs
    meter.step(4096)
    return undefined
  } catch (thrown) {
    return (thrown as Error).message
  }
}

describe('time that evaluations before took', () => {
  for (const [name, betweenMs, spentMs, want] of [
    ['none: all of it is there', 100, undefined, undefined],
    ['none: and no more', 101, undefined, 'more than 100 ms'],
    ['nothing is none', 100, 0, undefined],
    ['some: the rest is there', 40, 60, undefined],
    ['some: and no more', 41, 60, 'more than 100 ms'],
    ['all: the next moment is too late', 1, 100, 'more than 100 ms'],
    ['more than all: it is too late already', 0, 101, 'more than 100 ms'],
  ] as const) {
    it(name, () => expect(twoLooks(betweenMs, spentMs)).toBe(want))
  }

  it('counts in generated code too, and is not that of the evaluation before', () => {
    const policy = compile('for range(10000) as x { }\nmain = true')
    const clock = { ms: 0, now: () => clock.ms++ }
    const statusAfter = (spentMs: number) =>
      policy.evaluate({ limits: { wallMs: 1000, spentMs, clock } }).status
    const statuses = Array.from({ length: 12 }, () => statusAfter(0))
    expect(new Set(statuses)).toEqual(new Set(['pass']))
    expect([statusAfter(1000), statusAfter(0), statusAfter(2000)]).toEqual(['error', 'pass', 'error'])
  })
})
