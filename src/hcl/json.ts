// Reads JSON into the same values as HCL, with their places. Strict as RFC 8259; the first mistake ends the reading.

import type { Diagnostic, Source } from '../source/index.ts'
import { lastOfEach, numberOf, Scanner, Unreadable } from './scanner.ts'
import type { Attribute, Name, ObjectValue, Value } from './tree.ts'

/** The value of a file, undefined where it is no JSON; then a diagnostic is an error. */
export type Json = {
  readonly value: Value | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** How many names and values there are. */
  readonly items: number
}

/** Reads a file of JSON; it may have so many items. */
export function readJson(source: Source, most?: number): Json {
  return read(source, lastOfEach, most)
}

/** Reads a file of JSON; names that an object has more than once are all kept, as HCL 1 does. */
export function readJsonKeepingAll(source: Source): Json {
  return read(source, (_, entries) => entries)
}

function read({ text }: Source, chosen: Chosen, most?: number): Json {
  const reader = new Reader(text, chosen, most)
  const value = reader.file()
  const { diagnostics, items } = reader.scanner
  return { value, diagnostics, items }
}

/** Which of the entries of an object count. */
type Chosen = (scanner: Scanner, entries: readonly Attribute[]) => ObjectValue['entries']

const space = /[ \t\r\n]+/y
const inString = /[^"\\\n]+/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y

class Reader {
  readonly scanner: Scanner
  private readonly chosen: Chosen

  constructor(text: string, chosen: Chosen, most: number | undefined) {
    this.scanner = new Scanner(text, most)
    this.chosen = chosen
  }

  file(): Value | undefined {
    const { scanner } = this
    try {
      const value = this.value()
      if (!scanner.atEnd) scanner.expected('the end of the file')
      return value
    } catch (thrown) {
      if (thrown instanceof Unreadable) return undefined
      throw thrown
    }
  }

  /** A value with the blanks around it. */
  private value(): Value {
    const { scanner } = this
    scanner.match(space)
    const value = this.operand(scanner.at)
    scanner.match(space)
    return value
  }

  private operand(start: number): Value {
    const { scanner } = this
    const { char } = scanner
    scanner.made(start)
    if (char === '"') return { kind: 'string', value: this.string().text, span: scanner.from(start) }
    if (char === '{') return scanner.deeper(start, () => this.object(start))
    if (char === '[') return scanner.deeper(start, () => this.list(start))
    const digits = scanner.match(number)
    if (digits !== undefined) return { kind: 'number', value: numberOf(digits), span: scanner.from(start) }
    for (const word of ['true', 'false', 'null'] as const) {
      if (!scanner.take(word)) continue
      const span = scanner.from(start)
      return word === 'null' ? { kind: 'null', span } : { kind: 'bool', value: word === 'true', span }
    }
    return scanner.expected('a value', char === "'" ? 'write strings in double quotes' : undefined)
  }

  private string(): Name {
    const { scanner } = this
    const start = scanner.at
    scanner.at++
    for (;;) {
      scanner.match(inString)
      if (scanner.take('"')) break
      if (scanner.char !== '\\') scanner.fail(scanner.from(start), 'the string has no closing quote')
      scanner.at += 2
    }
    const text = unescaped(scanner.text.slice(start, scanner.at))
    if (text !== undefined) return { text, span: scanner.from(start) }
    return scanner.fail(scanner.from(start), 'the string has an unknown escape or a control character')
  }

  private list(start: number): Value {
    const { scanner } = this
    const elements: Value[] = []
    scanner.at++
    scanner.match(space)
    if (!scanner.take(']')) {
      do elements.push(this.value())
      while (scanner.take(','))
      if (!scanner.take(']')) scanner.expected('`,` or `]`')
    }
    return { kind: 'list', elements, span: scanner.from(start) }
  }

  private object(start: number): Value {
    const { scanner } = this
    const entries: Attribute[] = []
    scanner.at++
    scanner.match(space)
    if (!scanner.take('}')) {
      do entries.push(this.entry())
      while (scanner.take(','))
      if (!scanner.take('}')) scanner.expected('`,` or `}`')
    }
    return { kind: 'object', entries: this.chosen(scanner, entries), span: scanner.from(start) }
  }

  private entry(): Attribute {
    const { scanner } = this
    scanner.match(space)
    if (scanner.char !== '"') scanner.expected('a name in double quotes')
    scanner.made(scanner.at)
    const name = this.string()
    scanner.match(space)
    if (!scanner.take(':')) scanner.expected('`:`')
    return { name, value: this.value() }
  }
}

function unescaped(raw: string): string | undefined {
  try {
    return JSON.parse(raw) as string
  } catch {
    return undefined
  }
}
