import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lex } from './lexer.ts'

/** Tokens as one line; a `;` put in by the lexer shows as `⏎`. */
function tokens(text: string): string {
  const { kinds, starts, ends } = lex(text)
  const shown = [...kinds].map((kind, at) => {
    const written = text.slice(starts[at], ends[at])
    return kind === ';' && written === '' ? '⏎' : kind === 'end' ? '$' : written
  })
  return shown.join(' ')
}

const problems = (text: string) => lex(text).diagnostics.map(({ message }) => message)

describe('tokens', () => {
  for (const [name, text, want] of [
    ['words, marks and numbers', 'a += 0x1F*(b_2)', 'a += 0x1F * ( b_2 ) ⏎ $'],
    ['letters of any script', 'größe = été2', 'größe = été2 ⏎ $'],
    [
      'floats with and without digits around the point',
      '1. 1.5 .5 1e6 2E-3 072.40',
      '1. 1.5 .5 1e6 2E-3 072.40 ⏎ $',
    ],
    ['the longest mark wins', 'a<=b!=c', 'a <= b != c ⏎ $'],
    ['strings with escapes', '"a\\"b" "\\\\"', '"a\\"b" "\\\\" ⏎ $'],
    ['raw strings over lines', '`a\n"b\\`', '`a\n"b\\` ⏎ $'],
    ['a byte order mark at the very start is skipped', '\ufeffa', 'a ⏎ $'],
    ['nothing at all', '', '$'],
    ['carriage returns are blanks', 'a\r\nb\r\n', 'a ⏎ b ⏎ $'],
    ['explicit semicolons stay', 'a; b;\n', 'a ; b ; $'],
    ['a newline after an operator ends nothing', 'a or\nb', 'a or b ⏎ $'],
    ['a newline after `)`, `]`, `}` ends a statement', ')\n]\n}\n', ') ⏎ ] ⏎ } ⏎ $'],
    [
      'a newline after `break`, `continue`, `return` ends a statement',
      'break\ncontinue\nreturn\n',
      'break ⏎ continue ⏎ return ⏎ $',
    ],
    [
      'a newline after `is empty` and `is defined` ends a statement',
      'a is empty\nb is defined\n',
      'a is empty ⏎ b is defined ⏎ $',
    ],
    ['a newline after a keyword does not', 'rule\n{', 'rule { $'],
    ['a keyword after a point is a name', 'x.rule\ny.all', 'x . rule ⏎ y . all ⏎ $'],
    ['a line comment ends no line by itself', 'a or // b\nc # d', 'a or c ⏎ $'],
    ['a block comment on a line is a blank', 'a /* b */ + c', 'a + c ⏎ $'],
    ['a block comment with a newline is one', 'a /* \n */ b', 'a ⏎ b ⏎ $'],
  ] as const) {
    it(name, () => {
      expect(tokens(text)).toBe(want)
      expect(problems(text)).toEqual([])
    })
  }
})

describe('what cannot be read', () => {
  for (const [name, text, want] of [
    ['an operator of other languages', 'a && b', ['unexpected character `&&`']],
    ['a non-breaking blank', 'a\u00a0b', ['unexpected character U+00A0']],
    ['a NUL', 'a\0b', ['unexpected character U+0000']],
    ['a line separator', 'a\u2028b', ['unexpected character U+2028']],
    ['a byte order mark in the middle', 'a\ufeffb', ['unexpected character U+FEFF']],
    ['an open string', '"abc\nd', ['string is not closed']],
    ['an open string that ends with a backslash', '"abc\\', ['string is not closed']],
    ['an open raw string', '`abc', ['raw string is not closed']],
    ['an open comment', 'a /* b', ['comment is not closed']],
    ['an octal number with an 8', '08', ['`08` is not an octal number']],
    ['a hexadecimal number without digits', '0x', ['`0x` has no digits']],
    [
      'a number of more than 64 bits',
      '9223372036854775808',
      ['`9223372036854775808` does not fit into 64 bits'],
    ],
    ['a float without exponent', '1e+', ['`1e+` has no exponent']],
    ['a float that is too large', '1e999', ['`1e999` is out of range']],
    [
      'all of them at once',
      "'a' ? $",
      ["unexpected character `'`", 'unexpected character `?`', 'unexpected character `$`'],
    ],
  ] as const) {
    it(name, () => expect(problems(text)).toEqual(want))
  }

  for (const [name, text, want] of [
    [
      'names beyond ASCII of eight million letters',
      'ж'.repeat(8_000_000),
      ['a name of more than 65536 letters'],
    ],
    ['names of ASCII', 'a'.repeat(65_537), ['a name of more than 65536 letters']],
    ['marks of another language', '€'.repeat(5_000_000), ['unexpected character U+20AC']],
    ['blanks of another kind', '\u00a0'.repeat(7_000_000), ['unexpected character U+00A0']],
    ['the longest name', `${'𝒳'.repeat(32_768)} = ${'a'.repeat(65_536)}`, []],
  ] as const) {
    it(`${name}: are read to their ends`, () => {
      expect(problems(text)).toEqual(want)
      expect([...lex(text).kinds].filter((kind) => kind === 'identifier').length).toBeLessThan(3)
    })
  }

  it('says what to write instead', () => {
    expect(lex('a || b').diagnostics[0]).toMatchObject({ hint: 'write `or`', span: { start: 2, end: 4 } })
  })
})

const pieces = [
  'a',
  'is',
  'empty',
  '.',
  '"x\\"',
  '"',
  '`',
  '#',
  '//',
  '/*',
  '*/',
  '\n',
  ' ',
  '\t',
  '1',
  '0x',
  'é',
  '&',
  '\0',
  ';',
  '{',
  '}',
  '=',
]
const sources = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join('')),
)

describe('every text', () => {
  it('loses no byte: between tokens lie only blanks, comments and what was reported', () => {
    fc.assert(
      fc.property(sources, (text) => {
        const { kinds, starts, ends, comments, diagnostics } = lex(text)
        const covered = [
          ...[...kinds].map((_, at) => [starts[at]!, ends[at]!] as const),
          ...[...comments, ...diagnostics.map(({ span }) => span)].map(
            ({ start, end }) => [start, end] as const,
          ),
        ].sort((a, b) => a[0] - b[0])
        let at = 0
        let rest = ''
        for (const [start, end] of covered) {
          rest += text.slice(at, start)
          at = Math.max(at, end)
        }
        expect(rest + text.slice(at)).toMatch(/^\ufeff?[ \t\r\n]*$/)
        expect(
          Array.from({ length: starts.length }, (_, at) => starts[at] ?? 0).every(
            (start, index) => start >= (ends[index - 1] ?? 0),
          ),
        ).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
