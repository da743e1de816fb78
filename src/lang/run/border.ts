// Values of the host to values of the language and back. Whole numbers become integers. Nothing of an object
// but its own enumerable fields comes in, and maps go out as JavaScript Maps.

import { type Bytes, bytesToText, isAscii, isPlain, textToBytes } from '../values/bytes.ts'
import { maxDepth } from '../values/compare.ts'
import { Dict, isKey, type Key } from '../values/dict.ts'
import { type Costs, fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { toInt } from '../values/int.ts'
import { List } from '../values/list.ts'
import { Callable, type Value } from '../values/value.ts'
import { collectionBytes, elementBytes, entryBytes } from './meter.ts'

/**
 * A value of the host's as one of the language. What is inside of lists and maps is looked at when a policy does;
 * what the language does not have, functions and symbols, is undefined.
 */
export function fromHost(value: unknown, costs: Costs = nobody): Value {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      return textFromHost(value, costs)
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : new Float(value)
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? toInt(value) : new Float(Number(value))
    case 'object':
      return value === null ? null : fromObject(value, costs)
    default:
      return undefined
  }
}

/** Where there is no evaluation that pays. */
const nobody: Costs = { step: () => {}, pay: () => {} }

const shortText = 63

/** What is not plain ASCII is made anew. */
function textFromHost(value: string, costs: Costs): Bytes {
  if (value.length > shortText) costs.step(value.length >> 6)
  if (isAscii(value)) return value
  costs.pay(value.length * hostUnicodeBytes)
  return textToBytes(value)
}

function fromObject(value: object, costs: Costs): Value {
  if (value instanceof Float || value instanceof List || value instanceof Dict || value instanceof Callable)
    return value
  costs.pay(collectionBytes)
  if (Array.isArray(value)) {
    return new List<Value>(value, true, (element: unknown) => {
      costs.pay(elementBytes)
      return fromHost(element, costs)
    })
  }
  return Dict.later(() => entriesOf(value, costs))
}

function* entriesOf(value: object, costs: Costs): Generator<readonly [Key, Value]> {
  for (const [name, element] of value instanceof Map ? value : Object.entries(value)) {
    const key = fromHost(name, costs)
    if (!isKey(key)) fail('a given map has a key that is no bool, int, float or string')
    costs.pay(entryBytes)
    yield [key, fromHost(element, costs)]
  }
}

// What a value costs on the host's side, also as the JSON that is made of it: a Map, an entry of one, anything else;
// the indentation of its line for each level; a byte of a string, one of a string
// that is not plain ASCII, and one of a string in which JSON escapes some.
const [hostMapBytes, hostEntryBytes, hostBytes, hostLevelBytes] = [256, 128, 64, 6]
const [hostTextBytes, hostUnicodeBytes, hostEscapedBytes] = [3, 4, 14]

/** What a host gets to see of a value: Maps, arrays, strings, numbers, bigints; a function as `null`. */
export type HostValue =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | HostValue[]
  | Map<HostValue, HostValue>

/** A value of the language as one of the host's. Floats become numbers; what nests too deep is a Failure. */
export function toHost(value: Value, costs: Costs, depth = 0): HostValue {
  costs.step()
  costs.pay(hostBytes + depth * hostLevelBytes)
  if (depth > maxDepth) fail(`the result nests more than ${maxDepth} levels deep`)
  if (typeof value === 'string') return textToHost(value, costs)
  if (value instanceof Float) return value.value
  if (value instanceof List) return value.elements().map((element) => toHost(element, costs, depth + 1))
  if (value instanceof Dict) {
    costs.pay(hostMapBytes + value.size * hostEntryBytes)
    return new Map(
      value
        .entries()
        .map(([key, element]) => [toHost(key, costs), toHost(element, costs, depth + 1)] as const),
    )
  }
  return value instanceof Callable ? null : value
}

/** What is not plain ASCII is made anew, and takes a copy meanwhile. */
function textToHost(value: Bytes, costs: Costs): string {
  costs.step(value.length >> 6)
  costs.pay(value.length * (isPlain(value) ? hostTextBytes : hostEscapedBytes))
  if (isAscii(value)) return value
  costs.pay(value.length * hostUnicodeBytes)
  return bytesToText(value)
}
