// What a policy computes with. Nothing here has a prototype that a policy could reach: maps are `Dict`s around a
// JavaScript Map, and a name is only ever looked up in one.

import type { Bytes } from './bytes.ts'
import type { Dict } from './dict.ts'
import { Float } from './float.ts'
import type { Int } from './int.ts'
import type { List } from './list.ts'

/** Anything that can be called. How is the business of the evaluator that made it. */
export abstract class Callable {
  /** The name for messages. */
  abstract readonly name: string
}

/** Any value of the language; JavaScript's `undefined` is the language's. */
export type Value = undefined | null | boolean | Int | Float | Bytes | List<Value> | Dict<Value> | Callable

/** The name of a value's type, as `types.type_of` gives it. */
export type TypeName = 'undefined' | 'null' | 'bool' | 'int' | 'float' | 'string' | 'list' | 'map' | 'func'

export const isInt = (value: Value): value is Int => typeof value === 'number' || typeof value === 'bigint'
export const isNumber = (value: Value): value is Int | Float => isInt(value) || value instanceof Float
/** A number as a double, whichever kind it is. */
export const toDouble = (value: Int | Float): number => (value instanceof Float ? value.value : Number(value))
