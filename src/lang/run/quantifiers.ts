// Quantifiers of the obvious evaluator, and what loops go through (specification 2.7).

import { unreachable } from '../../base/index.ts'
import type { Name, Quantifier } from '../syntax/tree.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import type { Key } from '../values/key.ts'
import { List } from '../values/list.ts'
import { collectionBytes, elementBytes, entryBytes, grownBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import { CallWalker } from './calls.ts'
import { after, type Eventually, inTurn } from './later.ts'
import { combine, decides, type Truth, truth } from './logic.ts'
import type { Meter } from './meter.ts'
import { Scope } from './scope.ts'

/** Evaluates `any`, `all`, `filter` and `map`. */
export abstract class QuantifierWalker extends CallWalker {
  protected quantifier(node: Quantifier, scope: Scope): Eventually<Value> {
    return after(this.evaluate(node.collection, scope), (all) => {
      this.at(node.collection, scope)
      if (all === undefined) return undefined
      const items = itemsOf(all, this.meter) ?? fail(`${typeOf(all)} cannot be gone through`)
      switch (node.operator) {
        case 'any':
        case 'all':
          return this.anyOrAll(node, items, scope)
        case 'filter':
          return this.filter(node, all, items, scope)
        case 'map':
          return this.mapItems(node, items, scope)
        default:
          return unreachable(node.operator)
      }
    })
  }

  /** `any` is a chain of `or`, `all` a chain of `and`. */
  private anyOrAll(node: Quantifier, items: Items, scope: Scope): Eventually<Truth> {
    const operator = node.operator === 'any' ? 'or' : 'and'
    let result: Truth = node.operator === 'all'
    const turns = inTurn(items.length, (at) =>
      after(this.evaluate(node.body, this.turn(node, items, at, scope)), (value) => {
        this.at(node.body, scope)
        result = combine(operator, result, truth(value, `the body of \`${node.operator}\``))
        return result === decides[operator]
      }),
    )
    return after(turns, () => result)
  }

  /** Keeps the kind of the collection. One undefined makes the whole undefined, after all have been asked. */
  private filter(node: Quantifier, all: Value, items: Items, scope: Scope): Eventually<Value> {
    const kept = all instanceof Dict ? new Dict<Value>() : new List<Value>([])
    let isDefined = true
    this.meter.pay(collectionBytes)
    const turns = inTurn(items.length, (at) => {
      this.at(node.collection, scope)
      const item = items.at(at)
      return after(
        this.truth(node.body, scopeOfTurn(scope, node.names, item), 'the body of `filter`'),
        (one) => {
          isDefined &&= one !== undefined
          if (one !== true) return false
          this.at(node, scope)
          this.meter.pay(kept instanceof Dict ? entryBytes : grownBytes)
          if (kept instanceof Dict) kept.set(item.key, item.value)
          else kept.append(item.value)
          return false
        },
      )
    })
    return after(turns, () => (isDefined ? kept : undefined))
  }

  private mapItems(node: Quantifier, items: Items, scope: Scope): Eventually<List<Value>> {
    this.meter.pay(collectionBytes + items.length * elementBytes)
    const values: Value[] = []
    const turns = inTurn(items.length, (at) =>
      after(this.evaluate(node.body, this.turn(node, items, at, scope)), (value) => {
        values.push(value)
        return false
      }),
    )
    return after(turns, () => new List(values))
  }

  /** The scope of one turn of a loop: the element comes in now. */
  protected turn(
    { collection, names }: Pick<Quantifier, 'collection' | 'names'>,
    items: Items,
    at: number,
    scope: Scope,
  ): Scope {
    this.at(collection, scope)
    return scopeOfTurn(scope, names, items.at(at))
  }
}

type Item = {
  readonly key: Value
  readonly value: Value
  /** What a single name stands for: the element of a list, the key of a map. */
  readonly single: Value
}

/** What a loop goes through, as it is now: made one by one, and as many as are wanted. */
export type Items = { readonly length: number; at(index: number): Item }

/** What a loop goes through; undefined for what is no collection. */
export function itemsOf(all: Value, meter: Meter): Items | undefined {
  if (all instanceof List) {
    const elements = all.items()
    const at = (key: number) => {
      const value = elements.at(key)
      return { key, value, single: value }
    }
    return { length: elements.length, at }
  }
  if (!(all instanceof Dict)) return undefined
  const { keys, values } = entriesOf(all, meter)
  const at = (index: number) => ({ key: keys[index], value: values[index], single: keys[index] })
  return { length: keys.length, at }
}

/** So many entries make a list of them worth mentioning. */
const manyEntries = 4096

/** Pays for the keys and values of a map that is gone through. */
export function payForEntries(size: number, meter: Meter): void {
  meter.step(size)
  if (size > manyEntries) meter.pay(2 * size * elementBytes)
}

/** The keys and values of a map as they are now. */
export function entriesOf(map: Dict<Value>, meter: Meter): Entries {
  payForEntries(map.size, meter)
  return { keys: map.keys(), values: map.values() }
}

/** What lies side by side. */
type Entries = { readonly keys: readonly Key[]; readonly values: readonly Value[] }

function scopeOfTurn(scope: Scope, [first, second]: readonly Name[], { key, value, single }: Item): Scope {
  const local = new Scope(scope, scope.unit)
  if (first !== undefined) local.declare(first.text, second === undefined ? single : key)
  if (second !== undefined) local.declare(second.text, value)
  return local
}
