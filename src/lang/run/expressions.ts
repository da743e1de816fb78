// Expressions of the obvious evaluator: names, literals, operators, elements (specification 2.3 to 2.6).

import { unreachable } from '../../base/index.ts'
import type {
  Binary,
  Call,
  Expression,
  Group,
  Identifier,
  Index,
  ListLiteral,
  MapEntry,
  MapLiteral,
  Selector,
  Slice,
  Test,
  Unary,
} from '../syntax/tree.ts'
import { unwrapped } from '../syntax/visit.ts'
import { textToBytes } from '../values/bytes.ts'
import { copyOf, lazyCopyOf } from '../values/copy.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { negateInt } from '../values/int.ts'
import { isKey, type Key } from '../values/key.ts'
import { List } from '../values/list.ts'
import { boxBytes, collectionBytes, elementBytes, entryBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import { Callable, isInt, type Value } from '../values/value.ts'
import { elementAt, select, slice } from './access.ts'
import { builtins } from './builtins.ts'
import { after, type Eventually, inTurn, Later, later } from './later.ts'
import { combine, decides, type LogicOperator, type Truth, truth } from './logic.ts'
import { stepsOfKey } from './meter.ts'
import { Native } from './native.ts'
import { operators } from './operators.ts'
import { QuantifierWalker } from './quantifiers.ts'
import { type Imported, type Place, Rule, type Scope } from './scope.ts'

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...([
    ['true', true],
    ['false', false],
    ['null', null],
    ['undefined', undefined],
  ] as const),
])

/** So many expressions inside of one another are evaluated on the host's stack; those in there wait for an empty one. */
const maxNested = 250

/** Evaluates expressions, one evaluation long; the bodies of functions are left to the walker of statements. */
export abstract class ExpressionWalker extends QuantifierWalker {
  private nested = 0

  /** The value of an expression. */
  evaluate(outer: Expression, scope: Scope): Eventually<Value> {
    if (this.nested === maxNested) return later(() => this.evaluate(outer, scope))
    const node = unwrapped(outer)
    this.at(node, scope)
    this.meter.step()
    this.nested++
    const value = this.compute(node, scope)
    this.nested--
    return value
  }

