// Reads AWS's INI dialect: ~/.aws/config and ~/.aws/credentials, with the place of every value.
//
// The rules are those that botocore and the SDKs share; a test compares with botocore on generated files. Where
// those two differ the SDKs win in one case: `#` and `;` begin a comment after whitespace, also behind a value.
// Duplicates are merged, the last value wins, as in the SDKs, but never without a warning: botocore refuses them.
// Keys are case-insensitive, section names are not. Everything named from outside is in a Map.
// This runs on every warm call: plain scanning, no regular expression per line.

import type { Diagnostic, Source, Span } from '../source/index.ts'

/** One `key = value`. Continuation lines are joined by line breaks, as botocore does. */
export type IniProperty = {
  /** Lower case. */
  readonly name: string
  readonly value: string
  /** The `key = value` lines indented under a property without a value of its own; names in lower case. */
  readonly nested: ReadonlyMap<string, string>
  /** Where the value stands; the key where there is no value. */
  readonly span: Span
}

/** What stands between a `[header]` and the next. */
export type IniSection = {
  /** The text between the brackets, trimmed. */
  readonly header: string
  readonly span: Span
  readonly properties: ReadonlyMap<string, IniProperty>
}

/** A file, read as far as it can be. Usable only if no diagnostic is an error. */
export type Ini = {
  readonly source: Source
  readonly sections: ReadonlyMap<string, IniSection>
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads the whole text; never throws. All diagnostics are found in one go. */
export function readIni(source: Source): Ini {
  return new Reader(source).read()
}

type OpenProperty = { name: string; lines: string[]; indent: number; key: Span; value: Span }
type OpenSection = { header: string; span: Span; properties: Map<string, IniProperty> }

class Reader {
  readonly #source: Source
  readonly #sections = new Map<string, OpenSection>()
  readonly #diagnostics: Diagnostic[] = []
  #section: OpenSection | undefined
  #property: OpenProperty | undefined

  constructor(source: Source) {
    this.#source = source
  }

  read(): Ini {
    const { text } = this.#source
    let at = text.startsWith('\uFEFF') ? 1 : 0
    while (at < text.length) {
      const newline = text.indexOf('\n', at)
      const next = newline === -1 ? text.length : newline
      this.#line(at, text[next - 1] === '\r' ? next - 1 : next)
      at = next + 1
    }
    this.#closeProperty()
    return { source: this.#source, sections: this.#sections, diagnostics: this.#diagnostics }
  }

  #line(lineStart: number, lineEnd: number): void {
    const { text } = this.#source
    let start = lineStart
    while (start < lineEnd && isBlank(text.charCodeAt(start))) start++
    if (start === lineEnd) {
      this.#property?.lines.push('')
      return
    }
    if (text[start] === '#' || text[start] === ';') return
    const end = contentEnd(text, start, lineEnd)
    const indent = start - lineStart
    if (this.#property !== undefined && indent > this.#property.indent) this.#continue(start, end)
    else if (text[start] === '[') this.#header(start, end)
    else this.#assignment(start, end, indent)
  }

  #continue(start: number, end: number): void {
    const property = this.#property
    if (property === undefined) return
    property.lines.push(this.#source.text.slice(start, end))
    if (property.value.start === property.value.end) property.value = { start, end }
  }

  #header(start: number, end: number): void {
    this.#closeProperty()
    const { text } = this.#source
    const close = text.lastIndexOf(']', end - 1)
    const span = { start, end }
    const header = close > start ? text.slice(start + 1, close).trim() : ''
    if (header === '') this.#report('error', 'a section header needs a name and a closing `]`', span)
    const known = this.#sections.get(header)
    if (known !== undefined && header !== '') {
      this.#report('warning', `section \`[${header}]\` is there twice; both are merged`, span)
    }
    this.#section = known ?? { header, span, properties: new Map() }
    this.#sections.set(header, this.#section)
  }

  #assignment(start: number, end: number, indent: number): void {
    this.#closeProperty()
    const { text } = this.#source
    const equals = text.indexOf('=', start)
    if (equals <= start || equals >= end) {
      this.#report('error', 'expected `key = value`, a `[section]` or a comment', { start, end })
      return
    }
    if (this.#section === undefined) {
      this.#report('error', 'a value stands before the first `[section]`', { start, end })
      return
    }
    const key = text.slice(start, equals).trimEnd()
    let valueStart = equals + 1
    while (valueStart < end && isBlank(text.charCodeAt(valueStart))) valueStart++
    this.#property = {
      name: key.toLowerCase(),
      lines: [text.slice(valueStart, end)],
      indent,
      key: { start, end: start + key.length },
      value: { start: valueStart, end: Math.max(valueStart, end) },
    }
  }

  #closeProperty(): void {
    const property = this.#property
    this.#property = undefined
    if (property === undefined || this.#section === undefined) return
    const { name, lines } = property
    const span = property.value.end > property.value.start ? property.value : property.key
    if (this.#section.properties.has(name)) {
      this.#report('warning', `\`${name}\` is set twice here; the last value counts`, span)
    }
    const nested = lines[0] === '' && lines.length > 1 ? this.#nested(lines, span) : noneNested
    this.#section.properties.set(name, { name, value: lines.join('\n').trimEnd(), nested, span })
  }

  #nested(lines: readonly string[], span: Span): ReadonlyMap<string, string> {
    const nested = new Map<string, string>()
    for (const line of lines) {
      const equals = line.indexOf('=')
      if (line !== '' && equals < 1) {
        this.#report('error', 'expected `key = value` in the indented block', span)
      }
      if (equals < 1) continue
      nested.set(line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim())
    }
    return nested
  }

  #report(severity: Diagnostic['severity'], message: string, span: Span): void {
    this.#diagnostics.push({ severity, message, span })
  }
}

const noneNested: ReadonlyMap<string, string> = new Map()

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 11 || code === 12

/** Where the content of a line ends: before a comment that follows whitespace, and before trailing whitespace. */
function contentEnd(text: string, start: number, lineEnd: number): number {
  const line = text.slice(start, lineEnd)
  const mayComment = line.includes('#') || line.includes(';')
  const end = mayComment ? commentStart(line) : line.length
  return start + line.slice(0, end).trimEnd().length
}

function commentStart(line: string): number {
  for (let at = 1; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if ((code === 35 || code === 59) && isBlank(line.charCodeAt(at - 1))) return at
  }
  return line.length
}
