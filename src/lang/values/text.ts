// Values as text: what `print` shows (specification 3.1) and the forms of numbers.

import { type Bytes, isPlain, mapCharacters } from './bytes.ts'
import { maxDepth } from './compare.ts'
import { Dict } from './dict.ts'
import { type Costs, fail } from './failure.ts'
import { Float } from './float.ts'
import { List } from './list.ts'
import { Callable, type Value } from './value.ts'

/** A value as `print` shows it: strings bare, those inside of collections quoted. */
export function printed(value: Value, costs: Costs): Bytes {
  return typeof value === 'string' ? value : shown(value, costs, 0, endless())
}

/** How a value begins, as `print` shows it. */
export type Beginning<Text> = {
  readonly text: Text
  /** The first elements of a list, entries of a map; undefined for other values. */
  readonly items: readonly Text[] | undefined
  /** How many there are besides. */
  readonly more: number
}

/** How much of a value is shown, and of one element, and of how many. */
const [mostBytes, mostBytesOfItem, mostItems] = [4000, 800, 20]

/** What stands for all that is not shown: three dots, as one character. */
export const cut: Bytes = '\xe2\x80\xa6'

/** The beginning of a value. It takes no more time or room than its part of the value does. */
export function beginningOf(value: Value, costs: Costs): Beginning<Bytes> {
  const beginning =
    value instanceof List
      ? beginningOfParts(elementsOf(value, costs, 1), value.length, '[ ]')
      : value instanceof Dict
        ? beginningOfParts(entriesOf(value, costs, 1), value.size, '{, }')
        : { text: beginningOfScalar(value, costs), items: undefined, more: 0 }
  costs.pay(shownBytes + beginning.text.length * beginningBytes)
  return beginning
}

const beginningOfScalar = (value: Value, costs: Costs) =>
  typeof value === 'string' ? beginningOfText(value, mostBytes) : shown(value, costs, 0, endless())

function beginningOfParts(parts: Iterable<Part>, count: number, marks: string): Beginning<Bytes> {
  const texts: Bytes[] = []
  const items: Bytes[] = []
  let left = mostBytes
  for (const part of parts) {
    if (items.length === mostItems && left <= 0) break
    // A key is longer than it may be; what it stands for is not.
    const text = beginningOfText(part({ left: mostBytesOfItem }), 2 * mostBytesOfItem)
    if (items.length < mostItems) items.push(text)
    if (left > 0) texts.push(text)
    left -= text.length
  }
  if (texts.length < count) texts.push(cut)
  return { text: between(marks, texts), items, more: count - items.length }
}

const between = (marks: string, texts: readonly Bytes[]): Bytes =>
  `${marks.charAt(0)}${texts.join(marks.slice(1, -1))}${marks.charAt(marks.length - 1)}`

