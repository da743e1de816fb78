// A text with a name, and places in it. Positions are offsets in UTF-16 code units while they travel;
// only what a person reads (`file:line:column`, the drawing) counts lines and columns, both from 1.

/** A text and the name that people know it by: a path, or an SSM parameter's name. */
export type Source = { readonly name: string; readonly text: string }

/** A stretch of a source: offsets in UTF-16 code units, `end` exclusive. */
export type Span = { readonly start: number; readonly end: number }

/** Something wrong, or worth a warning, at a place in a source. */
export type Diagnostic = {
  readonly severity: 'error' | 'warning'
  /** Lower case, one line, no final full stop; the author's text in backticks. */
  readonly message: string
  readonly span: Span
  /** One imperative sentence about the likely fix. */
  readonly hint?: string | undefined
  /** The place as a path into the document, such as `rules[0].effect`; empty for the whole. */
  readonly location?: string | undefined
}

/** A place for people: line and column count from 1, columns in bytes of UTF-8, as compilers and Go count them. */
export type Position = { readonly line: number; readonly column: number }

/** Where an offset lies. Offsets past the end count as the end. */
export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  let line = 1
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line++
  return { line, column: byteLength(before.slice(lineStart)) + 1 }
}

/** Where many offsets of a text lie. Each is counted from the one before, so they had better ascend. */
export function positionsIn(text: string): (offset: number) => Position {
  const last = { at: 0, line: 1, column: 1 }
  return (offset) => {
    if (offset < last.at) Object.assign(last, { at: 0, line: 1, column: 1 })
    const between = text.slice(last.at, offset)
    const { line, column } = positionOf(between, between.length)
    last.column = line === 1 ? last.column + column - 1 : column
    last.line += line - 1
    last.at += between.length
    return { line: last.line, column: last.column }
  }
}

/** How many bytes of UTF-8 a text is; half a pair of surrogates is three. Nothing is made of it: it may be long. */
export function byteLength(text: string): number {
  let bytes = text.length
  if (!/[^\0-\x7f]/.test(text)) return bytes
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0
    if (point > 0x7f) bytes += point > 0x7ff ? 2 : 1
    if (point > 0xffff) at++
  }
  return bytes
}
