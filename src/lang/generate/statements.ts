// The other half of the lowering: statements. Next to ../run/walker.ts.

import { unreachable } from '../../base/index.ts'
import type { StrictOperator } from '../run/operators.ts'
import type {
  Assignment,
  AssignmentOperator,
  Block,
  Case,
  Expression,
  For,
  FunctionLiteral,
  Identifier,
  If,
  Statement,
} from '../syntax/tree.ts'
import { ExpressionLowering } from './expressions.ts'
import { Names, namesMadeIn } from './names.ts'
import { any, type Operand } from './operands.ts'

/** An assignment that computes. */
type Change = Exclude<AssignmentOperator, '='>

/** Lowers the statements of a source. */
export class Lowering extends ExpressionLowering {
  /** The label of the loop that `break` and `continue` are about. */
  private loop: string | undefined

  /** Writes statements that share the scope they stand in. */
  statements(statements: readonly Statement[], names: Names): void {
    for (const statement of statements) this.statement(statement, names)
  }

  /** A function that ends without `return` gives undefined. */
  protected body(node: FunctionLiteral, parameters: readonly string[], names: Names): void {
    const local = new Names(names)
    for (const [at, { text }] of node.parameters.entries()) {
      local.declare(text, { code: parameters[at] ?? '', always: true, host: false })
    }
    const outer = this.loop
    this.loop = undefined
    this.declare(node.body.statements, local)
    this.statements(node.body.statements, local)
    this.loop = outer
  }

  /** Makes a variable for each name that statements may make in their scope. */
  private declare(statements: readonly Statement[], names: Names): void {
    for (const name of namesMadeIn(statements)) {
      if (names.own(name) !== undefined || names.slotsOf(name).some(({ always }) => always)) continue
      const code = this.writer.name('x')
      this.writer.line(`let ${code} = $absent`)
      names.declare(name, { code, always: false, host: false })
    }
  }

  private statement(node: Statement, names: Names): void {
    this.writer.charge(1)
    switch (node.kind) {
      case 'assignment':
        this.assignment(node, names)
        break
      case 'expression':
        this.valueOf(node.expression, names)
        break
      case 'if':
        this.if(node, names)
        break
      case 'for':
        this.for(node, names)
        break
      case 'case':
        this.case(node, names)
        break
      case 'declaration':
        this.assign(node.name.text, this.function(node.function, names, node.name.text).code, names)
        break
      case 'return':
        this.writer.line(`return ${this.valueOf(node.value, names)}`)
        break
      case 'break':
      case 'continue':
        this.writer.line(`${node.kind} ${this.loop}`)
        break
      case 'block':
        this.writer.inside('', () => this.scoped(node.body, new Names(names)))
        break
      default:
        unreachable(node)
    }
  }

  private scoped({ statements }: Block, names: Names): void {
    this.declare(statements, names)
    this.statements(statements, names)
  }

  /** Gives a value to the nearest variable that is there, else makes one in the innermost scope. */
  private assign(name: string, value: string, names: Names): void {
    const slots = names.slotsOf(name)
    const home = slots.at(-1)?.always === true ? slots.at(-1) : names.own(name)
    const nearer = slots.length > 1 ? slots : []
    for (const { code } of nearer) this.writer.line(`if (${code} !== $absent) ${code} = ${value}; else`)
    this.writer.line(`${home?.code} = ${value}`)
  }

  private assignment({ target, operator, value }: Assignment, names: Names): void {
    if (target.kind === 'identifier') {
      const { rule } = names.own(target.name) ?? {}
      if (rule !== undefined) {
        this.hold(names)
        this.writer.line(`${rule.state} = 1`)
        return
      }
      const given =
        operator === '='
          ? this.binding(value, names, target.name)
          : this.changed(target, operator, value, names)
      this.assign(target.name, given, names)
      return
    }
    // The value comes before the operands of the index.
    const given = this.valueOf(value, names)
    this.checkAssignable(target.operand, names)
    const all = this.valueOf(target.operand, names)
    const key = this.valueOf(target.index, names)
    const result =
      operator === '='
        ? given
        : this.operated(
            signOf(operator),
            any(this.writer.put(`$elementAt(${all}, ${key}, $meter)`)),
            any(given),
          ).code
    this.writer.line(`$setElement(${all}, ${key}, ${result}, $meter)`)
  }

