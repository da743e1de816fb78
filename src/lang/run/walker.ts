// Statements of the obvious evaluator (specification 2.2, 2.3, 2.10), and the evaluator as a whole.

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
  Index,
  Statement,
} from '../syntax/tree.ts'
import { equal } from '../values/compare.ts'
import { fail } from '../values/failure.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import { elementAt, setElement } from './access.ts'
import { ExpressionWalker } from './expressions.ts'
import { after, type Eventually, inTurn, Later } from './later.ts'
import { operators } from './operators.ts'
import { type Items, itemsOf } from './quantifiers.ts'
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

type Loop = { readonly node: For; readonly items: Items; readonly around: Scope; turn: number }

/** What comes after a statement: the next one, those inside of it first, or the end of something around it. */
type Then = Sequence | 'next' | 'end' | 'break' | 'continue' | 'return'

/** Evaluates sources, one evaluation long. */
export class Walker extends ExpressionWalker {
  private returned: Value

  /** Runs the top level of a source. */
  run(unit: Unit): void {
    this.settle(() => this.body(unit.program, unit.scope))
  }

  /** The value of an expression that stands by itself. */
  value(node: Expression, scope: Scope): Value {
    return this.settle(() => this.evaluate(node, scope))
  }

  /** The value of a variable of a scope. */
  variable(scope: Scope, name: string): Value {
    const found = this.read(scope, name)
    return found instanceof Rule ? this.settle(() => this.force(found)) : found
  }

  /** Runs statements: what they return, undefined without `return`. Those inside of others wait in a list. */
  protected body({ statements }: Pick<Block, 'statements'>, scope: Scope): Eventually<Value> {
    return this.through([sequence(statements, scope)], 'next')
  }

  /** Goes through statements, after one that has been run. */
  private through(open: Sequence[], first: Then): Eventually<Value> {
    for (let next = first; next !== 'return'; ) {
      if (next === 'end') open.pop()
      else if (next === 'break' || next === 'continue') leave(open, next)
      else if (next !== 'next') open.push(next)
      const inner = open.at(-1)
      if (inner === undefined) return undefined
      const statement = inner.statements[inner.next++]
      const then = statement === undefined ? this.end(inner) : this.statement(statement, inner.scope)
      if (then instanceof Later) return after(then, (one) => this.through(open, one))
      next = then
    }
    return this.returned
  }

  /** Behind the last statement of a sequence: its loop turns again, or it ends. */
  private end(sequence: Sequence): 'next' | 'end' {
    const { loop } = sequence
    if (loop === undefined || loop.turn === loop.items.length) return 'end'
    this.meter.step()
    sequence.scope = this.turn(loop.node, loop.items, loop.turn++, loop.around)
    sequence.next = 0
    return 'next'
  }

  private statement(node: Statement, scope: Scope): Eventually<Then> {
    this.at(node, scope)
    this.meter.step()
    switch (node.kind) {
      case 'assignment':
        return this.assignment(node, scope)
      case 'expression':
        return after(this.evaluate(node.expression, scope), () => 'next')
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
        return after(this.evaluate(node.value, scope), (value) => {
          this.returned = value
          return 'return'
        })
      case 'break':
      case 'continue':
        return node.kind
      case 'block':
        return sequence(node.body.statements, new Scope(scope, scope.unit))
      default:
        return unreachable(node)
    }
  }

  private assignment(node: Assignment, scope: Scope): Eventually<Then> {
    const { target, operator, value } = node
    if (target.kind === 'index') return this.elementAssignment(node, target, scope)
    const given =
      operator === '='
        ? this.binding(value, scope, target.name)
        : this.changed(target, operator, value, scope)
    return after(given, (one) => {
      scope.assign(target.name, one)
      return 'next'
    })
  }

  /** The value comes before the operands of the index. */
  private elementAssignment(node: Assignment, target: Index, scope: Scope): Eventually<Then> {
    const { operator } = node
    return after(this.evaluate(node.value, scope), (given) => {
      this.checkAssignable(target.operand, scope)
      return after(this.evaluate(target.operand, scope), (all) =>
        after(this.evaluate(target.index, scope), (key) => {
          this.at(node, scope)
          const result =
            operator === '=' ? given : this.operated(operator, elementAt(all, key, this.meter), given)
          setElement(all, key, result, this.meter)
          return 'next'
        }),
      )
    })
  }

  /** `x += y` is `x = x + y`. */
  private changed(target: Identifier, operator: Change, value: Expression, scope: Scope): Eventually<Value> {
    return after(this.evaluate(target, scope), (current) =>
      after(this.evaluate(value, scope), (given) => {
        this.at(target, scope)
        return this.operated(operator, current, given)
      }),
    )
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
  private binding(node: Expression, scope: Scope, name: string): Eventually<Binding> {
    if (node.kind === 'rule') return this.rule(node, scope)
    if (node.kind === 'function') return this.closure(node, scope, name)
    if (node.kind !== 'identifier') return this.evaluate(node, scope)
    const found = scope.find(node.name)?.variables.get(node.name)
    return found instanceof Rule ? found : this.evaluate(node, scope)
  }

  private if({ branches, otherwise }: If, scope: Scope): Eventually<Then> {
    const holds = (at: number) =>
      after(this.truth((branches[at] as Branch).condition, scope, 'a condition'), (one) => one === true)
    return after(inTurn(branches.length, holds), (at) => {
      const block = at < branches.length ? branches[at]?.body : otherwise
      return block === undefined ? 'next' : sequence(block.statements, scope)
    })
  }

  private for(node: For, scope: Scope): Eventually<Then> {
    const { collection, body } = node
    return after(this.evaluate(collection, scope), (all) => {
      this.at(collection, scope)
      const items = itemsOf(all, this.meter) ?? fail(`${typeOf(all)} cannot be gone through`)
      const { statements } = body
      const loop = { node, items, around: scope, turn: 0 }
      return { statements, scope, next: statements.length, loop }
    })
  }

  /** The `else` clause comes last wherever it stands. `case` makes no scope. */
  private case({ subject, clauses }: Case, scope: Scope): Eventually<Then> {
    return after(subject === undefined ? true : this.evaluate(subject, scope), (value) => {
      const fits = (node: Expression): Eventually<boolean> =>
        subject === undefined
          ? after(this.truth(node, scope, 'a condition'), (one) => one === true)
          : after(this.evaluate(node, scope), (one) => equal(value, one, this.meter) === true)
      const holds = (at: number) => {
        const values = clauses[at]?.values ?? []
        const first = inTurn(values.length, (place) => fits(values[place] as Expression))
        return after(first, (place) => place < values.length)
      }
      return after(inTurn(clauses.length, holds), (at) => {
        const clause = clauses[at] ?? clauses.find(({ values }) => values === undefined)
        return clause === undefined ? 'next' : sequence(clause.statements, scope)
      })
    })
  }
}

type Branch = If['branches'][number]

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
