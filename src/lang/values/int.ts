// Integers of 64 bits that wrap around. Almost all are small, so an integer is a JavaScript number as long as
// that is exact, and a bigint beyond. INVARIANT: one integer has one form, so `===` compares integers.

/** An integer from -2^63 to 2^63 - 1: a safe number, or a bigint when it is not safe. Never -0. */
export type Int = number | bigint

/** The integer that is left of a bigint when 64 bits are kept, in its one form. */
export function toInt(value: bigint): Int {
  const wrapped = BigInt.asIntN(64, value)
  const small = Number(wrapped)
  return Number.isSafeInteger(small) ? small : wrapped
}

export const addInts = (a: Int, b: Int): Int =>
  exact(a, b, Number(a) + Number(b)) ?? toInt(BigInt(a) + BigInt(b))
export const subtractInts = (a: Int, b: Int): Int =>
  exact(a, b, Number(a) - Number(b)) ?? toInt(BigInt(a) - BigInt(b))
export const multiplyInts = (a: Int, b: Int): Int =>
  exact(a, b, Number(a) * Number(b)) ?? toInt(BigInt(a) * BigInt(b))
export const negateInt = (a: Int): Int => (typeof a === 'number' ? 0 - a : toInt(-a))

/** The quotient truncated toward zero; the divisor is not zero. The smallest integer by -1 stays what it is. */
export const divideInts = (a: Int, b: Int): Int =>
  typeof a === 'number' && typeof b === 'number' ? Math.trunc(a / b) + 0 : toInt(BigInt(a) / BigInt(b))

/** The remainder with the sign of the dividend; the divisor is not zero. */
export const remainderOfInts = (a: Int, b: Int): Int =>
  typeof a === 'number' && typeof b === 'number' ? (a % b) + 0 : toInt(BigInt(a) % BigInt(b))

// A sum, difference or product of safe numbers that is safe itself was not rounded.
function exact(a: Int, b: Int, result: number): number | undefined {
  const plain = typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(result)
  return plain ? result + 0 : undefined
}
