// What runs generated code: its functions and rules, and what native functions may use meanwhile.

import type { Limits, Meter } from '../run/meter.ts'
import { Calling, type Context, checkArity, Native, named } from '../run/native.ts'
import { nativeLevels } from '../run/nesting.ts'
import type { Bytes } from '../values/bytes.ts'
import { bytesToText } from '../values/bytes.ts'
import { fail } from '../values/failure.ts'
import { callBytes, textBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import { Callable, type Value } from '../values/value.ts'

/** A function of the policy's. */
export class Func extends Callable {
  readonly name: string
  readonly arity: number
  /** How many levels wait in a call: see ../run/nesting.ts. */
  readonly levels: number
  readonly code: (...values: Value[]) => Value

  constructor(name: string, arity: number, levels: number, code: (...values: Value[]) => Value) {
    super()
    this.name = name
    this.arity = arity
    this.levels = levels
    this.code = code
  }
}

/** A rule, which is evaluated when it is needed first, and keeps what came out. */
export class LazyRule {
  private state: 'waiting' | 'running' | 'done' = 'waiting'
  private readonly code: () => Value
  private value: Value

  constructor(code: () => Value) {
    this.code = code
  }

  force(): Value {
    if (this.state === 'done') return this.value
    if (this.state === 'running') fail('the rule needs its own result')
    this.state = 'running'
    this.value = this.code()
    this.state = 'done'
    return this.value
  }
}

/** The value of what a variable holds. */
export const read = (binding: Value | LazyRule): Value =>
  binding instanceof LazyRule ? binding.force() : binding

/** What an evaluation has around it. */
export type Around = { readonly now: bigint; answer(key: string, question: unknown): Value }

/** What evaluates by generated code, one evaluation after the other. */
export class Machine implements Context {
  readonly meter: Meter
  private readonly around: Around
  private printed: string[] | undefined
  private depth = 0

  constructor(meter: Meter, around: Around) {
    this.meter = meter
    this.around = around
  }

  /** Whatever was printed. */
  get lines(): readonly string[] {
    return this.printed ?? nothing
  }

  get now(): bigint {
    return this.around.now
  }

  /** Begins another evaluation. */
  restart(limits: Limits): void {
    this.printed = undefined
    this.depth = 0
    this.meter.restart(limits)
  }

  print(line: Bytes): void {
    this.meter.print(line.length + 1)
    this.meter.pay(textBytes(line.length))
    this.printed ??= []
    this.printed.push(bytesToText(line))
  }

  ask(key: string, question: unknown): Value {
    return this.around.answer(key, question)
  }

  /** Calls a function. Calling undefined gives undefined. */
  call(callee: Value, values: readonly Value[]): Value {
    if (callee === undefined) return undefined
    if (callee instanceof Native) return this.callNative(callee, values)
    if (!(callee instanceof Func)) return fail(`${typeOf(callee)} cannot be called`)
    this.meter.nest(++this.depth)
    this.meter.deeper(callee.levels)
    checkArity(callee.arity, callee.arity, values.length)
    this.meter.pay(callBytes)
    const result = callee.code(...values)
    this.meter.shallower(callee.levels)
    this.depth--
    return result
  }

  private callNative(callee: Native, values: readonly Value[]): Value {
    const result = callee.run(this, values)
    return result instanceof Calling ? this.callsOf(callee, result) : result
  }

  /** Makes the calls that a native function wants, one after the other. */
  private callsOf({ name }: Native, { steps }: Calling): Value {
    this.meter.deeper(nativeLevels)
    try {
      let step = steps.next(undefined)
      while (!step.done) step = steps.next(this.call(step.value.callee, step.value.values))
      this.meter.shallower(nativeLevels)
      return step.value
    } catch (thrown) {
      throw named(name, thrown)
    }
  }
}

const nothing: readonly string[] = []
