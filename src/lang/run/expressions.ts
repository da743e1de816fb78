// The obvious evaluator: it walks the tree, and each of its methods can be read next to the specification.
// It is the measure for the code generator, and the one that records what happened. This half has expressions.
//
// Errors of the policy are thrown as Failures and end the evaluation; `place` says where it was at that moment.
// What recurses is written for small frames: no callbacks, no iterators. The host's stack must hold 500 calls.
// INVARIANT: whatever can fail sets `place` right before.

import { unreachable } from '../../base/index.ts'
import type {
  Binary,
  Block,
  Call,
  Expression,
  FunctionLiteral,
  Group,
  Identifier,
  Index,
  ListLiteral,
  MapEntry,
  MapLiteral,
  Name,
  Quantifier,
  RuleLiteral,
  Selector,
  Slice,
  Test,
  Unary,
} from '../syntax/tree.ts'
import { type Bytes, textToBytes } from '../values/bytes.ts'
import { copyOf, lazyCopyOf } from '../values/copy.ts'
import { Dict, isKey, type Key } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { negateInt } from '../values/int.ts'
import { List } from '../values/list.ts'
import { typeOf } from '../values/types.ts'
import { Callable, isInt, type Value } from '../values/value.ts'
import { elementAt, select, slice } from './access.ts'
import { builtins } from './builtins.ts'
import { combine, decides, type LogicOperator, type Truth, truth } from './logic.ts'
import {
  boxBytes,
  callBytes,
  closureBytes,
  collectionBytes,
  elementBytes,
  entryBytes,
  type Meter,
  scopeBytes,
} from './meter.ts'
import { type Context, checkArity, Native } from './native.ts'
import { callLevels, levelsIn, maxLevels, nativeLevels } from './nesting.ts'
import { operators } from './operators.ts'
import { Closure, type Imported, type Place, Rule, Scope } from './scope.ts'

/** What the walker is given: limits, the instant, and the ways out of the policy. */
export type Surroundings = {
  readonly meter: Meter
  readonly now: bigint
  print(line: Bytes): void
  ask(key: string, question: unknown): Value
}

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...([
    ['true', true],
    ['false', false],
    ['null', null],
    ['undefined', undefined],
  ] as const),
])

