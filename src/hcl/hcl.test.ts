import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readHcl, toPlain } from './index.ts'
import { shownBody, shownDiagnostics } from './show.fake.ts'

const read = (text: string) => {
  const source = { name: 'f.hcl', text }
  const { body, diagnostics } = readHcl(source)
  return { body: shownBody(body), wrong: shownDiagnostics(source, diagnostics) }
}

describe('a file of HCL', () => {
  for (const [name, text, want] of [
    ['may be empty', '', ''],
    ['may have comments only', '# a\n// b\n/* c\nd */\n', ''],
    ['an attribute', 'a = 1', 'a = 1'],
    ['attributes on lines', 'a = 1\r\nb = "x" # c\nc = true // d\n', 'a = 1; b = "x"; c = true'],
    [
      'names with dashes and letters of any language',
      'apply-all = true\nä_1 = null',
      'apply-all = true; ä_1 = null',
    ],
    ['a block without labels', 'test {\n}\n', 'test {  }'],
    [
      'a block with labels',
      'import "module" "x" {\n  source = "./x"\n}',
      'import "module" "x" { source = "./x" }',
    ],
    ['labels without quotes', 'mock time {}', 'mock "time" {  }'],
    ['a block in one line', 'test { rules = { main = true } }', 'test { rules = {main = true} }'],
    [
      'blocks in blocks',
      'mock "a" {\n\tmodule {\n\t\tsource = "b"\n\t}\n}',
      'mock "a" { module { source = "b" } }',
    ],
    ['a quoted name', '"path" "x" {\n"a" = 1\n}', 'path "x" { a = 1 }'],
    ['comments between everything', 'a /* x */ = /* y */ 1 /* z */\nb = [1, # c\n 2]', 'a = 1; b = [1, 2]'],
    ['a byte order mark', '\ufeffa = 1', 'a = 1'],
    ['names that are special elsewhere', '__proto__ = 1\nconstructor = 2', '__proto__ = 1; constructor = 2'],
  ] as const) {
    it(name, () => expect(read(text)).toEqual({ body: want, wrong: [] }))
  }
})

describe('a value', () => {
  for (const [text, want] of [
    ['0', '0'],
    ['-1.5e3', '-1500'],
    ['9007199254740993', '9007199254740993n'],
    ['1e400', 'null'],
    ['""', '""'],
    ['"a\\n\\t\\"\\\\\\u00e9\\U0001F600"', '"a\\n\\t\\"\\\\é😀"'],
    ['"$5 100% $${x} %%{y} $$"', '"$5 100% ${x} %{y} $$"'],
    ['"# no // comment /* here"', '"# no // comment /* here"'],
    ['[]', '[]'],
    ['[1, "a", [true],]', '[1, "a", [true]]'],
    ['[\n  1,\n\n  2\n]', '[1, 2]'],
    ['{}', '{}'],
    ['{ a = 1, b = 2 }', '{a = 1, b = 2}'],
    ['{\n  a = 1\n  "b/c" : [2]\n\n  3 = null,\n}', '{a = 1, b/c = [2], 3 = null}'],
    ['{ ("a") = 1 }', '{a = 1}'],
    ['(\n1\n)', '1'],
    ['<<EOT\na ${"\n$${b}\n"}\nEOT'.replace('${"\n', '').replace('\n"}', ''), '"a $' + '{b}\\n"'],
    ['<<-EOT\n    a\n      b\n\n    EOT', '"a\\n  b\\n\\n"'],
    ['<<E\nE', '""'],
  ] as const) {
    it(text, () => expect(read(`v = ${text}\nw = 1`)).toEqual({ body: `v = ${want}; w = 1`, wrong: [] }))
  }
})

