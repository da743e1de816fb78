// Lowers expressions to JavaScript. Each method stands for the one of the same name in ../run/expressions.ts, which
// says what is meant; whoever changes one changes both. Code comes out line by line: the value of every expression
// is put into a name before the next one is evaluated, so the order is that of the walker.
//
// Steps are paid where a block of code is entered, for all of its nodes at once: never later and never fewer than
// the walker counts. Where that is too many, the walker decides (see evaluate.ts).

import { unreachable } from '../../base/index.ts'
import { builtins } from '../run/builtins.ts'
import { closureBytes, collectionBytes, elementBytes, entryBytes, scopeBytes } from '../run/meter.ts'
import type { StrictOperator } from '../run/operators.ts'
import { constants } from '../syntax/predeclared.ts'
import type {
  Binary,
  Call,
  Expression,
  FunctionLiteral,
  Group,
  Identifier,
  Index,
  ListLiteral,
  MapLiteral,
  Quantifier,
  RuleLiteral,
  Selector,
  Slice,
  Test,
  Unary,
} from '../syntax/tree.ts'
import { Float } from '../values/float.ts'
import { Names, type Slot, type Uses } from './names.ts'
import { quoted, type Writer } from './writer.ts'

/** What is known of a value: a truth is true, false or undefined. */
type Kind = 'any' | 'truth'

/** A value in generated code: a name or a literal, which nothing can change any more. */
export type Operand = { readonly code: string; readonly kind: Kind }

const any = (code: string): Operand => ({ code, kind: 'any' })
const truth = (code: string): Operand => ({ code, kind: 'truth' })

/** The functions of support.ts that compute strict operators. */
const operatorNames: Readonly<Record<StrictOperator, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'remainder',
  '==': 'isEqual',
  is: 'isEqual',
  '!=': 'isUnequal',
  'is not': 'isUnequal',
  '<': 'isBelow',
  '<=': 'isAtMost',
  '>': 'isAbove',
  '>=': 'isAtLeast',
  contains: 'contains',
  'not contains': 'containsNot',
  in: 'isIn',
  'not in': 'isNotIn',
  matches: 'matches',
  'not matches': 'matchesNot',
}

const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%'])

/** Lowers expressions; the bodies of functions are left to the lowering of statements. */
export abstract class ExpressionLowering {
  protected readonly writer: Writer
  protected readonly uses: Uses
  /** The variables that hold the imports of the source, by the names of these. */
  private readonly imports: ReadonlyMap<string, string>

  constructor(writer: Writer, uses: Uses, imports: ReadonlyMap<string, string>) {
    this.writer = writer
    this.uses = uses
    this.imports = imports
  }

  /** Writes the body of a function. */
  protected abstract body(node: FunctionLiteral, parameters: readonly string[], names: Names): void

  /** Writes what evaluates an expression. */
  evaluate(outer: Expression, names: Names): Operand {
    const node = inside(outer)
    this.writer.charge(1)
    switch (node.kind) {
      case 'int':
        return any(typeof node.value === 'bigint' ? `${node.value}n` : `${node.value}`)
      case 'string':
        return any(quoted(node.value))
      case 'float':
        return any(this.writer.constant(new Float(node.value)))
      case 'identifier':
        return this.identifier(node, names)
      case 'list':
        return this.list(node, names)
      case 'map':
        return this.map(node, names)
      case 'function':
        return this.function(node, names, 'func')
      case 'rule':
        return this.ruleBody(node, names)
      case 'quantifier':
        return this.quantifier(node, names)
      case 'unary':
        return this.unary(node, names)
      case 'binary':
        return this.binary(node, names)
      case 'test':
        return this.test(node, names)
      case 'selector':
        return this.selector(node, names)
      case 'index':
        return this.index(node, names)
      case 'slice':
        return this.slice(node, names)
      case 'call':
        return this.callNode(node, names)
      default:
        return unreachable(node)
    }
  }

  // ---- names

  private identifier({ name }: Identifier, names: Names): Operand {
    if (constants.has(name)) return name === 'null' ? any(name) : truth(name)
    const slots = names.slotsOf(name)
    const [first] = slots
    if (first?.always === true && !this.uses.assigned.has(name)) return any(first.code)
    const value = this.firstOf(slots, this.unassigned(name))
    return any(this.writer.put(this.uses.rules.has(name) ? `$read(${value})` : value))
  }

  /** What a name means that no variable has. */
  private unassigned(name: string): string {
    const imported = this.imports.get(name)
    if (imported !== undefined) return `$importValue(${imported}, ${quoted(name)})`
    return builtins.has(name) ? `$builtins.get(${quoted(name)})` : `$unknown(${quoted(name)})`
  }

