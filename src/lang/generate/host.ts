// How generated code reads the host's values where they lie. It reads own fields of objects and elements of arrays;
// what is none of these (Maps, values that were made by the language) is unusual, and left to other code.
//
// INVARIANT: whatever is read costs at least the walker's price in steps, and a `generatedShare`th of it in bytes; of
// bytes generated code has no more than that share. So where it comes to a result, the walker does.

import { elementAt, select } from '../run/access.ts'
import { type Fields, fromHost, isField, nameFor, shortText, unicodeBytes } from '../run/border.ts'
import { generatedShare, type Meter, stepsOfKey } from '../run/meter.ts'
import { payForEntries } from '../run/quantifiers.ts'
import { unclear } from '../values/arrivals.ts'
import { type Bytes, textToBytes } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { List } from '../values/list.ts'
import { boxBytes, collectionBytes, entryBytes, handleBytes } from '../values/prices.ts'
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

/** The value; undefined for what the language does not have. */
export function present(value: unknown, meter: Meter): unknown {
  heed(value, meter)
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
}

const share = (bytes: number) => Math.ceil(bytes / generatedShare)

/** What it costs to read a field or a global where it lies; texts that are longer than `shortText` cost more: see `heed`. */
export const readBytes = share(Math.max(handleBytes, unicodeBytes(shortText)) + entryBytes)

/** The same of an element that a loop goes through; of texts all cost more. */
export const turnBytes = share(handleBytes)

/** Pays for a value that was read where it lies, as far as it is a text; says nothing about it. */
export function heed(value: unknown, meter: Meter): false {
  if (typeof value !== 'string') return false
  if (value.length > shortText) meter.step(value.length >> 6)
  meter.pay(share(unicodeBytes(value.length)))
  return false
}

/** Whether a value is an object whose fields are the entries of a map. */
function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (value instanceof Map || value instanceof List || value instanceof Dict || value instanceof Callable)
    throw new Unusual()
  return !(value instanceof Float)
}

/** `value.name`; the name as the host writes it. */
export function hostSelect(value: unknown, name: string, meter: Meter): unknown {
  if (isFields(value)) return isField(value, name) ? value[name] : undefined
  return select(fromHost(value, meter), textToBytes(name))
}

/** `value[key]` */
export function hostElement(value: unknown, key: Value, meter: Meter): unknown {
  if (isFields(value)) {
    const read = typeof key === 'string' ? fieldOf(value, key, meter) : undefined
    meter.pay(readBytes)
    heed(read, meter)
    return read
  }
  if (Array.isArray(value) && typeof key === 'number') {
    const read: unknown = value[key < 0 ? value.length + key : key]
    meter.pay(readBytes)
    heed(read, meter)
    return read
  }
  const element = elementAt(fromHost(value, meter), key, meter)
  // A single byte of a character is nothing that a host has.
  if (typeof element === 'string' && !isText(element)) throw new Unusual()
  return element
}

function fieldOf(value: Fields, key: Bytes, meter: Meter): unknown {
  if (key.length > shortText) meter.step(stepsOfKey(key))
  const name = nameFor(key, meter)
  if (name === unclear) throw new Unusual()
  return name !== undefined && isField(value, name) ? value[name] : undefined
}

/** What a loop goes through, as it is now; lists have no keys. */
export type HostItems<T> = { readonly keys: readonly T[] | undefined; readonly values: readonly T[] }

/**
 * What a loop goes through; lists that generated code does not know by itself. It costs what the walker pays, which
 * makes values of the language of all of them.
 */
export function hostItems(value: unknown, meter: Meter): HostItems<unknown> {
  if (Array.isArray(value)) return { keys: undefined, values: value }
  if (!isFields(value)) return fail(`${typeOf(fromHost(value, meter))} cannot be gone through`)
  const [keys, values] = [Object.keys(value), Object.values(value)]
  meter.pay(collectionBytes + keys.length * entryBytes)
  meter.step(keys.length)
  payForEntries(keys.length, meter)
  for (const key of keys) heed(key, meter)
  for (const one of values) {
    heed(one, meter)
    if (typeof one === 'object') meter.pay(turnBytes)
    else if (typeof one === 'number') meter.pay(share(boxBytes))
  }
  return { keys, values }
}
