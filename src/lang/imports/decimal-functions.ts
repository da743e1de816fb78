// Roots, powers, logarithms: computed on integers scaled by ten to the 130, then rounded to 100 digits.

import { fail } from '../values/failure.ts'
import {
  divide,
  divideRounded,
  type Finite,
  finite,
  magnitude,
  multiply,
  precision,
  rounded,
  ten,
} from './decimal-number.ts'

const places = precision + 30
const one = ten(places)

/** The square root of a number that is not negative. */
export function squareRoot(value: Finite): Finite {
  if (value.coefficient === 0n) return finite(0n, Math.trunc(value.exponent / 2))
  const shift = 2 * places + (((value.exponent % 2) + 2) % 2)
  const root = integerRoot(value.coefficient * ten(shift))
  const result = finite(root, (value.exponent - shift) / 2)
  return rounded(shorter(result, value.exponent / 2))
}

/** Without needless zeros at the end. */
function shorter({ coefficient, exponent }: Finite, ideal: number): Finite {
  let [c, e] = [coefficient, exponent]
  while (e < ideal && c % 10n === 0n && c !== 0n) {
    c /= 10n
    e++
  }
  return finite(c, e)
}

/** Newton's method on integers: the largest root that is not too large. */
function integerRoot(value: bigint): bigint {
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (guess + value / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

/** Twice the area tangent of 1/n: the logarithm of (n+1)/(n-1). */
function logarithmAround(n: bigint): bigint {
  let [term, sum] = [one / n, 0n]
  for (let k = 1n; term !== 0n; k += 2n) {
    sum += term / k
    term /= n * n
  }
  return 2n * sum
}

// ln 10 = 3 ln 2 + ln 1.25
const logarithmOfTen = 3n * logarithmAround(3n) + logarithmAround(9n)

const toScaled = (value: Finite): bigint => {
  const power = value.exponent + places
  return power >= 0 ? value.coefficient * ten(power) : divideRounded(value.coefficient, ten(-power))
}

/** e to a scaled power between -10 and 10, scaled. */
function scaledExponential(power: bigint): bigint {
  const halvings = 16n
  let [term, sum] = [one, one]
  const small = power >> halvings
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = (term * small) / one / k
    sum += term
  }
  for (let done = 0n; done < halvings; done++) sum = (sum * sum) / one
  return sum
}

/** e to the power of a number. */
export function exponential(power: Finite): Finite {
  if (power.coefficient === 0n) return finite(1n)
  if (magnitude(power) > 7) return fail('the exponent of a decimal is too large')
  if (magnitude(power) < -places) return finite(1n)
  const scaled = toScaled(power)
  const tens = scaled / logarithmOfTen
  return rounded(finite(scaledExponential(scaled - tens * logarithmOfTen), Number(tens) - places))
}

/** The natural logarithm of a positive number, scaled. */
function scaledLogarithm(value: Finite): bigint {
  const size = magnitude(value)
  const head = finite(value.coefficient, value.exponent - size)
  const scaled = toScaled(head)
  let guess = BigInt(Math.round(Math.log(Number(scaled / ten(places - 15)) / 1e15) * 1e15)) * ten(places - 15)
  for (let round = 0; round < 5; round++) {
    const power = scaledExponential(guess)
    guess += (2n * (scaled - power) * one) / (scaled + power)
  }
  return guess + BigInt(size) * logarithmOfTen
}

export const logarithm = (value: Finite): Finite =>
  value.coefficient === 1n && value.exponent === 0
    ? finite(0n)
    : rounded(finite(scaledLogarithm(value), -places))

/** The logarithm to the base of ten; exact for powers of ten. */
export function logarithm10(value: Finite): Finite {
  const size = magnitude(value)
  if (value.coefficient === ten(size - value.exponent)) return finite(BigInt(size))
  return rounded(finite((scaledLogarithm(value) * one) / logarithmOfTen, -places))
}

/** A number to the power of another. */
export function power(base: Finite, exponent: Finite): Finite {
  // However many places a zero has: ten to so many is not wanted.
  if (exponent.coefficient === 0n) return finite(1n)
  const isWhole =
    exponent.exponent >= 0 || exponent.coefficient % ten(Math.min(-exponent.exponent, 10_000)) === 0n
  if (isWhole && magnitude(exponent) <= 6) return wholePower(base, Number(toScaled(exponent) / one))
  if (base.coefficient < 0n) return fail('a negative number has no such power')
  if (base.coefficient === 0n) return finite(0n)
  return exponential(multiply(exponent, finite(scaledLogarithm(base), -places), places))
}

/** By squaring, with some digits to spare. */
function wholePower(base: Finite, exponent: number): Finite {
  let [result, square] = [finite(1n), base]
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, square, places)
    if (rest > 1) square = multiply(square, square, places)
  }
  if (exponent >= 0) return rounded(result)
  return base.coefficient === 0n ? fail('division by zero') : divide(finite(1n), result)
}
