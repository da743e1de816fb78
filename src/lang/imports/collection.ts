// import "collection": functions over lists and maps (their values) that take functions of the policy.

import type { Meter } from '../run/meter.ts'
import { type Context, caller, native, type Steps } from '../run/native.ts'
import { equal, maxDepth } from '../values/compare.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { List } from '../values/list.ts'
import { collectionBytes, elementBytes, grownBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import { table } from './table.ts'

// biome-ignore format: table
export const collection = table(
  caller('filter',  ['any', 'any'], (context, items, accepts) => kept(context, itemsOf(context, items), accepts, true)),
  caller('reject',  ['any', 'any'], (context, items, accepts) => kept(context, itemsOf(context, items), accepts, false)),
  caller('find',    ['any', 'any'], (context, items, accepts) => found(context, itemsOf(context, items), accepts)),
  native('matches', ['any', 'map'], (context, items, part) => matching(context, itemsOf(context, items), part)),
)

/** The elements of a list or the values of a map, of which a list is made; none for undefined. */
function itemsOf({ meter }: Context, items: Value): readonly Value[] | undefined {
  if (items === undefined) return undefined
  if (items instanceof List) return items.elements()
  if (!(items instanceof Dict)) return fail(`cannot convert to list: ${typeOf(items).toUpperCase()}`)
  meter.step(items.size >> 2)
  meter.pay(items.size * elementBytes)
  return items.values()
}

/** The items of which a predicate is true, or those of which it is not. Each is paid for as it is kept. */
function* kept(
  { meter }: Context,
  items: readonly Value[] | undefined,
  accepts: Value,
  wanted: boolean,
): Steps {
  if (items === undefined) return undefined
  const result: Value[] = []
  meter.pay(collectionBytes)
  for (let at = 0; at < items.length; at++) {
    meter.step()
    if (isTrue(yield { callee: accepts, values: [items[at]] }) !== wanted) continue
    meter.pay(grownBytes)
    result.push(items[at])
  }
  return new List(result)
}

function* found({ meter }: Context, items: readonly Value[] | undefined, accepts: Value): Steps {
  if (items === undefined) return undefined
  for (let at = 0; at < items.length; at++) {
    meter.step()
    if (isTrue(yield { callee: accepts, values: [items[at]] })) return items[at]
  }
  return undefined
}

function listOf({ meter }: Context, items: readonly Value[] | undefined): Value {
  if (items === undefined) return undefined
  meter.pay(collectionBytes + items.length * elementBytes)
  return new List(items)
}

/** What a predicate says. Undefined counts as not true. */
function isTrue(answer: Value): boolean {
  if (typeof answer === 'boolean' || answer === undefined) return answer === true
  return fail(`a predicate must give bool, not ${typeOf(answer)}`)
}

function matching(context: Context, items: readonly Value[] | undefined, part: Dict<Value>): Value {
  context.meter.step(items?.length ?? 0)
  return listOf(
    context,
    items?.filter((item) => matchesPart(context.meter, item, part)),
  )
}

/** Whether an item has all that the part has, in maps inside of it too. */
function matchesPart(meter: Meter, item: Value, part: Dict<Value>, depth = 0): boolean {
  if (depth > maxDepth) fail(`cannot compare values that nest more than ${maxDepth} levels deep`)
  meter.step(8 + 8 * part.size)
  if (!(item instanceof Dict)) return false
  return part.entries().every(([key, wanted]) => {
    const one = item.get(key)
    return wanted instanceof Dict
      ? matchesPart(meter, one, wanted, depth + 1)
      : equal(one, wanted, meter) === true
  })
}