/** Evaluates expressions, one evaluation long; the bodies of functions are left to the walker of statements. */
export abstract class ExpressionWalker implements Context {
  readonly meter: Meter
  readonly now: bigint
  private readonly surroundings: Surroundings
  private depth = 0
  /** How much of the host's stack is taken: see nesting.ts. */
  private levels = 0
  /** Where the evaluation is. */
  place: Place | undefined
  /** Where the first undefined came from that was not dealt with since. */
  undefinedAt: Place | undefined
  /** Rules in the order of their evaluation. */
  readonly evaluated: Rule[] = []

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings
    this.meter = surroundings.meter
    this.now = surroundings.now
  }

  print(line: Bytes): void {
    this.meter.print(line.length + 1)
    this.surroundings.print(line)
  }

  ask(key: string, question: unknown): Value {
    return this.surroundings.ask(key, question)
  }

  /** Runs the body of a function: what it returns. */
  protected abstract body(block: Block, scope: Scope): Value

  protected at(node: { readonly span: Place['span'] }, scope: Scope): void {
    this.place = { source: scope.unit.source, span: node.span }
  }

  /** The undefined that comes up here. */
  private undefinedHere(node: { readonly span: Place['span'] }, scope: Scope): undefined {
    this.undefinedAt ??= { source: scope.unit.source, span: node.span }
  }

  /** The value of an expression. */
  evaluate(outer: Expression, scope: Scope): Value {
    const node = inside(outer)
    this.at(node, scope)
    this.meter.step()
    switch (node.kind) {
      case 'int':
      case 'string':
        return node.value
      case 'float':
        return new Float(node.value)
      case 'identifier':
        return this.identifier(node, scope)
      case 'list':
        return this.list(node, scope)
      case 'map':
        return this.map(node, scope)
      case 'function':
        return this.closure(node, scope, 'func')
      case 'rule':
        return this.force(this.rule(node, scope))
      case 'quantifier':
        return this.quantifier(node, scope)
      case 'unary':
        return this.unary(node, scope)
      case 'binary':
        return this.binary(node, scope)
      case 'test':
        return this.test(node, scope)
      case 'selector':
        return this.selector(node, scope)
      case 'index':
        return this.index(node, scope)
      case 'slice':
        return this.slice(node, scope)
      case 'call':
        return this.callNode(node, scope)
      default:
        return unreachable(node)
    }
  }

  private identifier(node: Identifier, scope: Scope): Value {
    const { name } = node
    if (constants.has(name))
      return name === 'undefined' ? this.undefinedHere(node, scope) : constants.get(name)
    const home = scope.find(name)
    if (home !== undefined) {
      const found = home.variables.get(name)
      const value = found instanceof Rule ? this.force(found) : found
      return value === undefined ? this.undefinedHere(node, scope) : value
    }
    const imported = scope.unit.imports.get(name)
    if (imported?.kind === 'value') return lazyCopyOf(imported.value)
    if (imported !== undefined) return fail(`\`${name}\` is an import, not a value; select something of it`)
    return builtins.get(name) ?? fail(`unknown identifier \`${name}\``)
  }

  /** The import that a name stands for, where no variable has it. */
  protected importNamed(name: string, scope: Scope): Imported | undefined {
    return scope.find(name) === undefined ? scope.unit.imports.get(name) : undefined
  }

  private list({ elements }: ListLiteral, scope: Scope): List<Value> {
    this.meter.pay(collectionBytes + elements.length * elementBytes)
    const values: Value[] = new Array(elements.length)
    for (let at = 0; at < elements.length; at++) {
      values[at] = this.evaluate(elements[at] as Expression, scope)
    }
    return new List(values)
  }

  private map({ entries }: MapLiteral, scope: Scope): Dict<Value> {
    this.meter.pay(collectionBytes + entries.length * entryBytes)
    const map = new Dict<Value>()
    for (let at = 0; at < entries.length; at++) {
      const { key, value } = entries[at] as MapEntry
      const name = this.evaluate(key, scope)
      this.at(key, scope)
      checkKey(name)
      map.set(name, this.evaluate(value, scope))
    }
    return map
  }

  private unary({ operator, operand, span }: Unary, scope: Scope): Value {
    const value = this.evaluate(operand, scope)
    this.at({ span }, scope)
    if (operator === '!' || operator === 'not') {
      const one = truth(value, `the operand of \`${operator}\``)
      return one === undefined ? undefined : !one
    }
    if (value === undefined) return undefined
    if (isInt(value)) return operator === '-' ? negateInt(value) : value
    if (!(value instanceof Float)) return fail(`\`${operator}\` cannot take ${typeOf(value)}`)
    this.meter.pay(boxBytes)
    return operator === '-' ? new Float(-value.value) : value
  }

  /** A chain of operators that lean left, from its first operand on. */
  private binary(node: Binary, scope: Scope): Value {
    const chain: Binary[] = []
    let first: Expression = node
    for (; first.kind === 'binary'; first = first.left) chain.push(first)
    const origin = this.undefinedAt
    let value = this.evaluate(first, scope)
    for (let link = chain.pop(); link !== undefined; link = chain.pop()) {
      if (this.isDecided(link, value, origin, scope)) continue
      const right = this.evaluate(link.right, scope)
      value = this.operate(link, value, right, scope)
    }
    return value
  }

  /** Whether the left value is the result, so that the right side is not evaluated. */
  private isDecided(
    { operator, left: node }: Binary,
    left: Value,
    origin: Place | undefined,
    scope: Scope,
  ): boolean {
    if (operator === 'else') {
      if (left !== undefined) return true
      this.undefinedAt = origin
      return false
    }
    if (!isLogic(operator) || this.isPrint(node, scope)) return false
    this.at(node, scope)
    return truth(left, `the left side of \`${operator}\``) === decides[operator]
  }

  private operate(node: Binary, left: Value, right: Value, scope: Scope): Value {
    const { operator } = node
    if (operator === 'else') return right
    if (!isLogic(operator)) {
      this.at(node, scope)
      return this.noted(operators[operator](left, right, this.meter), node, scope)
    }
    this.at(node.right, scope)
    const other = truth(right, `the right side of \`${operator}\``)
    // Documented for debugging: behind `print(…)` on the left the right side is the value.
    return this.isPrint(node.left, scope) ? other : combine(operator, left as Truth, other)
  }

  private isPrint(node: Expression, scope: Scope): boolean {
    if (node.kind !== 'call' || node.callee.kind !== 'identifier' || node.callee.name !== 'print')
      return false
    return scope.find('print') === undefined && !scope.unit.imports.has('print')
  }

  protected truth(node: Expression, scope: Scope, what: string): Truth {
    const value = this.evaluate(node, scope)
    this.at(node, scope)
    return truth(value, what)
  }

  private test({ operator, operand, span }: Test, scope: Scope): Truth {
    const origin = this.undefinedAt
    const value = this.evaluate(operand, scope)
    this.at({ span }, scope)
    if (operator === 'is defined' || operator === 'is not defined') {
      this.undefinedAt = origin
      return (value === undefined) === (operator === 'is not defined')
    }
    if (value === undefined) return undefined
    return (sizeOf(value) === 0) === (operator === 'is empty')
  }

  /** The value, with a note of the place should it be undefined. */
  private noted(value: Value, node: Expression, scope: Scope): Value {
    return value === undefined ? this.undefinedHere(node, scope) : value
  }

  private index(node: Index, scope: Scope): Value {
    const all = this.evaluate(node.operand, scope)
    const key = this.evaluate(node.index, scope)
    this.at(node, scope)
    return this.noted(elementAt(all, key), node, scope)
  }

  private selector(node: Selector, scope: Scope): Value {
    const { operand, name } = node
    const imported = operand.kind === 'identifier' ? this.importNamed(operand.name, scope) : undefined
    if (imported !== undefined) return this.noted(this.member(imported, name.text), node, scope)
    const value = this.evaluate(operand, scope)
    this.at(node, scope)
    return this.noted(select(value, textToBytes(name.text)), node, scope)
  }

  /** What an import has under a name. Data of it is copied, so that nobody changes it from outside. */
  private member(imported: Imported, name: string): Value {
    switch (imported.kind) {
      case 'value':
        return lazyCopyOf(select(imported.value, textToBytes(name)))
      case 'table':
        return lazyCopyOf(imported.members.get(name))
      case 'module': {
        const found = imported.unit.scope.variables.get(name)
        const value = found instanceof Rule ? this.force(found) : found
        // Only functions can change the data of a module once it has run.
        if (!imported.unit.program.hasFunctions) return lazyCopyOf(value)
        return copyOf(value, (elements) => this.meter.pay(elements * elementBytes))
      }
      default:
        return unreachable(imported)
    }
  }

  private slice(node: Slice, scope: Scope): Value {
    const { operand, low, high } = node
    const value = this.evaluate(operand, scope)
    const from = low === undefined ? undefined : this.evaluate(low, scope)
    const to = high === undefined ? undefined : this.evaluate(high, scope)
    this.at(node, scope)
    const given = { low: low !== undefined, high: high !== undefined }
    return this.noted(slice(value, from, to, given, this.meter), node, scope)
  }

  // ---- rules, quantifiers, calls

  /** The result of a rule: evaluated now if it never was. */
  force(rule: Rule): Value {
    if (rule.state === 'waiting') this.evaluateRule(rule)
    if (rule.state === 'running') {
      this.at(rule.node, rule.scope)
      fail('the rule needs its own result')
    }
    if (rule.value === undefined) this.undefinedAt ??= rule.undefinedAt
    return rule.value
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

  private evaluateRule(rule: Rule): void {
    const { node, scope } = rule
    const origin = this.undefinedAt
    rule.state = 'running'
    this.undefinedAt = undefined
    this.evaluated.push(rule)
    const { predicate, body } = node
    // Decision 21: where the predicate is not true the rule does not apply, and is true.
    const applies =
      predicate === undefined || this.truth(predicate, scope, 'the predicate of a rule') === true
    if (!applies) this.undefinedAt = undefined
    this.deeper(callLevels + levelsIn(node))
    rule.value = applies ? this.evaluate(body, scope) : true
    this.levels -= callLevels + levelsIn(node)
    this.at(body, scope)
    if (rule.value instanceof Callable) fail('a rule cannot give func')
    rule.undefinedAt = this.undefinedAt
    rule.state = 'done'
    this.undefinedAt = origin
  }

  private quantifier(node: Quantifier, scope: Scope): Value {
    const all = this.evaluate(node.collection, scope)
    this.at(node.collection, scope)
    if (all === undefined) return undefined
    const items = itemsOf(all, this.meter) ?? fail(`${typeOf(all)} cannot be gone through`)
    switch (node.operator) {
      case 'any':
      case 'all':
        return this.anyOrAll(node, items, scope)
      case 'filter':
        return this.filter(node, all, items, scope)
      case 'map':
        return this.mapItems(node, items, scope)
      default:
        return unreachable(node.operator)
    }
  }

  /** `any` is a chain of `or`, `all` a chain of `and`. */
  private anyOrAll(node: Quantifier, items: Items, scope: Scope): Truth {
    const operator = node.operator === 'any' ? 'or' : 'and'
    let result: Truth = node.operator === 'all'
    for (let at = 0; at < items.length && result !== decides[operator]; at++) {
      const value = this.evaluate(node.body, turn(scope, node.names, items.at(at)))
      this.at(node.body, scope)
      result = combine(operator, result, truth(value, `the body of \`${node.operator}\``))
    }
    return result
  }

  /** Keeps the kind of the collection. One undefined makes the whole undefined, after all have been asked. */
  private filter(node: Quantifier, all: Value, items: Items, scope: Scope): Value {
    const [isMap, keys, values]: [boolean, Key[], Value[]] = [all instanceof Dict, [], []]
    let isDefined = true
    this.meter.pay(collectionBytes)
    for (let at = 0; at < items.length; at++) {
      const item = items.at(at)
      const one = this.truth(node.body, turn(scope, node.names, item), 'the body of `filter`')
      isDefined &&= one !== undefined
      if (one !== true) continue
      this.at(node, scope)
      this.meter.pay(isMap ? entryBytes : elementBytes)
      values.push(item.value)
      if (isMap) keys.push(item.key as Key)
    }
    if (!isDefined) return undefined
    if (!isMap) return new List(values)
    return new Dict(values.map((value, at) => [keys[at] as Key, value] as const))
  }

  private mapItems(node: Quantifier, items: Items, scope: Scope): List<Value> {
    this.meter.pay(collectionBytes + items.length * elementBytes)
    const values: Value[] = []
    for (let at = 0; at < items.length; at++) {
      values.push(this.evaluate(node.body, turn(scope, node.names, items.at(at))))
    }
    return new List(values)
  }

  private callNode(node: Call, scope: Scope): Value {
    const { callee } = node
    const values: Value[] = []
    const found =
      callee.kind === 'selector' ? this.method(callee, scope, values) : this.evaluate(callee, scope)
    for (let at = 0; at < node.arguments.length; at++) {
      values.push(this.evaluate(node.arguments[at] as Expression, scope))
    }
    this.at(node, scope)
    return this.noted(this.call(found, values), node, scope)
  }

  /**
   * What `x.name(…)` calls: a function of an import, a function in a map, or a method of a map that an import
   * made; the map is then put before the other values.
   */
  private method(node: Selector, scope: Scope, values: Value[]): Value {
    const { operand, name } = node
    const imported = operand.kind === 'identifier' ? this.importNamed(operand.name, scope) : undefined
    this.at(node, scope)
    if (imported?.kind === 'table' && !(imported.members.get(name.text) instanceof Callable)) {
      fail(`the import has no function \`${name.text}\``)
    }
    if (imported !== undefined) return this.member(imported, name.text)
    const receiver = this.evaluate(operand, scope)
    this.at(node, scope)
    const method = receiver instanceof Dict ? receiver.methods?.get(name.text) : undefined
    if (!(method instanceof Native)) return select(receiver, textToBytes(name.text))
    values.push(receiver)
    return method
  }

  /** Calls a function. Calling undefined gives undefined. */
  call(callee: Value, values: readonly Value[]): Value {
    if (callee === undefined) return undefined
    if (callee instanceof Native) return this.callNative(callee, values)
    if (!(callee instanceof Closure)) return fail(`${typeOf(callee)} cannot be called`)
    this.meter.nest(++this.depth)
    this.deeper(callLevels + levelsIn(callee.node))
    const result = this.body(callee.node.body, this.scopeOf(callee, values))
    this.levels -= callLevels + levelsIn(callee.node)
    this.depth--
    return result
  }

  private callNative(callee: Native, values: readonly Value[]): Value {
    this.deeper(nativeLevels)
    const result = callee.run(this, values)
    this.levels -= nativeLevels
    return result
  }

  private deeper(levels: number): void {
    this.levels += levels
    if (this.levels > maxLevels) fail('the evaluation nests too deep')
  }

  private scopeOf({ node, scope }: Closure, values: readonly Value[]): Scope {
    checkArity(node.parameters.length, node.parameters.length, values.length)
    this.meter.pay(callBytes)
    const local = new Scope(scope, scope.unit)
    for (const [at, { text }] of node.parameters.entries()) local.declare(text, values[at])
    return local
  }
}

