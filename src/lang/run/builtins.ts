// The built-in functions (specification 3.1), as a table.

import { readFloat } from '../syntax/number.ts'
import { order } from '../values/compare.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { type Int, toInt } from '../values/int.ts'
import { isKey } from '../values/key.ts'
import { List } from '../values/list.ts'
import { boxBytes, collectionBytes, elementBytes, entryBytes, grownBytes } from '../values/prices.ts'
import { fixed, printed } from '../values/text.ts'
import { typeOf } from '../values/types.ts'
import { isInt, isNumber, toDouble, type Value } from '../values/value.ts'
import { parseInteger } from './integer.ts'
import type { Meter } from './meter.ts'
import { type Context, checkArity, doubleToInt, Native } from './native.ts'

type Run = (context: Context, ...values: Value[]) => Value

const maxRange = 10_000_000

const define = (name: string, min: number, max: number, run: Run): readonly [string, Native] => [
  name,
  new Native(name, { kinds: ['any'], least: min, most: max }, (context, values) => {
    checkArity(min, max, values.length)
    return run(context, ...values)
  }),
]

const any = Number.POSITIVE_INFINITY

/** Every built-in function by its name. */
// biome-ignore format: table
export const builtins: ReadonlyMap<string, Native> = new Map([
  define('append', 2, 2, append),
  define('bool', 1, 1, (_, value) => toBool(value)),
  define('compare', 2, 2, (_, a, b) => compare(a, b)),
  define('delete', 2, 2, ({ meter }, map, key) => remove(meter, map, key)),
  define('error', 0, any, (context, ...values) => fail(print(context, values) || 'error() was called')),
  define('float', 1, 1, ({ meter }, value) => toFloat(charged(meter, value))),
  define('int', 1, 1, ({ meter }, value) => toInteger(charged(meter, value))),
  define('keys', 1, 1, (context, map) => listOf(context, 'keys', map, (dict) => dict.keys())),
  define('length', 1, 1, (_, value) => length(value)),
  define('print', 0, any, (context, ...values) => { print(context, values); return true }),
  define('range', 1, 3, range),
  define('string', 1, 1, ({ meter }, value) => toText(charged(meter, value))),
  define('values', 1, 1, (context, map) => listOf(context, 'values', map, (dict) => dict.values())),
])

/** A value that a number or a string is made of. */
function charged(meter: Meter, value: Value): Value {
  meter.pay(boxBytes)
  if (typeof value === 'string') meter.step(value.length >> 4)
  return value
}

function append({ meter }: Context, list: Value, value: Value): undefined {
  if (!(list instanceof List)) return fail(`\`append\` takes a list, not ${typeOf(list)}`)
  // The first element makes room for sixteen more.
  meter.pay((list.length === 0 ? 4 : 1) * grownBytes + list.unshared * elementBytes)
  list.append(value)
}

function remove(meter: Meter, map: Value, key: Value): undefined {
  if (!(map instanceof Dict)) return fail(`\`delete\` takes a map, not ${typeOf(map)}`)
  meter.pay(map.unshared * entryBytes)
  if (isKey(key)) map.delete(key)
}

function print(context: Context, values: readonly Value[]): string {
  const line = values.map((value) => printed(value, context.meter)).join(' ')
  context.print(line)
  return line
}

function listOf(
  { meter }: Context,
  name: string,
  map: Value,
  items: (dict: Dict<Value>) => readonly Value[],
): List<Value> | undefined {
  if (map === undefined) return undefined
  if (!(map instanceof Dict)) return fail(`\`${name}\` takes a map, not ${typeOf(map)}`)
  meter.pay(collectionBytes + map.size * elementBytes)
  return new List(items(map))
}

function length(value: Value): Int | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' || value instanceof List) return value.length
  return value instanceof Dict
    ? value.size
    : fail(`\`length\` takes a string, list or map, not ${typeOf(value)}`)
}

function compare(a: Value, b: Value): Int | undefined {
  if (a === undefined || b === undefined) return undefined
  return order(a, b) ?? fail(`\`compare\` cannot order ${typeOf(a)} and ${typeOf(b)}`)
}

function range({ meter }: Context, ...values: Value[]): List<Value> | undefined {
  if (values.includes(undefined)) return undefined
  const ints = values.map((value) =>
    isInt(value) ? BigInt(value) : fail(`\`range\` takes int, not ${typeOf(value)}`),
  )
  const [start, end, step] =
    ints.length === 1 ? [0n, ints[0] ?? 0n, 1n] : [ints[0] ?? 0n, ints[1] ?? 0n, ints[2] ?? 1n]
  if (step === 0n) fail('the step of `range` cannot be 0')
  const distance = step > 0n ? end - start : start - end
  const size = step > 0n ? step : -step
  const count = distance <= 0n ? 0 : Number((distance + size - 1n) / size)
  if (count > maxRange) fail(`\`range\` of more than ${maxRange} elements`)
  meter.step(count)
  return new List<Value>(steps(meter, start, step, count))
}

/** So many integers, each a step after the one before. */
function steps(meter: Meter, start: bigint, step: bigint, count: number): readonly Int[] {
  const distance = BigInt(count) * step
  const isSmall = [start, distance, start + distance].every(isSafe)
  meter.pay(collectionBytes + count * (isSmall ? elementBytes : elementBytes + boxBytes))
  const elements: Int[] = new Array(count)
  for (let at = 0; at < count; at++) {
    elements[at] = isSmall ? Number(start) + at * Number(step) : toInt(start + BigInt(at) * step)
  }
  return elements
}

const isSafe = (value: bigint) => Number.isSafeInteger(Number(value))

function toInteger(value: Value): Int | undefined {
  if (isInt(value)) return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Float) return doubleToInt(value.value)
  if (typeof value !== 'string') return undefined
  return parseInteger(value) ?? truncated(readSigned(value))
}

const truncated = (value: number | undefined) => (value === undefined ? undefined : doubleToInt(value))

function toFloat(value: Value): Float | undefined {
  if (isNumber(value)) return value instanceof Float ? value : new Float(toDouble(value))
  if (typeof value === 'boolean') return new Float(value ? 1 : 0)
  if (typeof value !== 'string') return undefined
  const int = parseInteger(value)
  const read = int === undefined ? readSigned(value) : Number(int)
  return read === undefined ? undefined : new Float(read)
}

/** A float literal with an optional sign. */
function readSigned(text: string): number | undefined {
  const magnitude = readFloat(text.replace(/^[-+]/, ''))
  return magnitude !== undefined && text.startsWith('-') ? -magnitude : magnitude
}

function toText(value: Value): string | undefined {
  if (typeof value === 'string') return value
  if (isInt(value) || typeof value === 'boolean') return String(value)
  return value instanceof Float ? fixed(value.value) : undefined
}

const truths = new Map<Value, boolean>([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
])

function toBool(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value
  return isNumber(value) ? toDouble(value) !== 0 : truths.get(value)
}
