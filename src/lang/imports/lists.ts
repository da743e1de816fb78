// import "collection/lists"

import { boxBytes, collectionBytes, elementBytes } from '../run/meter.ts'
import { type Context, native, variadic } from '../run/native.ts'
import { equal } from '../values/compare.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { List } from '../values/list.ts'
import { typeOf } from '../values/types.ts'
import { isInt, isNumber, toDouble, type Value } from '../values/value.ts'
import { alias, table } from './table.ts'

type Lists = readonly List<Value>[]

export const lists = table(
  variadic('concat', 'list', 0, (context, all) => new List(elementsOf(context, all))),
  native('sort', ['list', 'any'], sort),
  native('sum', ['list'], ({ meter }, items) => {
    meter.step(items.length)
    meter.pay(boxBytes)
    return new Float(items.elements().reduce<number>((sum, one) => sum + number(one), 0))
  }),
  ...alias(['difference', 'diff'], (name) => variadic(name, 'list', 1, difference)),
  variadic('intersection', 'list', 1, intersection),
  variadic('union', 'list', 1, (context, all) => unique(context, elementsOf(context, all))),
)

/** The elements of all lists, paid for before they are gathered. */
function elementsOf({ meter }: Context, all: Lists): readonly Value[] {
  const count = all.reduce((sum, { length }) => sum + length, 0)
  meter.step(count)
  meter.pay(collectionBytes + count * 2 * elementBytes)
  return all.flatMap((one) => one.elements())
}

function listOf({ meter }: Context, items: readonly Value[]): List<Value> {
  meter.step(items.length)
  meter.pay(collectionBytes + items.length * elementBytes)
  return new List(items)
}

const number = (value: Value) =>
  isNumber(value) ? toDouble(value) : fail(`cannot convert to float: ${typeOf(value).toUpperCase()}`)

/** A stable merge sort: the order does not depend on how often or between what the policy's function is asked. */
function sort(context: Context, items: List<Value>, compare: Value): Value {
  context.meter.step(items.length)
  context.meter.pay(items.length * 2 * elementBytes)
  const sorted = items.elements().toSorted((a, b) => {
    const answer = context.call(compare, [a, b])
    return isInt(answer) ? Number(answer) : fail(`a comparison must give int, not ${typeOf(answer)}`)
  })
  return listOf(context, sorted)
}

function has(context: Context, items: readonly Value[], one: Value): boolean {
  context.meter.step(items.length)
  return items.some((item) => equal(item, one, context.meter) === true)
}

function unique(context: Context, items: readonly Value[]): Value {
  const kept: Value[] = []
  for (const item of items) if (!has(context, kept, item)) kept.push(item)
  return listOf(context, kept)
}

function difference(context: Context, [first, ...others]: Lists): Value {
  const gone = elementsOf(context, others)
  return listOf(context, first?.elements().filter((item) => !has(context, gone, item)) ?? [])
}

function intersection(context: Context, [first, ...others]: Lists): Value {
  const common = first?.elements().filter((item) => others.every((one) => has(context, one.elements(), item)))
  return unique(context, common ?? [])
}
