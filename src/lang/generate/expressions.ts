// Lowers expressions: literals and elements, and each kind to its own chapter. Next to ../run/expressions.ts.

import { unreachable } from '../../base/index.ts'
import { constants } from '../syntax/predeclared.ts'
import type { Expression, Index, ListLiteral, MapLiteral, Selector, Slice } from '../syntax/tree.ts'
import { unwrapped } from '../syntax/visit.ts'
import { textToBytes } from '../values/bytes.ts'
import { Float } from '../values/float.ts'
import { collectionBytes, elementBytes, entryBytes } from '../values/prices.ts'
import { readBytes } from './host.ts'
import type { ImportCode } from './lowering.ts'
import type { Names } from './names.ts'
import { any, host, hostField, type Operand } from './operands.ts'
import { OperatorLowering } from './operators.ts'
import { quoted } from './writer.ts'

/** Lowers expressions; the bodies of functions are left to the lowering of statements. */
export abstract class ExpressionLowering extends OperatorLowering {
  /** Writes what evaluates an expression. */
  evaluate(outer: Expression, names: Names): Operand {
    const node = unwrapped(outer)
    this.writer.charge(1)
    switch (node.kind) {
      case 'int':
        return {
          ...any(typeof node.value === 'bigint' ? `${node.value}n` : `${node.value}`),
          literal: node.value,
        }
      case 'string':
        return { ...any(quoted(node.value)), literal: node.value }
      case 'float': {
        const literal = new Float(node.value)
        return { ...any(this.writer.constant(literal)), literal }
      }
      case 'identifier':
        return this.identifier(node, names)
      case 'list':
        return this.list(node, names)
      case 'map':
        return this.map(node, names)
      case 'function':
        return this.function(node, names, 'func')
      case 'rule':
        this.hold(names)
        return this.nested(node, () => this.ruleBody(node, names))
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

  private list({ elements }: ListLiteral, names: Names): Operand {
    this.writer.charge(0, collectionBytes + elements.length * elementBytes)
    const values = elements.map((element) => this.valueOf(element, names))
    return any(this.writer.put(`new $List([${values.join(', ')}])`))
  }

  private map({ entries }: MapLiteral, names: Names): Operand {
    this.writer.charge(0, collectionBytes + entries.length * entryBytes)
    const map = this.writer.put('new $Dict()')
    for (const { key, value } of entries) {
      const name = this.valueOf(key, names)
      this.writer.line(`$checkKey(${name}, $meter)`)
      this.writer.line(`${map}.set(${name}, ${this.valueOf(value, names)})`)
    }
    return any(map)
  }

  private index({ operand, index }: Index, names: Names): Operand {
    const all = this.evaluate(operand, names)
    const key = this.valueOf(index, names)
    if (all.kind === 'host') return host(this.writer.put(`$hostElement(${all.code}, ${key}, $meter)`))
    return any(this.writer.put(`$elementAt(${all.code}, ${key}, $meter)`))
  }

  private selector({ operand, name }: Selector, names: Names): Operand {
    const imported = this.importNamed(operand, names)
    if (imported === undefined) return this.select(this.receiver(operand, names), name.text)
    if (imported.when === 'true') return any(this.writer.put(this.member(imported, name.text)))
    const select = () => this.asValue(this.select(this.evaluate(operand, names), name.text))
    return any(this.choice(imported.when, () => this.member(imported, name.text), select))
  }

  /** What a field is read of: a global that is a plain object needs no other look than at that. */
  private receiver(node: Expression, names: Names): Operand {
    const slots = node.kind === 'identifier' && !constants.has(node.name) ? names.slotsOf(node.name) : []
    const [slot] = slots
    if (node.kind !== 'identifier' || slot?.plain === undefined || slot.always || slots.length > 1) {
      return this.evaluate(node, names)
    }
    this.writer.charge(1)
    const found = this.firstOf(slots, this.unassigned(node.name))
    return { ...host(slot.code), plain: slot.plain, found }
  }

  private select(all: Operand, name: string): Operand {
    if (all.kind === 'host') {
      this.writer.fields.add(name)
      this.writer.charge(0, readBytes)
      return host(this.writer.put(hostField(all, name)))
    }
    return any(this.writer.put(`$select(${all.code}, ${quoted(textToBytes(name))})`))
  }

  private slice({ operand, low, high }: Slice, names: Names): Operand {
    const all = this.valueOf(operand, names)
    const from = low === undefined ? 'undefined' : this.valueOf(low, names)
    const to = high === undefined ? 'undefined' : this.valueOf(high, names)
    const given = this.writer.constant({ low: low !== undefined, high: high !== undefined })
    return any(this.writer.put(`$slice(${all}, ${from}, ${to}, ${given}, $meter)`))
  }

  /** What an import has under a name. */
  private member({ variable, members }: ImportCode, name: string): string {
    if (members === undefined) return `$member(${variable}, ${quoted(name)}, $machine)`
    return `$lazyCopyOf(${this.writer.constant(members.get(name))}, $meter)`
  }
}
