import { expect, it } from 'vitest'
import { tableText } from './table.ts'

for (const [name, headings, rows, want] of [
  [
    'columns are aligned',
    ['NAME', 'N'],
    [
      ['a', '1'],
      ['long', '22'],
    ],
    'NAME  N\na     1\nlong  22\n',
  ],
  ['a missing cell is empty', ['A', 'B'], [['x']], 'A  B\nx\n'],
  ['no rows leave the headings', ['A', 'B'], [], 'A  B\n'],
  ['cells are stripped', ['A', 'B'], [['\u001b[31mred\u202e\nx', 'y']], 'A      B\nred x  y\n'],
  [
    'wide letters take two columns',
    ['A', 'B'],
    [
      ['日本', 'y'],
      ['abc', 'z'],
    ],
    'A     B\n日本  y\nabc   z\n',
  ],
  [
    'combining marks take none',
    ['A', 'B'],
    [
      ['e\u0301', 'y'],
      ['ab', 'z'],
    ],
    'A   B\ne\u0301   y\nab  z\n',
  ],
] as const) {
  it(name, () => expect(tableText(headings, rows)).toBe(want))
}
