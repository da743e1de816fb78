// Equality and order (specification 2.5, 11). Different types are unequal, not an error; undefined spreads.

import { Dict } from './dict.ts'
import { type Costs, fail } from './failure.ts'
import { Float } from './float.ts'
import { List } from './list.ts'
import { isInt, isNumber, type Value } from './value.ts'

/** How deep values may nest where they are gone through: deeper ones may contain themselves. */
export const maxDepth = 1000

/** Whether two values are equal; undefined when either is, or when that depends on an undefined inside. */
export function equal(a: Value, b: Value, costs: Costs, depth = 0): boolean | undefined {
  if (a === undefined || b === undefined) return undefined
  if (typeof a === 'string') return typeof b === 'string' && sameText(a, b, costs)
  if (a instanceof List && b instanceof List) return equalLists(a, b, costs, depth)
  if (a instanceof Dict && b instanceof Dict) return equalDicts(a, b, costs, depth)
  if (a instanceof Float) return b instanceof Float ? a.value === b.value : isInt(b) && sameNumber(b, a.value)
  if (b instanceof Float) return isInt(a) && sameNumber(a, b.value)
  return a === b
}

/** The order of two numbers or two strings as a number below, at or above 0; undefined for all else, and NaN. */
export function order(a: Value, b: Value): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a === b ? 0 : 1
  if (!isNumber(a) || !isNumber(b)) return undefined
  const [x, y] = [a instanceof Float ? a.value : a, b instanceof Float ? b.value : b]
  if (x < y) return -1
  return x > y ? 1 : 0
}

function sameText(a: string, b: string, costs: Costs): boolean {
  if (a.length !== b.length) return false
  costs.step(a.length >> 6)
  return a === b
}

// Numbers and bigints compare by their exact values.
// biome-ignore lint/suspicious/noDoubleEquals: the only comparison of a bigint with a double
const sameNumber = (int: number | bigint, double: number) => int == double

function deeper(depth: number): number {
  return depth < maxDepth
    ? depth + 1
    : fail(`cannot compare values that nest more than ${maxDepth} levels deep`)
}

function equalLists(a: List<Value>, b: List<Value>, costs: Costs, depth: number): boolean | undefined {
  if (a.length !== b.length) return false
  costs.step(a.length)
  const [ones, others] = [a.elements(), b.elements()]
  const inside = deeper(depth)
  let all: boolean | undefined = true
  for (let at = 0; at < ones.length; at++) {
    const one = equal(ones[at], others[at], costs, inside)
    if (one === false) return false
    if (one === undefined) all = undefined
  }
  return all
}

/** One unequal pair decides; else one undefined pair does. */
function equalDicts(a: Dict<Value>, b: Dict<Value>, costs: Costs, depth: number): boolean | undefined {
  costs.step(4 + 4 * a.size)
  if (a.size !== b.size || !a.keys().every((key) => b.has(key))) return false
  const inside = deeper(depth)
  let all: boolean | undefined = true
  for (const [key, value] of a.entries()) {
    const one = equal(value, b.get(key), costs, inside)
    if (one === false) return false
    if (one === undefined) all = undefined
  }
  return all
}
