// Expressions by precedence climbing (specification 1.8, 1.9).

import type { Int } from '../values/int.ts'
import { Cursor } from './cursor.ts'
import { readFloat, readInt } from './number.ts'
import { type BinaryOperator, comparisonLevel, precedence } from './precedence.ts'
import { readString } from './string.ts'
import type {
  Block,
  Expression,
  FunctionLiteral,
  MapEntry,
  Name,
  QuantifierOperator,
  TestOperator,
  UnaryOperator,
} from './tree.ts'

type OperatorHere = { readonly operator: BinaryOperator | TestOperator; readonly tokens: number }

/** Reads expressions; blocks inside of them are left to the parser of statements. */
export abstract class ExpressionParser extends Cursor {
  protected abstract block(): Block

  expression(minLevel = 1): Expression {
    let left = this.unary()
    let afterTest = false
    for (let here = this.operator(); here !== undefined; here = this.operator()) {
      const { operator, tokens } = here
      const level = isTest(operator) ? comparisonLevel : precedence[operator]
      if (afterTest && level > comparisonLevel) this.noOperand(operator)
      if (level < minLevel) return left
      for (let count = 0; count < tokens; count++) this.advance()
      afterTest = isTest(operator)
      left = isTest(operator)
        ? { kind: 'test', operator, operand: left, span: this.spanFrom(left.span.start) }
        : this.binary(left, operator, level)
    }
    return left
  }

  private binary(left: Expression, operator: BinaryOperator, level: number): Expression {
    const right = this.expression(level + 1)
    return { kind: 'binary', operator, left, right, span: { start: left.span.start, end: right.span.end } }
  }

  private noOperand(operator: string): never {
    return this.failWith(
      `\`${operator}\` cannot follow \`is empty\` or \`is defined\``,
      { start: this.start, end: this.end },
      'put the comparison in parentheses',
    )
  }

  /** The binary operator or test that begins here, in as many tokens as it has words. */
  private operator(): OperatorHere | undefined {
    const { kind } = this
    if (kind === 'not') return this.negated()
    if (kind === 'is') return this.identity()
    return isBinary(kind) ? { operator: kind, tokens: 1 } : undefined
  }

  private negated(): OperatorHere | undefined {
    const next = this.kindAhead(1)
    if (next !== 'in' && next !== 'contains' && next !== 'matches') return undefined
    return { operator: `not ${next}`, tokens: 2 }
  }

  private identity(): OperatorHere {
    const not = this.kindAhead(1) === 'not'
    const words = not ? 'is not' : 'is'
    const tokens = not ? 2 : 1
    if (this.kindAhead(tokens) === 'empty') return { operator: `${words} empty`, tokens: tokens + 1 }
    const isDefined = this.kindAhead(tokens) === 'identifier' && this.textAhead(tokens) === 'defined'
    return isDefined ? { operator: `${words} defined`, tokens: tokens + 1 } : { operator: words, tokens }
  }

  private unary(): Expression {
    const { kind, start } = this
    if (kind !== '-' && kind !== 'not' && kind !== '!' && kind !== '+') return this.postfix()
    this.advance()
    const operand = this.nested(() => this.unary())
    const operator: UnaryOperator = kind
    return { kind: 'unary', operator, operand, span: { start, end: operand.span.end } }
  }

  private postfix(): Expression {
    let operand = this.operand()
    for (let length = 0; ; length++) {
      const next = this.link(operand)
      if (next === undefined) return operand
      if (length >= maxLinks) this.giveUp(`more than ${maxLinks} selectors and calls in a row`)
      operand = next
    }
  }

  /** One more selector, index, slice or call behind an operand. */
  private link(operand: Expression): Expression | undefined {
    const { start } = operand.span
    if (this.take('.')) {
      const name = this.name('a name after `.`')
      return { kind: 'selector', operand, name, span: this.spanFrom(start) }
    }
    if (this.take('[')) return this.nested(() => this.indexOrSlice(operand))
    if (!this.take('(')) return undefined
    const values = this.nested(() => this.sequence(')', () => this.expression()))
    return { kind: 'call', callee: operand, arguments: values, span: this.spanFrom(start) }
  }

  private indexOrSlice(operand: Expression): Expression {
    const { start } = operand.span
    const low = this.kind === ':' ? undefined : this.expression()
    if (low !== undefined && this.take(']')) {
      return { kind: 'index', operand, index: low, span: this.spanFrom(start) }
    }
    this.expect(':', '`]` or `:`')
    const high = this.kind === ']' ? undefined : this.expression()
    this.expect(']')
    return { kind: 'slice', operand, low, high, span: this.spanFrom(start) }
  }

