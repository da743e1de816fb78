import { printable } from '../base/index.ts'

/** Rows under headings as aligned text; every cell is stripped of what could disturb a terminal. */
export function tableText(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) => headings.map((_, at) => printable(row[at] ?? '')))
  const widths = headings.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at] ?? ''))))
  return lines
    .map((line) => line.map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell))))
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('')
}

// East Asian wide and fullwidth letters and emoji take two columns; combining marks take none.
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const combining = /\p{M}/u

function widthOf(text: string): number {
  return [...text].reduce((sum, char) => sum + (combining.test(char) ? 0 : wide.test(char) ? 2 : 1), 0)
}
