// import "decimal": exact decimal numbers. A number is a map with its parts, and methods.

import { Getter, type Native, native } from '../run/native.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { toInt } from '../values/int.ts'
import { shortest } from '../values/text.ts'
import { typeOf } from '../values/types.ts'
import { isInt, type Value } from '../values/value.ts'
import { exponential, logarithm, logarithm10, power, squareRoot } from './decimal-functions.ts'
import {
  abs,
  add,
  compare,
  type Decimal,
  divide,
  type Finite,
  finite,
  infinity,
  multiply,
  nan,
  negate,
  parse,
  remainder,
  textOf,
  whole,
} from './decimal-number.ts'
import { alias, table } from './table.ts'

const maxLength = 4096

/** The decimal in what the import made, or in a number or string. */
function decimalOf(value: Value): Decimal {
  if (value instanceof Dict && value.methods === methods) return value.hidden as Decimal
  if (isInt(value)) return finite(BigInt(value))
  const text = value instanceof Float ? shortest(value.value) : value
  if (typeof text !== 'string') return fail(`cannot convert to decimal: ${typeOf(value).toUpperCase()}`)
  if (text.length > maxLength) return fail(`a decimal number of more than ${maxLength} bytes`)
  return parse(text) ?? fail(`\`${text}\` is no decimal number`)
}

function toDict(value: Decimal): Dict<Value> {
  const parts = value.kind === 'finite' ? value : undefined
  const sign = value.kind === 'nan' ? 0 : value.kind === 'infinity' ? value.sign : signOf(value)
  const fields: readonly (readonly [string, Value])[] = [
    ...([
      ['string', textOf(value)],
      ['sign', sign],
    ] as const),
    ['coefficient', parts === undefined ? undefined : int64(abs(parts.coefficient))],
    ...([
      ['exponent', parts?.exponent],
      ['float', new Float(Number(textOf(value)))],
    ] as const),
  ]
  return new Dict<Value>(fields, value, methods)
}

const signOf = ({ coefficient }: Finite) => (coefficient === 0n ? 0 : coefficient < 0n ? -1 : 1)
const int64 = (value: bigint): Value => (BigInt.asIntN(64, value) === value ? toInt(value) : undefined)

/** Truncated toward zero. */
function toInt64(value: Decimal): Value {
  if (value.kind !== 'finite') return fail(`${textOf(value)} is no int`)
  const { coefficient, exponent } = whole(value, 'zero')
  const isLarge = coefficient !== 0n && exponent > 20
  return (
    (isLarge ? undefined : int64(coefficient * 10n ** BigInt(coefficient === 0n ? 0 : exponent))) ??
    fail(`${textOf(value)} does not fit into 64 bits`)
  )
}

/** Infinity stays itself under most operations; nothing can be said of it and NaN. */
const onFinite = (a: Decimal, operate: (a: Finite) => Decimal): Decimal =>
  a.kind === 'finite' ? operate(a) : a

function onBoth(a: Decimal, b: Decimal, operate: (a: Finite, b: Finite) => Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return nan
  if (a.kind === 'infinity' || b.kind === 'infinity') return fail('infinity cannot be computed with')
  return operate(a, b)
}

const nonZero =
  (operate: (a: Finite, b: Finite) => Finite) =>
  (a: Finite, b: Finite): Finite =>
    b.coefficient === 0n ? fail('division by zero') : operate(a, b)

const positive = (operate: (a: Finite) => Finite) => (a: Finite) =>
  a.coefficient > 0n ? operate(a) : fail('the logarithm of a number that is not positive')

/** The order of two decimals, undefined with NaN. */
function order(a: Decimal, b: Decimal): number | undefined {
  if (a.kind === 'nan' || b.kind === 'nan') return undefined
  if (a.kind === 'finite' && b.kind === 'finite') return compare(a, b)
  const rank = (value: Decimal) => (value.kind === 'infinity' ? value.sign : 0)
  return rank(a) - rank(b)
}

const comparison = (
  names: readonly string[],
  accept: (order: number | undefined) => boolean,
): readonly Native[] =>
  alias(names, (name) => native(name, ['any', 'any'], (_, a, b) => accept(order(decimalOf(a), decimalOf(b)))))

const binary = (
  names: readonly string[],
  operate: (a: Finite, b: Finite) => Finite,
  steps = stepsPerOperation,
): readonly Native[] =>
  alias(names, (name) =>
    native(name, ['any', 'any'], ({ meter }, a, b) => {
      meter.step(steps)
      return toDict(onBoth(decimalOf(a), decimalOf(b), operate))
    }),
  )

const unary = (
  names: readonly string[],
  operate: (a: Finite) => Finite,
  steps = stepsPerOperation,
): readonly Native[] =>
  alias(names, (name) =>
    native(name, ['any'], ({ meter }, a) => {
      meter.step(steps)
      return toDict(onFinite(decimalOf(a), operate))
    }),
  )

// A step is some fifty nanoseconds of a walk; a series of a hundred digits takes a thousand times as long.
const [stepsPerOperation, stepsPerRoot, stepsPerSeries] = [40, 300, 2000]

const isBelow = (order: number | undefined) => order !== undefined && order < 0
const isAbove = (order: number | undefined) => order !== undefined && order > 0

const methods = table(
  ['int', new Getter((value) => toInt64(value as Decimal))],
  ...comparison(['is'], (order) => order === 0),
  ...comparison(['is_not'], (order) => order !== 0),
  ...comparison(['less_than', 'lt'], isBelow),
  ...comparison(['less_than_or_equals', 'lte'], (order) => isBelow(order) || order === 0),
  ...comparison(['greater_than', 'gt'], isAbove),
  ...comparison(['greater_than_or_equals', 'gte'], (order) => isAbove(order) || order === 0),
  ...binary(['add'], add),
  ...binary(['subtract', 'sub'], (a, b) => add(a, negate(b))),
  ...binary(['multiply', 'mul'], (a, b) => multiply(a, b)),
  ...binary(
    ['divide', 'div'],
    nonZero((a, b) => divide(a, b)),
  ),
  ...binary(['modulo', 'mod', 'remainder', 'rem'], nonZero(remainder)),
  ...binary(['power', 'pow'], power, stepsPerSeries),
  ...unary(['exp'], exponential, stepsPerSeries),
  ...unary(['loge', 'ln'], positive(logarithm), stepsPerSeries),
  ...unary(['log10', 'log'], positive(logarithm10), stepsPerSeries),
  ...unary(
    ['square_root', 'sqrt'],
    (a) => (a.coefficient < 0n ? fail('the root of a negative number') : squareRoot(a)),
    stepsPerRoot,
  ),
  ...unary(['ceiling', 'ceil'], (a) => whole(a, 'up')),
  ...unary(['floor'], (a) => whole(a, 'down')),
  ...unary(['absolute', 'abs'], (a) => finite(abs(a.coefficient), a.exponent)),
  ...unary(['negate', 'neg'], negate),
)

/** The members of the import. */
// biome-ignore format: table
export const decimal = table(
  native('new', ['any'], (_, value) => toDict(decimalOf(value))),
  ['nan', toDict(nan)],
  ...alias(['infinity', 'inf'], (name) => native(name, ['int'], (_, sign) => toDict(infinity(sign < 0 ? -1 : 1)), 1)),
  ...alias(['is_nan', 'isnan'], (name) => native(name, ['any'], (_, value) => decimalOf(value).kind === 'nan')),
  ...alias(['is_infinite', 'is_inf', 'isinf', 'isinfinite'], (name) => native(name, ['any'], (_, value) => decimalOf(value).kind === 'infinity')),
)
