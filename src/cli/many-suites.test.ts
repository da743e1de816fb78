import { describe, expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { systemWait } from '../machine/index.ts'
import { fakeMachine } from '../machine/machine.fake.ts'
import { fakeFiles } from '../project/files.fake.ts'
import type { Suite, SuiteReport } from '../project/index.ts'
import type { Threads } from './io.ts'
import { runInThreads, serveShare, threadsFor } from './many-suites.ts'
import { type Plan, runSuites } from './suites.ts'

const names = ['a', 'b', 'c', 'd', 'e']
const files = fakeFiles(
  Object.fromEntries(
    names.flatMap((name) => [
      [`${name}.sentinel`, name === 'c' ? 'main = false' : 'main = true'],
      [`test/${name}/one.hcl`, ''],
    ]),
  ),
)
const suites: readonly Suite[] = names.map((name) => ({
  policy: `${name}.sentinel`,
  cases: [`test/${name}/one.hcl`],
}))
const plan: Plan = {
  suites,
  show: { kind: 'text', traces: 'failed', look: 'plain' },
  startedMs: Date.UTC(2026, 1, 3),
  timeoutMs: 60_000,
  caseMs: 4_000,
  expect: 'as written',
}
const deps = { clock: fakeClock('2026-02-03T00:00:00Z'), machine: { ...fakeMachine(), wait: systemWait } }

/** Threads that are none: each runs when it is started, the last first. */
function fakeThreads(): Threads {
  const started: (() => Promise<void>)[] = []
  return {
    processors: 8,
    task: undefined,
    start: (_argv, data, received) =>
      new Promise((resolve, reject) => {
        const send = (message: unknown) => received(structuredClone(message))
        started.push(() =>
          serveShare(deps, files, { data: structuredClone(data), send }).then(resolve, reject),
        )
        setImmediate(() => started.pop()?.())
      }),
  }
}

describe('several threads', () => {
  for (const count of [2, 3, 5]) {
    it(`${count} give the same reports in the same order as one`, async () => {
      const [alone, together]: [SuiteReport[], SuiteReport[]] = [[], []]
      await runSuites(deps, files, plan, (report) => void alone.push(report))
      await runInThreads(fakeThreads(), count, plan, (report) => void together.push(report))
      expect(together).toEqual(alone)
      expect(together.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'fail', 'pass', 'pass'])
    })
  }

  it('one that fails ends the run', async () => {
    const broken = { ...fakeThreads(), start: () => Promise.reject(new Error('no memory')) }
    await expect(runInThreads(broken, 2, plan, () => {})).rejects.toThrow('no memory')
  })
})

it('cases that the time does not reach are errors', async () => {
  const reports: SuiteReport[] = []
  await runSuites(deps, files, { ...plan, timeoutMs: 0 }, (report) => void reports.push(report))
  expect(reports.map(({ verdict }) => verdict)).toEqual(names.map(() => 'error'))
  expect(reports[0]?.cases[0]?.lines[0]).toBe('test/a/one.hcl:1:1: error: not tried: the time is up')
})

describe('how many threads', () => {
  const large = {
    ...plan,
    suites: Array.from({ length: 60 }, () => ({ policy: 'p', cases: ['1', '2', '3', '4'] })),
  }
  for (const [name, given, processors, wanted, want] of [
    ['two processors', large, 2, undefined, 1],
    ['four processors', large, 4, undefined, 2],
    ['many processors', large, 64, undefined, 4],
    ['few cases', plan, 64, undefined, 1],
    ['as many as are wanted', large, 2, 3, 3],
    ['no more than policies', plan, 2, 30, 5],
    ['nothing to run', { ...plan, suites: [] }, 8, 4, 1],
  ] as const) {
    it(name, () => expect(threadsFor(given, processors, wanted)).toBe(want))
  }
})
