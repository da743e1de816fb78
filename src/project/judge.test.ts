import { describe, expect, it } from 'vitest'
import { visibleJson } from '../base/index.ts'
import { fakeFiles } from './files.fake.ts'
import { openShelf } from './files.ts'
import { type Court, judge, notTried } from './judge.ts'
import { timeIsUp } from './outcome.ts'
import { caseReport, suiteReport, suitesJson, suiteText } from './report.ts'

const nobody = async () => ({ error: 'nobody answers' })
const court: Court = { now: 0n, limits: {}, answer: nobody, expect: 'as written' }

const judged = (policy: string, test: string, expect: Court['expect'] = 'as written', name = 'c.hcl') => {
  const files = fakeFiles({ 'p.sentinel': policy, [`test/p/${name}`]: test })
  return judge({ ...court, expect }, openShelf(files), 'p.sentinel', `test/p/${name}`)
}

const untimed = { durationMs: 0, told: 0 }
const text = { kind: 'text', traces: 'failed', look: 'plain' } as const
const linesOf = async (policy: string, test: string, name = 'c.hcl') =>
  caseReport('p.sentinel', await judged(policy, test, 'as written', name), text, untimed).lines
const rules = (text: string) => `test {\n  rules = { ${text} }\n}\n`

describe('verdicts, as written and with negated expectations', () => {
  for (const [name, policy, test, want, negated] of [
    ['without a test block a policy that passes', 'main = true', '', 'pass', 'fail'],
    ['without a test block one that fails', 'main = false', '', 'fail', 'pass'],
    ['an empty list passes without a test block', 'main = []', '', 'pass', 'fail'],
    ['an expected failure', 'main = false', rules('main = false'), 'pass', 'fail'],
    ['an unexpected one', 'main = false', rules('main = true'), 'fail', 'pass'],
    [
      'only the listed rules count',
      'r = rule { true }\nmain = rule { not r }',
      rules('r = true'),
      'pass',
      'fail',
    ],
    ['a rule that was not evaluated', 'r = rule { true }\nmain = true', rules('r = true'), 'fail', 'fail'],
    ['a name that is no rule', 'main = true', rules('x = true'), 'fail', 'fail'],
    ['a list', 'main = rule { [1, "a"] }', rules('main = [1, "a"]'), 'pass', 'fail'],
    ['another list', 'main = rule { [1, "a"] }', rules('main = [1]'), 'fail', 'pass'],
    ['a map', 'main = { "a": { "b": 1.0 } }', rules('main = { a = { b = 1 } }'), 'pass', 'fail'],
    ['a map with one key more', 'main = { "a": 1 }', rules('main = { a = 1, b = 2 }'), 'fail', 'pass'],
    ['a large integer', 'main = 9007199254740993', rules('main = 9007199254740993'), 'pass', 'fail'],
    ['a string is no number', 'main = "1"', rules('main = 1'), 'fail', 'pass'],
    ['an undefined result', 'main = undefined', '', 'fail', 'pass'],
    ['an error', 'main = 1 / 0', rules('main = false'), 'error', 'error'],
    ['a policy that does not parse', 'main = ', '', 'error', 'error'],
    ['a case that does not parse', 'main = true', 'test {', 'error', 'error'],
  ] as const) {
    it(name, async () => {
      expect((await judged(policy, test)).verdict).toBe(want)
      expect((await judged(policy, test, 'negated')).verdict).toBe(negated)
    })
  }
})

