// How generated code reads the host's values where they lie. It reads own fields of objects and elements of arrays;
// what is none of these (Maps, values that were made by the language) is unusual, and left to other code.

import { elementAt, select } from '../run/access.ts'
import { fromHost } from '../run/border.ts'
import { collectionBytes, entryBytes, type Meter } from '../run/meter.ts'
import { payForEntries } from '../run/quantifiers.ts'
import { type Bytes, bytesToText, textToBytes } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { List } from '../values/list.ts'
import { typeOf } from '../values/types.ts'
import { Callable, type Value } from '../values/value.ts'
import { isText } from './operands.ts'

/** What a name holds that is not there. */
export const absent: unique symbol = Symbol('absent')

/** Thrown by code that cannot deal with what it was given: the other code evaluates instead. */
export class Unusual extends Error {}

/** What stands under a name in an object or a Map, `absent` where nothing does. */
export function given(all: unknown, name: string): unknown {
  if (all instanceof Map) return all.has(name) ? all.get(name) : absent
  if (typeof all !== 'object' || all === null) return absent
  return isField(all, name) ? (all as Fields)[name] : absent
}

type Fields = Readonly<Record<string, unknown>>

const isField = (all: object, name: string) => Object.prototype.propertyIsEnumerable.call(all, name)

/** The value; undefined for what the language does not have. */
export const present = (value: unknown): unknown =>
  typeof value === 'function' || typeof value === 'symbol' ? undefined : value

/** Whether a value is an object whose fields are the entries of a map. */
function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (value instanceof Map || value instanceof List || value instanceof Dict || value instanceof Callable)
    throw new Unusual()
  return !(value instanceof Float)
}

/** `value.name`; the name as the host writes it. */
export function hostSelect(value: unknown, name: string): unknown {
  if (isFields(value)) return isField(value, name) ? value[name] : undefined
  return select(fromHost(value), textToBytes(name))
}

/** The name of a field that costs no more than a step. */
const shortKey = 63

/** `value[key]` */
export function hostElement(value: unknown, key: Value, meter: Meter): unknown {
  if (isFields(value)) return typeof key === 'string' ? fieldOf(value, key, meter) : undefined
  if (Array.isArray(value) && typeof key === 'number') {
    return value[key < 0 ? value.length + key : key]
  }
  const element = elementAt(fromHost(value, meter), key, meter)
  // A single byte of a character is nothing that a host has.
  if (typeof element === 'string' && !isText(element)) throw new Unusual()
  return element
}

function fieldOf(value: Fields, key: Bytes, meter: Meter): unknown {
  if (key.length > shortKey) {
    // What is not plain ASCII is made into text, and back.
    meter.step(key.length >> 4)
    meter.pay(6 * key.length)
  }
  const name = bytesToText(key)
  return isText(key) && isField(value, name) ? value[name] : undefined
}

/** What a loop goes through, as it is now; lists have no keys. */
export type HostItems<T> = { readonly keys: readonly T[] | undefined; readonly values: readonly T[] }

/**
 * What a loop goes through; lists that generated code does not know by itself. It costs what the walker pays, which
 * makes values of the language of all of them.
 */
export function hostItems(value: unknown, meter: Meter): HostItems<unknown> {
  if (Array.isArray(value)) return { keys: undefined, values: value }
  if (!isFields(value)) return fail(`${typeOf(fromHost(value))} cannot be gone through`)
  const keys = Object.keys(value)
  meter.pay(collectionBytes + keys.length * entryBytes)
  payForEntries(keys.length, meter)
  return { keys, values: Object.values(value) }
}
