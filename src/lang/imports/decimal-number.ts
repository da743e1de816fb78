// Decimal arithmetic: 100 significant digits, halves away from zero, exponents to a million on either side.

import { fail } from '../values/failure.ts'

/** `coefficient` times ten to the `exponent`. */
export type Finite = { readonly kind: 'finite'; readonly coefficient: bigint; readonly exponent: number }
export type Decimal = Finite | { readonly kind: 'nan' } | { readonly kind: 'infinity'; readonly sign: 1 | -1 }

export const precision = 100
const maxExponent = 1_000_000

export const nan: Decimal = { kind: 'nan' }
export const infinity = (sign: 1 | -1): Decimal => ({ kind: 'infinity', sign })
export const finite = (coefficient: bigint, exponent = 0): Finite => ({
  kind: 'finite',
  coefficient,
  exponent,
})

export const abs = (value: bigint) => (value < 0n ? -value : value)
export const ten = (power: number): bigint => 10n ** BigInt(power)
const digitsOf = (value: bigint) => abs(value).toString().length

/** The exponent of the first digit. */
export const magnitude = ({ coefficient, exponent }: Finite) => exponent + digitsOf(coefficient) - 1

/** The number with at most so many digits. */
export function rounded(value: Finite, digits: number = precision): Finite {
  const extra = digitsOf(value.coefficient) - digits
  const result =
    extra > 0 ? finite(divideRounded(value.coefficient, ten(extra)), value.exponent + extra) : value
  if (Math.abs(magnitude(result)) > maxExponent && result.coefficient !== 0n)
    fail('the exponent of a decimal is too large')
  if (Math.abs(result.exponent) > maxExponent) fail('the exponent of a decimal is too large')
  return digitsOf(result.coefficient) > digits ? rounded(result, digits) : result
}

/** The quotient of two integers; halves go away from zero. */
export function divideRounded(a: bigint, b: bigint): bigint {
  const half = abs(b) / 2n
  const sign = a < 0n === b < 0n ? 1n : -1n
  const quotient = abs(a) / abs(b)
  const rest = abs(a) % abs(b)
  return sign * (quotient + (rest > half || rest * 2n === abs(b) ? 1n : 0n))
}

/** Both coefficients at the smaller exponent. What is too small to show is only a trace below the last digit. */
function aligned(a: Finite, b: Finite): readonly [bigint, bigint, number] {
  if (a.exponent < b.exponent) {
    const [y, x, exponent] = aligned(b, a)
    return [x, y, exponent]
  }
  const gap = a.exponent - b.exponent
  const room = precision + 3
  if (a.coefficient !== 0n && magnitude(a) - magnitude(b) > room + digitsOf(a.coefficient)) {
    const trace = b.coefficient === 0n ? 0n : b.coefficient < 0n ? -1n : 1n
    return [a.coefficient * ten(room), trace, a.exponent - room]
  }
  if (a.coefficient === 0n) return [0n, b.coefficient, b.exponent]
  return [a.coefficient * ten(gap), b.coefficient, b.exponent]
}

export function add(a: Finite, b: Finite): Finite {
  const [x, y, exponent] = aligned(a, b)
  return rounded(finite(x + y, exponent))
}

export const negate = (a: Finite): Finite => finite(-a.coefficient, a.exponent)
export const multiply = (a: Finite, b: Finite, digits?: number): Finite =>
  rounded(finite(a.coefficient * b.coefficient, a.exponent + b.exponent), digits)

/** The order as a number below, at or above 0. */
export function compare(a: Finite, b: Finite): number {
  const [x, y] = aligned(a, b)
  return x < y ? -1 : Number(x > y)
}

/** The quotient; an exact one has no more zeros at its end than it needs. */
export function divide(a: Finite, b: Finite, digits: number = precision): Finite {
  const shift = Math.max(0, digits + 2 + digitsOf(b.coefficient) - digitsOf(a.coefficient))
  const dividend = a.coefficient * ten(shift)
  const ideal = a.exponent - b.exponent
  if (dividend % b.coefficient === 0n)
    return trimmed(rounded(finite(dividend / b.coefficient, ideal - shift), digits), ideal)
  // One more digit, which is not zero, keeps what is not a half from looking like one.
  const sign = a.coefficient < 0n === b.coefficient < 0n ? 1n : -1n
  return rounded(finite((dividend / b.coefficient) * 10n + sign, ideal - shift - 1), digits)
}

function trimmed({ coefficient, exponent }: Finite, ideal: number): Finite {
  let [c, e] = [coefficient, exponent]
  while (e < ideal && c % 10n === 0n && c !== 0n) {
    c /= 10n
    e++
  }
  return finite(c, c === 0n ? ideal : e)
}

/** The remainder of a division truncated toward zero. */
export function remainder(a: Finite, b: Finite): Finite {
  const size = magnitude(a) - magnitude(b)
  if (size > precision) fail('the quotient of a remainder has too many digits')
  if (size < -1 || a.coefficient === 0n) return a
  const exponent = Math.min(a.exponent, b.exponent)
  const scaled = (value: Finite) => value.coefficient * ten(value.exponent - exponent)
  return rounded(finite(scaled(a) % scaled(b), exponent))
}

/** The next whole number below (`down`) or above. */
export function whole(value: Finite, direction: 'down' | 'up' | 'zero'): Finite {
  if (value.exponent >= 0) return value
  if (value.coefficient === 0n) return finite(0n)
  const isSmall = -value.exponent > digitsOf(value.coefficient)
  const unit = isSmall ? 1n : ten(-value.exponent)
  const truncated = isSmall ? 0n : value.coefficient / unit
  const isExact = !isSmall && value.coefficient % unit === 0n
  if (isExact || direction === 'zero') return finite(truncated)
  if (direction === 'down') return finite(value.coefficient < 0n ? truncated - 1n : truncated)
  return finite(value.coefficient > 0n ? truncated + 1n : truncated)
}

/** The number in plain digits up to an exponent of 20 on either side, else scientific. */
export function textOf(value: Decimal): string {
  if (value.kind === 'nan') return 'NaN'
  if (value.kind === 'infinity') return value.sign < 0 ? '-Infinity' : 'Infinity'
  const { coefficient, exponent } = value
  const [sign, digits] = [coefficient < 0n ? '-' : '', abs(coefficient).toString()]
  const size = magnitude(value)
  if (Math.abs(size) > 20 || exponent > 20) {
    const fraction = digits.slice(1)
    return `${sign}${digits[0]}${fraction && `.${fraction}`}E${size < 0 ? '-' : '+'}${Math.abs(size)}`
  }
  if (exponent >= 0) return sign + digits + (coefficient === 0n ? '' : '0'.repeat(exponent))
  const padded = digits.padStart(1 - exponent, '0')
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}

const syntax = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,9}))?$/

/** The decimal that a text spells, undefined when it spells none. */
export function parse(text: string): Decimal | undefined {
  const [, special] = /^[-+]?(nan|inf|infinity)$/i.exec(text) ?? []
  if (special !== undefined)
    return special.toLowerCase() === 'nan' ? nan : infinity(text.startsWith('-') ? -1 : 1)
  const [, sign, integer = '', fraction = '', exponent = '0'] = syntax.exec(text) ?? []
  if (integer + fraction === '' || text.length > 10_000) return undefined
  const coefficient = BigInt(integer + fraction)
  return rounded(finite(sign === '-' ? -coefficient : coefficient, Number(exponent) - fraction.length))
}
