// Values of the host to values of the language and back. Whole numbers become integers. Nothing of an object
// but its own enumerable fields comes in, and maps go out as JavaScript Maps.

import { Elements, Entries, unclear } from '../values/arrivals.ts'
import { type Bytes, bytesToText, isAscii, isPlain, textToBytes } from '../values/bytes.ts'
import { maxDepth } from '../values/compare.ts'
import { Dict } from '../values/dict.ts'
import { type Costs, fail, type Terms } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { toInt } from '../values/int.ts'
import { isKey, type Key, type Slot, slotOf } from '../values/key.ts'
import { List } from '../values/list.ts'
import { boxBytes, handleBytes } from '../values/prices.ts'
import { Callable, type Value } from '../values/value.ts'

/**
 * A value of the host's as one of the language. What is inside of lists and maps comes in when a policy looks at it, and
 * is paid for then; what the language does not have, functions and symbols, is undefined.
 */
export function fromHost(value: unknown, terms: Terms): Value {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      return textFromHost(value, terms)
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : floatFromHost(value, terms)
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? toInt(value) : floatFromHost(Number(value), terms)
    case 'object':
      return value === null ? null : fromObject(value, terms)
    default:
      return undefined
  }
}

function floatFromHost(value: number, costs: Costs): Float {
  costs.pay(boxBytes)
  return new Float(value)
}

/** A text of so many characters takes no steps. */
export const shortText = 63

/** What so many characters cost that are made into bytes, or bytes into characters: in pieces, which are put together. */
export const unicodeBytes = (length: number): number => boxBytes + length * 10

/** What is not plain ASCII is made anew. */
function textFromHost(value: string, costs: Costs): Bytes {
  if (value.length > shortText) costs.step(value.length >> 6)
  if (isAscii(value)) return value
  costs.pay(unicodeBytes(value.length))
  return textToBytes(value)
}

function fromObject(value: object, terms: Terms): Value {
  if (value instanceof Float || value instanceof List || value instanceof Dict || value instanceof Callable)
    return value
  terms.pay(handleBytes)
  if (Array.isArray(value)) return List.of(new HostElements(terms, value))
  return Dict.of(value instanceof Map ? new HostMap(terms, value) : new HostFields(terms, value))
}

class HostElements extends Elements<Value> {
  protected enter(outside: unknown): Value {
    return fromHost(outside, this.terms)
  }
}

/** Entries that the host has. A name is looked up where it lies; for all else all of them come in. */
abstract class HostEntries<H extends object> extends Entries<Value> {
  protected readonly host: H

  constructor(terms: Terms, host: H) {
    super(terms)
    this.host = host
  }

  protected abstract holds(name: string): boolean
  protected abstract under(name: string): unknown
  /** What is said of keys that are no strings. */
  protected abstract get others(): undefined | typeof unclear
  protected abstract pairs(): Iterable<readonly [unknown, unknown]>

  protected enter(outside: unknown): Value {
    return fromHost(outside, this.terms)
  }

  protected outside(slot: Slot): unknown {
    const name = this.nameOf(slot)
    return typeof name === 'string' ? (this.holds(name) ? this.under(name) : undefined) : name
  }

  has(slot: Slot): boolean | typeof unclear {
    const name = this.nameOf(slot)
    if (name === undefined) return false
    return name === unclear ? unclear : this.holds(name)
  }

  get size(): typeof unclear {
    return unclear
  }

  keys(): typeof unclear {
    return unclear
  }

  private nameOf(slot: Slot): string | undefined | typeof unclear {
    return typeof slot === 'string' ? nameFor(slot, this.terms) : this.others
  }

  protected *everything(): Generator<readonly [Key, Slot, unknown]> {
    for (const [name, outside] of this.pairs()) {
      const key = fromHost(name, this.terms)
      const slot = slotOf(key)
      if (slot === undefined || !isKey(key)) {
        return fail('a given map has a key that is no bool, int, float or string')
      }
      yield [key, slot, outside]
    }
  }
}

class HostMap extends HostEntries<ReadonlyMap<unknown, unknown>> {
  protected holds(name: string): boolean {
    return this.host.has(name)
  }

  protected under(name: string): unknown {
    return this.host.get(name)
  }

  /** 1, 1n and a Float of 1 are keys of their own, and mean the same. */
  protected get others(): typeof unclear {
    return unclear
  }

  protected pairs(): Iterable<readonly [unknown, unknown]> {
    return this.host
  }
}

class HostFields extends HostEntries<object> {
  protected holds(name: string): boolean {
    return isField(this.host, name)
  }

  protected under(name: string): unknown {
    return (this.host as Fields)[name]
  }

  protected get others(): undefined {
    return undefined
  }

  protected pairs(): Iterable<readonly [unknown, unknown]> {
    return Object.entries(this.host)
  }
}

/** An object by the names of its fields. */
export type Fields = Readonly<Record<string, unknown>>

/** Whether an object has a field of its own, which may be seen. */
export const isField = (all: object, name: string): boolean =>
  Object.prototype.propertyIsEnumerable.call(all, name)

/** What a key is called by the host; undefined where nothing of the host's is called so. */
export function nameFor(key: Bytes, costs: Costs): string | undefined | typeof unclear {
  if (isAscii(key)) return key
  if (key.length > shortText) costs.step(key.length >> 4)
  costs.pay(unicodeBytes(key.length))
  const name = bytesToText(key)
  if (!name.includes('\ufffd')) return name
  // Halves of pairs of surrogates are called so too.
  return textToBytes(name) === key ? unclear : undefined
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
