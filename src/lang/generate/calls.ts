// Lowers functions, rules and calls. Next to ../run/calls.ts.

import { Native } from '../run/native.ts'
import { levelsIn } from '../run/nesting.ts'
import type { Call, FunctionLiteral, RuleLiteral, Selector } from '../syntax/tree.ts'
import { textToBytes } from '../values/bytes.ts'
import { closureBytes, scopeBytes } from '../values/prices.ts'
import { type ImportCode, SharedLowering } from './lowering.ts'
import type { Names } from './names.ts'
import { any, isShortText, type Operand } from './operands.ts'
import { quoted } from './writer.ts'

/** Lowers what makes and calls functions, makes rules and evaluates them. */
export abstract class CallLowering extends SharedLowering {
  /** A function; its code stands where it is made, so that it sees the variables around it. */
  protected function(node: FunctionLiteral, names: Names, name: string): Operand {
    this.hold(names)
    const parameters = node.parameters.map(() => this.writer.name('x'))
    const code = this.writer.name('f')
    this.writer.metered(`function ${code}(${parameters.join(', ')})`, () =>
      this.body(node, parameters, names),
    )
    const func = `new $Func(${quoted(name)}, ${parameters.length}, ${levelsIn(node)}, ${code})`
    return any(this.writer.put(func))
  }

  /** A rule that waits until it is needed. */
  protected rule(node: RuleLiteral, names: Names): Operand {
    this.hold(names)
    const code = this.writer.name('r')
    this.writer.metered(`function ${code}()`, () => {
      this.writer.line(`return ${this.nested(node, () => this.ruleBody(node, names)).code}`)
    })
    return any(this.writer.put(`new $Rule(${code})`))
  }

  /** Charges for a function or rule, and for all scopes that it may keep alive. */
  protected hold(names: Names): void {
    this.writer.charge(0, closureBytes + names.depth * scopeBytes)
  }

  /** What waits for a rule to be evaluated. */
  nested(node: RuleLiteral, inner: () => Operand): Operand {
    const levels = levelsIn(node)
    this.writer.line(`$meter.deeper(${levels})`)
    const value = inner()
    this.writer.line(`$meter.shallower(${levels})`)
    return value
  }

  /** Decision 21: where the predicate is not true the rule does not apply, and is true. */
  ruleBody({ predicate, body }: RuleLiteral, names: Names): Operand {
    if (predicate === undefined) return this.ruleResult(this.evaluate(body, names))
    const applies = this.truth(predicate, names, 'the predicate of a rule')
    const result = this.writer.name('t')
    let kind: Operand['kind'] = 'any'
    this.writer.line(`let ${result} = true`)
    this.writer.inside(`if (${applies} === true)`, () => {
      const value = this.ruleResult(this.evaluate(body, names))
      kind = value.kind
      this.writer.line(`${result} = ${value.code}`)
    })
    return { code: result, kind }
  }

  private ruleResult(value: Operand): Operand {
    if (value.kind === 'truth') return value
    if (value.kind !== 'host') return any(this.writer.put(`$ruleResult(${value.code})`))
    const slow = `$ruleResult($fromHost(${value.code}, $meter))`
    return any(this.writer.put(`typeof ${value.code} === "boolean" ? ${value.code} : ${slow}`))
  }

  protected callNode(node: Call, names: Names): Operand {
    const { callee } = node
    if (callee.kind === 'selector') return this.callSelected(node, callee, names)
    const found = this.valueOf(callee, names)
    const values = node.arguments.map((value) => this.valueOf(value, names))
    return any(this.writer.put(`$machine.call(${found}, [${values.join(', ')}])`))
  }

  private callSelected(node: Call, callee: Selector, names: Names): Operand {
    const imported = this.importNamed(callee.operand, names)
    const found = imported?.members?.get(callee.name.text)
    if (imported?.when === 'true' && found instanceof Native) return this.callNative(node, found, names)
    return this.callMethod(node, callee, imported, names)
  }

  /** A function of a standard import, which may have made ready for a literal that comes first. */
  private callNative(node: Call, native: Native, names: Names): Operand {
    const values = node.arguments.map((value) => this.evaluate(value, names))
    const [first, second] = values
    const all = values.map((value) => this.inline(value)).join(', ')
    const slow = `$machine.call(${this.writer.constant(native)}, [${all}])`
    const ready =
      values.length === 2 && first?.literal !== undefined ? native.ready?.(first.literal) : undefined
    if (ready === undefined || second === undefined) return any(this.writer.put(slow))
    const fast = `${isShortText(second)} ? ${this.writer.constant(ready)}(${second.code}) : undefined`
    const result = this.writer.put(fast)
    return any(this.writer.put(`${result} !== undefined ? ${result} : ${slow}`))
  }

  /** The receiver of a method that an import made is put before the other values. */
  private callMethod(
    node: Call,
    { operand, name }: Selector,
    imported: (ImportCode & { when: string }) | undefined,
    names: Names,
  ): Operand {
    const own = this.writer.name('t')
    const receiver = this.writer.name('t')
    this.writer.line(`let ${own}, ${receiver}`)
    const method = () => {
      this.writer.line(`${receiver} = ${this.valueOf(operand, names)}`)
      this.writer.line(`${own} = $methodOf(${receiver}, ${quoted(name.text)})`)
      return `${own} === undefined ? $select(${receiver}, ${quoted(textToBytes(name.text))}) : ${own}`
    }
    const member = () => `$importFunction(${imported?.variable}, ${quoted(name.text)}, $machine)`
    const found =
      imported === undefined ? this.writer.put(method()) : this.choice(imported.when, member, method)
    const values = node.arguments.map((value) => this.valueOf(value, names))
    const all = `${own} === undefined ? [${values.join(', ')}] : [${[receiver, ...values].join(', ')}]`
    return any(this.writer.put(`$machine.call(${found}, ${all})`))
  }
}
