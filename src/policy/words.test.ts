import { describe, expect, it } from 'vitest'
import { lengthProblem } from './words.ts'

describe('a text of 5 to 10 characters', () => {
  for (const [name, text, want] of [
    ['is long enough with five', 'abcde', undefined],
    ['is long enough with spaces between words', 'ab cd', undefined],
    ['counts what people see as one letter once, outside of the BMP too', '😀'.repeat(10), undefined],
    ['is empty without anything', '', 'is empty'],
    ['is empty with spaces only', ' \t\u00a0\u3000\u2003'.repeat(5), 'is empty'],
    ['is empty with spaces of no width', '\u200b'.repeat(8), 'is empty'],
    ['is empty with joiners and marks of direction', '\u200d\u200e\u202e\u2066\ufeff'.repeat(2), 'is empty'],
    ['is empty with fillers that count as letters', '\u3164\u115f\uffa0\u1160\u3164', 'is empty'],
    ['is empty with a braille cell without dots', '\u2800'.repeat(6), 'is empty'],
    ['is empty with controls', '\u0000\u0007\u001b\u0085\u009b', 'is empty'],
    ['is empty with tags', '\u{e0041}'.repeat(6), 'is empty'],
    ['does not grow by many spaces between words', 'a      b', 'has 3 characters'],
    ['does not grow by invisible characters between letters', 'a\u200bb\u200bc\u200bd', 'has 4 characters'],
    ['is too long with eleven', 'abcdefghijk', 'has 11 characters'],
    ['is too long with eleven, visible or not', `abcde${'\u200b'.repeat(6)}`, 'has 11 characters'],
  ] as const) {
    it(name, () => {
      const message = lengthProblem('reason', text, 5, 10)?.message
      expect(message).toBe(want && `the reason ${want}`)
    })
  }
})
