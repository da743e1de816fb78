import { describe, expect, it } from 'vitest'
import { format } from './format/format.ts'
import { hostilePrograms } from './hostile.fake.ts'
import { lint } from './lint/lint.ts'
import { compile, evaluate, evaluateGenerally, evaluateGenerated, evaluateWalked } from './policy.ts'
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
      expect(lint(source).length).toBeLessThanOrEqual(1001)
    })
  }
})

const around = (open: string, close: string, count: number) =>
  `return ${open.repeat(count)}f(n - 1)${close.repeat(count)}\n`

/** What stands around the innermost call, in a function `f` of `n`. */
const wraps: readonly (readonly [name: string, body: string, last?: string])[] = [
  ['alone', 'return f(n - 1)'],
  ['in a sum', 'return 1 + f(n - 1)', '0'],
  ['in five sums with parentheses', around('(1 + ', ')', 5), '0'],
  ['in three hundred sums with parentheses', around('(1 + ', ')', 300), '0'],
  ['in four statements', 'for [1] as x { case { when true: { if true { return f(n - 1) } } } }\nreturn 0'],
  [
    'in many statements',
    `${'if true { case { when true: for [1] as _ {\n'.repeat(60)}x = f(n - 1)${'}; }; }\n'.repeat(60)}\nreturn 0`,
  ],
  ['in a list and its index', 'return [f(n - 1)][0]'],
  ['in three hundred lists', around('[1, ', ']', 300)],
  ['in maps and lists', around('{"a": [', ']}', 100)],
  ['in the literals of its arguments', `x = g([{"a": [{"b": [f(n - 1)]}]}])\nreturn 0`],
  ['in a map', 'return {"a": f(n - 1)}["a"]'],
  ['in a quantifier', 'return all [1] as x { f(n - 1) is 0 }'],
  ['in quantifiers', around('map [1] as _ { ', ' }', 30)],
  ['in logic', 'return true and (false or f(n - 1) is 0)'],
  ['in negations', around('- ', '', 300), '0'],
  ['in `else`', around('(undefined else ', ')', 100)],
  ['in arguments', 'return g(g(g(f(n - 1))))'],
  ['in the arguments of natives', around('string(', ')', 100)],
  ['as a method', 'm = {"f": f}\nreturn m.f(n - 1)'],
  ['in a function that is called at once', 'x = func() { return 0 }\nreturn {"a": f}.a(n - 1)'],
  ['in a rule', 'r = rule { f(n - 1) is 0 }\nreturn r'],
  ['in a rule with a predicate', 'r = rule when f(n - 1) is 0 { true }\nreturn r'],
  ['in ten rules', `r0 = rule { f(n - 1) is 0 }\n${rulesAround(10)}return r10`],
  ['through collection.find', 'return collection.find([n - 1], f) is defined'],
  ['through collection.filter', 'x = collection.filter([n - 1], f)\nreturn true'],
  [
    'through collection.reject, in arguments',
    'return length(collection.reject(g([n - 1]), f)) is 0 and true',
  ],
  ['through collection/lists', 'x = lists.sort([n - 1, 0, n - 1], func(a, b) { return 0 })\nreturn f(n - 1)'],
]

function rulesAround(count: number): string {
  return Array.from({ length: count }, (_, at) => `r${at + 1} = rule { [r${at}][0] }\n`).join('')
}

describe('five hundred nested calls are allowed, and not one more', () => {
  for (const [name, body, last = 'true'] of wraps) {
    it(name, () => {
      const head = 'import "collection"\nimport "collection/lists" as lists\ng = func(x) { return x }\n'
      const text = (depth: number) =>
        `${head}f = func(n) { if n is 0 { return ${last} }\n${body} }\nx = f(${depth})\nmain = true`
      // `f(499)` is the first of 500 calls; those of `g` come when theirs are over.
      for (const evaluator of [evaluateWalked, evaluateGenerated, evaluateGenerally]) {
        expect(shown(evaluator(compile(text(499))))).toBe('pass')
        expect(shown(evaluator(compile(text(500))))).toMatch(/more than 500 nested calls$/)
      }
    })
  }

  it('in a module', () => {
    const module = (depth: number) => `f = func(n) { return n is 0 or [f(n - 1)][0] }\nx = f(${depth})`
    const at = (depth: number, evaluator: typeof evaluateWalked) =>
      evaluator(compile('import "m"\nmain = m.x'), { modules: { m: { name: 'm', text: module(depth) } } })
    for (const evaluator of [evaluateWalked, evaluateGenerated]) {
      expect(at(499, evaluator).status).toBe('pass')
      expect(at(500, evaluator).error?.message).toBe('more than 500 nested calls')
    }
  })

  it('with an error in the innermost, which has its place', () => {
    const text = `f = func(n) { if n is 1 { return 1 / 0 }\nreturn ${'[1, '.repeat(50)}f(n - 1)${']'.repeat(50)} }\nmain = f(500)`
    for (const evaluator of [evaluateWalked, evaluateGenerated]) {
      expect(shown(evaluator(compile(text)))).toBe('1:34: division by zero')
    }
  })
})

describe('what looks hostile and is not', () => {
  for (const [name, text] of [
    ['a hundred thousand operands', `main = 0${' + 1 - 1'.repeat(50_000)}`],
    ['a hundred thousand `and`', `main = rule { true${' and true'.repeat(100_000)} }`],
    ['ten thousand `else if`', `if false { }${' else if false { }'.repeat(10_000)}\nmain = true`],
    ['a catastrophic expression', `main = "${'a'.repeat(60)}b" not matches "^(a+)+$"`],
    [
      'twenty thousand rules, each of the one before',
      'r = rule { 1 }\nfor range(20000) as _ { old = r\nr = rule { 1 + old } }\nmain = r is 20001',
    ],
    ['thousands of tests in a row', `x = 1\nmain = x ${'is defined '.repeat(20_000)}`],
    ['a list that holds itself', 'l = []\nappend(l, l)\nmain = length(l[0][0][0]) is 1'],
    [
      'rules after rules',
      `${Array.from({ length: 3000 }, (_, at) => `r${at} = rule { true }\n`).join('')}main = true`,
    ],
  ] as const) {
    it(name, () => expect(evaluate(text).status).toBe('pass'))
  }
})
