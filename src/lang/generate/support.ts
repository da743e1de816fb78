// All that generated code is handed to work with: it sees nothing else. Most of it is what the walker uses too.

import { elementAt, select, setElement, slice } from '../run/access.ts'
import { fromHost } from '../run/border.ts'
import { builtins } from '../run/builtins.ts'
import { combine, type Truth, truth } from '../run/logic.ts'
import { type Meter, stepsOfKey } from '../run/meter.ts'
import { Native } from '../run/native.ts'
import { type Operator, operators } from '../run/operators.ts'
import { entriesOf } from '../run/quantifiers.ts'
import type { Imported } from '../run/scope.ts'
import { isAscii, textToBytes } from '../values/bytes.ts'
import { copyOf, lazyCopyOf } from '../values/copy.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { negateInt } from '../values/int.ts'
import { isKey, type Key } from '../values/key.ts'
import { List } from '../values/list.ts'
import { boxBytes, collectionBytes, entryBytes, grownBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import { Callable, isInt, type Value } from '../values/value.ts'
import {
  absent,
  given,
  type HostItems,
  heed,
  hostElement,
  hostItems,
  hostSelect,
  present,
  Unusual,
} from './host.ts'
import { Func, LazyRule, type Machine, read } from './machine.ts'

/** What a rule holds that has no result yet. */
const pending: unique symbol = Symbol('pending')

/** A module that runs as generated code. */
export type RunningModule = {
  readonly members: ReadonlyMap<string, () => Value | LazyRule | typeof absent>
  /** Only functions can change the data of a module once it has run. */
  readonly hasFunctions: boolean
}

/** What an import gives. */
export type GeneratedImport = Imported<RunningModule>

function itemsOf(all: Value, meter: Meter): HostItems<Value> {
  if (all instanceof List) return { keys: undefined, values: all.array() }
  if (!(all instanceof Dict)) return fail(`${typeOf(all)} cannot be gone through`)
  return entriesOf(all, meter)
}

function filtered(
  keys: readonly Value[] | undefined,
  values: readonly Value[],
  kept: readonly number[],
  meter: Meter,
): Value {
  meter.pay(collectionBytes + kept.length * (keys === undefined ? grownBytes : entryBytes))
  if (keys === undefined) return new List(kept.map((at) => values[at]))
  return new Dict(kept.map((at) => [keys[at] as Key, values[at]] as const))
}

function hostFiltered(
  keys: readonly string[] | undefined,
  values: readonly unknown[],
  kept: readonly number[],
  meter: Meter,
): Value {
  meter.pay(collectionBytes + kept.length * (keys === undefined ? grownBytes : entryBytes))
  const valueAt = (at: number) => fromHost(values[at], meter)
  if (keys === undefined) return new List(kept.map(valueAt))
  return new Dict(kept.map((at) => [textToBytes(keys[at] ?? ''), valueAt(at)] as const))
}

function checkKey(key: Value, meter: Meter): void {
  meter.step(stepsOfKey(key))
  if (!isKey(key)) fail(`${typeOf(key) === 'float' ? 'NaN' : typeOf(key)} cannot be the key of a map`)
}

function ruleResult(value: Value): Value {
  return value instanceof Callable ? fail('a rule cannot give func') : value
}

function negative(value: Value, meter: Meter): Value {
  if (isInt(value)) return negateInt(value)
  if (!(value instanceof Float)) return positive(value, meter, '-')
  meter.pay(boxBytes)
  return new Float(-value.value)
}

function positive(value: Value, meter: Meter, sign = '+'): Value {
  if (value === undefined || isInt(value)) return value
  if (!(value instanceof Float)) return fail(`\`${sign}\` cannot take ${typeOf(value)}`)
  meter.pay(boxBytes)
  return value
}

function isEmpty(value: Value, wanted: boolean): boolean | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' || value instanceof List) return (value.length === 0) === wanted
  return value instanceof Dict
    ? (value.size === 0) === wanted
    : fail(`${typeOf(value)} is neither empty nor not: it holds nothing`)
}

function methodOf(receiver: Value, name: string): Native | undefined {
  const method = receiver instanceof Dict ? receiver.methods?.get(name) : undefined
  return method instanceof Native ? method : undefined
}

/** What an import has under a name. Data of it is copied, so that nobody changes it from outside. */
function member(imported: GeneratedImport, name: string, { meter }: Machine): Value {
  if (imported.kind === 'value') return lazyCopyOf(select(imported.value, textToBytes(name)), meter)
  if (imported.kind === 'table') return lazyCopyOf(imported.members.get(name), meter)
  const found = imported.unit.members.get(name)?.()
  const value = found === undefined || found === absent ? undefined : read(found)
  return imported.unit.hasFunctions ? copyOf(value, meter) : lazyCopyOf(value, meter)
}

function importFunction(imported: GeneratedImport, name: string, machine: Machine): Value {
  if (imported.kind === 'table' && !(imported.members.get(name) instanceof Callable)) {
    fail(`the import has no function \`${name}\``)
  }
  return member(imported, name, machine)
}

function importValue(imported: GeneratedImport, name: string, { meter }: Machine): Value {
  return imported.kind === 'value'
    ? lazyCopyOf(imported.value, meter)
    : fail(`\`${name}\` is an import, not a value; select something of it`)
}

function notWaiting(state: number): never {
  if (state === 2) fail('the rule needs its own result')
  throw new Unusual()
}

/** A strict operator whose value is a truth. */
const comparison = (operator: Operator) => (a: Value, b: Value, meter: Meter) => operator(a, b, meter)

/** The functions and classes of generated code by their names there, without the `$`. */
export const support = {
  absent,
  builtins,
  List,
  Dict,
  Func,
  Rule: LazyRule,
  read,
  pending,
  unusual: (): never => {
    throw new Unusual()
  },
  notWaiting,
  plain: Object.prototype,
  isArray: Array.isArray,
  isAscii,
  given,
  present,
  fromHost,
  hostSelect,
  hostElement,
  hostItems,
  hostFiltered,
  heed,
  lazyCopyOf,
  truth,
  xor: (a: Truth, b: Truth) => combine('xor', a, b),
  select,
  elementAt,
  setElement,
  slice,
  itemsOf,
  filtered,
  checkKey,
  ruleResult,
  negative,
  positive,
  isEmpty,
  methodOf,
  member,
  importFunction,
  importValue,
  unknown: (name: string) => fail(`unknown identifier \`${name}\``),
  importIsFixed: (name: string) => fail(`\`${name}\` is an import and cannot be changed`),
  needsValue: (name: string) => fail(`requires value for parameter ${name}`),
  add: operators['+'],
  subtract: operators['-'],
  multiply: operators['*'],
  divide: operators['/'],
  remainder: operators['%'],
  isEqual: comparison(operators['==']),
  isUnequal: comparison(operators['!=']),
  isBelow: comparison(operators['<']),
  isAtMost: comparison(operators['<=']),
  isAbove: comparison(operators['>']),
  isAtLeast: comparison(operators['>=']),
  contains: comparison(operators.contains),
  containsNot: comparison(operators['not contains']),
  isIn: comparison(operators.in),
  isNotIn: comparison(operators['not in']),
  matches: comparison(operators.matches),
  matchesNot: comparison(operators['not matches']),
}
