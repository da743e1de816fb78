import { printable } from '../base/index.ts'
import { type Diagnostic, placeIn, type Source } from './source.ts'

/** How much of a line is shown, in UTF-16 code units. */
const maxWidth = 100

/**
 * A diagnostic as people read it: `file:line:column: severity: message`, the line of the source, a caret under
 * the span, and the hint. No line ends in a line break; text of the source is stripped of what a terminal obeys.
 */
export function draw(source: Source, diagnostic: Diagnostic): readonly string[] {
  const { line, column } = placeIn(source, diagnostic.span.start)
  const head = `${printable(source.name)}:${line}:${column}: ${diagnostic.severity}: ${printable(diagnostic.message)}`
  const hint = diagnostic.hint === undefined ? [] : [`  hint: ${printable(diagnostic.hint)}`]
  return [head, ...excerpt(source.text, diagnostic), ...hint]
}

/** Where a line begins and ends, looking only so far: it may be all of a large file. */
function lineAround(text: string, offset: number): readonly [start: number, end: number] {
  const [first, last] = [Math.max(0, offset - maxLine), Math.min(text.length, offset + maxLine)]
  const start = text.slice(first, offset).lastIndexOf('\n')
  const end = text.slice(offset, last).indexOf('\n')
  return [start === -1 ? first : first + start + 1, end === -1 ? last : offset + end]
}

/** Far more than is shown. */
const maxLine = 10_000

function excerpt(text: string, { span }: Diagnostic): readonly string[] {
  const [lineStart, lineEnd] = lineAround(text, span.start)
  const line = text.slice(lineStart, lineEnd).replace(/\r$/, '')
  if (line.trim() === '') return []
  const start = span.start - lineStart
  const shift = Math.max(0, start - Math.floor(maxWidth / 2))
  const shownEnd = shift + maxWidth
  const end = Math.max(start, Math.min(span.end - lineStart, shownEnd))
  // The three parts are made printable apart, so that the caret stands under what is left of its part.
  const [before, under, after] = [
    line.slice(shift, start),
    line.slice(start, end),
    line.slice(end, shownEnd),
  ].map(printable) as [string, string, string]
  const caret = '^'.repeat(Math.max(1, columns(under)))
  return [`  | ${before}${under}${after}`.trimEnd(), `  | ${' '.repeat(columns(before))}${caret}`]
}

const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u

/** How many columns of a terminal a text takes: East Asian letters and emoji two, combining marks none. */
function columns(text: string): number {
  let taken = 0
  for (const point of text) taken += /\p{M}/u.test(point) ? 0 : wide.test(point) ? 2 : 1
  return taken
}
