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
  Statement,
} from '../syntax/tree.ts'
import { equal } from '../values/compare.ts'
import { fail } from '../values/failure.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import { elementAt, setElement } from './access.ts'
import { ExpressionWalker, itemsOf, turn } from './expressions.ts'
import { operators } from './operators.ts'
import { type Binding, Closure, Rule, Scope, type Unit } from './scope.ts'

/** An assignment that computes. */
type Change = Exclude<AssignmentOperator, '='>

/** How a statement ended. */
type Ending = 'next' | 'break' | 'continue' | 'return'

/** Evaluates sources, one evaluation long. */
export class Walker extends ExpressionWalker {
  private returned: Value

  /** Runs the top level of a source. */
  run(unit: Unit): void {
    this.statements(unit.program.statements, unit.scope)
  }

  /** A function that ends without `return` gives undefined. */
  protected body(block: Block, scope: Scope): Value {
    const ending = this.statements(block.statements, scope)
    return ending === 'return' ? this.returned : undefined
  }

  private statements(statements: readonly Statement[], scope: Scope): Ending {
    for (const statement of statements) {
      const ending = this.statement(statement, scope)
      if (ending !== 'next') return ending
    }
    return 'next'
  }

  private statement(node: Statement, scope: Scope): Ending {
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
        scope.assign(node.name.text, new Closure(node.function, scope, node.name.text))
        return 'next'
      case 'return':
        this.returned = this.evaluate(node.value, scope)
        return 'return'
      case 'break':
      case 'continue':
        return node.kind
      case 'block':
        return this.statements(node.body.statements, new Scope(scope, scope.unit))
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
    if (node.kind === 'rule') return new Rule(node, scope)
    if (node.kind === 'function') return new Closure(node, scope, name)
    if (node.kind !== 'identifier') return this.evaluate(node, scope)
    const found = scope.find(node.name)?.variables.get(node.name)
    return found instanceof Rule ? found : this.evaluate(node, scope)
  }

  private if({ branches, otherwise }: If, scope: Scope): Ending {
    for (const { condition, body } of branches) {
      if (this.truth(condition, scope, 'a condition') === true) return this.statements(body.statements, scope)
    }
    return otherwise === undefined ? 'next' : this.statements(otherwise.statements, scope)
  }

  private for({ collection, names, body }: For, scope: Scope): Ending {
    const all = this.evaluate(collection, scope)
    this.at(collection, scope)
    const items = itemsOf(all, this.meter) ?? fail(`${typeOf(all)} cannot be gone through`)
    for (let at = 0; at < items.length; at++) {
      this.meter.step()
      const ending = this.statements(body.statements, turn(scope, names, items.at(at)))
      if (ending === 'break') return 'next'
      if (ending === 'return') return 'return'
    }
    return 'next'
  }

  /** The `else` clause comes last wherever it stands. `case` makes no scope. */
  private case({ subject, clauses }: Case, scope: Scope): Ending {
    const value = subject === undefined ? true : this.evaluate(subject, scope)
    for (const { values, statements } of clauses) {
      const fits = (node: Expression) =>
        subject === undefined
          ? this.truth(node, scope, 'a condition') === true
          : equal(value, this.evaluate(node, scope), this.meter) === true
      if (values?.some(fits) === true) return this.statements(statements, scope)
    }
    const otherwise = clauses.find(({ values }) => values === undefined)
    return otherwise === undefined ? 'next' : this.statements(otherwise.statements, scope)
  }
}
