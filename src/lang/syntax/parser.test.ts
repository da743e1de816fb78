import { describe, expect, it } from 'vitest'
import { positionOf } from '../../source/index.ts'
import { check } from './check.ts'
import { parse } from './parser.ts'
import { show } from './show.fake.ts'

const source = (text: string) => ({ name: 'p.sentinel', text })

function expectTree(text: string, want: string): void {
  const { program, diagnostics } = parse(source(text))
  expect(diagnostics).toEqual([])
  expect(show(program)).toBe(want)
}

/** Everything wrong with a text, as `line:column: message`. */
function errors(text: string): readonly string[] {
  const { program, diagnostics } = parse(source(text))
  const all = diagnostics.length > 0 ? diagnostics : check(program)
  return all.map(({ message, span }) => {
    const { line, column } = positionOf(text, span.start)
    return `${line}:${column}: ${message}`
  })
}

const hints = (text: string) => parse(source(text)).diagnostics.map(({ hint }) => hint)

describe('expressions', () => {
  for (const [name, text, want] of [
    ['products bind tighter than sums', 'a + b * c', '(+ a (* b c))'],
    ['operators lean left', 'a - b - c', '(- (- a b) c)'],
    ['`or` and `xor` share a level', 'a xor b or c', '(or (xor a b) c)'],
    ['`and` binds tighter than `or`', 'a or b and c', '(or a (and b c))'],
    ['`else` binds tighter than comparisons', 'x else 1 is y', '(is (else x 1) y)'],
    ['`else` binds looser than sums', 'a + b else c + d', '(else (+ a b) (+ c d))'],
    ['`not` binds tighter than comparisons', 'not a in b', '(in (not a) b)'],
    ['`not in` is one operator', 'a not in b and c', '(and (not in a b) c)'],
    ['`is not` is one operator', 'a is not b', '(is not a b)'],
    ['`is not empty` is one test', 'a is not empty and b', '(and (is not empty a) b)'],
    ['a test takes the whole `else` before it', 'x else [] is empty', '(is empty (else x (list)))'],
    ['a test stands on the right of `and`', 'a and b is defined', '(and a (is defined b))'],
    ['comparisons lean left over tests', 'a is empty is true', '(is (is empty a) true)'],
    ['`defined` elsewhere is a name', 'defined is (defined)', '(is defined (group defined))'],
    ['signs and negations nest', '- + ! not a', '(- (+ (! (not a))))'],
    [
      'selectors, indexes, slices and calls chain',
      'a.b[1](c, d,)[:2][e:]',
      '(slice (slice (call (index (. a b) 1) c d) _ 2) e _)',
    ],
    ['keywords select', 'a.rule.filter.default.matches', '(. (. (. (. a rule) filter) default) matches)'],
    ['a chain over lines keeps its point at the end', 'a.\nb.\nc', '(. (. a b) c)'],
    ['lists and maps with trailing commas', '[1, [],]', '(list 1 (list))'],
    ['maps are operands', 'x else {"a": 1, b: {},}', '(else x (map "a" 1 b (map)))'],
    ['functions', 'f(func(a, b) { return a })', '(call f (func (a b) (return a)))'],
    ['rules', 'r = rule when a { b or\nc\n}', '(= r (rule a (or b c)))'],
    ['quantifiers', 'x = all filter xs as _, x { x } as y { y }', '(= x (all (filter xs (_ x) x) (y) y))'],
    ['a map as the body of a quantifier', 'map xs as x { {"a": x} }', '(map xs (x) (map "a" x))'],
    ['raw strings and escapes', '"\\n" + `\\n`', '(+ "\\n" `\\n`)'],
    ['the largest integer', '0x7fffffffffffffff', '0x7fffffffffffffff'],
  ] as const) {
    it(name, () => expectTree(text, want))
  }
})

