// Regular expressions: whichever engine runs one, the answer is that of RE2, as the port of it gives it.

import fc from 'fast-check'
import { RE2JS } from 're2js'
import { type Case, plainCase } from './case.ts'

const atoms = [
  ...[
    'a',
    'b',
    'A',
    'é',
    'ß',
    'k',
    's',
    '1',
    '_',
    ' ',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\W',
    '\\D',
    '\\S',
    '[a-c]',
    '[^a]',
    '[^\\n]',
  ],
  ...[
    '\\pL',
    '\\p{Lu}',
    '\\PN',
    '\\x{e9}',
    '\\x41',
    '\\.',
    '\\n',
    '[[:alpha:]]',
    '[\\d_]',
    '[^\\W]',
    '^',
    '$',
    '\\b',
    '\\B',
    '\\A',
    '\\z',
  ],
  ...[
    '(?i)',
    '(?s)',
    '(?m)',
    '(?U)',
    '(?i:k)',
    '\\Q.\\E',
    '[a-]',
    '[]a]',
    '\\C',
    '\\u0041',
    '\\1',
    '(?=a)',
    '[z-a]',
    '\\',
    '(',
    ')',
    '[',
    '{',
    '}',
    '{2}',
  ],
]
const repeats = [
  '',
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '{2}',
  '{1,3}',
  '{0,1}?',
  '{2,}',
  '{1001}',
  '{,2}',
]
const letters = [
  'a',
  'b',
  'A',
  'K',
  '\u212a',
  'ſ',
  'S',
  'é',
  'É',
  'ß',
  '1',
  '_',
  ' ',
  '\n',
  '\r',
  '.',
  '-',
  '😀',
  '\u2028',
  '\u0000',
  '\u00a0',
  '\ufeff',
  'aaaa',
]

const pattern: fc.Memo<string> = fc.memo((depth) => {
  const inner =
    depth > 1
      ? fc.oneof(
          fc.constantFrom(...atoms),
          pattern().map((one) => `(${one})`),
          pattern().map((one) => `(?:${one})`),
        )
      : fc.constantFrom(...atoms)
  const repeated = fc.tuple(inner, fc.constantFrom(...repeats)).map(([one, count]) => one + count)
  const row = fc.array(repeated, { maxLength: 4 }).map((all) => all.join(''))
  return fc.array(row, { minLength: 1, maxLength: 3 }).map((all) => all.join('|'))
})
const text = fc.array(fc.constantFrom(...letters), { maxLength: 8 }).map((all) => all.join(''))

/** Patterns with texts, as cases. */
export const patternCases: fc.Arbitrary<Case> = fc.tuple(pattern(3), text).map(([p, t]) => ({
  ...plainCase('main = t matches p\n'),
  globals: new Map([
    ['p', p],
    ['t', t],
  ]),
}))

/** What RE2 says of such a case: whether it matches, undefined where the pattern is none. */
export function answerOfRe2({ globals }: Case): boolean | undefined {
  try {
    return RE2JS.compile(String(globals.get('p')))
      .matcher(String(globals.get('t')))
      .find()
  } catch {
    return undefined
  }
}
