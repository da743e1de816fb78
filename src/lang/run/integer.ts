// Integers out of strings.

import { readInt } from '../syntax/number.ts'
import { type Int, negateInt, toInt } from '../values/int.ts'

/** The integer that a string spells as the language would, with an optional sign; undefined when it does not. */
export function parseInteger(text: string): Int | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)([0-9a-fA-FxX]+)$/.exec(text) ?? []
  if (digits === '') return undefined
  if (sign === '-' && digits.length <= maxLength && BigInt.asUintN(64, smallest) === toUnsigned(digits))
    return toInt(smallest)
  const value = readInt(digits)
  return value === undefined || sign !== '-' ? value : negateInt(value)
}

const smallest = -(2n ** 63n)
const maxLength = 24

// The smallest integer has no positive twin, so its digits are no literal.
function toUnsigned(digits: string): bigint | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(digits) || /^[1-9]\d*$/.test(digits)) return BigInt(digits)
  return /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : undefined
}