describe('statements', () => {
  for (const [name, text, want] of [
    [
      'imports and parameters',
      'import "a/b" as c\nimport "d"\nparam x\nparam y default -1',
      '(import "a/b" c)\n(import "d")\n(param x)\n(param y (- 1))',
    ],
    ['assignments of variables and indexes', 'a = 1; a[0][1] += 2', '(= a 1)\n(+= (index (index a 0) 1) 2)'],
    ['empty statements', ';;a;;', 'a'],
    ['`if` with all that may follow', 'if a { b } else if c { d } else { e }', '(if a {b} c {d} {e})'],
    ['a map cannot be mistaken for the block', 'if a is {} { b }', '(if (is a (map)) {b})'],
    [
      '`for` with one and two names',
      'for a as b { break }\nfor a as b, c { continue }',
      '(for a (b) {(break)})\n(for a (b c) {(continue)})',
    ],
    [
      '`case` with and without subject',
      'case a { when 1, 2: b; c\nelse: d }\ncase { when a: b }',
      '(case a ((1 2) b c) (else d))\n(case _ ((a) b))',
    ],
    ['functions by statement', 'func f(a) { return a }', '(func f (a) (return a))'],
    ['a block opens a scope', '{ a = 1 }', '(block (= a 1))'],
    ['a line may break after `=`', 'a =\n1', '(= a 1)'],
    ['`rule` and its brace may stand apart', 'main = rule\n{ true }', '(= main (rule _ true))'],
    [
      'a last statement needs no newline before `}`',
      'f = func() { a = 1; return a }',
      '(= f (func () (= a 1) (return a)))',
    ],
  ] as const) {
    it(name, () => expectTree(text, want))
  }
})

describe('errors name what was expected', () => {
  for (const [text, want] of [
    ['1 +', '1:4: expected an expression, found the end of the file'],
    ['a = )', '1:5: expected an expression, found `)`'],
    ['a b', '1:3: expected a newline or `;`, found `b`'],
    ['x = [1, 2\n]', '1:10: missing `,` before the newline'],
    ['x = {"a": 1\n}', '1:12: missing `,` before the newline'],
    ['x = {"a" 1}', '1:10: expected `:` after the key, found `1`'],
    ['f(a b)', '1:5: expected `,` or `)`, found `b`'],
    ['a[1', '1:4: expected `]` or `:`, found the end of the file'],
    ['a[1\n', '1:4: expected `]` or `:`, found a newline'],
    ['f(1', '1:4: expected `,` or `)`, found the end of the file'],
    ['m.a = 1', '1:1: a selector cannot be assigned'],
    ['f() = 1', '1:1: only a variable can be assigned'],
    ['map = 1', '1:5: expected an expression, found `=`'],
    ['if a\n{ }', '1:5: expected `{`, found a newline'],
    ['if a {\n}\nelse {\n}', '3:1: expected a statement, found `else`'],
    ['a\n.b', '2:1: expected an expression, found `.`'],
    ['a\nor b', '2:1: expected an expression, found `or`'],
    ['rule { a; b }', '1:11: expected `}`, found `b`'],
    ['for a { }', '1:7: expected `as`, found `{`'],
    ['for a as rule { }', '1:10: expected a name, found `rule`'],
    ['a = 1\nimport "b"', '2:1: imports must stand before everything else'],
    ['import b', '1:8: expected the path of the import as a string, found `b`'],
    ['}', '1:1: `}` closes nothing'],
    ['func f() {', '1:11: expected `}`, found the end of the file'],
    ['func() { return }', '1:17: expected an expression after `return`, found `}`'],
    ['x = "a\\qb"', '1:7: unknown escape sequence'],
    ['x = "\\400"', '1:6: escape sequence stands for no character'],
    ['x = "\\ud800"', '1:6: escape sequence stands for no character'],
    ['3.x', '1:3: expected a newline or `;`, found `x`'],
    ['a is empty + 1', '1:12: `+` cannot follow `is empty` or `is defined`'],
    ['case a { else: b\nelse: c }', '2:1: `case` has more than one `else`'],
    ['param a default b', '1:17: the default of a parameter must be a literal'],
    ['break', '1:1: `break` stands outside of a loop'],
    ['for a as b { f = func() { continue } }', '1:27: `continue` stands outside of a loop'],
    ['return 1', '1:1: `return` stands outside of a function'],
    ['func(a, a) { return a }', '1:9: two parameters are named `a`'],
    ['true = 1', '1:1: `true` cannot be assigned'],
    ['for a as undefined { }', '1:10: `undefined` cannot be assigned'],
    ['import "a-b"', '1:1: import `a-b` needs a name'],
    ['import "a" as x\nimport "b" as x', '2:1: `x` is the name of another import'],
    ['import "a" as x\nimport "a" as y', '2:1: `a` is imported as `x` already'],
    ['import "a"\nparam a', '2:7: parameter `a` has the name of an import'],
    ['param length', '1:7: parameter `length` has a predeclared name'],
    ['param a\nparam a', '2:7: parameter `a` is declared twice'],
    ['x = append([], 1)', '1:5: `append` gives no value'],
  ] as const) {
    it(text, () => expect(errors(text)).toEqual([want]))
  }

  it('and the likely fix', () => {
    expect(hints('m.a = 1')).toEqual(['write `m["a"]`'])
    expect(hints('if a = 1 { }')).toEqual(['write `is` or `==` to compare'])
    expect(hints('a\n.b')).toEqual(['put the `.` at the end of the line before'])
    expect(hints('for a as map { }')).toEqual(['`map` is a reserved word; choose another name'])
  })

  it('all of them, not only the first', () => {
    const text = 'a = (\nb = 1\nf = func() {\n  c = ]\n  return 1\n}\nd = = 2\nmain = rule { true'
    expect(errors(text)).toEqual([
      '2:3: expected `)`, found `=`',
      '4:7: expected an expression, found `]`',
      '7:5: expected an expression, found `=`',
      '8:19: expected `}`, found the end of the file',
    ])
  })

  it('keeps the statements around a broken one', () => {
    expect(show(parse(source('a = 1\nb = )\nc = 3')).program)).toBe('(= a 1)\n(= c 3)')
  })
})

