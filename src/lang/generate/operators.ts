// Lowers operators. Next to the second part of ../run/expressions.ts.

import { decides, type LogicOperator } from '../run/logic.ts'
import type { StrictOperator } from '../run/operators.ts'
import { costOf, keepingMatches, type Regex, stepsOfMatch } from '../run/regex.ts'
import type { Binary, Expression, Test, Unary } from '../syntax/tree.ts'
import { unwrapped } from '../syntax/visit.ts'
import { collectionBytes, elementBytes } from '../values/prices.ts'
import { readBytes } from './host.ts'
import type { Names } from './names.ts'
import {
  any,
  isText,
  literalForHost,
  type Operand,
  present,
  shortcut,
  shortcutIn,
  truth,
} from './operands.ts'
import { QuantifierLowering } from './quantifiers.ts'

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

/** Texts of a quarter as many characters take at most so many bytes. */
const shortText = 512

const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%'])

/** Lowers unary and binary operators, and tests. */
export abstract class OperatorLowering extends QuantifierLowering {
  /** What compares with literal patterns, and keeps them. */
  private kept: string | undefined

  protected unary({ operator, operand }: Unary, names: Names): Operand {
    if (operator === '!' || operator === 'not') {
      const one = this.truth(operand, names, `the operand of \`${operator}\``)
      return truth(this.writer.put(`${one} === undefined ? undefined : !${one}`))
    }
    const code = this.valueOf(operand, names)
    return any(this.writer.put(`${operator === '-' ? '$negative' : '$positive'}(${code}, $meter)`))
  }

  /** A chain of operators that lean left, from its first operand on. */
  protected binary(node: Binary, names: Names): Operand {
    const chain: Binary[] = []
    let first: Expression = node
    for (; first.kind === 'binary'; first = first.left) chain.push(first)
    let value = this.evaluate(first, names)
    for (let link = chain.pop(); link !== undefined; link = chain.pop()) {
      if (!isLogic(link.operator)) value = this.operate(link, value, names)
      else {
        const links = [link]
        while (chain.at(-1)?.operator === link.operator) links.push(...chain.splice(-1))
        value = this.logic(link.operator, links, value, names)
      }
    }
    return value
  }

  private operate({ operator, right }: Binary, left: Operand, names: Names): Operand {
    if (isLogic(operator)) return left
    if (operator === 'else') return this.orElse(left, right, names)
    if (operator === 'in' || operator === 'not in') return this.isIn(operator, left, right, names)
    return this.operated(operator, left, this.evaluate(right, names))
  }

  /** The host's value stays the host's where the other one is a literal that the host would write alike. */
  private orElse(left: Operand, right: Expression, names: Names): Operand {
    const isHost = left.kind === 'host' && isLiteral(right)
    const result = this.writer.name('t')
    let kind: Operand['kind'] = isHost ? 'host' : left.kind === 'truth' ? 'truth' : 'any'
    this.writer.line(`let ${result} = ${isHost ? present(left) : this.asValue(left)}`)
    this.writer.inside(`if (${result} === undefined)`, () => {
      const other = this.evaluate(right, names)
      if (kind === 'truth') kind = other.kind === 'truth' ? 'truth' : 'any'
      this.writer.line(`${result} = ${isHost ? literalForHost(other) : this.asValue(other)}`)
    })
    return { code: result, kind, ...(isHost ? { heeded: true as const } : {}) }
  }

  /** Both values are there already. */
  protected operated(operator: StrictOperator, a: Operand, b: Operand): Operand {
    const regex = operator.endsWith('matches') ? this.patterns.get(b.literal) : undefined
    if (regex !== undefined) return this.matches(operator, a, b, regex)
    if (operator.endsWith('matches') && b.literal !== undefined) return this.matchesKept(operator, a, b)
    const kind = arithmetic.has(operator) ? 'any' : 'truth'
    // A string of the host's that is the same costs as much when it is read.
    for (const { literal } of [a, b])
      if (typeof literal === 'string') this.writer.charge(2 * (literal.length >> 6))
    const slow = `$${operatorNames[operator]}(${this.inline(a)}, ${this.inline(b)}, $meter)`
    return { code: this.shortly(shortcut(operator, a, b), slow), kind }
  }

