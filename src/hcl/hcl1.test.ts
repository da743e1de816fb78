import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { objectsOf, readHcl1 } from './index.ts'
import { shownDiagnostics, shownValue } from './show.fake.ts'

const read = (text: string) => {
  const source = { name: 'f.hcl', text }
  const { root, diagnostics } = readHcl1(source)
  return { root: shownValue(root), wrong: shownDiagnostics(source, diagnostics) }
}

describe('a file of HCL 1', () => {
  for (const [name, text, want] of [
    ['may be empty', '', '{}'],
    ['may have comments only', '# a\n// b\n/* c\nd */', '{}'],
    ['an attribute', 'a = 1', '{a = 1}'],
    ['attributes in one line', 'a = 1 b = 2', '{a = 1, b = 2}'],
    ['attributes with commas', 'a = 1,\nb = 2,', '{a = 1, b = 2}'],
    ['an attribute over lines', 'a # x\n= /* y */\n1', '{a = 1}'],
    ['a block', 'a { b = 1 }', '{a = {b = 1}}'],
    ['a block with a name', 'path "x/*" { b = 1 }', '{path = {x/* = {b = 1}}}'],
    ['a block with names', 'a "b" c { d = 1 }', '{a = {b = {c = {d = 1}}}}'],
    ['an object is the same as a block', 'path = { "x" = { b = 1 } }', '{path = {x = {b = 1}}}'],
    ['names come again', 'a "x" {}\na "x" {}\na = 1', '{a = {x = {}}, a = {x = {}}, a = 1}'],
    ['blocks in objects', 'g = { f "a" { i { n = 2 } } }', '{g = {f = {a = {i = {n = 2}}}}}'],
    ['quoted names', '"a b" = 1 "c" "d" {}', '{a b = 1, c = {d = {}}}'],
    ['names with dots and dashes', 'a.b-c_1 = 1', '{a.b-c_1 = 1}'],
    ['names of other languages', 'ä = 1', '{ä = 1}'],
    ['names that are special elsewhere', '__proto__ { constructor = 1 }', '{__proto__ = {constructor = 1}}'],
    ['Windows line ends', 'a = 1\r\nb {\r\n}\r\n', '{a = 1, b = {}}'],
    ['a byte order mark', '\ufeffa = 1', '{a = 1}'],
    ['JSON', ' {"path": {"x": {"a": [1, true, null]}}}', '{path = {x = {a = [1, true, null]}}}'],
    ['JSON whose names come again', '{"a": {"b": 1}, "a": {"b": 2}}', '{a = {b = 1}, a = {b = 2}}'],
  ] as const) {
    it(name, () => expect(read(text)).toEqual({ root: want, wrong: [] }))
  }
})

describe('a value of HCL 1', () => {
  for (const [text, want] of [
    ['0', '0'],
    ['-12', '-12'],
    ['0x1F', '31'],
    ['-0x10', '-16'],
    ['017', '15'],
    ['1.5', '1.5'],
    ['.5', '0.5'],
    ['1e3', '1000'],
    ['0xFFFFFFFFFFFFFFFF', '18446744073709551615n'],
    ['9007199254740993', '9007199254740993n'],
    ['true', 'true'],
    ['"a\\n\\t\\"\\\\\\a\\101\\x41\\u00e9\\U0001F600"', '"a\\n\\t\\"\\\\\\u0007AAé😀"'],
    ['"{{identity.entity.id}}"', '"{{identity.entity.id}}"'],
    ['"a $ b ${c "d" {e}\n} f"', '"a $ b ${c \\"d\\" {e}\\n} f"'],
    ['[]', '[]'],
    ['["a", 1, [true], {b = 2},]', '["a", 1, [true], {b = 2}]'],
    ['[\n"a" # x\n,\n"b"\n]', '["a", "b"]'],
    ['<<E\na\n  b\nE\n', '"a\\n  b\\n"'],
    ['<<-E\n  a\n    b\n  E\n', '"a\\n  b\\n"'],
    ['<<-E\n a\n  b\n  E\n', '" a\\n  b\\n"'],
  ] as const) {
    it(text, () => expect(read(`v = ${text}`)).toEqual({ root: `{v = ${want}}`, wrong: [] }))
  }
})

