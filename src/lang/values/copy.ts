// Data that crosses a border (out of a module, out of an import) is copied, so that nobody changes it from
// outside.

import { Elements, Entries } from './arrivals.ts'
import { maxDepth } from './compare.ts'
import { type Contents, Dict, entriesIn, keysOf } from './dict.ts'
import { fail, type Terms } from './failure.ts'
import type { Key, Slot } from './key.ts'
import { List } from './list.ts'
import { collectionBytes, elementBytes, entryBytes, handleBytes } from './prices.ts'
import type { Value } from './value.ts'

/**
 * A copy of a value and all that is in it; functions stay the same. It is made bit by bit, as far as somebody
 * looks, so it is only for values that nobody else changes any more. Where nobody changes anything, it is the value.
 */
export function lazyCopyOf(value: Value, terms: Terms): Value {
  if (!terms.changesData) return value
  if (value instanceof List) {
    terms.pay(handleBytes)
    return List.of(new CopiedElements(terms, value.elements()))
  }
  if (!(value instanceof Dict)) return value
  terms.pay(handleBytes)
  return Dict.of(new CopiedEntries(terms, value.contents()), value.hidden, value.methods)
}

class CopiedElements extends Elements<Value> {
  protected enter(outside: unknown): Value {
    return lazyCopyOf(outside as Value, this.terms)
  }
}

class CopiedEntries extends Entries<Value> {
  private readonly original: Contents<Value>

  constructor(terms: Terms, original: Contents<Value>) {
    super(terms)
    this.original = original
  }

  protected enter(outside: unknown): Value {
    return lazyCopyOf(outside as Value, this.terms)
  }

  protected outside(slot: Slot): unknown {
    return this.original.values.get(slot)
  }

  has(slot: Slot): boolean {
    return this.original.values.has(slot)
  }

  get size(): number {
    return this.original.values.size
  }

  keys(): readonly Key[] {
    return keysOf(this.original)
  }

  protected everything(): Iterable<readonly [Key, Slot, unknown]> {
    return entriesIn(this.original)
  }
}

/** The same made at once, for values that somebody still may change. */
export function copyOf(value: Value, terms: Terms, depth = 0): Value {
  if (!terms.changesData) return value
  if (depth > maxDepth) fail(`cannot copy values that nest more than ${maxDepth} levels deep`)
  const copyElement = (element: Value) => copyOf(element, terms, depth + 1)
  if (value instanceof List) {
    terms.pay(collectionBytes + value.length * elementBytes)
    return new List(value.elements().map(copyElement))
  }
  if (!(value instanceof Dict)) return value
  terms.pay(collectionBytes + 2 * value.size * entryBytes)
  const entries = value.entries().map(([key, element]) => [key, copyElement(element)] as const)
  return new Dict(entries, value.hidden, value.methods)
}
