// Sources that are none: bytes, tokens without an order, programs with a piece cut out or said twice, brackets without
// end. Nothing may be thrown, and what is reported must lie in the file.

import fc from 'fast-check'
import { marks } from '../../src/lang/syntax/tokens.ts'
import { type Case, plainCase } from './case.ts'
import { Cases } from './cases.ts'

const keywords =
  'all and any as break case contains continue default else empty filter for func if import in is map matches not or param return rule when xor defined true null undefined'
const bits = [
  ...marks,
  ...keywords.split(' '),
  ...[
    'a',
    'é',
    '_',
    '1',
    '08',
    '1.',
    '.5',
    '1e',
    '0x',
    '9223372036854775808',
    '"',
    '"a"',
    '"\\q"',
    '`',
    '`a`',
  ],
  ...[
    '#',
    '//',
    '/*',
    '*/',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '\0',
    '\ufeff',
    '\u2028',
    '\ud800',
    '\u00a0',
    '&&',
    '?',
    "'",
    '\\',
  ],
]

const text = (words: readonly string[], between: string) => words.join(between)
const tokens = fc
  .tuple(fc.array(fc.constantFrom(...bits), { maxLength: 60 }), fc.constantFrom(' ', '', '\n'))
  .map(([words, between]) => text(words, between))
const bytes = fc.uint8Array({ maxLength: 80 }).map((all) => String.fromCharCode(...all))
const deep = fc
  .tuple(
    fc.constantFrom(
      '(',
      '[',
      '{',
      '-',
      'not ',
      'rule {',
      'func() {',
      'if a {',
      'a.',
      'a(',
      'a[',
      '1 + ',
      'x = ',
      '{1:',
      '"a" + (',
    ),
    fc.nat(3000),
  )
  .map(([word, count]) => `main = ${word.repeat(count)}`)

const cut = fc
  .tuple(
    new Cases(['neat', 'wild']),
    fc.nat(),
    fc.nat(30),
    fc.constantFrom('cut', 'double', 'end', 'put', 'swap'),
    fc.constantFrom(...bits),
  )
  .map(([one, from, size, how, bit]) => ({
    ...one,
    text: changed(one.text, from % (one.text.length + 1), size, how, bit),
  }))

function changed(whole: string, at: number, size: number, how: string, bit: string): string {
  const [head, piece, tail] = [whole.slice(0, at), whole.slice(at, at + size), whole.slice(at + size)]
  if (how === 'cut') return head + tail
  if (how === 'double') return head + piece + piece + tail
  if (how === 'end') return head
  return how === 'put' ? head + bit + piece + tail : tail + head
}

/** Such sources, as cases. */
export const soups: fc.Arbitrary<Case> = fc.oneof(
  { weight: 5, arbitrary: cut },
  { weight: 3, arbitrary: tokens.map(plainCase) },
  { weight: 1, arbitrary: bytes.map(plainCase) },
  { weight: 1, arbitrary: deep.map(plainCase) },
)