describe('what is allowed although it looks wrong', () => {
  for (const text of [
    'import "a" as a\nimport "a" as a',
    'import "report" as report',
    'append(xs, 1)',
    'append = func(a) { return a }\nx = append(1)',
    'values = keys',
    'for a as _ { for b as _ { } }',
    'for a as b { if c { break } }',
  ]) {
    it(text, () => expect(errors(text)).toEqual([]))
  }
})

describe('hostile nesting', () => {
  const deep = 100_000
  for (const [name, text] of [
    ['parentheses', `${'('.repeat(deep)}1${')'.repeat(deep)}`],
    ['lists', `x = ${'['.repeat(deep)}`],
    ['maps', `x = ${'{"a":'.repeat(deep)}`],
    ['blocks', '{'.repeat(deep)],
    ['functions', 'f = func() {\n'.repeat(deep)],
    ['prefix operators', `x = ${'not '.repeat(deep)}a`],
    ['indexes', `a${'[a'.repeat(deep)}`],
    ['calls', `a${'(a'.repeat(deep)}`],
    ['quantifiers', 'all a as b { '.repeat(deep)],
    ['ifs', 'if a {'.repeat(deep)],
    ['cases', 'case a { when 1: '.repeat(deep)],
    ['selectors', `x = a${'.a'.repeat(deep)}`],
  ] as const) {
    it(`${name} are an error with a place`, () => {
      expect(errors(text)).toHaveLength(1)
      expect(errors(text)[0]).toMatch(/: (nested more than 400 levels deep|more than 200 selectors .*)$/)
    })
  }

  it('two hundred thousand operands in a row are none', () => {
    expect(errors(`x = a${' + a'.repeat(200_000)}`)).toEqual([])
  })

  it('ten thousand `else if` are none', () => {
    expect(errors(`if a { }${' else if a { }'.repeat(10_000)}`)).toEqual([])
  })
})
