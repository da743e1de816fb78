import { describe, expect, it } from 'vitest'
import { format } from './format/format.ts'
import { hostilePrograms } from './hostile.fake.ts'
import { lint } from './lint/lint.ts'
import { compile, evaluate, evaluateGenerated, evaluateWalked } from './policy.ts'
import type { Result } from './run/result.ts'
import { parse } from './syntax/parser.ts'

// Small limits, so that it is soon over. test/hostile.test.ts takes the real ones, and measures.
const limits = { steps: 1_000_000, bytes: 50_000_000 }
const shown = ({ status, error }: Result) =>
  error === undefined ? status : `${error.line}:${error.column}: ${error.message}`

describe('hostile programs come to an error with its place', () => {
  for (const { name, text, want, inputs } of hostilePrograms) {
    it(name, () => {
      const policy = compile(text())
      for (const evaluator of [evaluateWalked, evaluateGenerated]) {
        expect(shown(evaluator(policy, { limits, ...inputs }))).toMatch(want)
      }
    })
  }
})

describe('neither formatter nor linter fails on one', () => {
  for (const { name, text } of hostilePrograms) {
    it(name, () => {
      const [source, isBroken] = [text(), parse(text()).diagnostics.length > 0]
      expect(format(source).kind).toBe(isBroken ? 'invalid' : 'formatted')
      expect(lint(source).length).toBeLessThanOrEqual(101)
    })
  }
})

const wraps: readonly (readonly [string, string])[] = [
  ['alone', 'return f(n - 1)'],
  ['in a sum', 'return 1 + f(n - 1)'],
  ['in four statements', 'for [1] as x { case { when true: { if true { return f(n - 1) } } } }\nreturn 0'],
  [
    'in forty statements',
    `${'if true { for [1] as _ {\n'.repeat(20)}x = f(n - 1)${'} }'.repeat(20)}\nreturn 0`,
  ],
  ['in a list and its index', 'return [f(n - 1)][0]'],
  ['in a map', 'return {"a": f(n - 1)}["a"]'],
  ['in a quantifier', 'return all [1] as x { f(n - 1) is 0 }'],
  ['in logic', 'return true and (false or f(n - 1) is 0)'],
  ['in arguments', 'return g(g(g(f(n - 1))))'],
  ['as a method', 'm = {"f": f}\nreturn m.f(n - 1)'],
]

describe('five hundred nested calls are allowed, and not one more', () => {
  for (const [name, body] of wraps) {
    it(name, () => {
      const text = (depth: number) =>
        `g = func(x) { return x }\nf = func(n) { if n is 0 { return 0 }\n${body} }\nx = f(${depth})\nmain = true`
      // `f(499)` is the first of 500 calls; those of `g` come when theirs are over.
      for (const evaluator of [evaluateWalked, evaluateGenerated]) {
        expect(shown(evaluator(compile(text(499))))).toBe('pass')
        expect(shown(evaluator(compile(text(500))))).toMatch(/more than 500 nested calls$/)
      }
    })
  }

  it('through an import too', () => {
    const text = (depth: number) =>
      `import "collection"\nf = func(n) { if n is 0 { return true }\nreturn collection.find([n - 1], f) is defined }\nmain = f(${depth})`
    for (const evaluator of [evaluateWalked, evaluateGenerated]) {
      expect(shown(evaluator(compile(text(499))))).toBe('pass')
      expect(shown(evaluator(compile(text(500))))).toMatch(/more than 500 nested calls$/)
    }
  })
})

describe('what looks hostile and is not', () => {
  for (const [name, text] of [
    ['a hundred thousand operands', `main = 0${' + 1 - 1'.repeat(50_000)}`],
    ['a hundred thousand `and`', `main = rule { true${' and true'.repeat(100_000)} }`],
    ['ten thousand `else if`', `if false { }${' else if false { }'.repeat(10_000)}\nmain = true`],
    ['a catastrophic expression', `main = "${'a'.repeat(60)}b" not matches "^(a+)+$"`],
    ['a list that holds itself', 'l = []\nappend(l, l)\nmain = length(l[0][0][0]) is 1'],
    [
      'rules after rules',
      `${Array.from({ length: 3000 }, (_, at) => `r${at} = rule { true }\n`).join('')}main = true`,
    ],
  ] as const) {
    it(name, () => expect(evaluate(text).status).toBe('pass'))
  }
})
