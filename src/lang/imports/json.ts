// import "json" (specification 11): sorted keys, shortest floats; integers that fit into 64 bits stay integers.

import type { Meter } from '../run/meter.ts'
import { type Context, native, numberText } from '../run/native.ts'
import { type Bytes, bytesToText, piecesOf, textToBytes } from '../values/bytes.ts'
import { maxDepth } from '../values/compare.ts'
import { Dict } from '../values/dict.ts'
import { Failure, fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { toInt } from '../values/int.ts'
import { List } from '../values/list.ts'
import { boxBytes, collectionBytes, entryBytes, grownBytes } from '../values/prices.ts'
import { sortedByKey } from '../values/text.ts'
import { Callable, type Value } from '../values/value.ts'
import { Pieces } from './pieces.ts'
import { table } from './table.ts'

export const json = table(
  native('marshal', ['any'], marshal),
  native('unmarshal', ['string'], (context, text) => new Reader(context, text).document()),
  native('valid', ['string'], (context, text) => isValid(context, text)),
)

function marshal({ meter }: Context, value: Value): Value {
  if (value === undefined || holdsFunction(meter, value, 0)) return undefined
  const pieces = new Pieces(meter)
  write(pieces, meter, value, 0)
  return pieces.text()
}

function deeper(depth: number): number {
  return depth < maxDepth ? depth + 1 : fail(`values that nest more than ${maxDepth} levels deep`)
}

const inside = (value: Value): readonly Value[] =>
  value instanceof List ? value.elements() : value instanceof Dict ? value.values() : []

function holdsFunction(meter: Meter, value: Value, depth: number): boolean {
  meter.step()
  return value instanceof Callable || inside(value).some((one) => holdsFunction(meter, one, deeper(depth)))
}

/** Writes a value at the end of a text: what is inside of something is not made by itself and copied into it. */
function write(pieces: Pieces, meter: Meter, value: Value, depth: number): void {
  meter.step()
  if (typeof value === 'string') writeQuoted(pieces, meter, value)
  else if (value instanceof Float) {
    pieces.add(Number.isFinite(value.value) ? numberText(value) : fail('NaN and infinity are no JSON'))
  } else if (value instanceof List) writeList(pieces, meter, value, depth)
  else if (value instanceof Dict) writeDict(pieces, meter, value, depth)
  else pieces.add(String(value))
}

function writeList(pieces: Pieces, meter: Meter, list: List<Value>, depth: number): void {
  let mark = '['
  for (const element of list.elements()) {
    if (element === undefined) continue
    pieces.add(mark)
    write(pieces, meter, element, deeper(depth))
    mark = ','
  }
  pieces.add(mark === '[' ? '[]' : ']')
}

function writeDict(pieces: Pieces, meter: Meter, map: Dict<Value>, depth: number): void {
  let mark = '{'
  for (const [key, element] of sortedEntries(meter, map)) {
    pieces.add(mark)
    writeQuoted(pieces, meter, key)
    pieces.add(':')
    write(pieces, meter, element, deeper(depth))
    mark = ','
  }
  pieces.add(mark === '{' ? '{}' : '}')
}

/** The entries that JSON has, by their keys' bytes. */
function sortedEntries(meter: Meter, map: Dict<Value>): readonly (readonly [Bytes, Value])[] {
  meter.pay(3 * map.size * entryBytes)
  const entries = map.entries().filter(([, element]) => element !== undefined)
  const named = entries.map(
    ([key, element]) => [typeof key === 'string' ? key : keyText(key), element] as const,
  )
  return sortedByKey(named, meter)
}

const keyText = (key: Exclude<Value, string>) => (key instanceof Float ? numberText(key) : String(key))

/** Bytes that are no UTF-8 become U+FFFD; everything above ASCII stays as it is. */
function writeQuoted(pieces: Pieces, meter: Meter, text: Bytes): void {
  if (text.length < shortText) {
    pieces.add(textToBytes(JSON.stringify(bytesToText(text))))
    return
  }
  pieces.add('"')
  for (const piece of piecesOf(text)) {
    meter.step(piece.length >> 4)
    pieces.add(textToBytes(JSON.stringify(bytesToText(piece)).slice(1, -1)))
  }
  pieces.add('"')
}

/** Up to this length a text is written at once. */
const shortText = 1024

function isValid(context: Context, text: Bytes): boolean {
  try {
    new Reader(context, text).document()
    return true
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.message.startsWith('invalid JSON')) return false
    throw thrown
  }
}

