// The obvious evaluator walks the tree, and each of its methods can be read next to the specification. It is the
// measure for the code generator, and the one that records what happened. It has four chapters, each in a class of its
// own: calls and rules (calls.ts), quantifiers.ts, expressions.ts, and statements (walker.ts). This is what they share.
//
// Errors of the policy are thrown as Failures and end the evaluation; `place` says where it was at that moment.
// INVARIANT: whatever can fail says where it is right before, by `at`.

import type { Source, Span } from '../../source/index.ts'
import type { Block, Expression } from '../syntax/tree.ts'
import type { Bytes } from '../values/bytes.ts'
import { textBytes } from '../values/prices.ts'
import type { Value } from '../values/value.ts'
import { fromHost } from './border.ts'
import type { Eventually } from './later.ts'
import { after } from './later.ts'
import { type Truth, truth } from './logic.ts'
import type { Meter } from './meter.ts'
import type { Context } from './native.ts'
import { type Imported, type Place, type Rule, type Scope, Unread } from './scope.ts'

/** What the walker is given: limits, the instant, and the ways out of the policy. */
export type Surroundings = {
  readonly meter: Meter
  readonly now: bigint
  print(line: Bytes): void
  ask(key: string, question: unknown): Value
}

/** Something that stands in a source. */
export type Placed = { readonly span: Span }

/** One evaluation: where it is, and what it may use. */
export abstract class Walk implements Context {
  readonly meter: Meter
  readonly now: bigint
  private readonly surroundings: Surroundings
  private source: Source | undefined
  private span: Span = { start: 0, end: 0 }
  /** Where the first undefined came from that was not dealt with since. */
  undefinedAt: Place | undefined

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings
    this.meter = surroundings.meter
    this.now = surroundings.now
  }

  /** The value of an expression. */
  abstract evaluate(node: Expression, scope: Scope): Eventually<Value>

  /** Runs the body of a function: what it returns. */
  protected abstract body(block: Block, scope: Scope): Eventually<Value>

  print(line: Bytes): void {
    this.meter.print(line.length + 1)
    this.meter.pay(textBytes(line.length))
    this.surroundings.print(line)
  }

  ask(key: string, question: unknown): Value {
    return this.surroundings.ask(key, question)
  }

  /** Where the evaluation is. */
  get place(): Place | undefined {
    const { source, span } = this
    return source && { source, span }
  }

  set place(place: Place | undefined) {
    this.source = place?.source
    this.span = place?.span ?? this.span
  }

  protected at({ span }: Placed, scope: Scope): void {
    this.source = scope.unit.source
    this.span = span
  }

  /** The undefined that comes up here. */
  protected undefinedHere({ span }: Placed, scope: Scope): undefined {
    this.undefinedAt ??= { source: scope.unit.source, span }
  }

  /** The value, with a note of the place should it be undefined. */
  protected noted(value: Value, node: Expression, scope: Scope): Value {
    return value === undefined ? this.undefinedHere(node, scope) : value
  }

  /** The value of an expression that must be a truth; `what` it is. */
  protected truth(node: Expression, scope: Scope, what: string): Eventually<Truth> {
    return after(this.evaluate(node, scope), (value) => {
      this.at(node, scope)
      return truth(value, what)
    })
  }

  /** What a variable of a scope holds: it comes in with the first look. */
  protected read(home: Scope, name: string): Value | Rule {
    const found = home.variables.get(name)
    if (!(found instanceof Unread)) return found
    const value = fromHost(found.given, this.meter)
    home.declare(name, value)
    return value
  }

  /** The import that a name stands for, where no variable has it. */
  protected importNamed(name: string, scope: Scope): Imported | undefined {
    return scope.find(name) === undefined ? scope.unit.imports.get(name) : undefined
  }
}