describe('what is said', () => {
  it('about a rule with another value, and how it came about', async () =>
    expect(await linesOf('main = rule { "b" }', rules('main = "a"'))).toEqual([
      'expected "main" to be "a", got: "b"',
      '',
      'trace:',
      '  Fail - p.sentinel',
      '',
      '  p.sentinel:1:1 - Rule "main"',
      '    Value:',
      '      b',
      '',
    ]))

  it('about a rule that was not evaluated', async () =>
    expect((await linesOf('main = true', rules('x = false')))[0]).toBe(
      'expected "x" to be false, but it was not evaluated',
    ))

  it('about a main that is no rule', async () =>
    expect((await linesOf('main = [1]', rules('main = []')))[0]).toBe('expected "main" to be [], got: [1]'))

  it('about an undefined one', async () =>
    expect((await linesOf('main = undefined', rules('main = true')))[0]).toBe(
      'expected "main" to be true, got: undefined',
    ))

  it('about an error, with its place', async () =>
    expect((await linesOf('main = 1 / 0', '')).slice(0, 3)).toEqual([
      'p.sentinel:1:8: error: division by zero',
      '  | main = 1 / 0',
      '  |        ^^^^^',
    ]))

  it('about a malformed case, with its place', async () =>
    expect((await linesOf('main = true', 'tset {\n}'))[0]).toBe(
      'test/p/c.hcl:1:1: error: unknown block `tset`',
    ))

  it('about a mock that is not there, with the place that names it', async () =>
    expect(
      (await linesOf('main = true', 'mock "m" {\n  module {\n    source = "m.sentinel"\n  }\n}'))[0],
    ).toMatch(/^test\/p\/c\.hcl:3:14: error: cannot read `test\/p\/m\.sentinel`/))

  it('about a policy that is not there', async () => {
    const shelf = openShelf(fakeFiles({ 'test/p/c.hcl': '' }))
    const report = caseReport(
      'p.sentinel',
      await judge(court, shelf, 'p.sentinel', 'test/p/c.hcl'),
      text,
      untimed,
    )
    expect(report.lines).toEqual(['error: cannot read `p.sentinel`: no such file or folder (ENOENT)'])
    expect(report.isInvalid).toBe(true)
  })

  it('one error of each when its run has told enough', async () => {
    const wrong = await judged('main = true', 'a = b\n'.repeat(50))
    const toldAfter = (told: number) => caseReport('p.sentinel', wrong, text, { durationMs: 0, told })
    expect(toldAfter(0).told).toBe(50)
    expect(toldAfter(2000).told).toBe(1)
    expect(toldAfter(2000).lines[0]).toMatch(/^test\/p\/c\.hcl:1:5: error: /)
  })

  it('about JSON of before 0.16, and nothing else of a case that passes', async () =>
    expect(await linesOf('main = true', '{ "test": { "main": true } }', 'c.json')).toEqual([
      'legacy warning: this case is JSON of before Sentinel 0.16; write it as HCL',
    ]))
})

describe('reports', () => {
  const suite = { policy: 'p.sentinel' }
  const report = async (policy: string, test: string, kind: 'text' | 'json') =>
    caseReport('p.sentinel', await judged(policy, test), kind === 'json' ? { kind } : text, {
      durationMs: 7,
      told: 0,
    })

  it('a policy is as good as the worst of its cases', async () => {
    const [good, bad, broken] = await Promise.all([
      report('main = true', '', 'text'),
      report('main = false', '', 'text'),
      report('main = ', '', 'text'),
    ])
    const verdict = (...cases: readonly (typeof good)[]) => suiteReport(suite, cases).verdict
    expect([verdict(), verdict(good), verdict(good, bad), verdict(bad, broken, good)]).toEqual([
      'no cases',
      'pass',
      'fail',
      'error',
    ])
  })

  it('as text', async () => {
    const paint = (_verdict: string, line: string) => `<${line}>`
    expect(suiteText(suiteReport(suite, []), paint)).toBe('<? - p.sentinel [no test files]>\n')
    const cases = [await report('main = true', '', 'text')]
    expect(suiteText(suiteReport(suite, cases), paint)).toBe('<PASS - p.sentinel>\n  <PASS - test/p/c.hcl>\n')
  })

  it('as JSON', async () => {
    const cases = [await report('print("hi")\nmain = rule { 1 }', rules('main = 2'), 'json')]
    expect(JSON.parse([...suitesJson([suiteReport(suite, cases)])].join(''))).toMatchObject({
      policies: {
        'p.sentinel': {
          path: 'p.sentinel',
          status: 'FAIL',
          cases: {
            'test/p/c.hcl': {
              path: 'test/p/c.hcl',
              status: 'FAIL',
              errors: [],
              trace: { result: false, print: 'hi\n', rules: { main: { value: 1 } } },
              rule_detail: { main: { expected: 2, actual: 1, evaluated: true, pass: false } },
              config_warnings: [],
              config_legacy: false,
              duration: 7,
            },
          },
        },
      },
    })
  })

  it('as JSON they are laid out like any other document', async () => {
    const one = await report('print("a\\n\u2028")\nmain = rule { [1, {"é": {}}] }', '', 'json')
    const two = { ...one, path: 'test/p/"\u2028".hcl' }
    const suites = [
      suiteReport(suite, [one, two]),
      suiteReport({ policy: '"q"\u2028' }, []),
      suiteReport({ policy: 'r' }, [two]),
    ]
    for (const some of [suites, suites.slice(1, 2), []]) {
      const json = [...suitesJson(some)].join('')
      expect(json).toBe(`${visibleJson(JSON.parse(json), 2)}\n`)
    }
  })

  it('a case that was not tried says why', () => {
    const fault = timeIsUp()
    expect(caseReport('p.sentinel', notTried('c.hcl', fault), text, untimed).lines).toEqual([
      'c.hcl:1:1: error: not tried: the time is up',
      'hint: give it more with -timeout',
    ])
    const { json } = caseReport('p.sentinel', notTried('c.hcl', fault), { kind: 'json' }, untimed)
    expect(JSON.parse(json)).toMatchObject({
      status: 'ERROR',
      errors: [{ code: 'TIMED_OUT', message: 'not tried: the time is up' }],
      trace: null,
    })
  })
})