const blank = /[ \t\r\n]*/y
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y
/** No integer of 64 bits has more. */
const maxDigits = 20
const words: readonly (readonly [string, Value])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

/** Reads JSON. `JSON.parse` would lose integers beyond 2^53, and names like `__proto__`. */
class Reader {
  private readonly context: Context
  private readonly text: Bytes
  private at = 0

  constructor(context: Context, text: Bytes) {
    this.context = context
    this.text = text
    context.meter.step(text.length >> 4)
  }

  document(): Value {
    const value = this.value(0)
    this.skip(blank)
    return this.at === this.text.length ? value : this.broken()
  }

  private broken(): never {
    return fail(`invalid JSON at byte ${this.at}`)
  }

  private skip(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found !== null) this.at += found[0].length
    return found
  }

  private take(mark: string): boolean {
    this.skip(blank)
    if (!this.text.startsWith(mark, this.at)) return false
    this.at += mark.length
    return true
  }

  private value(depth: number): Value {
    if (depth > maxDepth) this.broken()
    if (this.take('{')) return this.object(depth)
    if (this.take('[')) return this.array(depth)
    if (this.text[this.at] === '"') return this.string()
    for (const [word, value] of words) if (this.take(word)) return value
    return this.number()
  }

  private object(depth: number): Dict<Value> {
    const dict = new Dict<Value>()
    this.context.meter.pay(collectionBytes)
    if (this.take('}')) return dict
    do {
      this.skip(blank)
      const key = this.string()
      if (!this.take(':')) this.broken()
      this.context.meter.step()
      this.context.meter.pay(entryBytes)
      dict.set(key, this.value(depth + 1))
    } while (this.take(','))
    return this.take('}') ? dict : this.broken()
  }

  private array(depth: number): List<Value> {
    const elements: Value[] = []
    this.context.meter.pay(collectionBytes)
    if (this.take(']')) return new List(elements)
    do {
      this.context.meter.step()
      this.context.meter.pay(grownBytes)
      elements.push(this.value(depth + 1))
    } while (this.take(','))
    // A copy has no room to spare, of which an array that grew has much.
    return this.take(']') ? new List(elements.slice()) : this.broken()
  }

  private string(): Bytes {
    const start = this.at
    if (this.text[start] !== '"') this.broken()
    let end = start + 1
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1
    this.at = end + 1
    // The text is made several times: cut out, as UTF-16, and as bytes again.
    this.context.meter.pay(boxBytes + 6 * (end - start))
    this.context.meter.step((end - start) >> 4)
    // The bytes are UTF-8 text; what JSON escapes in it is UTF-16, and lone surrogates become U+FFFD.
    return textToBytes(this.unescaped(bytesToText(this.text.slice(start, this.at))))
  }

  private unescaped(raw: string): string {
    try {
      return JSON.parse(raw) as string
    } catch {
      return this.broken()
    }
  }

  private number(): Value {
    const [raw = '', fraction, exponent] = this.skip(number) ?? this.broken()
    if (fraction === undefined && exponent === undefined && raw.length <= maxDigits) {
      const whole = BigInt(raw)
      if (BigInt.asIntN(64, whole) === whole) return toInt(whole)
    }
    const value = Number(raw)
    this.context.meter.pay(boxBytes)
    return Number.isFinite(value) ? new Float(value) : this.broken()
  }
}
