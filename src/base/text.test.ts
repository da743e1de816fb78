import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable, visibleJson } from './index.ts'

describe('what a terminal is shown', () => {
  for (const [name, text, want] of [
    ['plain text', 'alice', 'alice'],
    ['letters of the world', 'Zoë 用户 😀', 'Zoë 用户 😀'],
    ['quotes and signs', `"'\`$\\|`, `"'\`$\\|`],
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['cursor movement and clearing', 'a\u001b[2K\u001b[1Ab\u001b[2J', 'ab'],
    ['a private sequence', '\u001b[?25lx', 'x'],
    ['a window title', '\u001b]0;owned\u0007x', 'x'],
    ['a link', '\u001b]8;;https://example.com\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a command without an end hides nothing', '\u001b]0;rest', '0;rest'],
    ['an unfinished sequence', 'a\u001b[31', 'a[31'],
    ['a lone escape', 'a\u001b', 'a'],
    ['a two-character escape', 'a\u001bcb\u001bMc', 'acbc'],
    ['an eight-bit sequence', '\u009b31mred', '31mred'],
    ['line breaks, which become one space', 'a\r\n\nb', 'a b'],
    ['a tab', 'a\tb', 'a b'],
    ['separators of lines and paragraphs', 'a\u2028b\u2029c', 'abc'],
    ['backspace, bell, NUL, delete', 'a\b\u0007\0\u007fb', 'ab'],
    ['directions of writing', 'a\u202eb\u2066c\u2069d\u200fe', 'abcde'],
    ['invisible characters', 'a\u200bb\u00adc\ufeffd\u2060e', 'abcde'],
    ['invisible tags', 'a\u{e0041}b', 'ab'],
    ['half a pair', 'a\ud83db', 'ab'],
  ] as const) {
    it(name, () => expect(printable(text)).toBe(want))
  }

  it('never holds a control character, and is printable as it is', () =>
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            fc.constantFrom(...'\u001b[]0;m\\\u0007\n\t\u202ea'),
            fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
          ),
          maxLength: 40,
        }),
        (text) => {
          const shown = printable(text)
          expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
          expect(printable(shown)).toBe(shown)
        },
      ),
      { numRuns: 2_000, seed: 3 },
    ))
})

describe('JSON that people may see', () => {
  for (const [name, value, want] of [
    ['stays as it is in plain letters', { a: ['b', 1] }, '{"a":["b",1]}'],
    ['keeps letters of every language', 'zażółć 用户', '"zażółć 用户"'],
    ['escapes what turns the direction', 'a\u202eb', '"a\\u202eb"'],
    ['escapes an 8-bit control sequence', '\u009b31m', '"\\u009b31m"'],
    ['escapes invisible characters above the basic plane', '\u{e0001}', '"\\udb40\\udc01"'],
  ] as const) {
    it(name, () => {
      expect(visibleJson(value)).toBe(want)
      expect(JSON.parse(visibleJson(value))).toEqual(value)
    })
  }
})