describe('what cannot be read', () => {
  for (const [name, text, root, ...wrong] of [
    [
      'a list that is not closed',
      'a {\n  b = [1\n}\nc = 2',
      '{a = {}, c = 2}',
      '3:1: expected `,` or `]`, found `}`',
    ],
    ['a block that is not closed', 'a {\nb = 1', '{}', '1:3: the block `a` is not closed (end it with `}`)'],
    ['a brace too many', '}\na = 1', '{a = 1}', '1:1: there is no open `{` for this `}`'],
    ['a word for a text', 'a = [read]', '{}', '1:6: `read` is no value (write "read" for the text)'],
    ['names before an equals sign', 'a b = {}', '{}', '1:5: expected `{`, found `=`'],
    ['a name alone', 'a', '{}', '1:2: expected `=` or `{`, found the end of the file'],
    ['no name', '= 1', '{}', '1:1: expected a name, found `=`'],
    ['a colon', 'a: 1', '{}', '1:2: expected `=` or `{`, found `:`'],
    ['single quotes', "a = 'x'", '{}', "1:5: expected a value, found `'` (write strings in double quotes)"],
    [
      'a string over lines',
      'a = "x\nb = 1',
      '{b = 1}',
      '1:5: the string has no closing quote (end it on its line with `"`)',
    ],
    ['an unknown escape', 'a = "\\q"', '{}', '1:6: unknown escape `\\q` (write a backslash as `\\\\`)'],
    [
      'a byte that is no character',
      'a = "\\xe9"',
      '{}',
      '1:6: `\\xe9` is no character (write it like \\u00e9)',
    ],
    ['an octal number with a 9', 'a = 019', '{}', '1:5: this is no octal number'],
    ['letters behind a number', 'a = 5m', '{}', '1:5: this is no number'],
    ['an interpolation that is not closed', 'a = "${b"', '{}', '1:6: the `${` in the string is not closed'],
    [
      'a comment that is not closed',
      'a = 1 /* b',
      '{a = 1}',
      '1:7: the comment is not closed (end it with `*/`)',
    ],
    [
      'all of it at once',
      'a = \nb = [x]\nc = 1\nd = }',
      '{c = 1}',
      '2:1: `b` is no value (write "b" for the text)',
      '4:5: expected a value, found `}`',
      '4:5: there is no open `{` for this `}`',
    ],
    ['JSON with a comma too many', '{"a": 1,}', '{}', '1:9: expected a name in double quotes, found `}`'],
  ] as const) {
    it(name, () => expect(read(text)).toEqual({ root, wrong }))
  }

  for (const text of [
    'ж'.repeat(7_000_000),
    `a = ${'ж'.repeat(7_000_000)}`,
    `a = <<${'ж'.repeat(7_000_000)}\n`,
  ]) {
    it(`a name of too many letters: ${text.slice(0, 8)}`, () =>
      expect(read(text).wrong[0]).toMatch(/a name of more than 65536 letters/))
  }

  it('is told a hundred times at most', () => expect(read('}\n'.repeat(100_000)).wrong).toHaveLength(100))

  it('has at most seventeen names before a brace', () =>
    expect(read(`${'a '.repeat(18)}{}`).wrong).toEqual(['1:35: a block has too many names']))

  for (const [name, text] of [
    ['blocks', 'a {'.repeat(100_000)],
    ['lists', `a = ${'['.repeat(100_000)}`],
    ['objects of JSON', '{"a":'.repeat(100_000)],
  ] as const) {
    it(`nests no deeper than 250: ${name}`, () =>
      expect(read(text).wrong).toContainEqual(expect.stringContaining('nest more than 250 deep')))
  }

  it('no text makes the reader throw, and every span lies in the file', () => {
    const piece = fc.constantFrom(
      'a',
      '"b"',
      '"',
      '{',
      '}',
      '[',
      ']',
      '=',
      ',',
      ' ',
      '\n',
      '1',
      '0x',
      '#',
      '/*',
      '*/',
      '<<E',
      'E',
      '${',
      '\\',
      'true',
      ':',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          for (const { span } of readHcl1({ name: 'f', text }).diagnostics) {
            expect(span.start).toBeLessThanOrEqual(span.end)
            expect(span.end).toBeLessThanOrEqual(text.length)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('the objects of a value', () => {
  for (const [text, want] of [
    ['{}', 1],
    ['[{}, {}]', 2],
    ['[]', 0],
    ['[{}, 1]', undefined],
    ['1', undefined],
  ] as const) {
    it(text, () => {
      const [entry] = readHcl1({ name: 'f', text: `v = ${text}` }).root.entries
      expect(entry && objectsOf(entry.value)?.length).toBe(want)
    })
  }
})
