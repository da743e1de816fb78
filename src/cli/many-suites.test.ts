import { describe, expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { systemWait } from '../machine/index.ts'
import { fakeMachine } from '../machine/machine.fake.ts'
import { fakeFiles } from '../project/files.fake.ts'
import type { Suite, SuiteReport } from '../project/index.ts'
import type { Threads } from './io.ts'
import { memoryOfEach, runInThreads, serveShare, threadsFor } from './many-suites.ts'
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
const worker = {
  files,
  clock: fakeClock('2026-02-03T00:00:00Z'),
  machine: { ...fakeMachine(), wait: systemWait },
}

/** Threads that are none: each runs when it is started, the last first; `change` may give it another task. */
function fakeThreads(mine = worker, change: (task: object) => object = (task) => task): Threads {
  const started: (() => Promise<void>)[] = []
  return {
    processors: 8,
    task: undefined,
    start: (_argv, { data }, received) =>
      new Promise((resolve, reject) => {
        const send = (message: unknown) => received(structuredClone(message))
        const task = change(structuredClone(data) as object)
        started.push(() => serveShare(mine, { data: task, send }).then(resolve, reject))
        setImmediate(() => started.pop()?.())
      }),
  }
}

async function reportsOf(
  run: (done: (report: SuiteReport) => void) => Promise<void>,
): Promise<readonly SuiteReport[]> {
  const reports: SuiteReport[] = []
  await run((report) => void reports.push(report))
  return reports
}

describe('several threads', () => {
  for (const count of [2, 3, 5]) {
    it(`${count} give the same reports in the same order as one`, async () => {
      const alone = await reportsOf((done) => runSuites(worker, plan, done))
      const threads = fakeThreads()
      const together = await reportsOf((done) => runInThreads(worker, { threads, count }, plan, done))
      expect(together).toEqual(alone)
      expect(together.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'fail', 'pass', 'pass'])
    })
  }

  it('one that fails ends the run', async () => {
    const threads = { ...fakeThreads(), start: () => Promise.reject(new Error('no memory')) }
    await expect(runInThreads(worker, { threads, count: 2 }, plan, () => {})).rejects.toThrow('no memory')
  })

  it('take no suite while too many reports wait to be shown', async () => {
    const sent: unknown[] = []
    const counts = new Int32Array(new SharedArrayBuffer(8))
    counts[1] = 2 ** 30
    const data = { plan, memory: memoryOfEach(2), counts }
    await serveShare(worker, { data, send: (message) => void sent.push(message) })
    expect(sent).toEqual([])
  })

  it('one that ends before its work is done leaves it to the one that asks', async () => {
    const threads = { ...fakeThreads(), start: async () => {} }
    const together = await reportsOf((done) => runInThreads(worker, { threads, count: 2 }, plan, done))
    expect(together).toEqual(await reportsOf((done) => runSuites(worker, plan, done)))
  })
})

describe('threads with a small share of the memory', () => {
  const rules = 'r = rule { map range(5000) as x { x * 1.5 } }\n'
  const hungry = fakeFiles({
    'small.sentinel': 'main = true',
    'test/small/a.hcl': '',
    'small.words.sentinel': `main = ${'true and '.repeat(300)}true`,
    'test/small.words/a.hcl': '',
    'large.sentinel': `main = true # ${'x'.repeat(5000)}`,
    'test/large/a.hcl': '',
    'values.sentinel': 'main = rule { length(map range(5000) as x { [x] }) is 5000 }',
    'test/values/a.hcl': '',
    'cut.sentinel': `${rules}main = rule { length(r) is 5000 }`,
    'test/cut/a.hcl': '',
    'test/cut/b.hcl': 'test {\n rules = { r = 1 }\n}\n',
    'much.sentinel': 'main = map range(1000000000) as x { [x] }',
    'test/much/a.hcl': '',
    'last.sentinel': 'main = true',
    'test/last/a.hcl': '',
  })
  const memory = { bytes: 700_000, words: 500, fileBytes: 4000 }
  const all = ['small', 'small.words', 'large', 'values', 'cut', 'much', 'last'].map((name) => ({
    policy: `${name}.sentinel`,
    cases: (hungry.list(`test/${name}`) ?? []).map((file) => `test/${name}/${file}`),
  }))
  const shows: readonly Plan['show'][] = [{ kind: 'text', traces: 'all', look: 'plain' }, { kind: 'json' }]

  for (const { policy, cases } of all) {
    const isSmall = policy === 'small.sentinel' || policy === 'last.sentinel'
    it(`${isSmall ? 'send' : 'leave to the one that has it'}: ${policy}`, async () => {
      const sent: unknown[] = []
      const counts = new Int32Array(new SharedArrayBuffer(8))
      const data = { plan: { ...plan, suites: [{ policy, cases }] }, memory, counts }
      await serveShare({ ...worker, files: hungry }, { data, send: (message) => void sent.push(message) })
      expect(sent.length).toBe(isSmall ? 1 : 0)
    })
  }

  for (const show of shows) {
    it(`give what one gives that has all of it: as ${show.kind}`, async () => {
      const mine = { ...worker, files: hungry }
      const wanted = { ...plan, suites: all, show }
      const alone = await reportsOf((done) => runSuites(mine, wanted, done))
      const threads = fakeThreads(mine, (task) => ({ ...task, memory }))
      const together = await reportsOf((done) => runInThreads(mine, { threads, count: 2 }, wanted, done))
      expect(together).toEqual(alone)
      expect(together.map(({ verdict }) => verdict)).toEqual([
        ...['pass', 'pass', 'pass', 'pass', 'fail', 'error', 'pass'],
      ])
    })
  }
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
    ['no more than four', large, 64, 30, 4],
    ['no more than policies', { ...plan, suites: suites.slice(0, 3) }, 2, 30, 3],
    ['nothing to run', { ...plan, suites: [] }, 8, 4, 1],
  ] as const) {
    it(name, () => expect(threadsFor(given, processors, wanted)).toBe(want))
  }
})
