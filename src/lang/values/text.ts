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
  return typeof value === 'string' ? value : shown(value, costs, 0)
}

/** A list or map as `print` shows it, an element or entry each; undefined for other values. */
export function printedItems(value: Value, costs: Costs): readonly Bytes[] | undefined {
  if (value instanceof List) return value.elements().map((element) => shown(element, costs, 1))
  return value instanceof Dict ? shownEntries(value, costs, 0) : undefined
}

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

function shown(value: Value, costs: Costs, depth: number): Bytes {
  if (depth > maxDepth) fail(`cannot print values that nest more than ${maxDepth} levels deep`)
  costs.pay(shownBytes)
  if (value === undefined) return 'undefined'
  if (typeof value === 'string') return quotedPaid(value, costs)
  if (value instanceof Float) return fixed(value.value)
  if (value instanceof List) return shownList(value, costs, depth)
  if (value instanceof Dict) return shownDict(value, costs, depth)
  return value instanceof Callable ? 'func' : String(value)
}

/** What a part of the text costs: its string, and its place in a list. */
const shownBytes = 112

/** What is escaped may become ten times as long, and takes lists of its parts meanwhile. */
function quotedPaid(bytes: Bytes, costs: Costs): Bytes {
  costs.step(bytes.length >> 4)
  costs.pay(isPlain(bytes) ? bytes.length : bytes.length * 24)
  return quoted(bytes)
}

function shownList(value: List<Value>, costs: Costs, depth: number): Bytes {
  costs.step(value.length)
  const text = `[${value
    .elements()
    .map((element) => shown(element, costs, depth + 1))
    .join(' ')}]`
  costs.pay(text.length)
  return text
}

function shownDict(value: Dict<Value>, costs: Costs, depth: number): Bytes {
  const text = `{${shownEntries(value, costs, depth).join(', ')}}`
  costs.pay(text.length)
  return text
}

function shownEntries(value: Dict<Value>, costs: Costs, depth: number): readonly Bytes[] {
  costs.step(value.size)
  const entries = value
    .entries()
    .map(([key, element]) => [shown(key, costs, 0), shown(element, costs, depth + 1)] as const)
  return sortedByKey(entries, costs).map(([key, element]) => `${key}: ${element}`)
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
