// Lowers expressions to JavaScript. Each method stands for the one of the same name in ../run/expressions.ts, which
// says what is meant; whoever changes one changes both. Code comes out line by line: the value of every expression
// is put into a name before the next one is evaluated, so the order is that of the walker.
//
// Steps are paid where a block of code is entered, for all of its nodes at once: never later and never fewer than
// the walker counts. Where that is too many, the walker decides (see evaluate.ts).

import { unreachable } from '../../base/index.ts'
import { builtins } from '../run/builtins.ts'
import { decides, type LogicOperator } from '../run/logic.ts'
import { closureBytes, collectionBytes, elementBytes, entryBytes, scopeBytes } from '../run/meter.ts'
import { Native } from '../run/native.ts'
import { levelsIn } from '../run/nesting.ts'
import type { StrictOperator } from '../run/operators.ts'
import { costOf, type Regex, stepsOfMatch } from '../run/regex.ts'
import { constants } from '../syntax/predeclared.ts'
import type {
  Binary,
  Call,
  Expression,
  For,
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
import { textToBytes } from '../values/bytes.ts'
import { Float } from '../values/float.ts'
import type { Value } from '../values/value.ts'
import { Names, namesUsedIn, type Slot, type Uses } from './names.ts'
import {
  any,
  host,
  hostField,
  isPlain,
  isText,
  literalForHost,
  type Operand,
  type Shortcut,
  shortcut,
  shortcutIn,
  truth,
} from './operands.ts'
import { quoted, type Writer } from './writer.ts'

/** An import in generated code: the variable that holds it, and what is in it where that is always the same. */
export type ImportCode = {
  readonly variable: string
  readonly members: ReadonlyMap<string, Value> | undefined
}

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

/** Lowers expressions; the bodies of functions are left to the lowering of statements. */
export abstract class ExpressionLowering {
  protected readonly writer: Writer
  protected readonly uses: Uses
  /** The variables that hold the imports of the source, by the names of these. */
  private readonly imports: ReadonlyMap<string, ImportCode>

  /** The regular expressions of literal patterns. */
  private readonly patterns: ReadonlyMap<unknown, Regex>

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

  /** Writes the body of a function. */
  protected abstract body(node: FunctionLiteral, parameters: readonly string[], names: Names): void

  /** Writes what evaluates an expression. */
  evaluate(outer: Expression, names: Names): Operand {
    const node = inside(outer)
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

  /** Writes what evaluates an expression to a value of the language. */
  valueOf(node: Expression, names: Names): string {
    return this.asValue(this.evaluate(node, names))
  }

  /** The value of the language that a value is. */
  protected asValue({ code, kind }: Operand): string {
    return kind === 'host' ? this.writer.put(`$fromHost(${code})`) : code
  }

  // ---- names

  private identifier({ name }: Identifier, names: Names): Operand {
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
  private unassigned(name: string): string {
    const imported = this.imports.get(name)
    if (imported !== undefined) return `$importValue(${imported.variable}, ${quoted(name)})`
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

  // ---- literals

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
      this.writer.line(`$checkKey(${name})`)
      this.writer.line(`${map}.set(${name}, ${this.valueOf(value, names)})`)
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
    const func = `new $Func(${quoted(name)}, ${parameters.length}, ${levelsIn(node)}, ${code})`
    return any(this.writer.put(func))
  }

  /** What waits for a rule to be evaluated. */
  nested(node: RuleLiteral, inner: () => Operand): Operand {
    const levels = levelsIn(node)
    this.writer.line(`$meter.deeper(${levels})`)
    const value = inner()
    this.writer.line(`$meter.shallower(${levels})`)
    return value
  }

  /** Charges for a function or rule, and for all scopes that it may keep alive. */
  protected hold(names: Names): void {
    this.writer.charge(0, closureBytes + names.depth * scopeBytes)
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
    const slow = `$ruleResult($fromHost(${value.code}))`
    return any(this.writer.put(`typeof ${value.code} === "boolean" ? ${value.code} : ${slow}`))
  }

  // ---- operators

  private unary({ operator, operand }: Unary, names: Names): Operand {
    if (operator === '!' || operator === 'not') {
      const one = this.truth(operand, names, `the operand of \`${operator}\``)
      return truth(this.writer.put(`${one} === undefined ? undefined : !${one}`))
    }
    const code = this.valueOf(operand, names)
    return any(this.writer.put(`${operator === '-' ? '$negative' : '$positive'}(${code}, $meter)`))
  }

  /** A chain of operators that lean left, from its first operand on. */
  private binary(node: Binary, names: Names): Operand {
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
    return { code: result, kind }
  }

  /** Both values are there already. */
  protected operated(operator: StrictOperator, a: Operand, b: Operand): Operand {
    const regex = operator.endsWith('matches') ? this.patterns.get(b.literal) : undefined
    if (regex !== undefined) return this.matches(operator, a, b, regex)
    const kind = arithmetic.has(operator) ? 'any' : 'truth'
    for (const { literal } of [a, b]) if (typeof literal === 'string') this.writer.charge(literal.length >> 6)
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
    this.writer.charge(stepsOfMatch(shortText, regex))
    const found = `${this.writer.constant(regex)}.test(${a.code})`
    const slow = `$${operatorNames[operator]}(${this.inline(a)}, ${b.code}, $meter)`
    const isShort = `typeof ${a.code} === "string" && (${a.code}).length <= ${shortText / 4}`
    // Bytes beyond ASCII are no text.
    const isText = a.kind === 'host' ? isShort : `${isShort} && $isAscii(${a.code})`
    return truth(this.shortly({ when: isText, value: operator === 'matches' ? found : `!${found}` }, slow))
  }

  /** The value of the language, in place. */
  private inline = ({ code, kind }: Operand) => (kind === 'host' ? `$fromHost(${code})` : code)

  private shortly(short: Shortcut | undefined, slow: string): string {
    return this.writer.put(short === undefined ? slow : `${short.when} ? ${short.value} : ${slow}`)
  }

  /** Literals are made into a list only where their value is none that can be looked for at once. */
  private isIn(operator: 'in' | 'not in', left: Operand, right: Expression, names: Names): Operand {
    const all = inside(right)
    if (all.kind !== 'list') return this.operated(operator, left, this.evaluate(right, names))
    const elements = all.elements.map((element) => this.evaluate(element, names))
    const short = shortcutIn(left, elements)
    const bytes = elements.reduce(
      (sum, { literal }) => sum + (typeof literal === 'string' ? literal.length : 0),
      0,
    )
    this.writer.charge(1 + elements.length + (bytes >> 6), collectionBytes + elements.length * elementBytes)
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

  /** Takes one more truth into the result of a chain; leaves the chain where no other can change it. */
  private decide(operator: 'and' | 'or', result: string, one: string, end: string): void {
    const when = operator === 'and' ? `${one} !== true && ${result} === true` : `${one} !== false`
    this.writer.inside(`if (${when})`, () => {
      this.writer.line(`${result} = ${one}`)
      this.writer.line(`if (${one} === ${operator === 'or'}) break ${end}`)
    })
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

  /** Writes what evaluates an expression that must be a truth. */
  protected truth(node: Expression, names: Names, what: string): string {
    return this.asTruth(this.evaluate(node, names), what)
  }

  private asTruth(value: Operand, what: string): string {
    const { code, kind } = value
    if (kind === 'truth') return code
    const slow = `$truth(${this.inline(value)}, ${quoted(what)})`
    return this.writer.put(`typeof ${code} === "boolean" ? ${code} : ${slow}`)
  }

  private test({ operator, operand }: Test, names: Names): Operand {
    const value = this.evaluate(operand, names)
    if (operator === 'is defined') return truth(this.writer.put(`${present(value)} !== undefined`))
    if (operator === 'is not defined') return truth(this.writer.put(`${present(value)} === undefined`))
    return truth(this.writer.put(`$isEmpty(${this.asValue(value)}, ${operator === 'is empty'})`))
  }

  // ---- elements

  private index({ operand, index }: Index, names: Names): Operand {
    const all = this.evaluate(operand, names)
    const key = this.valueOf(index, names)
    if (all.kind === 'host') return host(this.writer.put(`$hostElement(${all.code}, ${key})`))
    return any(this.writer.put(`$elementAt(${all.code}, ${key})`))
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
      return host(this.writer.put(hostField(all, name)))
    }
    return any(this.writer.put(`$select(${all.code}, ${quoted(textToBytes(name))})`))
  }

  /** What an import has under a name. */
  private member({ variable, members }: ImportCode, name: string): string {
    if (members === undefined) return `$member(${variable}, ${quoted(name)}, $machine)`
    return `$lazyCopyOf(${this.writer.constant(members.get(name))})`
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
    const all = this.valueOf(operand, names)
    const from = low === undefined ? 'undefined' : this.valueOf(low, names)
    const to = high === undefined ? 'undefined' : this.valueOf(high, names)
    const given = this.writer.constant({ low: low !== undefined, high: high !== undefined })
    return any(this.writer.put(`$slice(${all}, ${from}, ${to}, ${given}, $meter)`))
  }

  // ---- quantifiers, calls

  private quantifier(node: Quantifier, names: Names): Operand {
    const all = this.evaluate(node.collection, names)
    const result = this.writer.name('t')
    this.writer.line(`let ${result}`)
    this.writer.inside(`if (${present(all)} !== undefined)`, () => {
      const items = this.itemsOf(all)
      if (node.operator === 'map') this.mapItems(node, items, result, names)
      else if (node.operator === 'filter') this.filter(node, all, items, result, names)
      else this.anyOrAll(node, items, result, names)
    })
    return { code: result, kind: node.operator === 'any' || node.operator === 'all' ? 'truth' : 'any' }
  }

  /** Writes what a loop goes through, as it is now. */
  protected itemsOf({ code, kind }: Operand): Items {
    const isHost = kind === 'host'
    const [keys, values] = [this.writer.name('k'), this.writer.name('v')]
    this.writer.line(`let ${keys}, ${values}`)
    if (isHost) this.writer.line(`if ($isArray(${code})) ${values} = ${code}; else`)
    this.writer.inside('', () => {
      const items = this.writer.put(`${isHost ? '$hostItems' : '$itemsOf'}(${code}, $meter)`)
      this.writer.line(`${keys} = ${items}.keys; ${values} = ${items}.values`)
    })
    const singles = this.writer.put(`${keys} === undefined ? ${values} : ${keys}`)
    return { keys, values, singles, isHost }
  }

  /** Writes a loop over items, with the names of one turn. */
  private turns(
    node: Quantifier,
    items: Items,
    names: Names,
    inner: (names: Names, at: string) => void,
    label = '',
  ): void {
    const at = this.writer.name('i')
    const head = `${label}for (let ${at} = 0; ${at} < ${items.values}.length; ${at}++)`
    const turns = { at, length: `${items.values}.length` }
    this.writer.metered(head, () => inner(this.turn(node, items, at, names), at), turns)
  }

  /** The scope of one turn of a loop. */
  protected turn({ names: given, body }: Quantifier | For, items: Items, at: string, names: Names): Names {
    const local = new Names(names)
    const { keys, values, singles, isHost } = items
    const used = namesUsedIn('statements' in body ? body.statements : [body])
    const declare = (name: string, code: string) => {
      if (!used.has(name)) return local.declare(name, { code: 'undefined', always: true, host: false })
      const variable = this.writer.name('x')
      const stays = !this.uses.assigned.has(name)
      const value = isHost && !stays ? `$fromHost(${code})` : code
      this.writer.line(`${stays ? 'const' : 'let'} ${variable} = ${value}`)
      const plain = isHost && stays && isMap(name) ? this.writer.put(isPlain(variable)) : undefined
      local.declare(name, { code: variable, always: true, host: isHost && stays, ...(plain && { plain }) })
    }
    const [first, second] = given
    const isMap = (name: string) => second === undefined || name === second.text
    if (first !== undefined) {
      const key = `${keys} === undefined ? ${at} : ${keys}[${at}]`
      declare(first.text, second === undefined ? `${singles}[${at}]` : `(${key})`)
    }
    if (second !== undefined) declare(second.text, `${values}[${at}]`)
    return local
  }

  /** `any` is a chain of `or`, `all` a chain of `and`. */
  private anyOrAll(node: Quantifier, items: Items, result: string, names: Names): void {
    const operator = node.operator === 'any' ? 'or' : 'and'
    const end = this.writer.name('l')
    this.writer.line(`${result} = ${operator === 'and'}`)
    const turn = (inner: Names) => {
      this.decide(operator, result, this.truth(node.body, inner, `the body of \`${node.operator}\``), end)
    }
    this.turns(node, items, names, turn, `${end}: `)
  }

  /** Keeps the kind of the collection. One undefined makes the whole undefined, after all have been asked. */
  private filter(node: Quantifier, all: Operand, items: Items, result: string, names: Names): void {
    const kept = this.writer.put('[]')
    const isDefined = this.writer.name('t')
    this.writer.line(`let ${isDefined} = true`)
    this.turns(node, items, names, (inner, at) => {
      const one = this.truth(node.body, inner, 'the body of `filter`')
      this.writer.line(`if (${one} === true) ${kept}.push(${at})`)
      this.writer.line(`else if (${one} === undefined) ${isDefined} = false`)
    })
    const filtered = all.kind === 'host' ? '$hostFiltered' : '$filtered'
    this.writer.line(
      `if (${isDefined}) ${result} = ${filtered}(${items.keys}, ${items.values}, ${kept}, $meter)`,
    )
  }

  private mapItems(node: Quantifier, items: Items, result: string, names: Names): void {
    this.writer.line(`$meter.pay(${collectionBytes} + ${items.values}.length * ${elementBytes})`)
    const values = this.writer.put('[]')
    this.turns(node, items, names, (inner) => {
      this.writer.line(`${values}.push(${this.valueOf(node.body, inner)})`)
    })
    this.writer.line(`${result} = new $List(${values})`)
  }

  private callNode(node: Call, names: Names): Operand {
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
    const fast = `typeof ${second.code} === "string" ? ${this.writer.constant(ready)}(${second.code}) : undefined`
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

/** What a loop goes through: names of arrays in generated code. */
export type Items = {
  /** The keys of a map; undefined for lists. */
  readonly keys: string
  readonly values: string
  /** What a single name stands for: the elements of a list, the keys of a map. */
  readonly singles: string
  readonly isHost: boolean
}

const isLogic = (operator: string): operator is LogicOperator => Object.hasOwn(decides, operator)

/** The value, undefined for what of the host's the language does not have. */
const present = ({ code, kind }: Operand) =>
  kind === 'host' ? `(typeof ${code} === "string" ? ${code} : $present(${code}))` : code

const flagOf = ({ plain }: Slot) => (plain === undefined ? {} : { plain })

/** Whether an expression is a literal that can be written in the host's way. */
function isLiteral(outer: Expression): boolean {
  const node = inside(outer)
  return node.kind === 'int' || node.kind === 'float' || (node.kind === 'string' && isText(node.value))
}

/** What parentheses hold. */
function inside(node: Expression): Exclude<Expression, Group> {
  let inner = node
  while (inner.kind === 'group') inner = inner.inner
  return inner
}