  /** `x += y` is `x = x + y`. */
  private changed(target: Identifier, operator: Change, value: Expression, names: Names): string {
    const current = this.evaluate(target, names)
    return this.operated(signOf(operator), current, this.evaluate(value, names)).code
  }

  /** Elements of an import are not the policy's to change. */
  private checkAssignable(operand: Expression, names: Names): void {
    let root = operand
    while (root.kind === 'index' || root.kind === 'selector' || root.kind === 'group') {
      root = root.kind === 'group' ? root.inner : root.operand
    }
    const imported = this.importNamed(root, names)
    if (root.kind !== 'identifier' || imported === undefined) return
    this.writer.line(`if (${imported.when}) $importIsFixed(${this.writer.constant(root.name)})`)
  }

  /** What `=` binds: a rule stays a rule, all else is evaluated now. */
  private binding(node: Expression, names: Names, name: string): string {
    if (node.kind === 'rule') return this.rule(node, names).code
    if (node.kind === 'function') return this.function(node, names, name).code
    if (node.kind !== 'identifier' || !this.uses.rules.has(node.name)) return this.valueOf(node, names)
    const found = this.writer.put(this.firstOf(names.slotsOf(node.name), '$absent'))
    const result = this.writer.name('t')
    this.writer.line(`let ${result} = ${found}`)
    this.writer.inside(`if (!(${result} instanceof $Rule))`, () => {
      this.writer.line(`${result} = ${this.valueOf(node, names)}`)
    })
    return result
  }

  private if({ branches, otherwise }: If, names: Names): void {
    const end = this.writer.name('l')
    this.writer.inside(`${end}:`, () => {
      for (const { condition, body } of branches) {
        const one = this.truth(condition, names, 'a condition')
        this.branch(one, body.statements, end, names)
      }
      if (otherwise !== undefined) this.statements(otherwise.statements, names)
    })
  }

  /** Statements behind a condition; then the whole is done. */
  private branch(condition: string, statements: readonly Statement[], end: string, names: Names): void {
    this.writer.metered(`if (${condition} === true)`, () => {
      this.statements(statements, names)
      this.writer.line(`break ${end}`)
    })
  }

  private for(node: For, names: Names): void {
    const items = this.itemsOf(this.evaluate(node.collection, names))
    const [at, label, outer] = [this.writer.name('i'), this.writer.name('l'), this.loop]
    this.loop = label
    const head = `${label}: for (let ${at} = 0; ${at} < ${items.values}.length; ${at}++)`
    const turn = () => {
      this.writer.charge(1)
      this.scoped(node.body, this.turn(node, items, at, names))
    }
    this.writer.metered(head, turn, { at, length: `${items.values}.length` })
    this.loop = outer
  }

  /** The `else` clause comes last wherever it stands. `case` makes no scope. */
  private case({ subject, clauses }: Case, names: Names): void {
    const value = subject === undefined ? undefined : this.evaluate(subject, names)
    if (value !== undefined && clauses.every(({ values }) => values === undefined)) this.asValue(value)
    const end = this.writer.name('l')
    this.writer.inside(`${end}:`, () => {
      for (const { values, statements } of clauses) {
        if (values === undefined) continue
        const fits = this.writer.name('t')
        this.writer.line(`let ${fits}`)
        this.clause(values, fits, value, names)
        this.branch(fits, statements, end, names)
      }
      const otherwise = clauses.find(({ values }) => values === undefined)
      if (otherwise !== undefined) this.statements(otherwise.statements, names)
    })
  }

  /** One value after the other, until one fits. */
  private clause(
    values: readonly Expression[],
    fits: string,
    subject: Operand | undefined,
    names: Names,
  ): void {
    const end = this.writer.name('l')
    this.writer.inside(`${end}:`, () => {
      for (const node of values) {
        const code =
          subject === undefined
            ? this.truth(node, names, 'a condition')
            : this.operated('==', subject, this.evaluate(node, names)).code
        this.writer.line(`${fits} = ${code}`)
        this.writer.line(`if (${fits} === true) break ${end}`)
      }
    })
  }
}

const signOf = (operator: Change) => operator.charAt(0) as StrictOperator
