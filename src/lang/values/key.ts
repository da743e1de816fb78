// Maps have keys of four types: bool, int, float and string. The integer 1 and the float 1.0 are one key (they
// compare as equal).

import { Float } from './float.ts'
import type { Int } from './int.ts'

/** A key as JavaScript's Map tells keys apart: floats are numbers, those of a whole value are integers. */
export type Slot = string | boolean | Int

/** The key of a map. */
export type Key = string | boolean | Int | Float

/** Whether a value can be the key of a map. */
export const isKey = (value: unknown): value is Key => slotOf(value) !== undefined

/** The slot of a key, undefined for what cannot be one. */
export function slotOf(key: unknown): Slot | undefined {
  if (
    typeof key === 'string' ||
    typeof key === 'boolean' ||
    typeof key === 'number' ||
    typeof key === 'bigint'
  )
    return key
  return key instanceof Float ? slotOfFloat(key.value) : undefined
}

function slotOfFloat(value: number): Slot | undefined {
  if (Number.isNaN(value)) return undefined
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value + 0
  // Beyond 2^53 an integer is a bigint; beyond 2^63 there is none to be equal to.
  const isInt64 = value >= -(2 ** 63) && value < 2 ** 63
  return isInt64 ? BigInt(value) : value
}
