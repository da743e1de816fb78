// import "collection": functions over lists and maps (their values) that take functions of the policy.

import { elementBytes, type Meter } from '../run/meter.ts'
import { type Context, native } from '../run/native.ts'
import { equal } from '../values/compare.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { List } from '../values/list.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import { table } from './table.ts'

export const collection = table(
  native('filter', ['any', 'any'], (context, items, accepts) =>
    listOf(
      context,
      itemsOf(items)?.filter((item) => holds(context, accepts, item)),
    ),
  ),
  native('reject', ['any', 'any'], (context, items, accepts) =>
    listOf(
      context,
      itemsOf(items)?.filter((item) => !holds(context, accepts, item)),
    ),
  ),
  native('find', ['any', 'any'], (context, items, accepts) =>
    itemsOf(items)?.find((item) => holds(context, accepts, item)),
  ),
  native('matches', ['any', 'map'], (context, items, part) =>
    listOf(
      context,
      itemsOf(items)?.filter((item) => matchesPart(context.meter, item, part)),
    ),
  ),
)

/** The elements of a list or the values of a map; none for undefined. */
function itemsOf(items: Value): readonly Value[] | undefined {
  if (items === undefined) return undefined
  if (items instanceof List) return items.elements()
  return items instanceof Dict
    ? items.values()
    : fail(`cannot convert to list: ${typeOf(items).toUpperCase()}`)
}

function listOf({ meter }: Context, items: readonly Value[] | undefined): Value {
  if (items === undefined) return undefined
  meter.pay(items.length * elementBytes)
  return new List(items)
}

/** Whether a predicate is true of an item. Undefined counts as not true. */
function holds(context: Context, accepts: Value, item: Value): boolean {
  context.meter.step()
  const answer = context.call(accepts, [item])
  if (typeof answer === 'boolean' || answer === undefined) return answer === true
  return fail(`a predicate must give bool, not ${typeOf(answer)}`)
}

/** Whether an item has all that the part has, in maps inside of it too. */
function matchesPart(meter: Meter, item: Value, part: Dict<Value>): boolean {
  meter.step(part.size)
  if (!(item instanceof Dict)) return false
  return part.entries().every(([key, wanted]) => {
    const found = item.get(key)
    return wanted instanceof Dict ? matchesPart(meter, found, wanted) : equal(found, wanted, meter) === true
  })
}
