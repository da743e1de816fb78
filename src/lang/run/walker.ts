// The other half of the obvious evaluator: statements (specification 2.2, 2.3, 2.10).

import { unreachable } from '../../base/index.ts'
import type {
  Assignment,
  AssignmentOperator,
  Block,
  Case,
  Expression,
  For,
  Identifier,
  If,
  Name,
  Statement,
} from '../syntax/tree.ts'
import { equal } from '../values/compare.ts'
import { fail } from '../values/failure.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import { elementAt, setElement } from './access.ts'
import { ExpressionWalker, type Items, itemsOf, turn } from './expressions.ts'
import { operators } from './operators.ts'
import { type Binding, Rule, Scope, type Unit } from './scope.ts'

/** An assignment that computes. */
type Change = Exclude<AssignmentOperator, '='>

/** Statements that are being run, and the loop that runs them. */
type Sequence = {
  readonly statements: readonly Statement[]
  scope: Scope
  next: number
  readonly loop: Loop | undefined
}

type Loop = { readonly names: readonly Name[]; readonly items: Items; readonly around: Scope; turn: number }

/** What comes after a statement: the next one, those inside of it first, or the end of something around it. */
type Then = Sequence | 'next' | 'break' | 'continue' | 'return'

/** Evaluates sources, one evaluation long. */
export class Walker extends ExpressionWalker {
  private returned: Value

  /** Runs the top level of a source. */
  run(unit: Unit): void {
    this.body(unit.program, unit.scope)
  }

  /**
   * Runs statements: what they return, undefined without `return`. Statements inside of statements wait in a list,
   * not on the host's stack, so that only calls and expressions can nest too deep for it.
   */
  protected body({ statements }: Pick<Block, 'statements'>, scope: Scope): Value {
    const open: Sequence[] = [sequence(statements, scope)]
    for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
      const statement = inner.statements[inner.next++]
      const then = statement === undefined ? this.end(inner) : this.statement(statement, inner.scope)
      if (then === 'return') return this.returned
      if (then === 'end') open.pop()
      else if (then === 'break' || then === 'continue') leave(open, then)
      else if (then !== 'next') open.push(then)
    }
    return undefined
  }

  /** Behind the last statement of a sequence: its loop turns again, or it ends. */
  private end(sequence: Sequence): 'next' | 'end' {
    const { loop } = sequence
    if (loop === undefined || loop.turn === loop.items.length) return 'end'
    this.meter.step()
    sequence.scope = turn(loop.around, loop.names, loop.items.at(loop.turn++))
    sequence.next = 0
    return 'next'
  }

  private statement(node: Statement, scope: Scope): Then {
    this.at(node, scope)
    this.meter.step()
    switch (node.kind) {
      case 'assignment':
        this.assignment(node, scope)
        return 'next'
      case 'expression':
        this.evaluate(node.expression, scope)
        return 'next'
      case 'if':
        return this.if(node, scope)
      case 'for':
        return this.for(node, scope)
      case 'case':
        return this.case(node, scope)
      case 'declaration':
        scope.assign(node.name.text, this.closure(node.function, scope, node.name.text))
        return 'next'
      case 'return':
        this.returned = this.evaluate(node.value, scope)
        return 'return'
      case 'break':
      case 'continue':
        return node.kind
      case 'block':
        return sequence(node.body.statements, new Scope(scope, scope.unit))
      default:
        return unreachable(node)
    }
  }

  private assignment({ target, operator, value, span }: Assignment, scope: Scope): void {
    if (target.kind === 'identifier') {
      const given =
        operator === '='
          ? this.binding(value, scope, target.name)
          : this.changed(target, operator, value, scope)
      scope.assign(target.name, given)
      return
    }
    // The value comes before the operands of the index.
    const given = this.evaluate(value, scope)
    this.checkAssignable(target.operand, scope)
    const all = this.evaluate(target.operand, scope)
    const key = this.evaluate(target.index, scope)
    this.at({ span }, scope)
    const result = operator === '=' ? given : this.operated(operator, elementAt(all, key), given)
    setElement(all, key, result, this.meter)
  }

  /** `x += y` is `x = x + y`. */
  private changed(target: Identifier, operator: Change, value: Expression, scope: Scope): Value {
    const current = this.evaluate(target, scope)
    const given = this.evaluate(value, scope)
    this.at(target, scope)
    return this.operated(operator, current, given)
  }

  private operated(operator: Change, a: Value, b: Value): Value {
    return operators[operator.charAt(0) as '+' | '-' | '*' | '/' | '%'](a, b, this.meter)
  }

  /** Elements of an import are not the policy's to change. */
  private checkAssignable(operand: Expression, scope: Scope): void {
    let root = operand
    while (root.kind === 'index' || root.kind === 'selector' || root.kind === 'group') {
      root = root.kind === 'group' ? root.inner : root.operand
    }
    if (root.kind !== 'identifier' || this.importNamed(root.name, scope) === undefined) return
    this.at(root, scope)
    fail(`\`${root.name}\` is an import and cannot be changed`)
  }

  /** What `=` binds: a rule stays a rule, all else is evaluated now. */
  private binding(node: Expression, scope: Scope, name: string): Binding {
    if (node.kind === 'rule') return this.rule(node, scope)
    if (node.kind === 'function') return this.closure(node, scope, name)
    if (node.kind !== 'identifier') return this.evaluate(node, scope)
    const found = scope.find(node.name)?.variables.get(node.name)
    return found instanceof Rule ? found : this.evaluate(node, scope)
  }

  private if({ branches, otherwise }: If, scope: Scope): Then {
    for (const { condition, body } of branches) {
      if (this.truth(condition, scope, 'a condition') === true) return sequence(body.statements, scope)
    }
    return otherwise === undefined ? 'next' : sequence(otherwise.statements, scope)
  }

  private for({ collection, names, body }: For, scope: Scope): Then {
    const all = this.evaluate(collection, scope)
    this.at(collection, scope)
    const items = itemsOf(all, this.meter) ?? fail(`${typeOf(all)} cannot be gone through`)
    const { statements } = body
    const loop = { names, items, around: scope, turn: 0 }
    return { statements, scope, next: statements.length, loop }
  }

  /** The `else` clause comes last wherever it stands. `case` makes no scope. */
  private case({ subject, clauses }: Case, scope: Scope): Then {
    const value = subject === undefined ? true : this.evaluate(subject, scope)
    for (const { values, statements } of clauses) {
      const fits = (node: Expression) =>
        subject === undefined
          ? this.truth(node, scope, 'a condition') === true
          : equal(value, this.evaluate(node, scope), this.meter) === true
      if (values?.some(fits) === true) return sequence(statements, scope)
    }
    const otherwise = clauses.find(({ values }) => values === undefined)
    return otherwise === undefined ? 'next' : sequence(otherwise.statements, scope)
  }
}

const sequence = (statements: readonly Statement[], scope: Scope): Sequence => ({
  statements,
  scope,
  next: 0,
  loop: undefined,
})

/** Leaves what is inside of the innermost loop, and for `break` that loop too. */
function leave(open: Sequence[], then: 'break' | 'continue'): void {
  while (open.at(-1)?.loop === undefined) open.pop()
  const loop = open.at(-1)
  if (then === 'break') open.pop()
  else if (loop !== undefined) loop.next = loop.statements.length
}
