import { describe, expect, it } from 'vitest'
import { draw } from '../../source/index.ts'
import { parse } from './parser.ts'

/** The only thing wrong with a text, as `line:column: message`, and the likely fix. */
function slip(text: string): readonly [string, string | undefined] {
  const { source, diagnostics } = parse(text)
  expect(diagnostics).toHaveLength(1)
  const [head = ''] = diagnostics.flatMap((one) => draw(source, one).slice(0, 1))
  return [head.replace(/^policy\.sentinel:(.*) error: /, '$1 '), diagnostics[0]?.hint]
}

describe('one slip is one error, which says what to do', () => {
  for (const [text, message, hint] of [
    ['main = rule { a = 1 }', '1:17: expected `}`, found `=`', 'write `is` or `==` to compare'],
    ['if a = 1 { }', '1:6: expected `{`, found `=`', 'write `is` or `==` to compare'],
    ['x = a === b', '1:9: expected an expression, found `=`', 'write `==`'],
    ['x = a !== b', '1:9: expected an expression, found `=`', 'write `!=`'],
    ['x = a <> b', '1:8: expected an expression, found `>`', 'write `is not` or `!=`'],
    ['x = a && b', '1:7: unexpected character `&&`', 'write `and`'],
    ['x = a || b', '1:7: unexpected character `||`', 'write `or`'],
    ['x = a AND b', '1:7: expected a newline or `;`, found `AND`', 'write `and`'],
    [
      'x = a not b',
      '1:7: expected a newline or `;`, found `not`',
      'write `not in`, `not contains` or `not matches`',
    ],
    ['x = a not is b', '1:7: expected a newline or `;`, found `not`', 'write `is not`'],
    [
      'x = a == empty',
      '1:10: expected an expression, found `empty`',
      'write `is empty` behind what is asked',
    ],
    ['x++', '1:4: expected an expression, found the end of the file', 'write `x += 1` to add'],
    ['x := 1', '1:3: expected a newline or `;`, found `:`', 'write `=` to assign'],
    [
      'let x = 1',
      '1:5: expected a newline or `;`, found `x`',
      'a variable needs no word before it: write `name = value`',
    ],
    ['a, b = 1, 2', '1:2: expected a newline or `;`, found `,`', 'assign one variable at a time'],
    ['map = {}', '1:5: expected an expression, found `=`', '`map` is a reserved word; choose another name'],
    [
      'default = 1',
      '1:1: expected an expression, found `default`',
      '`default` is a reserved word; choose another name',
    ],
    ['if a {\n} elif b {\n}', '2:3: expected a newline or `;`, found `elif`', 'write `else if`'],
    ['if a {\n} else b {\n}', '2:8: expected `{`, found `b`', 'put the body in braces, or write `else if`'],
    [
      'if a {\n}\nelse {\n}',
      '3:1: expected a statement, found `else`',
      'put `else` on the line of the `}` before it',
    ],
    ['if a then b', '1:6: expected `{`, found `then`', 'put the body in braces'],
    [
      'x = if a { b }',
      '1:5: expected an expression, found `if`',
      'there is no conditional expression: write an `if` statement, or `else` for a default',
    ],
    ['while true { }', '1:7: expected a newline or `;`, found `true`', 'loop with `for list as item { … }`'],
    [
      'for x in xs { }',
      '1:13: expected `as`, found `{`',
      'write `list as item` or `map as key, value` before the brace',
    ],
    ['switch x { }', '1:8: expected a newline or `;`, found `x`', 'write `case value { when …: … }`'],
    [
      'case x { 1: y = 1 }',
      '1:10: expected `when`, `else` or `}`, found `1`',
      'a clause begins with `when value:` or `else:`',
    ],
    ['fucn f(a) { return a }', '1:6: expected a newline or `;`, found `f`', 'write `func`'],
    [
      'f = function(a) { return a }',
      '1:17: expected a newline or `;`, found `{`',
      'write `func`, `if` or `for` before what has braces',
    ],
    ['f = func a { return a }', '1:10: expected `(`, found `a`', 'put the parameters in parentheses'],
    [
      'f = func(a: int) { return a }',
      '1:11: expected `,` or `)`, found `:`',
      'parameters have neither types nor defaults, and arguments no names',
    ],
    [
      'main = rule { return true }',
      '1:15: expected an expression, found `return`',
      'a rule gives its one expression: leave `return` out',
    ],
    ['rule main { true }', '1:6: expected `{`, found `main`', 'write `main = rule { … }`'],
    [
      'main = rule {\n  true\n',
      '3:1: expected `}`, found the end of the file',
      'the bracket opened in line 1 is not closed',
    ],
    [
      'a = 1\nf = func() {\n  if a {\n    return 1\n}\n',
      '6:1: expected `}`, found the end of the file',
      'the bracket opened in line 2 is not closed',
    ],
    [
      'x = [1, 2',
      '1:10: expected `,` or `]`, found the end of the file',
      'the bracket opened in line 1 is not closed',
    ],
    ['x = 1)', '1:6: expected a newline or `;`, found `)`', '`)` closes nothing here'],
    ['x = [1 2]', '1:8: expected `,` or `]`, found `2`', 'put a comma between the two'],
    ['x = [\n1\n]', '2:2: missing `,` before the newline', 'put a comma behind the last element too'],
    ['x = {"a" = 1}', '1:10: expected `:` after the key, found `=`', 'write `"key": value`'],
    [
      'a\nor b',
      '2:1: expected an expression, found `or`',
      'an expression goes on in the next line only after an operator',
    ],
    ['x = a\n\t.b', '2:2: expected an expression, found `.`', 'put the `.` at the end of the line before'],
    ['m.a = 1', '1:1: a selector cannot be assigned', 'write `m["a"]`'],
    ['x = xs.0', '1:7: expected a newline or `;`, found `.0`', 'write the index of a list in brackets'],
    [
      'x = 10s',
      '1:7: expected a newline or `;`, found `s`',
      'numbers have no units; multiply, as in `10 * time.second`',
    ],
    ['x = 1_000', '1:6: expected a newline or `;`, found `_000`', 'digits cannot be grouped'],
    [
      'import strings',
      '1:8: expected the path of the import as a string, found `strings`',
      'write `import "strings"`',
    ],
    ["import 'strings'", "1:8: unexpected character `'`", 'write strings in plain double quotes: `"`'],
    ["x = 'a b'", "1:5: unexpected character `'`", 'write strings in plain double quotes: `"`'],
    ['x = “a b”', '1:5: unexpected character U+201C', 'write strings in plain double quotes: `"`'],
    ['x = „a“ + 1', '1:5: unexpected character U+201E', 'write strings in plain double quotes: `"`'],
    ['x = a – b', '1:7: unexpected character U+2013', 'write `-`'],
    ['x = a\u00a0+ b', '1:6: unexpected character U+00A0', 'it looks like a blank: write a plain one'],
    ['x = a ≠ b', '1:7: unexpected character U+2260', 'write `!=`'],
    ['x = "abc', '1:5: string is not closed', 'close it with `"` on the same line'],
    ['x = "a\\d"', '1:7: unknown escape sequence', 'write `\\\\` for a backslash'],
    ['print "x"', '1:7: expected a newline or `;`, found `"x"`', 'call it: `print(…)`'],
    [
      'a b',
      '1:3: expected a newline or `;`, found `b`',
      'put an operator between the two, or each on a line of its own',
    ],
  ] as const) {
    it(text, () => expect(slip(text)).toEqual([message, hint]))
  }
})

describe('places do not depend on how lines end or begin', () => {
  for (const [name, text, want] of [
    ['Windows line ends', 'x = 1\r\ny = )\r\n', '2:5'],
    ['a byte order mark, which has three bytes', '\ufeffx = )', '1:8'],
    ['tabs, which are one byte', '\t\tx = )', '1:7'],
    ['letters of several bytes', 'x = "é用" + )', '1:15'],
  ] as const) {
    it(name, () => expect(slip(text)[0]).toBe(`${want}: expected an expression, found \`)\``))
  }
})

it('the line is drawn with its caret', () => {
  const { source, diagnostics } = parse({ name: 'a/b.sentinel', text: 'main = rule {\n\tuser = "é"\n}' })
  expect(diagnostics.flatMap((one) => draw(source, one))).toEqual([
    'a/b.sentinel:2:7: error: expected `}`, found `=`',
    '  |  user = "é"',
    '  |       ^',
    '  hint: write `is` or `==` to compare',
  ])
})