  /** The variable that a name means, whatever it holds; else something else. */
  protected firstOf(slots: readonly Slot[], other: string): string {
    return slots.reduceRight(
      (rest, { code, always }) => (always ? code : `(${code} !== $absent ? ${code} : ${rest})`),
      other,
    )
  }

  /** Whether no variable has a name. */
  private isFree(name: string, names: Names): string {
    const slots = names.slotsOf(name)
    if (slots.some(({ always }) => always)) return 'false'
    return slots.map(({ code }) => `${code} === $absent`).join(' && ') || 'true'
  }

  /** The variable of the import that a name stands for, and when it does. */
  protected importNamed(node: Expression, names: Names): { variable: string; when: string } | undefined {
    const variable = node.kind === 'identifier' ? this.imports.get(node.name) : undefined
    if (variable === undefined || node.kind !== 'identifier') return undefined
    return { variable, when: this.isFree(node.name, names) }
  }

  // ---- literals

  private list({ elements }: ListLiteral, names: Names): Operand {
    this.writer.charge(0, collectionBytes + elements.length * elementBytes)
    const values = elements.map((element) => this.evaluate(element, names).code)
    return any(this.writer.put(`new $List([${values.join(', ')}])`))
  }

  private map({ entries }: MapLiteral, names: Names): Operand {
    this.writer.charge(0, collectionBytes + entries.length * entryBytes)
    const map = this.writer.put('new $Dict()')
    for (const { key, value } of entries) {
      const name = this.evaluate(key, names).code
      this.writer.line(`$checkKey(${name})`)
      this.writer.line(`${map}.set(${name}, ${this.evaluate(value, names).code})`)
    }
    return any(map)
  }

  /** A function; its code stands where it is made, so that it sees the variables around it. */
  protected function(node: FunctionLiteral, names: Names, name: string): Operand {
    this.hold(names)
    const parameters = node.parameters.map(() => this.writer.name('x'))
    const code = this.writer.name('f')
    this.writer.metered(`function ${code}(${parameters.join(', ')})`, () =>
      this.body(node, parameters, names),
    )
    return any(this.writer.put(`new $Func(${quoted(name)}, ${parameters.length}, ${code})`))
  }

  /** Charges for a function or rule, and for all scopes that it may keep alive. */
  private hold(names: Names): void {
    this.writer.charge(0, closureBytes + names.depth * scopeBytes)
  }

  /** A rule that waits until it is needed. */
  protected rule(node: RuleLiteral, names: Names): Operand {
    this.hold(names)
    const code = this.writer.name('r')
    this.writer.metered(`function ${code}()`, () => {
      this.writer.line(`return ${this.ruleBody(node, names).code}`)
    })
    return any(this.writer.put(`new $Rule(${code})`))
  }

  /** Decision 21: where the predicate is not true the rule does not apply, and is true. */
  private ruleBody({ predicate, body }: RuleLiteral, names: Names): Operand {
    if (predicate === undefined) return this.ruleResult(this.evaluate(body, names))
    const applies = this.truth(predicate, names, 'the predicate of a rule')
    const result = this.writer.name('t')
    this.writer.line(`let ${result} = true`)
    this.writer.inside(`if (${applies} === true)`, () => {
      this.writer.line(`${result} = ${this.ruleResult(this.evaluate(body, names)).code}`)
    })
    return any(result)
  }

  private ruleResult(value: Operand): Operand {
    return value.kind === 'truth' ? value : any(this.writer.put(`$ruleResult(${value.code})`))
  }

  // ---- operators

  private unary({ operator, operand }: Unary, names: Names): Operand {
    if (operator === '!' || operator === 'not') {
      const one = this.truth(operand, names, `the operand of \`${operator}\``)
      return truth(this.writer.put(`${one} === undefined ? undefined : !${one}`))
    }
    const { code } = this.evaluate(operand, names)
    return any(this.writer.put(`${operator === '-' ? '$negative' : '$positive'}(${code})`))
  }

  /** A chain of operators that lean left, from its first operand on. */
  private binary(node: Binary, names: Names): Operand {
    const chain: Binary[] = []
    let first: Expression = node
    for (; first.kind === 'binary'; first = first.left) chain.push(first)
    let value = this.evaluate(first, names)
    for (const link of chain.toReversed()) value = this.operate(link, value, names)
    return value
  }

  private operate(node: Binary, left: Operand, names: Names): Operand {
    const { operator, right } = node
    if (operator === 'and' || operator === 'or' || operator === 'xor') return this.logic(node, left, names)
    if (operator === 'else') {
      const result = this.writer.name('t')
      this.writer.line(`let ${result} = ${left.code}`)
      this.writer.inside(`if (${result} === undefined)`, () => {
        this.writer.line(`${result} = ${this.evaluate(right, names).code}`)
      })
      return any(result)
    }
    return this.operated(operator, left.code, this.evaluate(right, names).code)
  }

