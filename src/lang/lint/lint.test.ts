import { describe, expect, it } from 'vitest'
import { positionOf } from '../../source/index.ts'
import { format } from '../format/format.ts'
import { lint } from './lint.ts'
import { lintRules } from './rules.ts'

/** The findings as `line:column: message`. */
const findings = (text: string) =>
  lint({ name: 'p.sentinel', text }).map(({ message, span, severity }) => {
    const { line, column } = positionOf(text, span.start)
    return `${severity} ${line}:${column}: ${message}`
  })

const noReturn = 'the function may end without `return`, and is undefined then'
const noApply = 'where this is undefined the rule does not apply, and is true'

describe('findings', () => {
  for (const [name, text, want] of [
    ['a function without return', 'func f() {\n}\nmain = f()', [`2:1: ${noReturn}`]],
    ['a branch without return', 'func f(a) { if a { return 1 } }\nmain = f(1)', [`1:31: ${noReturn}`]],
    ['a loop that may be empty', 'func f(a) { for a as b { return b } }\nmain = f(1)', [`1:37: ${noReturn}`]],
    ['a case without else', 'func f(a) { case a { when 1: return 1 } }\nmain = f(1)', [`1:41: ${noReturn}`]],
    ['a name with a hyphen', 'param r\nmain = r.data.zip-code', ['2:8: `zip-code` is a subtraction']],
    [
      '`not a in b`',
      'param a\nmain = not a in [1]',
      ['2:8: `not` negates only what stands right behind it, not the `in`'],
    ],
    [
      '`!a is empty`',
      'param a\nmain = !a is empty',
      ['2:8: `!` negates only what stands right behind it, not the `is empty`'],
    ],
    ['a line without effect', 'a = 1\na is 1\nmain = a', ['2:1: the value of this line is not used']],
    ['a constant zero divisor', 'main = 1 % 0', ['1:8: division by zero']],
    [
      'a predicate that may be undefined',
      'param r\nmain = rule when r.a is 1 { true }',
      [`2:18: ${noApply}`],
    ],
    [
      'a predicate made of what may be undefined',
      'param r\nteam = r.team\nmain = rule when length(team) > 1 and team is "a" { true }',
      [`3:18: ${noApply}`],
    ],
    [
      'a predicate of a host value by index',
      'main = rule when request["path"] is "a" { true }',
      [`1:18: ${noApply}`],
    ],
    [
      'a predicate of a request that the policy made',
      'request = {}\nmain = rule when request.path is "a" { true }',
      [`2:18: ${noApply}`],
    ],
    ['a name with several hyphens', 'param r\nmain = r.a-b-c', ['2:8: `a-b-c` is a subtraction']],
    [
      'a name with a hyphen after formatting',
      'param r\nmain = r.data.zip - code is 1',
      ['2:8: this is a subtraction, and nothing here is called `code`'],
    ],
    ['a misspelt rule to ignore', '# lint:ignore no-efect\nmain = 1', ['1:1: no rule is called `no-efect`']],
    ['an unused import', 'import "strings"\nmain = true', ['1:1: `strings` is never used']],
    ['a repeated import', 'import "a"\nimport "a"\nmain = a.b', ['2:1: `a` is imported twice']],
    ['an unused variable of a policy', 'a = 1\nmain = true', ['1:1: `a` is never used']],
    ['an unused local of a module', 'f = func() { a = 1\nreturn 2 }', ['1:14: `a` is never used']],
    ['an unused parameter of the policy', 'param a\nmain = true', ['1:7: `a` is never used']],
  ] as const) {
    it(name, () => expect(findings(text)).toEqual(want.map((one) => `warning ${one}`)))
  }
})

