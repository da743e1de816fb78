// Logic with undefined, by the documented table (specification 2.6). It is not Kleene's: `undefined and false` is
// undefined, while `undefined or true` is true. Only `false and` and `true or` skip the right side.

import { fail } from '../values/failure.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'

/** A truth value, or none. */
export type Truth = boolean | undefined

/** `and`, `or`, `xor`. */
export type LogicOperator = 'and' | 'or' | 'xor'

/** The value that decides without a look at the right side. */
export const decides: Readonly<Record<LogicOperator, Truth | 'none'>> = { and: false, or: true, xor: 'none' }

/** What two truths make, when the left one did not decide. */
export function combine(operator: LogicOperator, a: Truth, b: Truth): Truth {
  if (operator === 'or' && b === true) return true
  if (a === undefined || b === undefined) return undefined
  if (operator === 'and') return a && b
  return operator === 'or' ? a || b : a !== b
}

/** The value as a truth; `what` says whose value it is, should it be none. */
export function truth(value: Value, what: string): Truth {
  if (typeof value === 'boolean' || value === undefined) return value
  return fail(`${what} must be bool, not ${typeOf(value)}`)
}
