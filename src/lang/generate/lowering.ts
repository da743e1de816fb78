// Lowers a source to JavaScript, in chapters that stand next to those of the walker: calls and rules (calls.ts),
// quantifiers.ts, operators.ts, expressions.ts, and statements.ts. Each method stands for the one of the same name in
// ../run/, which says what is meant; whoever changes one changes both. This is what the chapters share.
//
// Code comes out line by line: the value of every expression is put into a name before the next one is evaluated, so
// the order is that of the walker. Steps are paid where a block of code is entered, for all of its nodes at once: never
// later and never fewer than the walker counts. Where that is too many, the walker decides (see evaluate.ts).

import { builtins } from '../run/builtins.ts'
import type { Regex } from '../run/regex.ts'
import { constants } from '../syntax/predeclared.ts'
import type { Expression, FunctionLiteral, Identifier } from '../syntax/tree.ts'
import type { Value } from '../values/value.ts'
import type { Names, Slot, Uses } from './names.ts'
import { any, host, type Operand, type Shortcut, truth } from './operands.ts'
import { quoted, type Writer } from './writer.ts'

/** An import in generated code: the variable that holds it, and what is in it where that is always the same. */
export type ImportCode = {
  readonly variable: string
  readonly members: ReadonlyMap<string, Value> | undefined
}

/** What writes the code of one source. */
export abstract class SharedLowering {
  protected readonly writer: Writer
  protected readonly uses: Uses
  /** The variables that hold the imports of the source, by the names of these. */
  protected readonly imports: ReadonlyMap<string, ImportCode>
  /** The regular expressions of literal patterns that JavaScript's engine runs. */
  protected readonly patterns: ReadonlyMap<unknown, Regex>

  constructor(
    writer: Writer,
    uses: Uses,
    imports: ReadonlyMap<string, ImportCode>,
    patterns: ReadonlyMap<unknown, Regex>,
  ) {
    this.writer = writer
    this.uses = uses
    this.imports = imports
    this.patterns = patterns
  }

  /** Writes what evaluates an expression. */
  abstract evaluate(node: Expression, names: Names): Operand

  /** Writes the body of a function. */
  protected abstract body(node: FunctionLiteral, parameters: readonly string[], names: Names): void

  /** Writes what evaluates an expression to a value of the language. */
  valueOf(node: Expression, names: Names): string {
    return this.asValue(this.evaluate(node, names))
  }

  /** The value of the language that a value is. */
  protected asValue({ code, kind }: Operand): string {
    return kind === 'host' ? this.writer.put(`$fromHost(${code}, $meter)`) : code
  }

  /** The value of the language, in place. */
  protected inline = ({ code, kind }: Operand) => (kind === 'host' ? `$fromHost(${code}, $meter)` : code)

  /** Writes what evaluates an expression that must be a truth. */
  protected truth(node: Expression, names: Names, what: string): string {
    return this.asTruth(this.evaluate(node, names), what)
  }

  protected asTruth(value: Operand, what: string): string {
    const { code, kind } = value
    if (kind === 'truth') return code
    const slow = `$truth(${this.inline(value)}, ${quoted(what)})`
    return this.writer.put(`typeof ${code} === "boolean" ? ${code} : ${slow}`)
  }

  protected shortly(short: Shortcut | undefined, slow: string): string {
    return this.writer.put(short === undefined ? slow : `${short.when} ? ${short.value} : ${slow}`)
  }

  /** The value of one of two pieces of code. */
  protected choice(when: string, first: () => string, second: () => string): string {
    const result = this.writer.name('t')
    this.writer.line(`let ${result}`)
    this.writer.inside(`if (${when})`, () => this.writer.line(`${result} = ${first()}`))
    this.writer.inside('else', () => this.writer.line(`${result} = ${second()}`))
    return result
  }

  // ---- names

  protected identifier({ name }: Identifier, names: Names): Operand {
    if (constants.has(name)) return name === 'null' ? { ...any(name), literal: null } : truth(name)
    const slots = names.slotsOf(name)
    const [first] = slots
    if (first?.rule !== undefined) return this.ruleNamed(first.rule)
    const of = slots.every((slot) => slot.host) && slots.length > 0 ? host : any
    if (first?.always === true && !this.uses.assigned.has(name))
      return { ...of(first.code), ...flagOf(first) }
    const value = this.firstOf(slots, this.unassigned(name))
    return of(this.writer.put(this.uses.rules.has(name) ? `$read(${value})` : value))
  }

  /** The result of the one rule that a name ever stands for. */
  private ruleNamed({ result, code, kind }: NonNullable<Slot['rule']>): Operand {
    return { code: this.writer.put(`${result} !== $pending ? ${result} : ${code}()`), kind: kind() }
  }

  /** What a name means that no variable has. */
  protected unassigned(name: string): string {
    const imported = this.imports.get(name)
    if (imported !== undefined) return `$importValue(${imported.variable}, ${quoted(name)}, $machine)`
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
  protected isFree(name: string, names: Names): string {
    const slots = names.slotsOf(name)
    if (slots.some(({ always }) => always)) return 'false'
    return slots.map(({ code }) => `${code} === $absent`).join(' && ') || 'true'
  }

  /** The variable of the import that a name stands for, and when it does. */
  protected importNamed(node: Expression, names: Names): (ImportCode & { when: string }) | undefined {
    const imported = node.kind === 'identifier' ? this.imports.get(node.name) : undefined
    if (imported === undefined || node.kind !== 'identifier') return undefined
    return { ...imported, when: this.isFree(node.name, names) }
  }

  /** What the result of a policy is, `$absent` where it has none. */
  main(names: Names): string {
    const slots = names.slotsOf('main')
    const [first] = slots
    if (first?.rule === undefined) return `$read(${this.firstOf(slots, '$absent')})`
    return `${first.rule.state} === 0 ? $notWaiting(0) : ${this.ruleNamed(first.rule).code}`
  }
}

const flagOf = ({ plain }: Slot) => (plain === undefined ? {} : { plain })
