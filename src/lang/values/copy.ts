// Data that crosses a border (out of a module, out of an import) is copied, so that nobody changes it from
// outside.

import { maxDepth } from './compare.ts'
import { Dict } from './dict.ts'
import { fail } from './failure.ts'
import { List } from './list.ts'
import type { Value } from './value.ts'

/**
 * A copy of a value and all that is in it; functions stay the same. It is made bit by bit, as far as somebody
 * looks, so it is only for values that nobody else changes any more.
 */
export function lazyCopyOf(value: Value): Value {
  return value instanceof List || value instanceof Dict ? value.copy(lazyCopyOf) : value
}

/** The same made at once, for values that somebody still may change. */
export function copyOf(value: Value, pay: (elements: number) => void, depth = 0): Value {
  if (depth > maxDepth) fail(`cannot copy values that nest more than ${maxDepth} levels deep`)
  const copyElement = (element: Value) => copyOf(element, pay, depth + 1)
  if (value instanceof List) {
    pay(value.length)
    return new List(value.elements().map(copyElement))
  }
  if (!(value instanceof Dict)) return value
  pay(value.size)
  const entries = value.entries().map(([key, element]) => [key, copyElement(element)] as const)
  return new Dict(entries, value.hidden, value.methods)
}
