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

/** The place of an offset in a source, with the bytes of UTF-8 before it. Offsets past the end count as the end. */
export function placeIn(source: Source, offset: number): Position & { readonly offset: number } {
  const known = indexes.get(source) ?? new PlaceIndex(source.text)
  indexes.set(source, known)
  return known.at(offset)
}

/** One index for each source, made when somebody asks first: there may be thousands of places in a large one. */
const indexes = new WeakMap<Source, PlaceIndex>()

/** What lies before each of the blocks that a text is cut into, so that nothing is counted from its beginning. */
class PlaceIndex {
  private readonly text: string
  private readonly lines: Int32Array
  /** Where the line begins that a block begins in. */
  private readonly starts: Int32Array
  private readonly bytes: Int32Array

  constructor(text: string) {
    this.text = text
    const blocks = (text.length >> blockBits) + 1
    this.lines = new Int32Array(blocks)
    this.starts = new Int32Array(blocks)
    this.bytes = new Int32Array(blocks)
    this.lines[0] = 1
    for (let block = 1; block < blocks; block++) {
      const begin = block << blockBits
      const { line, start } = this.lineOf(begin, block - 1)
      this.lines[block] = line
      this.starts[block] = start
      this.bytes[block] = this.bytesBefore(begin, block - 1)
    }
  }

  at(offset: number): Position & { readonly offset: number } {
    const place = Math.max(0, Math.min(offset, this.text.length))
    const { line, start } = this.lineOf(place, place >> blockBits)
    const bytes = this.bytesBefore(place, place >> blockBits)
    return { line, column: bytes - this.bytesBefore(start, start >> blockBits) + 1, offset: bytes }
  }

  private lineOf(offset: number, block: number): { readonly line: number; readonly start: number } {
    let [line, start] = [this.lines[block] ?? 1, this.starts[block] ?? 0]
    const begin = block << blockBits
    const part = this.text.slice(begin, offset)
    for (let at = part.indexOf('\n'); at !== -1; at = part.indexOf('\n', at + 1)) {
      line++
      start = begin + at + 1
    }
    return { line, start }
  }

  private bytesBefore(offset: number, block: number): number {
    const [begin, before] = [block << blockBits, this.bytes[block] ?? 0]
    if (isAscii(this.text.slice(begin, offset))) return before + offset - begin
    let bytes = before
    for (let at = begin; at < offset; at++) bytes += bytesOfUnit(this.text, at)
    return bytes
  }
}

const blockBits = 12

const isAscii = (text: string) => !/[^\0-\x7f]/.test(text)

/** The bytes of UTF-8 that a code unit stands for; those of a pair of surrogates are half from each. */
function bytesOfUnit(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code < 0x80) return 1
  if (code < 0x800) return 2
  const isPaired = isHigh(code)
    ? isLow(text.charCodeAt(at + 1))
    : isLow(code) && isHigh(text.charCodeAt(at - 1))
  return isPaired ? 2 : 3
}

const isHigh = (code: number) => code >= 0xd800 && code < 0xdc00
const isLow = (code: number) => code >= 0xdc00 && code < 0xe000

/** How many bytes of UTF-8 a text is; half a pair of surrogates is three. Nothing is made of it: it may be long. */
export function byteLength(text: string): number {
  let bytes = text.length
  if (isAscii(text)) return bytes
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0
    if (point > 0x7f) bytes += point > 0x7ff ? 2 : 1
    if (point > 0xffff) at++
  }
  return bytes
}
