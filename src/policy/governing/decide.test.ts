import { describe, expect, test } from 'vitest'
import { SentinelError } from '../../base/index.ts'
import { governedBy } from './decide.ts'
import { type Governing, usualBudget } from './evaluate.ts'
import { governingOf, policyOf } from './kit.fake.ts'
import type { Governed } from './outcome.ts'

const facts = { nowMs: 0, isUnauthenticated: false }
const decided = (governing: Governing, isUnauthenticated = false) => {
  const outcome = governedBy(governing, { ...facts, isUnauthenticated }, new Map())
  if (outcome.kind === 'need') throw new Error('nothing was to be asked')
  return outcome
}
const outcomesOf = (governing: Governing): readonly Governed[] => decided(governing).governed

describe('what whoever is refused is told', () => {
  const text = (policy: string, more = {}) => {
    const outcome = decided(governingOf([policyOf(policy, more)]))
    return outcome.kind === 'refused' ? outcome.error.message : 'passed'
  }

  test('has the policy, its comment, what it printed, and its rules, the first of them main', () =>
    expect(
      text(
        '# Only by day.\n\nhour = 3\nprint("it is", hour)\nday = rule { hour > 8 }\nanytime = rule { true }\nmain = rule { anytime and day }',
      ),
    ).toBe(
      '2 errors occurred:\n' +
        '\t* egp standard policy "root/x" evaluation resulted in denial.\n\n' +
        'The specific error was:\n<nil>\n\n' +
        'A trace of the execution for policy "root/x" is available:\n\n' +
        'Result: false\n\n' +
        'Description: Only by day.\n\n' +
        'print() output:\n\nit is 3\n\n' +
        'Rule "main" (root/x:7:1) = false\nRule "anytime" (root/x:6:1) = true\nRule "day" (root/x:5:1) = false\n\n' +
        '\t* permission denied\n\n',
    ))

  test('says where an error is', () =>
    expect(text('main = rule { 1 / length([]) is 1 }')).toContain(
      'The specific error was:\nroot/x:1:15: division by zero\n\n',
    ))

  test('says where an undefined came from', () =>
    expect(text('a = {}\nmain = rule { a.b }')).toMatch(
      /The specific error was:\nroot\/x:2:\d+: `main` is undefined\n/,
    ))

  test('names the namespace', () =>
    expect(
      text('main = false', { namespace: 'education/training/', name: 'deny-all', kind: 'egp' }),
    ).toContain('egp standard policy "education/training/deny-all" evaluation'))
})

test('a refusal on a path that needs no token has a code of its own', () => {
  const outcome = decided(governingOf([policyOf('main = false')]), true)
  expect(outcome.kind === 'refused' && outcome.error.code).toBe('LOGIN_DENIED')
})

test('what logs are told of a refusal holds nothing of the request', () => {
  const policy = policyOf('print(secret)\nmain = rule { secret is "x" }')
  const outcome = decided(governingOf([policy], { globals: () => ({ secret: 'hunter2' }) }))
  if (outcome.kind !== 'refused') throw new Error('it passed')
  expect(outcome.error.message).toContain('hunter2')
  expect(`${outcome.because} ${outcome.error.forLogs}`).not.toContain('hunter2')
})

describe('what evaluations may use up', () => {
  const loop = 'main = rule { all range(100000) as i { all range(100000) as j { i + j >= 0 } } }'
  const doubling = 's = "0123456789abcdef"\nfor range(40) as i { s = s + s }\nmain = rule { s is "x" }'

  for (const [name, text] of [
    ['a policy that loops', loop],
    ['a policy that doubles a string', doubling],
    ['a policy that calls itself', 'f = func(n) { return f(n + 1) }\nmain = rule { f(0) }'],
    ['a policy that prints without end', 'for range(1000000) as i { print("0123456789") }\nmain = true'],
  ] as const)
    test(`${name} is over its budget, and does not pass`, () =>
      expect(outcomesOf(governingOf([policyOf(text)]))).toMatchObject([
        { result: 'error', isOverBudget: true },
      ]))

  test('an error of its own is none of the budget', () =>
    expect(outcomesOf(governingOf([policyOf('main = error("more than 5 ms")')]))).toMatchObject([
      { result: 'error', isOverBudget: false },
    ]))

  test('many policies of one request share what one request may use', () => {
    const some = 'main = rule { all range(20000) as i { i >= 0 } }'
    expect(outcomesOf(governingOf([policyOf(some)]))).toMatchObject([{ result: 'pass' }])
    const many = Array.from({ length: 100 }, () => policyOf(some))
    expect(outcomesOf(governingOf(many)).every(({ isOverBudget }) => isOverBudget)).toBe(true)
  })

  test('what one policy uses up is missing to none of the others', () =>
    expect(outcomesOf(governingOf([policyOf(loop), policyOf('main = true')]))).toMatchObject([
      { result: 'error' },
      { result: 'pass' },
    ]))

  test('the clock ends an evaluation, and with it those that come behind it', () => {
    let now = 0
    const stopwatch = { now: () => (now += 60), spentMs: 0 }
    const budget = { ...usualBudget, evaluation: { ...usualBudget.evaluation, steps: 50_000_000 } }
    const busy = 'main = rule { all range(60000) as i { i >= 0 } }'
    const all = Array.from({ length: 6 }, () => policyOf(busy))
    const outcomes = outcomesOf(governingOf(all, { stopwatch, budget }))
    expect(outcomes[0]).toMatchObject({ isOverBudget: true, why: { error: 'more than 250 ms' } })
    expect(outcomes.at(-1)?.why?.error).toBe(
      'not evaluated: the policies before it used up the time of this request',
    )
  })

  test('a policy that is suspended is not evaluated', () => {
    const policy = policyOf('main = true')
    const governing = governingOf([policy], { suspended: new Set([policy]) })
    expect(outcomesOf(governing)).toMatchObject([{ result: 'error', isOverBudget: true, durationUs: 0 }])
  })
})

describe('what a policy needs is asked for, and it is evaluated again with the answer', () => {
  const policy = policyOf('import "http"\nmain = rule { http.get("https://a.example").status_code is 200 }')
  const governing = governingOf([policyOf('main = true', { name: 'a' }), policy], { http: true })
  const ask = governedBy(governing, facts, new Map())

  test('once', () =>
    expect(ask).toMatchObject({ kind: 'need', ask: { ask: { import: 'http', method: 'GET' } } }))

  const key = ask.kind === 'need' ? ask.ask.key : ''
  const known = { status_code: 200, headers: {}, body: '' }
  for (const [name, fact, want] of [
    ['an answer', { known }, 'passed'],
    ['none', { unavailable: new SentinelError('TIMED_OUT', 'nobody answered') }, 'refused'],
  ] as const)
    test(name, () => expect(governedBy(governing, facts, new Map([[key, fact]])).kind).toBe(want))
})
