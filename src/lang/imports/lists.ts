// import "collection/lists"

import type { Meter } from '../run/meter.ts'
import { type Context, caller, native, type Steps, variadic, type Wanted } from '../run/native.ts'
import { equal } from '../values/compare.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { List } from '../values/list.ts'
import { boxBytes, collectionBytes, elementBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import { isInt, isNumber, toDouble, type Value } from '../values/value.ts'
import { alias, table } from './table.ts'

type Lists = readonly List<Value>[]

export const lists = table(
  variadic('concat', 'list', 0, (context, all) => new List(elementsOf(context, all))),
  caller('sort', ['list', 'any'], sort),
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

/**
 * A stable merge sort: longer and longer parts that are in order, each made of two. What is undefined comes last, and
 * nobody is asked about it.
 */
function* sort({ meter }: Context, items: List<Value>, compare: Value): Steps {
  meter.step(items.length)
  meter.pay(collectionBytes + items.length * 4 * elementBytes)
  const all = items.elements()
  let sorted: readonly Value[] = all.filter((one) => one !== undefined)
  for (let width = 1; width < sorted.length; width *= 2) {
    const wider: Value[] = []
    for (let start = 0; start < sorted.length; start += 2 * width) {
      yield* merge(meter, sorted, { start, middle: start + width, end: start + 2 * width }, compare, wider)
    }
    sorted = wider
  }
  return new List([...sorted, ...all.filter((one) => one === undefined)])
}

type Parts = { readonly start: number; readonly middle: number; readonly end: number }

/** Puts two parts that lie side by side, each in order, into one. */
function* merge(
  meter: Meter,
  all: readonly Value[],
  parts: Parts,
  compare: Value,
  merged: Value[],
): Generator<Wanted, void, Value> {
  const [middle, end] = [Math.min(parts.middle, all.length), Math.min(parts.end, all.length)]
  let [left, right] = [parts.start, middle]
  // Where both are in order already one question is enough.
  const isDone = middle < end && (yield* isInOrder(meter, all[middle - 1], all[middle], compare))
  while (!isDone && left < middle && right < end) {
    const takesLeft = yield* isInOrder(meter, all[left], all[right], compare)
    merged.push(all[takesLeft ? left++ : right++])
  }
  while (left < middle) merged.push(all[left++])
  while (right < end) merged.push(all[right++])
}

function* isInOrder(meter: Meter, a: Value, b: Value, compare: Value): Generator<Wanted, boolean, Value> {
  meter.step()
  const answer = yield { callee: compare, values: [a, b] }
  return isInt(answer) ? answer <= 0 : fail(`a comparison must give int, not ${typeOf(answer)}`)
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
