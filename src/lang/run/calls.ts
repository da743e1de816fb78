// Functions and rules of the obvious evaluator (specification 2.8, 2.10).

import type { FunctionLiteral, RuleLiteral } from '../syntax/tree.ts'
import { fail } from '../values/failure.ts'
import { callBytes, closureBytes, scopeBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import { Callable, type Value } from '../values/value.ts'
import { after, type Eventually, Later, later, settled } from './later.ts'
import { Calling, checkArity, Native, named } from './native.ts'
import { levelsIn, nativeLevels } from './nesting.ts'
import { Closure, type Place, Rule, Scope } from './scope.ts'
import { Walk } from './walk.ts'

/** Makes and calls functions, makes rules and evaluates them. */
export abstract class CallWalker extends Walk {
  private depth = 0
  /** Native functions that wait for functions of the policy's. */
  private readonly natives: Native[] = []

  /** Does all that has to be done for a value. */
  protected settle<T>(run: () => Eventually<T>): T {
    try {
      return settled(later(run))
    } catch (thrown) {
      const inner = this.natives.at(-1)
      throw inner === undefined ? thrown : named(inner.name, thrown)
    }
  }

  protected closure(node: FunctionLiteral, scope: Scope, name: string): Closure {
    this.hold(scope)
    return new Closure(node, scope, name)
  }

  protected rule(node: RuleLiteral, scope: Scope): Rule {
    this.hold(scope)
    return new Rule(node, scope)
  }

  /** Pays for a function or rule, and for the scopes that it keeps alive. */
  private hold(scope: Scope): void {
    let count = 0
    for (let one = scope; one.parent !== undefined && !one.isHeld; one = one.parent) {
      one.isHeld = true
      count++
    }
    this.meter.pay(closureBytes + count * scopeBytes)
  }

  // ---- rules

  /** The result of a rule: evaluated now if it never was. */
  protected force(rule: Rule): Eventually<Value> {
    if (rule.state === 'waiting') return this.evaluateRule(rule)
    if (rule.state === 'running') {
      this.at(rule.node, rule.scope)
      fail('the rule needs its own result')
    }
    if (rule.value === undefined) this.undefinedAt ??= rule.undefinedAt
    return rule.value
  }

  private evaluateRule(rule: Rule): Eventually<Value> {
    const { predicate } = rule.node
    const origin = this.undefinedAt
    const levels = levelsIn(rule.node)
    rule.state = 'running'
    this.undefinedAt = undefined
    this.meter.deeper(levels)
    return later(() =>
      // Decision 21: where the predicate is not true the rule does not apply, and is true.
      after(
        predicate === undefined || this.truth(predicate, rule.scope, 'the predicate of a rule'),
        (applies) =>
          after(applies === true ? this.evaluate(rule.node.body, rule.scope) : true, (value) => {
            this.meter.shallower(levels)
            if (applies !== true) this.undefinedAt = undefined
            return this.finish(rule, value, origin)
          }),
      ),
    )
  }

  private finish(rule: Rule, value: Value, origin: Place | undefined): Value {
    this.at(rule.node.body, rule.scope)
    if (value instanceof Callable) fail('a rule cannot give func')
    rule.value = value
    rule.undefinedAt = this.undefinedAt
    rule.state = 'done'
    this.undefinedAt = origin
    if (value === undefined) this.undefinedAt ??= rule.undefinedAt
    return value
  }

  // ---- functions

  /** Calls a function. Calling undefined gives undefined. */
  protected call(callee: Value, values: readonly Value[]): Eventually<Value> {
    if (callee === undefined) return undefined
    if (callee instanceof Native) return this.callNative(callee, values)
    if (!(callee instanceof Closure)) return fail(`${typeOf(callee)} cannot be called`)
    const levels = levelsIn(callee.node)
    this.meter.nest(++this.depth)
    this.meter.deeper(levels)
    const scope = this.scopeOf(callee, values)
    const result = later(() => this.body(callee.node.body, scope))
    return after(result, (value) => {
      this.meter.shallower(levels)
      this.depth--
      return value
    })
  }

  private scopeOf({ node, scope }: Closure, values: readonly Value[]): Scope {
    checkArity(node.parameters.length, node.parameters.length, values.length)
    this.meter.pay(callBytes)
    const local = new Scope(scope, scope.unit)
    for (const [at, { text }] of node.parameters.entries()) local.declare(text, values[at])
    return local
  }

  private callNative(callee: Native, values: readonly Value[]): Eventually<Value> {
    const result = callee.run(this, values)
    if (!(result instanceof Calling)) return result
    this.natives.push(callee)
    this.meter.deeper(nativeLevels)
    return after(this.callsOf(result, undefined), (value) => {
      this.meter.shallower(nativeLevels)
      this.natives.pop()
      return value
    })
  }

  /** Makes the calls that a native function wants, one after the other. */
  private callsOf({ steps }: Calling, first: Value): Eventually<Value> {
    let step = steps.next(first)
    while (!step.done) {
      const { callee, values } = step.value
      const answer = this.call(callee, values)
      if (answer instanceof Later) return after(answer, (value) => this.callsOf({ steps }, value))
      step = steps.next(answer)
    }
    return step.value
  }
}