function checkKey(key: Value): asserts key is Key {
  if (!isKey(key)) fail(`${typeOf(key) === 'float' ? 'NaN' : typeOf(key)} cannot be the key of a map`)
}

const isLogic = (operator: string): operator is LogicOperator => Object.hasOwn(decides, operator)

/** What parentheses hold: they need no level of the host's stack. */
function inside(node: Expression): Exclude<Expression, Group> {
  let inner = node
  while (inner.kind === 'group') inner = inner.inner
  return inner
}

type Item = {
  readonly key: Value
  readonly value: Value
  /** What a single name stands for: the element of a list, the key of a map. */
  readonly single: Value
}

/** What a loop goes through, as it is now: made one by one, and as many as are wanted. */
export type Items = { readonly length: number; at(index: number): Item }

/** What a loop goes through; undefined for what is no collection. */
export function itemsOf(all: Value, meter: Meter): Items | undefined {
  if (all instanceof List) {
    const elements = all.elements()
    const at = (key: number) => ({ key, value: elements[key], single: elements[key] })
    return { length: elements.length, at }
  }
  if (!(all instanceof Dict)) return undefined
  meter.step(all.size)
  const entries = all.entries()
  const at = (index: number) => {
    const [key, value] = entries[index] ?? []
    return { key, value, single: key }
  }
  return { length: entries.length, at }
}

/** The scope of one turn of a loop. */
export function turn(scope: Scope, [first, second]: readonly Name[], { key, value, single }: Item): Scope {
  const local = new Scope(scope, scope.unit)
  if (first !== undefined) local.declare(first.text, second === undefined ? single : key)
  if (second !== undefined) local.declare(second.text, value)
  return local
}

function sizeOf(value: Value): number {
  if (typeof value === 'string' || value instanceof List) return value.length
  return value instanceof Dict
    ? value.size
    : fail(`${typeOf(value)} is neither empty nor not: it holds nothing`)
}
