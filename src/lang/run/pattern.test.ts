import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { plainPattern } from './pattern.ts'

/** Texts in which something of the patterns below is likely to be found. */
const texts = fc.string({
  unit: fc.constantFrom(...'aAbkKsS-_.:/019xy \t\n\r\v!é€\u212a\u017f\u2028𝒳\ufffd'),
  maxLength: 12,
})

function expectSame(pattern: string, text: string) {
  const plain = plainPattern(pattern)
  if (plain === undefined) return
  const got = plain.regex.test(text)
  expect(got, `${JSON.stringify(pattern)} in ${JSON.stringify(text)}`).toBe(
    RE2JS.compile(pattern).matcher(text).find(),
  )
}

describe('patterns that JavaScript may run mean what RE2 means', () => {
  for (const pattern of [
    ...[
      'a',
      'ab',
      '^a',
      'a$',
      '^ab$',
      '.',
      '^.$',
      '^..$',
      '[^a]',
      '^[^a]$',
      '\\s',
      '\\S',
      '^\\w+$',
      '\\d\\d',
    ],
    ...['a*', 'a+', '^a+$', '^a*b$', 'a?b', 'a{2}', 'a{1,2}b', '^a{2,}$', 'a+?b', '^(a|b)+$', '(?:ab|k)x'],
    ...[
      '(?i)k',
      '(?i)s',
      '(?i)^[a-k]+$',
      '(?i)[s_]x',
      '(?i)ab',
      '[a-]',
      '[-a]',
      '[.]',
      '\\.',
      '\\/',
      '[\\d_]',
    ],
    ...[
      '^secret/[a-z0-9-]+/config$',
      '(a|b|k)(x|y)',
      '^x?y?z?$',
      '[a-b]+$',
      '^a|b',
      '^(?:a|b)',
      '[\\n]',
      '\\t',
    ],
  ]) {
    it(pattern, () => {
      fc.assert(
        fc.property(texts, (text) => expectSame(pattern, text)),
        { seed: 7, numRuns: 200 },
      )
    })
  }

  it('and so do patterns at random', () => {
    const pieces = [
      'a',
      'b',
      'k',
      '.',
      '[ab]',
      '[^a]',
      '\\w',
      '\\s',
      '(',
      ')',
      '|',
      '*',
      '+',
      '?',
      '{2}',
      '^',
      '$',
    ]
    const patterns = fc.array(fc.constantFrom(...pieces, '(?:', '(?i)', '{1,2}', '\\.', '-', '[a-k]'), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(patterns, texts, (parts, text) => expectSame(parts.join(''), text)),
      { seed: 7, numRuns: 20_000 },
    )
  })
})

describe('what is left to the linear engine', () => {
  for (const [why, pattern] of [
    ['a loop in a loop', '^(a+)+$'],
    ['a loop of loops', '^(a+b?)+$'],
    ['two loops over the same', '^a*a*$'],
    ['a loop that may also end', '^.*a$'],
    ['a choice in a loop that begins alike', '^(ab|a)*$'],
    ['many ways', '^(a|b|ab)(a|b|ab)(a|b|ab)(a|b|ab)(a|b|ab)$'],
    ['a loop that every start runs through again', 'xa+y'],
    ['several ways to match nothing', '^(a?)?(b?)?$'],
    ['a loop over what may be nothing', '^(a?)*$'],
    ['an end of one alternative', '^a|b$'],
    ['an end in the middle', 'a^b'],
    ['classes by name', '[[:alpha:]]'],
    ['properties', '\\pL'],
    ['flags', '(?s).'],
    ['word boundaries', '\\ba'],
    ['characters beyond ASCII', 'é'],
    ['what folds in ways of its own', '(?i)\\w'],
    ['a name', '(?P<x>a)'],
    ['what is no pattern', 'a('],
    ['what is no pattern either', 'a**'],
    ['too many positions', 'a{150}b{150}'],
  ] as const) {
    it(`${why}: ${pattern}`, () => expect(plainPattern(pattern)).toBeUndefined())
  }
})

it('the patterns of everyday policies need no linear engine', () => {
  for (const pattern of [
    ...['^[a-z][a-z0-9-]*$', '^arn:aws:iam::\\d{12}:role/.+$', '^(prod|staging)-', '\\.example\\.com$'],
    ...['^[a-z0-9._-]+@example\\.com$', '(?i)password', '^v\\d+\\.\\d+\\.\\d+$', '^(admin|auditor)$'],
  ]) {
    expect(plainPattern(pattern), pattern).toBeDefined()
  }
})
