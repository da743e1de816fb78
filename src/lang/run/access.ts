// Selection, indexing, slicing and changing elements (specification 2.4).

import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import type { Int } from '../values/int.ts'
import { isKey } from '../values/key.ts'
import { List } from '../values/list.ts'
import { collectionBytes, elementBytes, entryBytes, textBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import { isInt, type Value } from '../values/value.ts'
import { type Meter, stepsOfKey } from './meter.ts'
import { Getter } from './native.ts'

/** A key of at most so many bytes takes no steps. */
const shortKey = 63

/** `all[key]` */
export function elementAt(all: Value, key: Value, meter: Meter): Value {
  if (all instanceof Dict) {
    if (typeof key === 'string' && key.length > shortKey) meter.step(stepsOfKey(key))
    return all.get(key)
  }
  if (all === undefined || all === null || key === undefined) return notReadable(all)
  if (all instanceof List) return all.at(place(indexOf(key), all.length))
  if (typeof all === 'string') return byteAt(all, place(indexOf(key), all.length))
  return notReadable(all)
}

/** `all.name` */
export function select(all: Value, name: string): Value {
  if (all instanceof Dict) return all.get(name) ?? computed(all, name)
  if (all instanceof List || typeof all === 'string') {
    return fail(`${typeOf(all)} has no \`${name}\`: it takes an int in brackets`)
  }
  return notReadable(all)
}

/** A null that was found stays null; else an import may compute the field. */
function computed(all: Dict<Value>, name: string): Value {
  if (all.methods === undefined || all.has(name)) return all.get(name)
  const getter = all.methods.get(name)
  return getter instanceof Getter ? getter.read(all.hidden) : undefined
}

function notReadable(all: Value): undefined {
  if (all === undefined || all === null) return undefined
  if (all instanceof List || typeof all === 'string') return undefined
  return fail(`${typeOf(all)} has no elements`)
}

const indexOf = (key: Value): Int => (isInt(key) ? key : fail(`an index must be int, not ${typeOf(key)}`))

/** An index counted from 0, -1 when it lies beyond the ends; negative ones count from the end. */
function place(index: Int, length: number): number {
  if (typeof index === 'bigint') return -1
  const at = index < 0 ? length + index : index
  return at < length ? at : -1
}

const byteAt = (text: string, at: number) => (at < 0 ? undefined : text[at])

/** `all[low:high]`; bounds that were left out are undefined in `given`. */
export function slice(
  all: Value,
  low: Value,
  high: Value,
  given: { readonly low: boolean; readonly high: boolean },
  meter: Meter,
): Value {
  if (all === undefined || all === null) return undefined
  if (typeof all !== 'string' && !(all instanceof List)) return fail(`${typeOf(all)} cannot be sliced`)
  const from = given.low ? bound(low) : 0
  const to = given.high ? bound(high) : all.length
  if (from === undefined || to === undefined || from < 0 || from > to || to > all.length) return undefined
  const [start, end] = [Number(from), Number(to)]
  meter.pay(typeof all === 'string' ? textBytes(end - start) : collectionBytes + (end - start) * elementBytes)
  return typeof all === 'string' ? all.slice(start, end) : new List<Value>(all.elements().slice(start, end))
}

const bound = (value: Value): Int | undefined =>
  value === undefined || isInt(value) ? value : fail(`the bound of a slice must be int, not ${typeOf(value)}`)

/** `all[key] = value` */
export function setElement(all: Value, key: Value, value: Value, meter: Meter): void {
  if (all instanceof Dict) {
    if (!isKey(key)) fail(`${typeOf(key) === 'float' ? 'NaN' : typeOf(key)} cannot be the key of a map`)
    meter.step(stepsOfKey(key))
    meter.pay((1 + all.unshared) * entryBytes)
    all.set(key, value)
  } else if (all instanceof List) {
    const at = place(indexOf(key), all.length)
    if (at < 0) fail(`the list has no element ${key}: it has ${all.length}`)
    meter.pay(all.unshared * elementBytes)
    all.set(at, value)
  } else fail(`an element of ${typeOf(all)} cannot be assigned`)
}