/** A double with six decimals, as C's `%f` writes it: exact halves go to the even digit. */
export function fixed(value: number): string {
  if (!Number.isFinite(value)) return special(value)
  if (Object.is(value, -0)) return '-0.000000'
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000000`
  const seven = value.toFixed(7)
  const isHalf = Number.isInteger(value * 128) && seven.endsWith('5')
  return isHalf && /[02468].$/.test(seven) ? seven.slice(0, -1) : value.toFixed(6)
}

/** The shortest text that reads back as the same double; whole values without a point. */
export function shortest(value: number): string {
  if (!Number.isFinite(value)) return special(value)
  return Object.is(value, -0) ? '-0' : String(value)
}

const special = (value: number) => (Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf')

/** How many bytes may be shown. */
type Room = { left: number }

const endless = (): Room => ({ left: Number.POSITIVE_INFINITY })

function shown(value: Value, costs: Costs, depth: number, room: Room): Bytes {
  if (depth > maxDepth) fail(`cannot print values that nest more than ${maxDepth} levels deep`)
  costs.pay(shownBytes)
  if (value instanceof List) return shownParts(elementsOf(value, costs, depth + 1), '[ ]', costs, room)
  if (value instanceof Dict) return shownParts(entriesOf(value, costs, depth + 1), '{, }', costs, room)
  const text = shownScalar(value, costs, room)
  room.left -= text.length
  return text
}

function shownScalar(value: Value, costs: Costs, room: Room): Bytes {
  if (value === undefined) return 'undefined'
  if (typeof value === 'string') return quotedPaid(beginningOfText(value, room.left), costs)
  if (value instanceof Float) return fixed(value.value)
  return value instanceof Callable ? 'func' : String(value)
}

/** The first bytes of a text; no character of it is cut. */
function beginningOfText(text: Bytes, most: number): Bytes {
  if (text.length <= most) return text
  let end = Math.max(most, 0)
  while (end > most - 3 && end > 0 && /[\x80-\xbf]/.test(text.charAt(end))) end--
  return text.slice(0, end) + cut
}

/** What a part of the text costs: its string, and its place in a list. */
const shownBytes = 112

/** A byte of a beginning, which becomes text, and is kept. */
const beginningBytes = 3

/** What is escaped may become ten times as long, and takes lists of its parts meanwhile. */
function quotedPaid(bytes: Bytes, costs: Costs): Bytes {
  costs.step(bytes.length >> 4)
  costs.pay(isPlain(bytes) ? bytes.length : bytes.length * 24)
  return quoted(bytes)
}

/** Parts as far as there is room for them, in brackets and with what stands between. */
function shownParts(parts: Iterable<Part>, marks: string, costs: Costs, room: Room): Bytes {
  const texts: Bytes[] = []
  for (const part of parts) {
    if (room.left <= 0) {
      texts.push(cut)
      break
    }
    texts.push(part(room))
  }
  const text = between(marks, texts)
  costs.pay(text.length)
  return text
}

/** What shows an element or an entry. */
type Part = (room: Room) => Bytes

function* elementsOf(list: List<Value>, costs: Costs, depth: number): Generator<Part> {
  const items = list.items()
  for (let at = 0; at < items.length; at++) {
    costs.step()
    yield (room) => shown(items.at(at), costs, depth, room)
  }
}

function* entriesOf(map: Dict<Value>, costs: Costs, depth: number): Generator<Part> {
  costs.step(map.size)
  const keys = map.keys().map((key) => [shown(key, costs, 0, endless()), key] as const)
  for (const [name, key] of sortedByKey(keys, costs)) {
    yield (room) => {
      room.left -= name.length
      return `${name}: ${shown(map.get(key), costs, depth, room)}`
    }
  }
}

/** Entries in the order of their keys' bytes. Long keys that begin alike take long to compare. */
export function sortedByKey<T>(
  entries: readonly (readonly [Bytes, T])[],
  costs: Costs,
): readonly (readonly [Bytes, T])[] {
  const bytes = entries.reduce((sum, [key]) => sum + key.length, 0)
  costs.step(Math.ceil(((bytes >> 6) + (entries.length >> 3)) * Math.log2(entries.length + 1)))
  return entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

const escapes: ReadonlyMap<string, string> = new Map([
  ...([
    ['\x07', '\\a'],
    ['\b', '\\b'],
    ['\f', '\\f'],
    ['\n', '\\n'],
    ['\r', '\\r'],
    ['\t', '\\t'],
  ] as const),
  ...([
    ['\v', '\\v'],
    ['\\', '\\\\'],
    ['"', '\\"'],
  ] as const),
])

/** A string in double quotes as Go's `strconv.Quote` writes it. */
export function quoted(bytes: Bytes): Bytes {
  if (isPlain(bytes)) return `"${bytes}"`
  return `"${mapCharacters(bytes, quotedUnit)}"`
}

function quotedUnit(unit: Bytes): Bytes {
  const short = escapes.get(unit)
  if (short !== undefined) return short
  const code = unit.charCodeAt(0)
  if (unit.length === 1)
    return code >= 0x20 && code < 0x7f ? unit : `\\x${code.toString(16).padStart(2, '0')}`
  const point = codePointOf(unit)
  if (isPrintable(point)) return unit
  return point > 0xffff
    ? `\\U${point.toString(16).padStart(8, '0')}`
    : `\\u${point.toString(16).padStart(4, '0')}`
}

/** The code point that a well-formed sequence of two to four bytes stands for. */
function codePointOf(unit: Bytes): number {
  const [first, ...rest] = [...unit].map((byte) => byte.charCodeAt(0))
  const lead = (first ?? 0) & (0x7f >> unit.length)
  return rest.reduce((point, byte) => (point << 6) | (byte & 0x3f), lead)
}

// Go: letters, marks, numbers, punctuation, symbols; of blanks only U+0020.
const isPrintable = (point: number) => /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(String.fromCodePoint(point))
