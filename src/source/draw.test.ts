import { describe, expect, it } from 'vitest'
import { draw } from './index.ts'

const drawn = (text: string, start: number, end: number) =>
  draw({ name: 'f', text }, { severity: 'error', message: 'wrong', span: { start, end } }).slice(1)

describe('the line and the caret', () => {
  for (const [name, text, start, end, want] of [
    ['in the first line', 'abc def', 4, 7, ['  | abc def', '  |     ^^^']],
    ['in a later line', 'abc\ndef\nghi', 4, 7, ['  | def', '  | ^^^']],
    ['a span of nothing has one caret', 'abc', 1, 1, ['  | abc', '  |  ^']],
    ['a span over several lines stops at the first', 'abc\ndef', 1, 7, ['  | abc', '  |  ^^']],
    ['Windows line ends are not shown', 'abc\r\ndef\r\n', 5, 8, ['  | def', '  | ^^^']],
    ['at a Windows line end', 'abc\r\ndef', 3, 4, ['  | abc', '  |    ^']],
    ['at the line break', 'abc\ndef', 3, 4, ['  | abc', '  |    ^']],
    ['at the end of the file', 'abc', 3, 3, ['  | abc', '  |    ^']],
    ['after the end of the file', 'abc', 9, 12, ['  | abc', '  |    ^']],
    ['an empty line is not shown', 'abc\n\ndef', 4, 4, []],
    ['an empty line at the start is not shown', '\nabc', 0, 0, []],
    ['an empty file', '', 0, 0, []],
    ['after a final line break', 'abc\n', 4, 4, []],
    ['a tab counts as the one space that it is shown as', '\tabc', 1, 4, ['  |  abc', '  |  ^^^']],
    ['tabs on both sides of the start', 'a\t\tb', 2, 4, ['  | a  b', '  |   ^^']],
    ['a letter beyond ASCII', 'é = x', 4, 5, ['  | é = x', '  |     ^']],
    ['a combining mark takes no column', 'e\u0301 x', 3, 4, ['  | e\u0301 x', '  |   ^']],
    ['wide letters take two', '用户 x', 3, 4, ['  | 用户 x', '  |      ^']],
    ['wide letters under the caret', '用户', 0, 2, ['  | 用户', '  | ^^^^']],
    ['an emoji takes two', '😀x', 2, 3, ['  | 😀x', '  |   ^']],
    [
      'escapes and bidi marks are not shown',
      '\u001b[31mred\u001b[0m\u202e x',
      14,
      15,
      ['  | red x', '  |     ^'],
    ],
    ['an escape cut by the start of the span', 'a\u001b[31mb', 2, 7, ['  | a[31mb', '  |  ^^^^^']],
  ] as const) {
    it(name, () => expect(drawn(text, start, end)).toEqual(want))
  }
})

describe('a long line', () => {
  const line = `${'a'.repeat(300)}XYZ${'b'.repeat(300)}`
  it('shows what is around the span', () =>
    expect(drawn(line, 300, 303)).toEqual([
      `  | ${'a'.repeat(50)}XYZ${'b'.repeat(47)}`,
      `  | ${' '.repeat(50)}^^^`,
    ]))
  it('the caret ends where the shown part does', () =>
    expect(drawn(line, 300, 603)[1]).toBe(`  | ${' '.repeat(50)}${'^'.repeat(50)}`))
  it('is not cut inside a pair', () =>
    expect(drawn(`${'😀'.repeat(60)}X`, 120, 121)).toEqual([
      `  | ${'😀'.repeat(25)}X`,
      `  | ${' '.repeat(50)}^`,
    ]))
})

describe('the head and the hint', () => {
  it('name the place, the severity and the fix', () =>
    expect(
      draw(
        { name: 'dir/f.yaml', text: 'a\nbc' },
        { severity: 'warning', message: 'odd', hint: 'do it', span: { start: 3, end: 4 } },
      ),
    ).toEqual(['dir/f.yaml:2:2: warning: odd', '  | bc', '  |  ^', '  hint: do it']))

  it('are one line each, whatever the names hold', () =>
    expect(
      draw(
        { name: 'a\nb', text: '' },
        { severity: 'error', message: 'x\u001b[2J\r\ny', hint: 'p\u2028q', span: { start: 0, end: 0 } },
      ),
    ).toEqual(['a b:1:1: error: x y', '  hint: pq']))
})