  private compute(node: Exclude<Expression, Group>, scope: Scope): Eventually<Value> {
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

  private identifier(node: Identifier, scope: Scope): Eventually<Value> {
    const { name } = node
    if (constants.has(name))
      return name === 'undefined' ? this.undefinedHere(node, scope) : constants.get(name)
    const home = scope.find(name)
    if (home !== undefined) {
      const found = this.read(home, name)
      if (!(found instanceof Rule)) return this.noted(found, node, scope)
      return after(this.force(found), (value) => this.noted(value, node, scope))
    }
    const imported = scope.unit.imports.get(name)
    if (imported?.kind === 'value') return lazyCopyOf(imported.value, this.meter)
    if (imported !== undefined) return fail(`\`${name}\` is an import, not a value; select something of it`)
    return builtins.get(name) ?? fail(`unknown identifier \`${name}\``)
  }

  private list({ elements }: ListLiteral, scope: Scope): Eventually<List<Value>> {
    this.meter.pay(collectionBytes + elements.length * elementBytes)
    return after(this.valuesOf(elements, scope, []), (values) => new List(values))
  }

  /** Adds the values of expressions, one after the other, to others. */
  private valuesOf(
    nodes: readonly Expression[],
    scope: Scope,
    values: Value[],
    start = 0,
  ): Eventually<readonly Value[]> {
    for (let at = start; at < nodes.length; at++) {
      const value = this.evaluate(nodes[at] as Expression, scope)
      if (value instanceof Later) {
        return after(value, (one) => {
          values.push(one)
          return this.valuesOf(nodes, scope, values, at + 1)
        })
      }
      values.push(value)
    }
    return values
  }

  private map({ entries }: MapLiteral, scope: Scope): Eventually<Dict<Value>> {
    this.meter.pay(collectionBytes + entries.length * entryBytes)
    const map = new Dict<Value>()
    const all = inTurn(entries.length, (at) => {
      const { key, value } = entries[at] as MapEntry
      return after(this.evaluate(key, scope), (name) => {
        this.at(key, scope)
        checkKey(name)
        this.meter.step(stepsOfKey(name))
        return after(this.evaluate(value, scope), (one) => {
          map.set(name, one)
          return false
        })
      })
    })
    return after(all, () => map)
  }

  private unary(node: Unary, scope: Scope): Eventually<Value> {
    const { operator, operand } = node
    return after(this.evaluate(operand, scope), (value) => {
      this.at(node, scope)
      if (operator === '-' || operator === '+') return this.signed(operator, value)
      const one = truth(value, `the operand of \`${operator}\``)
      return one === undefined ? undefined : !one
    })
  }

  private signed(operator: '+' | '-', value: Value): Value {
    if (value === undefined) return undefined
    if (isInt(value)) return operator === '-' ? negateInt(value) : value
    if (!(value instanceof Float)) return fail(`\`${operator}\` cannot take ${typeOf(value)}`)
    this.meter.pay(boxBytes)
    return operator === '-' ? new Float(-value.value) : value
  }

  /** A chain of operators that lean left, from its first operand on. */
  private binary(node: Binary, scope: Scope): Eventually<Value> {
    const chain: Binary[] = []
    let first: Expression = node
    for (; first.kind === 'binary'; first = first.left) chain.push(first)
    const origin = this.undefinedAt
    return after(this.evaluate(first, scope), (value) => this.links(chain, value, origin, scope))
  }

  /** Goes on along a chain, with the value of all that stands on the left. */
  private links(chain: Binary[], first: Value, origin: Place | undefined, scope: Scope): Eventually<Value> {
    let left = first
    for (let link = chain.pop(); link !== undefined; link = chain.pop()) {
      if (this.isDecided(link, left, origin, scope)) continue
      const right = this.evaluate(link.right, scope)
      if (right instanceof Later) {
        const [here, before] = [link, left]
        return after(right, (value) =>
          this.links(chain, this.operate(here, before, value, scope), origin, scope),
        )
      }
      left = this.operate(link, left, right, scope)
    }
    return left
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

  private test(node: Test, scope: Scope): Eventually<Truth> {
    const { operator, operand } = node
    const origin = this.undefinedAt
    return after(this.evaluate(operand, scope), (value) => {
      this.at(node, scope)
      if (operator === 'is defined' || operator === 'is not defined') {
        this.undefinedAt = origin
        return (value === undefined) === (operator === 'is not defined')
      }
      if (value === undefined) return undefined
      return (sizeOf(value) === 0) === (operator === 'is empty')
    })
  }

  // ---- elements

  private index(node: Index, scope: Scope): Eventually<Value> {
    return after(this.evaluate(node.operand, scope), (all) =>
      after(this.evaluate(node.index, scope), (key) => {
        this.at(node, scope)
        return this.noted(elementAt(all, key, this.meter), node, scope)
      }),
    )
  }

  private selector(node: Selector, scope: Scope): Eventually<Value> {
    const { operand, name } = node
    const imported = operand.kind === 'identifier' ? this.importNamed(operand.name, scope) : undefined
    if (imported !== undefined) {
      return after(this.member(imported, name.text), (value) => this.noted(value, node, scope))
    }
    return after(this.evaluate(operand, scope), (value) => {
      this.at(node, scope)
      return this.noted(select(value, textToBytes(name.text)), node, scope)
    })
  }

  /** What an import has under a name. Data of it is copied, so that nobody changes it from outside. */
  private member(imported: Imported, name: string): Eventually<Value> {
    switch (imported.kind) {
      case 'value':
        return lazyCopyOf(select(imported.value, textToBytes(name)), this.meter)
      case 'table':
        return lazyCopyOf(imported.members.get(name), this.meter)
      case 'module': {
        const { scope, program } = imported.unit
        const found = this.read(scope, name)
        return after(found instanceof Rule ? this.force(found) : found, (value) => {
          // Only functions can change the data of a module once it has run.
          return program.hasFunctions ? copyOf(value, this.meter) : lazyCopyOf(value, this.meter)
        })
      }
      default:
        return unreachable(imported)
    }
  }

  private slice(node: Slice, scope: Scope): Eventually<Value> {
    const { operand, low, high } = node
    const given = { low: low !== undefined, high: high !== undefined }
    const bound = (one: Expression | undefined) => (one === undefined ? undefined : this.evaluate(one, scope))
    return after(this.evaluate(operand, scope), (value) =>
      after(bound(low), (from) =>
        after(bound(high), (to) => {
          this.at(node, scope)
          return this.noted(slice(value, from, to, given, this.meter), node, scope)
        }),
      ),
    )
  }

  // ---- calls

  private callNode(node: Call, scope: Scope): Eventually<Value> {
    const { callee } = node
    const values: Value[] = []
    const found =
      callee.kind === 'selector' ? this.method(callee, scope, values) : this.evaluate(callee, scope)
    return after(found, (called) =>
      after(this.valuesOf(node.arguments, scope, values), () => {
        this.at(node, scope)
        return after(this.call(called, values), (value) => this.noted(value, node, scope))
      }),
    )
  }

  /**
   * What `x.name(…)` calls: a function of an import, a function in a map, or a method of a map that an import
   * made; the map is then put before the other values.
   */
  private method(node: Selector, scope: Scope, values: Value[]): Eventually<Value> {
    const { operand, name } = node
    const imported = operand.kind === 'identifier' ? this.importNamed(operand.name, scope) : undefined
    this.at(node, scope)
    if (imported?.kind === 'table' && !(imported.members.get(name.text) instanceof Callable)) {
      fail(`the import has no function \`${name.text}\``)
    }
    if (imported !== undefined) return this.member(imported, name.text)
    return after(this.evaluate(operand, scope), (receiver) => {
      this.at(node, scope)
      const method = receiver instanceof Dict ? receiver.methods?.get(name.text) : undefined
      if (!(method instanceof Native)) return select(receiver, textToBytes(name.text))
      values.push(receiver)
      return method
    })
  }
}

function checkKey(key: Value): asserts key is Key {
  if (!isKey(key)) fail(`${typeOf(key) === 'float' ? 'NaN' : typeOf(key)} cannot be the key of a map`)
}

const isLogic = (operator: string): operator is LogicOperator => Object.hasOwn(decides, operator)

function sizeOf(value: Value): number {
  if (typeof value === 'string' || value instanceof List) return value.length
  return value instanceof Dict
    ? value.size
    : fail(`${typeOf(value)} is neither empty nor not: it holds nothing`)
}
