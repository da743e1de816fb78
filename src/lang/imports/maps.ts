// import "collection/maps": values at paths like `a.b.0.c`. A whole number indexes a list, `*` stands for all
// elements of one. What a path does not lead to is the default.

import { parseInteger } from '../run/integer.ts'
import { collectionBytes, elementBytes, entryBytes } from '../run/meter.ts'
import { type Context, native } from '../run/native.ts'
import type { Bytes } from '../values/bytes.ts'
import { maxDepth } from '../values/compare.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { List } from '../values/list.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import { table } from './table.ts'

type Path = readonly Bytes[]

// biome-ignore format: table
export const maps = table(
  native('get',   ['any', 'string', 'any'], (context, map, path, other) => orElse(valueAt(context, map, parse(path)), other), 1),
  native('has',   ['any', 'string'], (context, map, path) => valueAt(context, map, parse(path)) !== undefined),
  native('set',   ['any', 'string', 'any'], (context, map, path, value) => withValue(context, map, parse(path), value)),
  native('unset', ['any', 'string'], (context, map, path) => without(context, map, parse(path))),
  native('pick',  ['any', 'list'], (context, map, paths) => pick(context, map, pathsOf(paths))),
  native('omit',  ['any', 'list'], (context, map, paths) => pathsOf(paths).reduce<Value>((rest, path) => without(context, rest, path), map)),
)

/** A path that leads deeper than values may nest leads nowhere. */
function parse(path: Bytes): Path {
  const parts = path.length > maxPathBytes ? [] : path.split('.')
  if (path.length > maxPathBytes || parts.length > maxDepth) {
    fail(`a path of more than ${maxDepth} parts, or ${maxPathBytes} bytes`)
  }
  return parts
}

const maxPathBytes = 65_536

const pathsOf = (paths: List<Value>): readonly Path[] =>
  paths
    .elements()
    .map((path) =>
      typeof path === 'string' ? parse(path) : fail(`a path must be string, not ${typeOf(path)}`),
    )

/** The index that a part of a path means in a list, undefined when it is beyond the ends or no number. */
function indexIn(list: List<Value>, part: Bytes): number | undefined {
  const index = /^-?\d+$/.test(part) ? parseInteger(part.replace(/^(-?)0+(?=\d)/, '$1')) : undefined
  if (typeof index !== 'number') return undefined
  const at = index < 0 ? list.length + index : index
  return at >= 0 && at < list.length ? at : undefined
}

function valueAt(context: Context, from: Value, [part, ...rest]: Path): Value {
  context.meter.step(1 + (rest.length >> 4))
  if (part === undefined) return from
  if (from instanceof List && part === '*') {
    context.meter.pay(2 * collectionBytes + from.length * 2 * elementBytes)
    const found = from.elements().map((element) => valueAt(context, element, rest))
    return new List<Value>(found.filter((value) => value !== undefined))
  }
  return valueAtPart(context, from, part, rest)
}

function valueAtPart(context: Context, from: Value, part: Bytes, rest: Path): Value {
  if (from instanceof Dict) return valueAt(context, from.get(part), rest)
  const at = from instanceof List ? indexIn(from, part) : undefined
  return from instanceof List && at !== undefined ? valueAt(context, from.at(at), rest) : undefined
}

/** The default for what was not found; a null that was found stays null. */
const orElse = (value: Value, other: Value): Value => (value === undefined ? other : value)

/** A copy with a value at a path. What is no map or list on the way is replaced by a map. */
function withValue(context: Context, from: Value, [part, ...rest]: Path, value: Value): Value {
  if (part === undefined) return value
  context.meter.step()
  if (from instanceof List) return listWithValue(context, from, part, rest, value)
  const entries = from instanceof Dict ? from.entries() : []
  context.meter.pay(collectionBytes + (entries.length + 1) * entryBytes)
  const copy = new Dict<Value>(entries)
  copy.set(part, withValue(context, copy.get(part), rest, value))
  return copy
}

function listWithValue(context: Context, list: List<Value>, part: Bytes, rest: Path, value: Value): Value {
  const at = indexIn(list, part)
  context.meter.pay(collectionBytes + list.length * elementBytes)
  const change = (element: Value, index: number) =>
    part === '*' || index === at ? withValue(context, element, rest, value) : element
  if (part === '*' || at !== undefined) return new List(list.elements().map(change))
  return fail(`the list has no element ${part}: it has ${list.length}`)
}

/** A copy without what a path leads to. */
function without(context: Context, from: Value, [part, ...rest]: Path): Value {
  context.meter.step()
  if (part === undefined || !(from instanceof Dict || from instanceof List)) return from
  if (from instanceof List) return listWithout(context, from, part, rest)
  if (!from.has(part)) return from
  context.meter.pay(collectionBytes + from.size * entryBytes)
  const copy = new Dict<Value>(from.entries())
  if (rest.length === 0) copy.delete(part)
  else copy.set(part, without(context, from.get(part), rest))
  return copy
}

function listWithout(context: Context, list: List<Value>, part: Bytes, rest: Path): Value {
  const at = indexIn(list, part)
  const isMeant = (index: number) => part === '*' || index === at
  context.meter.pay(collectionBytes + list.length * elementBytes)
  const elements = list.elements()
  if (rest.length === 0) return new List(elements.filter((_, index) => !isMeant(index)))
  return new List(
    elements.map((element, index) => (isMeant(index) ? without(context, element, rest) : element)),
  )
}

/** What the paths lead to, in the same structure; elements of lists move together. */
function pick(context: Context, from: Value, paths: readonly Path[]): Value {
  context.meter.step(paths.reduce((sum, path) => sum + 1 + (path.length >> 2), 0))
  context.meter.pay(paths.reduce((sum, path) => sum + path.length * elementBytes, 0))
  if (paths.some((path) => path.length === 0)) return from
  const restsOf = (matches: (part: Bytes | undefined) => boolean) =>
    paths.filter(([part]) => matches(part)).map((path) => path.slice(1))
  if (from instanceof List) {
    const kept = from.elements().map((element, at) => {
      const rests = restsOf((part) => part === '*' || (part !== undefined && indexIn(from, part) === at))
      return rests.length === 0 ? undefined : pick(context, element, rests)
    })
    context.meter.pay(collectionBytes + kept.length * elementBytes)
    return new List<Value>(kept.filter((element) => element !== undefined))
  }
  if (!(from instanceof Dict)) return undefined
  context.meter.pay(collectionBytes + from.size * entryBytes)
  const kept = from.entries().map(([key, element]) => {
    const rests = restsOf((part) => part === key)
    return [key, rests.length === 0 ? undefined : pick(context, element, rests)] as const
  })
  return new Dict(kept.filter(([, element]) => element !== undefined))
}
