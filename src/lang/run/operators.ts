// The binary operators that evaluate both sides, as a table (specification 2.5). `and`, `or`, `xor` and `else`,
// which may skip their right side, are in logic.ts.

import type { BinaryOperator } from '../syntax/precedence.ts'
import { equal, order } from '../values/compare.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { addInts, divideInts, type Int, multiplyInts, remainderOfInts, subtractInts } from '../values/int.ts'
import { List } from '../values/list.ts'
import { typeOf } from '../values/types.ts'
import { isInt, isNumber, toDouble, type Value } from '../values/value.ts'
import { elementBytes, type Meter } from './meter.ts'
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
  '==': (a, b) => equal(a, b),
  is: (a, b) => equal(a, b),
  '!=': (a, b) => not(equal(a, b)),
  'is not': (a, b) => not(equal(a, b)),
  '<': ordered((difference) => difference < 0),
  '<=': ordered((difference) => difference <= 0),
  '>': ordered((difference) => difference > 0),
  '>=': ordered((difference) => difference >= 0),
  contains,
  'not contains': (a, b) => not(contains(a, b)),
  in: (a, b) => contains(b, a),
  'not in': (a, b) => not(contains(b, a)),
  matches,
  'not matches': (a, b, meter) => not(matches(a, b, meter)),
}

const not = (value: boolean | undefined) => (value === undefined ? undefined : !value)

function add(a: Value, b: Value, meter: Meter): Value {
  if (typeof a === 'string' && typeof b === 'string') {
    meter.pay(a.length + b.length)
    return a + b
  }
  if (a instanceof List && b instanceof List) {
    meter.pay((a.length + b.length) * elementBytes)
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
  return (a, b) => {
    if (isInt(a) && isInt(b)) return ints(a, b)
    if (a === undefined || b === undefined) return undefined
    if (isNumber(a) && isNumber(b)) return new Float(doubles(toDouble(a), toDouble(b)))
    return fail(`\`${sign}\` cannot take ${typeOf(a)} and ${typeOf(b)}`)
  }
}

function nonZero(operate: (a: Int, b: Int) => Int) {
  return (a: Int, b: Int) => (b === 0 ? fail('division by zero') : operate(a, b))
}

// NaN is neither below nor above, nor equal to anything.
function ordered(accept: (difference: number) => boolean): Operator {
  return (a, b) => {
    if (isNaNFloat(a) || isNaNFloat(b)) return isNumber(a) && isNumber(b) ? false : undefined
    const difference = order(a, b)
    return difference === undefined ? undefined : accept(difference)
  }
}

const isNaNFloat = (value: Value) => value instanceof Float && Number.isNaN(value.value)

/** Whether a list has an element, a map a key, a string a part. */
function contains(all: Value, one: Value): boolean | undefined {
  if (all instanceof List) return listContains(all, one)
  if (all instanceof Dict) return one === undefined ? undefined : all.has(one)
  if (all === undefined) return undefined
  if (typeof all !== 'string')
    return fail(`nothing can be in ${typeOf(all)}: only lists, maps and strings hold anything`)
  if (one === undefined) return undefined
  return typeof one === 'string' ? all.includes(one) : fail(`a string cannot contain ${typeOf(one)}`)
}

/** A match decides; else one undefined element does. */
function listContains(list: List<Value>, one: Value): boolean | undefined {
  if (one === undefined) return undefined
  let found: boolean | undefined = false
  for (const element of list.elements()) {
    const same = equal(element, one)
    if (same === true) return true
    if (same === undefined) found = undefined
  }
  return found
}