  /** A match with a literal pattern: paid for by the characters of a short text, and once in an evaluation. */
  private matches(operator: StrictOperator, a: Operand, b: Operand, regex: Regex): Operand {
    const cost = costOf(String(b.literal), regex)
    const paid = this.writer.reset('false')
    this.writer.line(
      `if (!${paid}) { ${paid} = true; $meter.step(${cost.steps}); $meter.pay(${cost.bytes}) }`,
    )
    this.writer.charge(stepsOfMatch(shortText, regex), readBytes)
    const found = `${this.writer.constant(regex)}.test(${a.code})`
    const slow = `$${operatorNames[operator]}(${this.inline(a)}, ${b.code}, $meter)`
    const isShort = `typeof ${a.code} === "string" && (${a.code}).length <= ${shortText / 4}`
    // Bytes beyond ASCII are no text.
    const isText = a.kind === 'host' ? isShort : `${isShort} && $isAscii(${a.code})`
    return truth(this.shortly({ when: isText, value: operator === 'matches' ? found : `!${found}` }, slow))
  }

  /** A match with another literal pattern, compiled when it is needed first. */
  private matchesKept(operator: StrictOperator, a: Operand, b: Operand): Operand {
    this.kept ??= this.writer.constant(keepingMatches())
    const found = this.writer.put(`${this.kept}(${this.inline(a)}, ${this.inline(b)}, $meter)`)
    return truth(operator === 'matches' ? found : `(${found} === undefined ? undefined : !${found})`)
  }

  /** Literals are made into a list only where their value is none that can be looked for at once. */
  private isIn(operator: 'in' | 'not in', left: Operand, right: Expression, names: Names): Operand {
    const all = unwrapped(right)
    if (all.kind !== 'list') return this.operated(operator, left, this.evaluate(right, names))
    const elements = all.elements.map((element) => this.evaluate(element, names))
    const short = shortcutIn(left, elements)
    const bytes = elements.reduce(
      (sum, { literal }) => sum + (typeof literal === 'string' ? literal.length : 0),
      0,
    )
    this.writer.charge(
      1 + elements.length + 2 * (bytes >> 6),
      collectionBytes + elements.length * elementBytes,
    )
    const list = `new $List([${elements.map((element) => this.asValue(element)).join(', ')}])`
    const slow = `$${operatorNames[operator]}(${this.inline(left)}, ${list}, $meter)`
    const negated = short && operator === 'not in' ? { ...short, value: `!(${short.value})` } : short
    return truth(this.shortly(negated, slow))
  }

  /** A chain of one operator. `and` and `or` leave it as soon as they are decided. */
  private logic(operator: LogicOperator, links: readonly Binary[], left: Operand, names: Names): Operand {
    const [first] = links
    const result = this.writer.name('t')
    const right = (link: Binary) => this.truth(link.right, names, `the right side of \`${operator}\``)
    if (operator === 'xor') {
      this.writer.line(`let ${result} = ${first ? this.leftTruth(first, left, names) : left.code}`)
      for (const link of links) this.writer.line(`${result} = $xor(${result}, ${right(link)})`)
      return truth(result)
    }
    const end = this.writer.name('l')
    this.writer.line(`let ${result} = ${operator === 'and'}`)
    this.writer.inside(`${end}:`, () => {
      if (first !== undefined) this.decide(operator, result, this.leftTruth(first, left, names), end)
      for (const link of links) this.decide(operator, result, right(link), end)
    })
    return truth(result)
  }

  /** Documented for debugging: behind `print(…)` on the left the right side is the value. */
  private leftTruth({ operator, left: node }: Binary, left: Operand, names: Names): string {
    const isPrint = node.kind === 'call' && node.callee.kind === 'identifier' && node.callee.name === 'print'
    if (isPrint && !this.imports.has('print')) {
      const neutral = this.writer.put(
        `${this.isFree('print', names)} ? ${operator === 'and'} : ${this.asValue(left)}`,
      )
      return this.asTruth(any(neutral), `the left side of \`${operator}\``)
    }
    return this.asTruth(left, `the left side of \`${operator}\``)
  }

  protected test({ operator, operand }: Test, names: Names): Operand {
    const value = this.evaluate(operand, names)
    if (operator === 'is defined') return truth(this.writer.put(`${present(value)} !== undefined`))
    if (operator === 'is not defined') return truth(this.writer.put(`${present(value)} === undefined`))
    return truth(this.writer.put(`$isEmpty(${this.asValue(value)}, ${operator === 'is empty'})`))
  }
}

const isLogic = (operator: string): operator is LogicOperator => Object.hasOwn(decides, operator)

/** Whether an expression is a literal that can be written in the host's way. */
function isLiteral(outer: Expression): boolean {
  const node = unwrapped(outer)
  return node.kind === 'int' || node.kind === 'float' || (node.kind === 'string' && isText(node.value))
}