describe('what is wrong is said at its place', () => {
  for (const [name, text, want] of [
    [
      'no value',
      'a =\nb = 1',
      [
        '1:4: expected a value, found the end of the line (write a string in double quotes, a number, true, false, null, a list or an object)',
      ],
    ],
    ['a colon', 'a: 1', ['1:2: expected `=`, found `:` (write `a = …`)']],
    ['a name alone', 'a\nb = 1', ['1:2: expected `=` or a block, found the end of the line']],
    ['an open block', 'a "x" {\n  b = 1\n', ['1:7: the block `a` is not closed (end it with `}`)']],
    [
      'an open string',
      'a = "x\nb = 1',
      ['1:5: the string has no closing quote (end it on its line with `"`)'],
    ],
    ['an open list', 'a = [1, 2\nb = 1', ['2:1: expected `,` or `]`, found `b`']],
    ['an open comment', 'a = 1 /* x', ['1:7: the comment is not closed (end it with `*/`)']],
    ['a heredoc without its end', 'a = <<X\nb\n', ['1:5: the heredoc has no closing line `X`']],
    ['a stray brace', '}\na = 1', ['1:1: there is no open `{` for this `}`']],
    ['two attributes on a line', 'a = 1 b = 2', ['1:7: expected the end of the line, found `b`']],
    [
      'a comma',
      'a = 1,',
      [
        '1:6: expected the end of the line, found `,` (write each attribute on a line of its own, without a comma)',
      ],
    ],
    ['one name twice', 'a = 1\na = 2', ['2:1: `a` is given twice']],
    [
      'one name twice in an object',
      'a = {b = 1, b = 2}',
      ['1:13: warning: `b` is given twice: this one counts'],
    ],
    ['a template', 'a = "x${y}"', ['1:7: templates are not evaluated here (write `$${` for the text `${`)']],
    [
      'a template in a heredoc',
      'a = <<X\nb %{c}\nX',
      ['2:3: templates are not evaluated here (write `%%{` for the text `%{`)'],
    ],
    [
      'an unknown escape',
      'a = "C:\\dir"',
      [
        '1:8: unknown escape `\\d` (write a backslash as `\\\\`; known are \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN)',
      ],
    ],
    ['half a surrogate pair', 'a = "\\ud800"', ['1:6: `\\ud800` is no character']],
    ['single quotes', "a = 'x'", ["1:5: expected a value, found `'` (write strings in double quotes)"]],
    [
      'a number with a zero in front',
      'a = 007',
      [
        '1:5: this is no number (write a string in double quotes, a number, true, false, null, a list or an object)',
      ],
    ],
    [
      'every mistake at once',
      'a = 1 1\nb = nope\nc { d = }\ne = 5',
      [
        '1:7: expected the end of the line, found `1`',
        '2:5: `nope` has no meaning here: there are no variables and no functions (write "nope" for the text; write a string in double quotes, a number, true, false, null, a list or an object)',
        '3:9: expected a value, found `}` (write a string in double quotes, a number, true, false, null, a list or an object)',
      ],
    ],
  ] as const) {
    it(name, () => expect(read(text).wrong).toEqual(want))
  }

  for (const text of [
    'a = var.x',
    'a = f(1)',
    'a = 1 + 2',
    'a = b ? 1 : 2',
    'a = [1][0]',
    'a = !true',
    'a = x[*]',
  ]) {
    it(`nothing is evaluated: ${text}`, () => expect(read(text).wrong).toHaveLength(1))
  }

  it('and the rest is read', () => {
    expect(read('a = {\n  b = [1 2]\n}\nc = 3\nd {\n  e = = 1\n  f = 2\n}').body).toBe('c = 3; d { f = 2 }')
  })

  for (const [name, text] of [
    ['a name', `${'ж'.repeat(7_000_000)} = 1`],
    ['a name of ASCII', `${'a'.repeat(65_537)} = 1`],
    ['a value', `a = ${'ж'.repeat(7_000_000)}`],
    ['a quoted name', `"${'a'.repeat(65_537)}" = 1`],
    ['a label', `a "${'a'.repeat(65_537)}" {}`],
    ['the word of a heredoc', `a = <<${'ж'.repeat(7_000_000)}\nb\n`],
  ] as const) {
    it(`${name} of too many letters`, () =>
      expect(read(text).wrong[0]).toMatch(/^1:\d+: a name of more than 65536 letters$/))
  }

  it('what was not expected, however long', () =>
    expect(read(`a = 1 ${'ж'.repeat(7_000_000)}`).wrong).toEqual([
      `1:7: expected the end of the line, found \`${'ж'.repeat(40)}\``,
    ]))

  it('a key may be longer, and its warning is cut', () => {
    const { wrong } = read(`a = {\n"${'k'.repeat(70_000)}" = 1\n"${'k'.repeat(70_000)}" = 2\n}`)
    expect(wrong).toEqual([`3:1: warning: \`${'k'.repeat(999)}…`])
  })

  it('100,000 brackets are one error', () => {
    for (const open of ['[', '{a={', '(', 'b {\n']) {
      expect(read(`a = ${open.repeat(100_000)}`).wrong.length).toBeLessThanOrEqual(3)
    }
    expect(read('a {\n'.repeat(100_000)).wrong[0]).toMatch(/nest more than 250 deep$/)
  })
})

it('objects are Maps: no name is special', () => {
  const [attribute] = readHcl({ name: 'f', text: 'a = { __proto__ = [null], x = 1 }' }).body.attributes
  expect(attribute && toPlain(attribute.value)).toEqual(
    new Map<string, unknown>([
      ['__proto__', [null]],
      ['x', 1],
    ]),
  )
})

it('no text makes the reader throw, and every span lies in the file', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      ' ',
      '\n',
      '=',
      '"',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      ',',
      ':',
      '#',
      '/*',
      '*/',
      '//',
      '<<E\n',
      '\nE\n',
      '\\',
      '$',
      '${',
      '%{',
    ],
    ...[
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      "'",
      'é',
      '😀',
      '\ud800',
      '\r\n',
      '\t',
      'mock "x" {\n',
      'a = 1\n',
      '\ufeff',
      '\0',
    ],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('')
      const { body, diagnostics } = readHcl({ name: 'f', text })
      const spans = [...diagnostics.map(({ span }) => span), ...spansOf(body)]
      for (const { start, end } of spans) {
        expect(0 <= start && start <= end && end <= text.length).toBe(true)
      }
      shownDiagnostics({ name: 'f', text }, diagnostics)
    }),
    { numRuns: 3000 },
  )
})

function spansOf(value: unknown): readonly { readonly start: number; readonly end: number }[] {
  if (typeof value !== 'object' || value === null) return []
  if ('start' in value && 'end' in value) return [value as { start: number; end: number }]
  return Object.values(value).flatMap(spansOf)
}
