// JSON as a server must read it: a duplicate key is refused, because two readers would take different values; a number
// that a double would change keeps its text; objects have no prototype. RFC 8259.
//
// Most texts have neither numbers beyond doubles nor keys twice, but only reading them tells: hence one pass by hand.

import { SentinelError } from '../../base/index.ts'
import { type Data, type Json, Numeral, RawJson } from '../door.ts'

/** Deeper than any body that means something; what reads and writes it calls itself. */
const maxDepth = 500

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
// Control characters must be escaped: whatever comes before the blank in Unicode is none of a string's.
const plainString = /"[ !#-[\]-\uffff]*"/y
const space = /[ \t\n\r]*/y

/**
 * Reads a text as JSON.
 *
 * @param maxValues how many values there may be in it, lists and objects included
 * @throws SentinelError REQUEST_INVALID where it is none, nests too deep, holds too much or has a key twice
 */
export function textToJson(text: string, maxValues = Number.POSITIVE_INFINITY): Json {
  const reader = new Reader(text, maxValues)
  const value = reader.value(0)
  reader.end()
  return value
}

class Reader {
  private readonly text: string
  private at = 0
  private left: number

  constructor(text: string, maxValues: number) {
    this.text = text
    this.left = maxValues
    this.skip()
  }

  value(depth: number): Json {
    if (depth > maxDepth) throw this.failure(`nested deeper than ${maxDepth}`)
    if (this.left-- === 0) throw this.failure('too many values')
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth)
      case '[':
        return this.list(depth)
      case '"':
        return this.string()
      case 't':
        return this.word('true', true)
      case 'f':
        return this.word('false', false)
      case 'n':
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  end(): void {
    if (this.at < this.text.length) throw this.failure('something stands behind the value')
  }

  private object(depth: number): Data {
    const entries: Record<string, Json> = Object.create(null)
    this.take('{')
    if (this.took('}')) return entries
    do {
      if (this.text[this.at] !== '"') throw this.failure('a name in double quotes was expected')
      const name = this.string()
      if (Object.hasOwn(entries, name)) throw this.failure(`the key ${JSON.stringify(name)} is given twice`)
      this.take(':')
      entries[name] = this.value(depth + 1)
    } while (this.took(','))
    this.take('}')
    return entries
  }

  private list(depth: number): readonly Json[] {
    const elements: Json[] = []
    this.take('[')
    if (this.took(']')) return elements
    do elements.push(this.value(depth + 1))
    while (this.took(','))
    this.take(']')
    return elements
  }

  private string(): string {
    const plain = this.match(plainString)
    if (plain !== undefined) return plain.slice(1, -1)
    const end = endOfString(this.text, this.at)
    if (end === undefined) throw this.failure('the string is not closed')
    try {
      const text: string = JSON.parse(this.text.slice(this.at, end))
      this.at = end
      this.skip()
      return text
    } catch {
      throw this.failure('the string has an escape that means nothing, or a character that must be escaped')
    }
  }

  private number(): number | Numeral {
    const text = this.match(number)
    if (text === undefined) throw this.failure('a value was expected')
    const double = Number(text)
    return String(double) === text ? double : new Numeral(text)
  }

  private word<T extends Json>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.failure('a value was expected')
    this.at += word.length
    this.skip()
    return value
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found === undefined) return undefined
    this.at += found.length
    this.skip()
    return found
  }

  private take(char: string): void {
    if (!this.took(char)) throw this.failure(`\`${char}\` was expected`)
  }

  private took(char: string): boolean {
    if (this.text[this.at] !== char) return false
    this.at++
    this.skip()
    return true
  }

  private skip(): void {
    space.lastIndex = this.at
    space.exec(this.text)
    this.at = space.lastIndex
  }

  private failure(what: string): SentinelError {
    return new SentinelError(
      'REQUEST_INVALID',
      `failed to decode JSON input: ${what} (byte ${Buffer.byteLength(this.text.slice(0, this.at))})`,
      { hint: 'send one JSON object, each key once' },
    )
  }
}

/** No regular expression: a string may be 32 MiB of escapes, and the stack of one is not. */
function endOfString(text: string, at: number): number | undefined {
  for (let quote = text.indexOf('"', at + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (text[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
  return undefined
}

/** Writes JSON; numbers that were kept as text as they were, and text that is JSON already as it is. */
export function jsonToText(value: Json | RawJson): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (value instanceof RawJson || value instanceof Numeral) return value.text
  if (isList(value)) return `[${value.map(jsonToText).join(',')}]`
  const members = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}:${jsonToText(each)}`)
  return `{${members.join(',')}}`
}

/** Whether a value is a JSON list; Array.isArray forgets that it may not be changed. */
export const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

/** Whether a value is a JSON object. */
export const isObject = (value: Json | undefined): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Numeral)
