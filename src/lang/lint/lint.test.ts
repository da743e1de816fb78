import { describe, expect, it } from 'vitest'
import { positionOf } from '../../source/index.ts'
import { lint } from './lint.ts'

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
    ['a subtraction with blanks', 'param r\nmain = r.a.b - r.c'],
    ['`not` around parentheses', 'param a\nmain = not (a in [1]) and not a'],
    ['a line that calls', 'print("x") and true\nmain = true'],
    ['predicates with a default', 'param r\nmain = rule when (r.a else 0) is 1 { true }'],
    ['predicates that ask first', 'param r\nmain = rule when r.a is defined and r.a is 1 { true }'],
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
