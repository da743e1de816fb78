// Where names live (specification 2.2). Assignment changes the nearest variable of that name, else makes one in
// the innermost scope. Imports live beside the scopes, predeclared names behind them all.

import type { Source, Span } from '../../source/index.ts'
import type { FunctionLiteral, Program, RuleLiteral } from '../syntax/tree.ts'
import { Callable, type Value } from '../values/value.ts'

/** A place in one of the sources of an evaluation. */
export type Place = { readonly source: Source; readonly span: Span }

/** What an import gives: a module that has run, a value, or a table of functions and values. */
export type Imported<Module = Unit> =
  | { readonly kind: 'module'; readonly unit: Module }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'table'; readonly members: ReadonlyMap<string, Value> }

/** A source that runs: the policy or a module. */
export type Unit = {
  readonly source: Source
  readonly program: Program
  readonly imports: Map<string, Imported>
  readonly scope: Scope
}

/** A rule, which is evaluated when it is needed first, and keeps what came out. */
export class Rule {
  readonly node: RuleLiteral
  readonly scope: Scope
  state: 'waiting' | 'running' | 'done' = 'waiting'
  value: Value
  /** Where the undefined that came out was made. */
  undefinedAt: Place | undefined

  constructor(node: RuleLiteral, scope: Scope) {
    this.node = node
    this.scope = scope
  }
}

/** A function of the policy's with the scope that it was written in. */
export class Closure extends Callable {
  readonly node: FunctionLiteral
  readonly scope: Scope
  readonly name: string

  constructor(node: FunctionLiteral, scope: Scope, name: string) {
    super()
    this.node = node
    this.scope = scope
    this.name = name
  }
}

/** A variable that the host gave, as long as nobody has looked at it. */
export class Unread {
  readonly given: unknown

  constructor(given: unknown) {
    this.given = given
  }
}

/** What a name stands for: a value, a rule that gives one, or one that did not come in yet. */
export type Binding = Value | Rule | Unread

/** The variables of a block, inside of others. */
export class Scope {
  readonly variables = new Map<string, Binding>()
  readonly parent: Scope | undefined
  readonly unit: Unit
  /** Whether a function or rule keeps it alive, which was paid for. */
  isHeld = false

  /** The outermost scope of a unit is made by what makes the unit. */
  constructor(parent: Scope | undefined, unit: Unit) {
    this.parent = parent
    this.unit = unit
  }

  /** The nearest scope that has a variable of this name. */
  find(name: string): Scope | undefined {
    let scope: Scope | undefined = this
    while (scope !== undefined && !scope.variables.has(name)) scope = scope.parent
    return scope
  }

  /** Makes a variable here, whatever there is around. */
  declare(name: string, value: Binding): void {
    this.variables.set(name, value)
  }

  assign(name: string, value: Binding): void {
    ;(this.find(name) ?? this).variables.set(name, value)
  }
}

/** A unit with an empty scope and no imports yet. */
export function newUnit(source: Source, program: Program): Unit {
  const unit = { source, program, imports: new Map<string, Imported>() } as {
    -readonly [K in keyof Unit]: Unit[K]
  }
  unit.scope = new Scope(undefined, unit)
  return unit
}