  /** Both values are there already. */
  protected operated(operator: StrictOperator, a: string, b: string): Operand {
    const code = this.writer.put(`$${operatorNames[operator]}(${a}, ${b}, $meter)`)
    return arithmetic.has(operator) ? any(code) : truth(code)
  }

  private logic(node: Binary, left: Operand, names: Names): Operand {
    const { operator } = node
    const one = this.leftTruth(node, left, names)
    const result = this.writer.name('t')
    const right = () => this.truth(node.right, names, `the right side of \`${operator}\``)
    this.writer.line(`let ${result} = ${one}`)
    if (operator === 'xor') {
      const two = right()
      this.writer.line(
        `${result} = ${one} === undefined || ${two} === undefined ? undefined : ${one} !== ${two}`,
      )
    } else if (operator === 'and') {
      this.writer.inside(`if (${one} !== false)`, () =>
        this.writer.line(`${result} = ${this.both(one, right())}`),
      )
    } else {
      this.writer.inside(`if (${one} !== true)`, () =>
        this.writer.line(`${result} = ${this.either(one, right())}`),
      )
    }
    return truth(result)
  }

  /** Two truths by `and`, where the left one is not false. */
  private both = (a: string, b: string) => `${a} === true ? ${b} : undefined`
  /** Two truths by `or`, where the left one is not true. */
  private either = (a: string, b: string) => `${b} === true || ${a} === false ? ${b} : undefined`

  /** Documented for debugging: behind `print(…)` on the left the right side is the value. */
  private leftTruth({ operator, left: node }: Binary, left: Operand, names: Names): string {
    const isPrint = node.kind === 'call' && node.callee.kind === 'identifier' && node.callee.name === 'print'
    if (isPrint && !this.imports.has('print')) {
      const neutral = this.writer.put(`${this.isFree('print', names)} ? ${operator === 'and'} : ${left.code}`)
      return this.asTruth(any(neutral), `the left side of \`${operator}\``)
    }
    return this.asTruth(left, `the left side of \`${operator}\``)
  }

  /** Writes what evaluates an expression that must be a truth. */
  protected truth(node: Expression, names: Names, what: string): string {
    return this.asTruth(this.evaluate(node, names), what)
  }

  private asTruth({ code, kind }: Operand, what: string): string {
    return kind === 'truth' ? code : this.writer.put(`$truth(${code}, ${quoted(what)})`)
  }

  private test({ operator, operand }: Test, names: Names): Operand {
    const { code } = this.evaluate(operand, names)
    if (operator === 'is defined') return truth(this.writer.put(`${code} !== undefined`))
    if (operator === 'is not defined') return truth(this.writer.put(`${code} === undefined`))
    return truth(this.writer.put(`$isEmpty(${code}, ${operator === 'is empty'})`))
  }

  // ---- elements

  private index({ operand, index }: Index, names: Names): Operand {
    const all = this.evaluate(operand, names).code
    const key = this.evaluate(index, names).code
    return any(this.writer.put(`$elementAt(${all}, ${key})`))
  }

  private selector({ operand, name }: Selector, names: Names): Operand {
    const imported = this.importNamed(operand, names)
    const select = () => `$select(${this.evaluate(operand, names).code}, ${quoted(name.text)})`
    if (imported === undefined) return any(this.writer.put(select()))
    const member = `$member(${imported.variable}, ${quoted(name.text)}, $machine)`
    if (imported.when === 'true') return any(this.writer.put(member))
    return any(this.choice(imported.when, () => member, select))
  }

  /** The value of one of two pieces of code. */
  private choice(when: string, first: () => string, second: () => string): string {
    const result = this.writer.name('t')
    this.writer.line(`let ${result}`)
    this.writer.inside(`if (${when})`, () => this.writer.line(`${result} = ${first()}`))
    this.writer.inside('else', () => this.writer.line(`${result} = ${second()}`))
    return result
  }

  private slice({ operand, low, high }: Slice, names: Names): Operand {
    const all = this.evaluate(operand, names).code
    const from = low === undefined ? 'undefined' : this.evaluate(low, names).code
    const to = high === undefined ? 'undefined' : this.evaluate(high, names).code
    const given = this.writer.constant({ low: low !== undefined, high: high !== undefined })
    return any(this.writer.put(`$slice(${all}, ${from}, ${to}, ${given}, $meter)`))
  }

  // ---- quantifiers, calls

  private quantifier(node: Quantifier, names: Names): Operand {
    const all = this.evaluate(node.collection, names).code
    const result = this.writer.name('t')
    this.writer.line(`let ${result}`)
    this.writer.inside(`if (${all} !== undefined)`, () => {
      const items = this.writer.put(`$itemsOf(${all}, $meter)`)
      if (node.operator === 'map') this.mapItems(node, items, result, names)
      else if (node.operator === 'filter') this.filter(node, all, items, result, names)
      else this.anyOrAll(node, items, result, names)
    })
    return { code: result, kind: node.operator === 'any' || node.operator === 'all' ? 'truth' : 'any' }
  }

