// The binary operators that evaluate both sides, as a table (specification 2.5). `and`, `or`, `xor` and `else`,
// which may skip their right side, are in logic.ts.

import type { BinaryOperator } from '../syntax/precedence.ts'
import { equal, order } from '../values/compare.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { find } from '../values/find.ts'
import { Float } from '../values/float.ts'
import { addInts, divideInts, type Int, multiplyInts, remainderOfInts, subtractInts } from '../values/int.ts'
import { List } from '../values/list.ts'
import { boxBytes, collectionBytes, elementBytes, textBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import { isInt, isNumber, toDouble, type Value } from '../values/value.ts'
import { type Meter, stepsOfKey } from './meter.ts'
import { matches } from './regex.ts'

/** An operator on two values. It may fail, and it pays for what it makes. */
export type Operator = (a: Value, b: Value, meter: Meter) => Value

/** The operators that need both of their operands. */
export type StrictOperator = Exclude<BinaryOperator, 'and' | 'or' | 'xor' | 'else'>

/** Every strict operator. */
export const operators: Readonly<Record<StrictOperator, Operator>> = {
  '+': add,
  '-': arithmetic('-', subtractInts, (a, b) => a - b),
  '*': arithmetic('*', multiplyInts, (a, b) => a * b),
  '/': arithmetic('/', nonZero(divideInts), (a, b) => a / b),
  '%': arithmetic('%', nonZero(remainderOfInts), (a, b) => a % b),
  '==': (a, b, meter) => equal(a, b, meter),
  is: (a, b, meter) => equal(a, b, meter),
  '!=': (a, b, meter) => not(equal(a, b, meter)),
  'is not': (a, b, meter) => not(equal(a, b, meter)),
  '<': ordered((difference) => difference < 0),
  '<=': ordered((difference) => difference <= 0),
  '>': ordered((difference) => difference > 0),
  '>=': ordered((difference) => difference >= 0),
  contains,
  'not contains': (a, b, meter) => not(contains(a, b, meter)),
  in: (a, b, meter) => contains(b, a, meter),
  'not in': (a, b, meter) => not(contains(b, a, meter)),
  // By its name: the program loads what knows patterns with the first of them.
  matches: (a, b, meter) => matches(a, b, meter),
  'not matches': (a, b, meter) => not(matches(a, b, meter)),
}

const not = (value: boolean | undefined) => (value === undefined ? undefined : !value)

function add(a: Value, b: Value, meter: Meter): Value {
  if (typeof a === 'string' && typeof b === 'string') {
    meter.pay(textBytes(a.length + b.length))
    return a + b
  }
  if (a instanceof List && b instanceof List) {
    meter.pay(collectionBytes + (a.length + b.length) * elementBytes)
    return new List<Value>([...a.elements(), ...b.elements()])
  }
  return addNumbers(a, b, meter)
}

const addNumbers = arithmetic('+', addInts, (a, b) => a + b)

function arithmetic(
  sign: string,
  ints: (a: Int, b: Int) => Int,
  doubles: (a: number, b: number) => number,
): Operator {
  return (a, b, meter) => {
    if (isInt(a) && isInt(b)) {
      const result = ints(a, b)
      if (typeof result === 'bigint') meter.pay(boxBytes)
      return result
    }
    if (a === undefined || b === undefined) return undefined
    if (isNumber(a) && isNumber(b)) {
      meter.pay(boxBytes)
      return new Float(doubles(toDouble(a), toDouble(b)))
    }
    return fail(`\`${sign}\` cannot take ${typeOf(a)} and ${typeOf(b)}`)
  }
}

function nonZero(operate: (a: Int, b: Int) => Int) {
  return (a: Int, b: Int) => (b === 0 ? fail('division by zero') : operate(a, b))
}

// NaN is neither below nor above, nor equal to anything.
function ordered(accept: (difference: number) => boolean): Operator {
  return (a, b, meter) => {
    if (typeof a === 'string' && typeof b === 'string') meter.step(Math.min(a.length, b.length) >> 6)
    if (isNaNFloat(a) || isNaNFloat(b)) return isNumber(a) && isNumber(b) ? false : undefined
    const difference = order(a, b)
    return difference === undefined ? undefined : accept(difference)
  }
}

const isNaNFloat = (value: Value) => value instanceof Float && Number.isNaN(value.value)

/** Whether a list has an element, a map a key, a string a part. */
function contains(all: Value, one: Value, meter: Meter): boolean | undefined {
  if (all instanceof List) return listContains(all, one, meter)
  if (all instanceof Dict) {
    meter.step(stepsOfKey(one))
    return one === undefined ? undefined : all.has(one)
  }
  if (all === undefined) return undefined
  if (typeof all !== 'string')
    return fail(`nothing can be in ${typeOf(all)}: only lists, maps and strings hold anything`)
  if (one === undefined) return undefined
  meter.step(all.length >> 5)
  return typeof one === 'string'
    ? find(all, one, meter) !== -1
    : fail(`a string cannot contain ${typeOf(one)}`)
}

/** A match decides; else one undefined element does. */
function listContains(list: List<Value>, one: Value, meter: Meter): boolean | undefined {
  if (one === undefined) return undefined
  let found: boolean | undefined = false
  for (const element of list.elements()) {
    meter.step()
    const same = equal(element, one, meter)
    if (same === true) return true
    if (same === undefined) found = undefined
  }
  return found
}
