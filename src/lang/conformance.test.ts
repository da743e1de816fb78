import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { complaint, readCases } from './cases.fake.ts'
import { compile, evaluateGenerally, evaluateGenerated, evaluateWalked } from './policy.ts'

const folder = join(import.meta.dirname, 'cases')
const gaps = JSON.parse(readFileSync(join(folder, 'gaps.json'), 'utf8')) as Record<string, string>
const paths = [
  'base64',
  'collection',
  'decimal',
  'json',
  'runtime',
  'sockaddr',
  'strings',
  'time',
  'types',
  'units',
]
const prelude = [
  ...[...paths, 'version'].map((path) => `import "${path}"`),
  ...['lists', 'maps'].map((path) => `import "collection/${path}" as ${path}`),
  '',
].join('\n')

/** What a case comes to, in the words of the third column. */
function outcome(evaluate: typeof evaluateWalked, setup: string, expression: string): string {
  const text = `${prelude}${setup}\nprint(${expression})\nmain = true`
  const policy = compile({ name: 'case.sentinel', text })
  const { status, error, print } = evaluate(policy, { now: Date.UTC(2026, 10, 22, 3, 4, 5) })
  if (status === 'invalid') return `static: ${error?.message}`
  return status === 'error' ? `error: ${error?.message}` : (print.at(-1) ?? '')
}

const files = readdirSync(folder).filter((name) => name.endsWith('.txt'))
const known = new Set<string>()

for (const file of files) {
  describe(file.replace('.txt', ''), () => {
    for (const one of readCases(readFileSync(join(folder, file), 'utf8'))) {
      const key = `${file}: ${one.name}`
      known.add(key)
      it(gaps[key] === undefined ? one.name : `${one.name} (gap: ${gaps[key]})`, () => {
        const got = outcome(evaluateWalked, one.setup, one.expression)
        expect(complaint(one, got, gaps[key])).toBeUndefined()
        for (const other of [evaluateGenerated, evaluateGenerally]) {
          expect(outcome(other, one.setup, one.expression)).toBe(got)
        }
      })
    }
  })
}

describe('gaps', () => {
  it('are cases, and each has its reason', () => {
    for (const [key, reason] of Object.entries(gaps)) {
      expect(known).toContain(key)
      expect(reason.length).toBeGreaterThan(20)
    }
  })

  const one = { name: '1', origin: 'D', setup: '', expression: '1', expected: '1' }
  const error = { ...one, expected: 'error: zero' }
  for (const [name, given, got, gap, want] of [
    ['a case that passes is fine', one, '1', undefined, undefined],
    ['a case that fails is told', one, '2', undefined, 'expected 1, got 2'],
    ['a gap that fails is fine', one, '2', 'not done', undefined],
    ['a gap that passes is told', one, '1', 'not done', 'a listed gap passes: take it off gaps.json'],
    ['an error holds its text', error, 'error: division by zero', undefined, undefined],
    [
      'an error of the wrong kind is told',
      error,
      'static: zero',
      undefined,
      'expected error: zero, got static: zero',
    ],
    ['a value is no error', error, 'zero', undefined, 'expected error: zero, got zero'],
    [
      'each says where it comes from',
      { ...one, origin: 'X' },
      '1',
      undefined,
      'the origin is `X`, not D, C or O',
    ],
  ] as const) {
    it(name, () => expect(complaint(given, got, gap)).toBe(want))
  }
})