  /** Writes a loop over items, with the names of one turn. */
  private turns(
    node: Pick<Quantifier, 'names'>,
    items: string,
    names: Names,
    inner: (names: Names, at: string) => void,
    goesOn = 'true',
  ): void {
    const at = this.writer.name('i')
    const head = `for (let ${at} = 0; ${at} < ${items}.length && ${goesOn}; ${at}++)`
    this.writer.metered(head, () => inner(this.turn(node.names, items, at, names), at))
  }

  /** The scope of one turn of a loop. */
  protected turn(given: Quantifier['names'], items: string, at: string, names: Names): Names {
    const local = new Names(names)
    const [first, second] = given
    const declare = (name: string, code: string) => {
      const variable = this.writer.name('x')
      this.writer.line(`let ${variable} = ${code}`)
      local.declare(name, { code: variable, always: true })
    }
    if (first !== undefined) {
      declare(first.text, second === undefined ? `${items}.single(${at})` : `${items}.key(${at})`)
    }
    if (second !== undefined) declare(second.text, `${items}.value(${at})`)
    return local
  }

  /** `any` is a chain of `or`, `all` a chain of `and`. */
  private anyOrAll(node: Quantifier, items: string, result: string, names: Names): void {
    const isAny = node.operator === 'any'
    this.writer.line(`${result} = ${!isAny}`)
    const turn = (inner: Names) => {
      const one = this.truth(node.body, inner, `the body of \`${node.operator}\``)
      this.writer.line(`${result} = ${isAny ? this.either(result, one) : this.both(result, one)}`)
    }
    this.turns(node, items, names, turn, `${result} !== ${isAny}`)
  }

  /** Keeps the kind of the collection. One undefined makes the whole undefined, after all have been asked. */
  private filter(node: Quantifier, all: string, items: string, result: string, names: Names): void {
    const kept = this.writer.put('[]')
    const isDefined = this.writer.name('t')
    this.writer.line(`let ${isDefined} = true`)
    this.turns(node, items, names, (inner, at) => {
      const one = this.truth(node.body, inner, 'the body of `filter`')
      this.writer.line(`if (${one} === true) ${kept}.push(${at})`)
      this.writer.line(`else if (${one} === undefined) ${isDefined} = false`)
    })
    this.writer.line(`if (${isDefined}) ${result} = $filtered(${all}, ${items}, ${kept}, $meter)`)
  }

  private mapItems(node: Quantifier, items: string, result: string, names: Names): void {
    this.writer.line(`$meter.pay(${collectionBytes} + ${items}.length * ${elementBytes})`)
    const values = this.writer.put('[]')
    this.turns(node, items, names, (inner) => {
      this.writer.line(`${values}.push(${this.evaluate(node.body, inner).code})`)
    })
    this.writer.line(`${result} = new $List(${values})`)
  }

  private callNode(node: Call, names: Names): Operand {
    const { callee } = node
    if (callee.kind === 'selector') return this.callMethod(node, callee, names)
    const found = this.evaluate(callee, names).code
    const values = node.arguments.map((value) => this.evaluate(value, names).code)
    return any(this.writer.put(`$machine.call(${found}, [${values.join(', ')}])`))
  }

  /** The receiver of a method that an import made is put before the other values. */
  private callMethod(node: Call, { operand, name }: Selector, names: Names): Operand {
    const imported = this.importNamed(operand, names)
    const own = this.writer.name('t')
    const receiver = this.writer.name('t')
    this.writer.line(`let ${own}, ${receiver}`)
    const method = () => {
      this.writer.line(`${receiver} = ${this.evaluate(operand, names).code}`)
      this.writer.line(`${own} = $methodOf(${receiver}, ${quoted(name.text)})`)
      return `${own} === undefined ? $select(${receiver}, ${quoted(name.text)}) : ${own}`
    }
    const member = () => `$importFunction(${imported?.variable}, ${quoted(name.text)}, $machine)`
    const found =
      imported === undefined ? this.writer.put(method()) : this.choice(imported.when, member, method)
    const values = node.arguments.map((value) => this.evaluate(value, names).code)
    const all = `${own} === undefined ? [${values.join(', ')}] : [${[receiver, ...values].join(', ')}]`
    return any(this.writer.put(`$machine.call(${found}, ${all})`))
  }
}

/** What parentheses hold. */
function inside(node: Expression): Exclude<Expression, Group> {
  let inner = node
  while (inner.kind === 'group') inner = inner.inner
  return inner
}
