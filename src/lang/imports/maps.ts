// import "collection/maps": values at paths like `a.b.0.c`. A whole number indexes a list, `*` stands for all
// elements of one. What a path does not lead to is the default.

import { parseInteger } from '../run/integer.ts'
import { type Context, native } from '../run/native.ts'
import type { Bytes } from '../values/bytes.ts'
import { maxDepth } from '../values/compare.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import type { Key } from '../values/key.ts'
import { List } from '../values/list.ts'
import { boxBytes, collectionBytes, elementBytes, entryBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import { table } from './table.ts'

/** A path from one of its parts on. Paths are not cut up: they may be long, and gone through often. */
type Path = { readonly parts: readonly Bytes[]; readonly at: number }

const partOf = ({ parts, at }: Path): Bytes | undefined => parts[at]
const restOf = ({ parts, at }: Path): Path => ({ parts, at: at + 1 })
const isEnd = ({ parts, at }: Path) => at >= parts.length

// biome-ignore format: table
export const maps = table(
  native('get',   ['any', 'string', 'any'], (context, map, path, other) => orElse(valueAt(context, map, parse(context, path)), other), 1),
  native('has',   ['any', 'string'], (context, map, path) => valueAt(context, map, parse(context, path)) !== undefined),
  native('set',   ['any', 'string', 'any'], (context, map, path, value) => withValue(context, map, parse(context, path), value)),
  native('unset', ['any', 'string'], (context, map, path) => without(context, map, parse(context, path))),
  native('pick',  ['any', 'list'], (context, map, paths) => pick(context, map, pathsOf(context, paths))),
  native('omit',  ['any', 'list'], (context, map, paths) => pathsOf(context, paths).reduce<Value>((rest, path) => without(context, rest, path), map)),
)

/** A path that leads deeper than values may nest leads nowhere. */
function parse({ meter }: Context, path: Bytes): Path {
  if (path.length > maxPathBytes) return tooLong()
  meter.step(path.length >> 4)
  const parts = path.split('.', maxDepth + 1)
  meter.pay(collectionBytes + parts.length * (boxBytes + elementBytes))
  return parts.length > maxDepth ? tooLong() : { parts, at: 0 }
}

const maxPathBytes = 65_536
const tooLong = () => fail(`a path of more than ${maxDepth} parts, or ${maxPathBytes} bytes`)

const pathsOf = (context: Context, paths: List<Value>): readonly Path[] =>
  paths
    .elements()
    .map((path) =>
      typeof path === 'string' ? parse(context, path) : fail(`a path must be string, not ${typeOf(path)}`),
    )

/** The index that a part of a path means in a list, undefined when it is beyond the ends or no number. */
function indexIn(list: List<Value>, part: Bytes): number | undefined {
  const index = /^-?\d+$/.test(part) ? parseInteger(part.replace(/^(-?)0+(?=\d)/, '$1')) : undefined
  if (typeof index !== 'number') return undefined
  const at = index < 0 ? list.length + index : index
  return at >= 0 && at < list.length ? at : undefined
}

function valueAt(context: Context, from: Value, path: Path): Value {
  const part = partOf(path)
  context.meter.step()
  if (part === undefined) return from
  if (from instanceof List && part === '*') {
    context.meter.pay(2 * collectionBytes + from.length * 2 * elementBytes)
    const found = from.elements().map((element) => valueAt(context, element, restOf(path)))
    return new List<Value>(found.filter((value) => value !== undefined))
  }
  return valueAtPart(context, from, part, restOf(path))
}

function valueAtPart(context: Context, from: Value, part: Bytes, rest: Path): Value {
  context.meter.step(part.length >> 4)
  if (from instanceof Dict) return valueAt(context, from.get(part), rest)
  const at = from instanceof List ? indexIn(from, part) : undefined
  return from instanceof List && at !== undefined ? valueAt(context, from.at(at), rest) : undefined
}

/** An entry of a copy: the entries lie beside the copy as a list of pairs for a moment. */
const copiedEntryBytes = 2 * entryBytes

/** The default for what was not found; a null that was found stays null. */
const orElse = (value: Value, other: Value): Value => (value === undefined ? other : value)

/** A copy with a value at a path. What is no map or list on the way is replaced by a map. */
function withValue(context: Context, from: Value, path: Path, value: Value): Value {
  const [part, rest] = [partOf(path), restOf(path)]
  if (part === undefined) return value
  context.meter.step(1 + (part.length >> 4))
  if (from instanceof List) return listWithValue(context, from, part, rest, value)
  const size = from instanceof Dict ? from.size : 0
  context.meter.step(size >> 2)
  context.meter.pay(collectionBytes + (size + 1) * copiedEntryBytes)
  const entries = from instanceof Dict ? from.entries() : []
  const copy = new Dict<Value>(entries)
  copy.set(part, withValue(context, copy.get(part), rest, value))
  return copy
}

function listWithValue(context: Context, list: List<Value>, part: Bytes, rest: Path, value: Value): Value {
  const at = indexIn(list, part)
  context.meter.step(list.length >> 2)
  context.meter.pay(collectionBytes + list.length * elementBytes)
  const change = (element: Value, index: number) =>
    part === '*' || index === at ? withValue(context, element, rest, value) : element
  if (part === '*' || at !== undefined) return new List(list.elements().map(change))
  return fail(`the list has no element ${part}: it has ${list.length}`)
}

/** A copy without what a path leads to. */
function without(context: Context, from: Value, path: Path): Value {
  const [part, rest] = [partOf(path), restOf(path)]
  context.meter.step(1 + ((part ?? '').length >> 4))
  if (part === undefined || !(from instanceof Dict || from instanceof List)) return from
  if (from instanceof List) return listWithout(context, from, part, rest)
  if (!from.has(part)) return from
  context.meter.step(from.size >> 2)
  context.meter.pay(collectionBytes + from.size * copiedEntryBytes)
  const copy = new Dict<Value>(from.entries())
  if (isEnd(rest)) copy.delete(part)
  else copy.set(part, without(context, from.get(part), rest))
  return copy
}

function listWithout(context: Context, list: List<Value>, part: Bytes, rest: Path): Value {
  const at = indexIn(list, part)
  const isMeant = (index: number) => part === '*' || index === at
  context.meter.step(list.length >> 2)
  context.meter.pay(collectionBytes + list.length * elementBytes)
  const elements = list.elements()
  if (isEnd(rest)) return new List(elements.filter((_, index) => !isMeant(index)))
  return new List(
    elements.map((element, index) => (isMeant(index) ? without(context, element, rest) : element)),
  )
}

/** What the paths lead to, in the same structure; elements of lists move together. */
function pick(context: Context, from: Value, paths: readonly Path[]): Value {
  context.meter.step(paths.length)
  context.meter.pay(paths.length * (entryBytes + elementBytes))
  if (paths.some(isEnd)) return from
  const rests = new Map<Bytes, Path[]>()
  for (const path of paths) {
    const part = partOf(path) ?? ''
    context.meter.step(part.length >> 4)
    const others = rests.get(part)
    if (others === undefined) rests.set(part, [restOf(path)])
    else others.push(restOf(path))
  }
  if (from instanceof List) return pickOfList(context, from, rests)
  return from instanceof Dict ? pickOfDict(context, from, rests) : undefined
}

/** Where paths lead to, by the part at hand. */
type Rests = ReadonlyMap<Bytes, readonly Path[]>

function pickOfList(context: Context, list: List<Value>, rests: Rests): Value {
  const byIndex = new Map<number, Path[]>()
  for (const [part, paths] of rests) {
    const at = indexIn(list, part)
    if (at !== undefined) byIndex.set(at, [...(byIndex.get(at) ?? []), ...paths])
  }
  const ofAll = rests.get('*') ?? []
  context.meter.step(list.length * (1 + (ofAll.length >> 3)))
  context.meter.pay(collectionBytes + 2 * list.length * elementBytes)
  const kept = list.elements().map((element, at) => {
    const paths = [...ofAll, ...(byIndex.get(at) ?? [])]
    return paths.length === 0 ? undefined : pick(context, element, paths)
  })
  return new List<Value>(kept.filter((element) => element !== undefined))
}

function pickOfDict(context: Context, map: Dict<Value>, rests: Rests): Value {
  context.meter.step(map.size)
  context.meter.pay(collectionBytes + map.size * copiedEntryBytes)
  const kept: (readonly [Key, Value])[] = []
  for (const [key, element] of map.entries()) {
    const paths = typeof key === 'string' ? rests.get(key) : undefined
    const value = paths === undefined ? undefined : pick(context, element, paths)
    if (value !== undefined) kept.push([key, value])
  }
  return new Dict(kept)
}