  private operand(): Expression {
    const { kind, start, end, text } = this
    const span = { start, end }
    switch (kind) {
      case 'identifier':
        this.advance()
        return { kind, name: text, span }
      case 'int':
        this.advance()
        return { kind, value: readInt(text) ?? zero, raw: text, span }
      case 'float':
        this.advance()
        return { kind, value: readFloat(text) ?? 0, raw: text, span }
      case 'string':
        return this.string()
      default:
        return this.nested(() => this.compound())
    }
  }

  protected string(): Expression & { readonly kind: 'string' } {
    const { start, end, text: raw } = this
    const { value, diagnostics } = readString(raw)
    for (const { message, span, hint } of diagnostics) {
      this.report(message, { start: start + span.start, end: start + span.end }, hint)
    }
    this.advance()
    return { kind: 'string', value, raw, span: { start, end } }
  }

  private compound(): Expression {
    const { kind, start } = this
    if (kind === '(') return this.group(start)
    if (kind === '[') return this.list(start)
    if (kind === '{') return this.map(start)
    if (kind === 'func') return this.function()
    if (kind === 'rule') return this.rule(start)
    if (isQuantifier(kind)) return this.quantifier(kind, start)
    return this.fail('an expression')
  }

  private group(start: number): Expression {
    this.advance()
    const inner = this.expression()
    this.expect(')')
    return { kind: 'group', inner, span: this.spanFrom(start) }
  }

  private list(start: number): Expression {
    this.advance()
    const elements = this.sequence(']', () => this.expression())
    return { kind: 'list', elements, span: this.spanFrom(start) }
  }

  private map(start: number): Expression {
    this.advance()
    const entries = this.sequence('}', () => this.entry())
    return { kind: 'map', entries, span: this.spanFrom(start) }
  }

  private entry(): MapEntry {
    const key = this.expression()
    this.expect(':', '`:` after the key')
    return { key, value: this.expression() }
  }

  /** Items between commas up to a closing bracket; a comma may stand behind the last. */
  protected sequence<T>(close: ')' | ']' | '}', item: () => T): readonly T[] {
    const items: T[] = []
    while (this.kind !== close) {
      items.push(item())
      if (this.take(',')) continue
      if (this.atNewline) {
        const at = { start: this.start, end: this.start + 1 }
        this.failWith('missing `,` before the newline', at, 'put a comma behind the last element too')
      }
      if (this.kind !== close) this.fail(`\`,\` or \`${close}\``)
    }
    this.expect(close)
    return trimmed(items)
  }

  protected function(): FunctionLiteral {
    const { start } = this
    this.expect('func')
    return this.signatureAndBody(start)
  }

  protected signatureAndBody(start: number): FunctionLiteral {
    this.expect('(')
    const parameters = this.sequence(')', () => this.name('the name of a parameter'))
    const body = this.block()
    return { kind: 'function', parameters, body, span: this.spanFrom(start) }
  }

  private rule(start: number): Expression {
    this.advance()
    const predicate = this.take('when') ? this.expression() : undefined
    const body = this.body()
    return { kind: 'rule', predicate, body, span: this.spanFrom(start) }
  }

  private quantifier(operator: QuantifierOperator, start: number): Expression {
    this.advance()
    const collection = this.expression()
    const names = this.loopNames()
    const body = this.body()
    return { kind: 'quantifier', operator, collection, names, body, span: this.spanFrom(start) }
  }

  /** `as value` or `as key, value`. */
  protected loopNames(): readonly Name[] {
    this.expect('as')
    const first = this.name()
    return this.take(',') ? [first, this.name()] : [first]
  }

  /** The one expression between the braces of a rule or a quantifier. */
  private body(): Expression {
    this.expect('{')
    while (this.take(';'));
    const body = this.expression()
    while (this.take(';'));
    this.expect('}')
    return body
  }
}

const roomOfFirst = 17
const none: readonly never[] = []

/** An array without the room that one has which grew: the first element makes room for seventeen. */
export function trimmed<T>(items: readonly T[]): readonly T[] {
  if (items.length === 0) return none
  return items.length < roomOfFirst ? items.slice() : items
}

/** How many selectors, indexes and calls may follow one another: they make a deep tree. */
const maxLinks = 200
const zero: Int = 0

const isBinary = (kind: string): kind is BinaryOperator => Object.hasOwn(precedence, kind)
const isTest = (operator: string): operator is TestOperator =>
  /^is (?:not )?(?:empty|defined)$/.test(operator)
const isQuantifier = (kind: string): kind is QuantifierOperator =>
  kind === 'all' || kind === 'any' || kind === 'filter' || kind === 'map'
