// What runs generated code: its functions and rules, and what native functions may use meanwhile.

import type { Meter } from '../run/meter.ts'
import { callBytes } from '../run/meter.ts'
import { type Context, checkArity, Native } from '../run/native.ts'
import type { Bytes } from '../values/bytes.ts'
import { bytesToText } from '../values/bytes.ts'
import { fail } from '../values/failure.ts'
import { typeOf } from '../values/types.ts'
import { Callable, type Value } from '../values/value.ts'

/** A function of the policy's. */
export class Func extends Callable {
  readonly name: string
  readonly arity: number
  readonly code: (...values: Value[]) => Value

  constructor(name: string, arity: number, code: (...values: Value[]) => Value) {
    super()
    this.name = name
    this.arity = arity
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

/** One evaluation by generated code. */
export class Machine implements Context {
  readonly meter: Meter
  readonly now: bigint
  readonly lines: string[] = []
  private readonly answer: (key: string, question: unknown) => Value
  private depth = 0

  constructor(meter: Meter, now: bigint, answer: (key: string, question: unknown) => Value) {
    this.meter = meter
    this.now = now
    this.answer = answer
  }

  print(line: Bytes): void {
    this.meter.print(line.length + 1)
    this.lines.push(bytesToText(line))
  }

  ask(key: string, question: unknown): Value {
    return this.answer(key, question)
  }

  /** Calls a function. Calling undefined gives undefined. */
  call(callee: Value, values: readonly Value[]): Value {
    if (callee === undefined) return undefined
    if (callee instanceof Native) return callee.run(this, values)
    if (!(callee instanceof Func)) return fail(`${typeOf(callee)} cannot be called`)
    checkArity(callee.arity, callee.arity, values.length)
    this.meter.pay(callBytes)
    this.meter.nest(++this.depth)
    const result = callee.code(...values)
    this.depth--
    return result
  }
}
