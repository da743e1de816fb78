import { printable } from '../base/index.ts'
import { type Diagnostic, positionOf, type Source } from './source.ts'

const maxWidth = 100

/**
 * A diagnostic as people read it: `file:line:column: severity: message`, the line of the source, a caret under
 * the span, and the hint. No line ends in a line break; text of the source is stripped of what a terminal obeys.
 */
export function draw(source: Source, diagnostic: Diagnostic): readonly string[] {
  const { line, column } = positionOf(source.text, diagnostic.span.start)
  const head = `${printable(source.name)}:${line}:${column}: ${diagnostic.severity}: ${printable(diagnostic.message)}`
  const hint = diagnostic.hint === undefined ? [] : [`  hint: ${printable(diagnostic.hint)}`]
  return [head, ...excerpt(source.text, diagnostic), ...hint]
}

function excerpt(text: string, { span }: Diagnostic): readonly string[] {
  const start = text.lastIndexOf('\n', span.start - 1) + 1
  const lineEnd = text.indexOf('\n', span.start)
  const line = text.slice(start, lineEnd === -1 ? text.length : lineEnd).replace(/\r$/, '')
  if (line.trim() === '') return []
  const shift = Math.max(0, span.start - start - Math.floor(maxWidth / 2))
  const shown = line.slice(shift, shift + maxWidth)
  const before = printable(line.slice(shift, span.start - start))
  const under = printable(line.slice(span.start - start, Math.min(span.end - start, shift + maxWidth)))
  const caret = '^'.repeat(Math.max(1, [...under].length))
  return [`  | ${printable(shown)}`, `  | ${' '.repeat([...before].length)}${caret}`]
}
