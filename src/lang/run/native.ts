// Functions that are not written in the language: built-ins and those of imports. Each says what it takes; the
// conversions are those of the calling convention (specification 3.2).

import type { Bytes } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { Failure, fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { type Int, toInt } from '../values/int.ts'
import { List } from '../values/list.ts'
import { collectionBytes, entryBytes, textBytes } from '../values/prices.ts'
import { shortest } from '../values/text.ts'
import { typeOf } from '../values/types.ts'
import { Callable, isInt, isNumber, toDouble, type Value } from '../values/value.ts'
import { parseInteger } from './integer.ts'
import type { Meter } from './meter.ts'

/** What a native function may use besides its arguments. */
export type Context = {
  readonly meter: Meter
  /** The instant of the evaluation in nanoseconds since the Unix epoch; it stands still. */
  readonly now: bigint
  print(line: Bytes): void
  /** A fact that only the host can find out: its answer, or the end of this evaluation until there is one. */
  ask(key: string, question: unknown): Value
}

type Kinds = {
  readonly any: Value
  readonly string: Bytes
  readonly int: Int
  readonly float: number
  readonly bool: boolean
  readonly list: List<Value>
  readonly map: Dict<Value>
}

/** What a parameter takes. */
export type Kind = keyof Kinds
type Arguments<Params extends readonly Kind[]> = { readonly [At in keyof Params]: Kinds[Params[At]] }

/** What a function takes: a kind for each parameter, the last for all that follow, and how many values there may be. */
export type Takes = { readonly kinds: readonly Kind[]; readonly least: number; readonly most: number }

/**
 * The short way of a function of two values whose first one is known. It takes a string of the language's or of the
 * host's, costs no steps, and gives undefined wherever `run` has to be asked.
 */
export type Ready = (second: string) => Value

/** The call of a function of the policy's that a native function wants made. */
export type Wanted = { readonly callee: Value; readonly values: readonly Value[] }

/** Steps that give each call that is wanted, are given what came out, and end with the result. */
export type Steps = Generator<Wanted, Value, Value>

/** A native function at work that calls functions of the policy's: whoever evaluates makes the calls for it. */
export class Calling {
  readonly steps: Steps

  constructor(steps: Steps) {
    this.steps = steps
  }
}

type Work = (context: Context, values: readonly Value[]) => Value | Calling

/**
 * A function that is not written in the language. INVARIANT: there is no other way to run one than by `run`, which
 * charges for what it reads and for the text that it makes; what it makes besides, and meanwhile, it pays for itself.
 */
export class Native extends Callable {
  readonly name: string
  readonly takes: Takes
  private readonly work: Work
  readonly ready: ((first: Value) => Ready | undefined) | undefined

  constructor(name: string, takes: Takes, work: Work, ready?: (first: Value) => Ready | undefined) {
    super()
    this.name = name
    this.takes = takes
    this.work = work
    this.ready = ready
  }

  run(context: Context, values: readonly Value[]): Value | Calling {
    context.meter.step(stepsToRead(values, this.takes.kinds))
    return paidFor(context.meter, this.work(context, values))
  }

  /** The same function with a short way for a first value that is known: see `Ready`. */
  prepared(ready: (first: Value) => Ready | undefined): Native {
    return new Native(this.name, this.takes, this.work, ready)
  }
}

/** What it takes to look at values once: every byte of strings, every element of what must be a list or a map. */
function stepsToRead(values: readonly Value[], kinds: readonly Kind[]): number {
  let steps = 0
  for (let at = 0; at < values.length; at++) {
    const [value, kind] = [values[at], kinds[Math.min(at, kinds.length - 1)]]
    if (typeof value === 'string') steps += value.length >> 4
    else if (kind === 'list' && value instanceof List) steps += value.length >> 3
    else if (kind === 'map' && value instanceof Dict) steps += value.size >> 3
  }
  return steps
}

/** A field of what an import made that is computed when it is read. It stands among the methods. */
export class Getter {
  readonly read: (hidden: unknown) => Value

  constructor(read: (hidden: unknown) => Value) {
    this.read = read
  }
}

/** A function of an import, with the kinds of its parameters; as many of the last as `optional` may be left out. */
export function native<const Params extends readonly Kind[]>(
  name: string,
  params: Params,
  run: (context: Context, ...values: Arguments<Params>) => Value | Calling,
  optional = 0,
): Native {
  const takes = { kinds: params, least: params.length - optional, most: params.length }
  const taken = (values: readonly Value[]) => {
    checkArity(takes.least, takes.most, values.length)
    return values.map((value, at) => converters[params[at] ?? 'any'](value)) as unknown as Arguments<Params>
  }
  return new Native(name, takes, (context, values) => {
    try {
      return run(context, ...taken(values))
    } catch (thrown) {
      throw named(name, thrown)
    }
  })
}

/** A result: a string, or a map with fields that an import made, and what lies in these. */
function paidFor(meter: Meter, result: Value | Calling): Value | Calling {
  if (typeof result === 'string') meter.pay(textBytes(result.length))
  else if (result instanceof Dict && result.methods !== undefined) {
    meter.pay(3 * collectionBytes + result.size * entryBytes)
    for (const field of result.values()) {
      if (field instanceof Dict || field instanceof List)
        meter.pay(collectionBytes + sizeOf(field) * entryBytes)
    }
  }
  return result
}

const sizeOf = (all: Dict<Value> | List<Value>) => (all instanceof List ? all.length : all.size)

/** A function of an import that calls functions of the policy's, with the kinds of its parameters. */
export const caller = <const Params extends readonly Kind[]>(
  name: string,
  params: Params,
  steps: (context: Context, ...values: Arguments<Params>) => Steps,
): Native => native(name, params, (context, ...values) => new Calling(steps(context, ...values)))

/** A function of an import that takes any number of values of one kind, at least `min`. */
export function variadic<K extends Kind>(
  name: string,
  kind: K,
  min: number,
  run: (context: Context, values: readonly Kinds[K][]) => Value,
): Native {
  const taken = (values: readonly Value[]) => {
    if (values.length < min) fail(`expected at least ${min} arguments, got ${values.length}`)
    return values.map((value) => converters[kind](value) as Kinds[K])
  }
  return new Native(
    name,
    { kinds: [kind], least: min, most: Number.POSITIVE_INFINITY },
    (context, values) => {
      try {
        return run(context, taken(values))
      } catch (thrown) {
        throw named(name, thrown)
      }
    },
  )
}

/** Demands a number of arguments. */
export function checkArity(min: number, max: number, got: number): void {
  if (got >= min && got <= max) return
  const wanted = min === max ? `${min}` : `${min} to ${max}`
  fail(`expected ${wanted} ${max === 1 ? 'argument' : 'arguments'}, got ${got}`)
}

/** What is thrown on: a Failure says in which function it was. */
export function named(name: string, thrown: unknown): unknown {
  if (!(thrown instanceof Failure) || thrown.message.startsWith('error calling function')) return thrown
  return new Failure(`error calling function "${name}": ${thrown.message}`)
}

const cannot = (kind: string, value: Value): never =>
  fail(`cannot convert to ${kind}: ${typeOf(value).toUpperCase()}`)

const converters: { readonly [K in Kind]: (value: Value) => Kinds[K] } = {
  any: (value) => value,
  string: (value) =>
    typeof value === 'string' ? value : isInt(value) ? String(value) : cannot('string', value),
  int: (value) => (isInt(value) ? value : (stringToInt(value) ?? cannot('int', value))),
  float: (value) => (isNumber(value) ? toDouble(value) : (stringToFloat(value) ?? cannot('float', value))),
  bool: (value) => (typeof value === 'boolean' ? value : cannot('bool', value)),
  list: (value) => (value instanceof List ? value : cannot('list', value)),
  map: (value) => (value instanceof Dict ? value : cannot('map', value)),
}

const stringToInt = (value: Value) => (typeof value === 'string' ? parseInteger(value) : undefined)

function stringToFloat(value: Value): number | undefined {
  if (typeof value !== 'string' || !/^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/.test(value))
    return undefined
  return Number(value)
}

/** A number as text without loss: integers in decimal, floats as short as they can be. */
export const numberText = (value: Int | Float): Bytes =>
  value instanceof Float ? shortest(value.value) : String(value)

/** A double as an integer, truncated toward zero; undefined outside of 64 bits. */
export function doubleToInt(value: number): Int | undefined {
  const whole = Math.trunc(value)
  if (!(whole >= -(2 ** 63) && whole < 2 ** 63)) return undefined
  return toInt(BigInt(whole))
}
