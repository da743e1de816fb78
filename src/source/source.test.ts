import { describe, expect, it } from 'vitest'
import { byteLength, placeIn, positionOf } from './index.ts'

describe('where an offset lies', () => {
  for (const [name, text, offset, line, column] of [
    ['the beginning', 'abc', 0, 1, 1],
    ['the beginning of nothing', '', 0, 1, 1],
    ['within a line', 'abc', 2, 1, 3],
    ['the end', 'abc', 3, 1, 4],
    ['past the end', 'abc', 99, 1, 4],
    ['at a line break', 'abc\ndef', 3, 1, 4],
    ['after a line break', 'abc\ndef', 4, 2, 1],
    ['after the last line break', 'abc\n', 4, 2, 1],
    ['after empty lines', '\n\n\n', 3, 4, 1],
    ['after a Windows line break', 'abc\r\ndef', 6, 2, 2],
    ['after letters beyond ASCII, which are two or three bytes', 'é用x', 2, 1, 6],
    ['after an emoji, which is four', '😀x', 2, 1, 5],
    ['after a combining mark, which is two', 'e\u0301x', 2, 1, 4],
    ['after a tab, which is one', '\tx', 1, 1, 2],
  ] as const) {
    it(name, () => {
      expect(positionOf(text, offset)).toEqual({ line, column })
      expect(placeIn({ name: '', text }, offset)).toMatchObject({ line, column })
      // The same behind more text than a block of the index has.
      const lines = `${'é'.repeat(4095)}\n${'😀'.repeat(5000)}\n`
      const place = placeIn({ name: '', text: lines + text }, lines.length + offset)
      expect(place).toMatchObject({ line: line + 2, column })
      expect(place.offset).toBe(byteLength(lines + text.slice(0, offset)))
    })
  }
})