describe('no findings', () => {
  for (const [name, text] of [
    [
      'returns on all ways',
      'f = func(a) { if a { return 1 } else { return 2 } }\ng = func() { case { when true: return 1\nelse: return 2 } }\nh = func() { error("x") }\ni = func() { { return 1 } }',
    ],
    ['a subtraction with blanks', 'param r\nmain = r.a.b - r.c and r.a - request.b'],
    ['`not` around parentheses', 'param a\nmain = not (a in [1]) and not a'],
    ['a line that calls', 'print("x") and true\nmain = true'],
    ['predicates with a default', 'param r\nmain = rule when (r.a else 0) is 1 { true }'],
    ['predicates that ask first', 'param r\nmain = rule when r.a is defined and r.a is 1 { true }'],
    ['predicates of what Vault always gives', 'main = rule when request.path matches "a" { true }'],
    ['predicates of standard imports', 'import "time"\nmain = rule when time.now.hour > 8 { true }'],
    ['predicates of what a module exports', 'import "m"\nmain = rule when m.applies { true }'],
    ['predicates of variables made twice', 'param r\nx = r.a\nx = 1\nmain = rule when x is 1 { true }'],
    ['what a comment ignores above', '# lint:ignore unused-import, no-effect\nimport "time"\nmain = 1'],
    ['what a comment ignores on its line', 'param r\nmain = r.a-b // lint:ignore subtraction'],
    ['what a module exports', 'a = 1\nf = func(b) { return 1 }'],
    ['names that only `+=` reads', 'a = 1\na += 1\nmain = true'],
    ['names for throwing away', 'for [1] as _ { _ = 2 }\nmain = true'],
  ] as const) {
    it(name, () => expect(findings(text)).toEqual([]))
  }

  it('but the errors of a source that has some', () => {
    expect(findings('a = )\nnot a in b')).toEqual(['error 1:5: expected an expression, found `)`'])
    expect(findings('break')).toEqual(['error 1:1: `break` stands outside of a loop'])
  })
})

describe('long chains', () => {
  const many = (count: number, one: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => one(at)).join('')
  const chain = (value: string) =>
    `param p\na0 = ${value}\n${many(40_000, (at) => `a${at + 1} = a${at}\n`)}main = rule when a40000 { true }`

  for (const [name, text, want] of [
    ['a predicate of many operands', `main = rule when true${' and true'.repeat(60_000)} { true }`, []],
    [
      'many predicates of many operands',
      `${many(500, (at) => `r${at} = rule when true${' and true'.repeat(300)} { true }\n`)}main = rule { all [${many(500, (at) => `r${at},`)}] as r { r } }`,
      [],
    ],
    [
      'a predicate that asks for each of them first, far in',
      `param p\nmain = rule when ${'p is 1 and ('.repeat(380)}p is defined and p in [${'1,'.repeat(100_000)}] and p.a${')'.repeat(380)} { true }`,
      [],
    ],
    ['variables of variables', chain('p is 1'), []],
    ['variables of variables of what may be undefined', chain('p.a'), [`40003:18: ${noApply}`]],
    [
      'tests of tests',
      `param p\nmain = rule when p.a${' is empty'.repeat(60_000)} { true }`,
      [`2:18: ${noApply}`],
    ],
    [
      'lines in functions in functions',
      `x = ${'func() {\n'.repeat(190)}${'return 1\n'.repeat(100_000)}x()\n${'return 1\n}\n'.repeat(190)}main = x()`,
      [],
    ],
  ] as const) {
    it(name, () => expect(findings(text)).toEqual(want.map((one) => `warning ${one}`)))
  }

  it('a rule when something that is made of itself', () =>
    expect(
      findings('param r\na = rule { b }\nb = rule { a or c }\nc = r.a\nmain = rule when a { true }'),
    ).toEqual([`warning 5:18: ${noApply}`]))
})

describe('rules', () => {
  const rulesOf = (text: string) => lint({ name: 'p.sentinel', text }).map(({ rule }) => rule)
  for (const [name, { bad, good }] of lintRules) {
    it(`${name} is found in its bad example only`, () => {
      expect(rulesOf(bad)).toContain(name)
      expect(rulesOf(good)).toEqual([])
    })
    it(`${name} has examples in canonical style`, () => {
      for (const text of [bad, good]) {
        expect(format({ name, text })).toEqual({ kind: 'formatted', text })
      }
    })
  }

  it('a comment ignores only what it names, on its line and the next', () => {
    expect(rulesOf('# lint:ignore unused-param\nimport "time"\nmain = true')).toEqual(['unused-import'])
    expect(rulesOf('# lint:ignore unused-import\n\nimport "time"\nmain = true')).toEqual(['unused-import'])
  })
})

describe('hints', () => {
  for (const [text, want] of [
    ['param a\nmain = not a in [1]', 'write `a not in …`, or put parentheses around what is to be negated'],
    [
      'param a\nmain = !a is empty',
      'write `a is not empty`, or put parentheses around what is to be negated',
    ],
    ['param a\nmain = not a < 1', 'put parentheses around what is to be negated'],
    ['# lint:ignore no-efect\nmain = 1', 'did you mean `no-effect`?'],
    ['param r\nmain = r.zip-r', 'write `["zip-r"]` to select, or put blanks around `-`'],
    ['param r\nmain = r.zip-code-a', 'write `["zip-code-a"]` to select'],
    ['param r\nmain = r.zip - code', 'write `["zip-code"]` to select'],
  ] as const) {
    it(text, () => expect(lint({ name: 'p', text }).map(({ hint }) => hint)).toEqual([want]))
  }
})
