// A tree to its canonical text. The tree says what belongs together, the tokens say what was written and where:
// each is printed as it stands, so nothing can be lost or changed but the space between them. Line breaks of
// the author stay where the style leaves a choice.

import { unreachable } from '../../base/index.ts'
import type { Span } from '../../source/index.ts'
import type { Tokens } from '../syntax/tokens.ts'
import type {
  Binary,
  Block,
  Case,
  Expression,
  For,
  FunctionLiteral,
  If,
  MapEntry,
  Name,
  Program,
  Quantifier,
  RuleLiteral,
  Slice,
  Statement,
  Test,
} from '../syntax/tree.ts'
import { childrenOf, everyNode, type TreeNode } from '../syntax/visit.ts'
import { type Item, type Items, TokenPrinter } from './token-printer.ts'

/** The canonical text of a program that was parsed from these tokens without errors. */
export function print(program: Program, tokens: Tokens): string {
  return new Printer(tokens).program(program)
}

/** A one-line function stays on its line up to this width, and with so many statements. */
const [maxOneLineWidth, maxOneLineStatements] = [100, 5]

/** Something on lines of its own. */
type Apart = { readonly span: Span; readonly print: () => void }

class Printer extends TokenPrinter {
  /**
   * What takes several lines for a function that does: it is such, or has one in it. All else that stands on one line
   * of the source stays on one.
   */
  private readonly tall = new Set<TreeNode>()

  program(program: Program): string {
    if (program.hasFunctions) this.findTall(program.statements)
    this.separated(this.everything(program))
    return this.layout.finish()
  }

  private *everything({ imports, params, statements }: Program): Generator<Apart> {
    for (const { span, alias } of imports)
      yield { span, print: () => this.words(alias === undefined ? 2 : 4) }
    for (const { span, value } of params) yield { span, print: () => this.param(value) }
    yield* this.each(statements)
  }

  private *each(statements: readonly Statement[]): Generator<Apart> {
    for (const node of statements) yield { span: node.span, print: () => this.statement(node) }
  }

  private param(value: Expression | undefined): void {
    this.words(value === undefined ? 2 : 3)
    if (value === undefined) return
    this.blank()
    this.expression(value)
  }

  /** Prints each on lines of its own. Columns reach over neighbours of one line only. */
  private separated(all: Iterable<Apart>): void {
    let isSection = true
    for (const { span, print } of all) {
      const line = this.lineOf(span.start)
      if (!this.layout.isEmpty) this.layout.break(line, 1, isSection ? 'section' : 'newline')
      const mark = this.layout.mark()
      print()
      isSection = this.layout.breaksSince(mark) > 0
    }
  }

  private statements(statements: readonly Statement[]): void {
    this.layout.space('indent')
    this.separated(this.each(statements))
    this.layout.space('unindent')
  }

  private block(block: Block): void {
    this.next()
    this.statements(block.statements)
    this.layout.break(this.lineOf(block.span.end - 1), 1, 'section')
    this.next()
  }

  private statement(node: Statement): void {
    switch (node.kind) {
      case 'assignment':
        this.expression(node.target)
        this.blank()
        this.next()
        this.blank()
        this.continued(node.value)
        return
      case 'expression':
        this.expression(node.expression)
        return
      case 'if':
        this.if(node)
        return
      case 'for':
        this.for(node)
        return
      case 'case':
        this.case(node)
        return
      case 'declaration':
        this.words(2)
        this.signatureAndBody(node.function)
        return
      case 'return':
        this.next()
        this.blank()
        this.expression(node.value)
        return
      case 'break':
      case 'continue':
        this.next()
        return
      case 'block':
        this.block(node.body)
        return
      default:
        unreachable(node)
    }
  }

  /** An expression behind `=`: on a line of its own it is indented. */
  private continued(value: Expression): void {
    const indented = this.layout.break(this.lineOf(value.span.start), 0, 'section', ['indent'])
    this.expression(value)
    if (indented) this.layout.space('unindent')
  }

  private if({ branches, otherwise }: If): void {
    for (const [at, { condition, body }] of branches.entries()) {
      if (at > 0) this.elseWord()
      this.next()
      this.blank()
      this.expression(condition)
      this.blank()
      this.block(body)
    }
    if (otherwise === undefined) return
    this.elseWord()
    this.block(otherwise)
  }

  private elseWord(): void {
    this.blank()
    this.next()
    this.blank()
  }

  private for({ collection, names, body }: For): void {
    this.next()
    this.blank()
    this.expression(collection)
    this.blank()
    this.loopNames(names)
    this.blank()
    this.block(body)
  }

  /** `as key, value` */
  private loopNames(names: readonly Name[]): void {
    this.words(2)
    if (names.length === 1) return
    this.next()
    this.blank()
    this.next()
  }

  private case({ subject, clauses, span }: Case): void {
    this.next()
    this.blank()
    if (subject !== undefined) {
      this.expression(subject)
      this.blank()
    }
    this.next()
    for (const { span: clauseSpan, values, statements } of clauses) {
      this.layout.break(this.lineOf(clauseSpan.start), 1, 'section')
      this.next()
      if (values !== undefined) {
        this.blank()
        this.list(this.items(values), { open: this.layout.line, close: undefined })
      }
      this.next()
      this.statements(statements)
    }
    this.layout.break(this.lineOf(span.end - 1), 1, 'section')
    this.next()
  }

  // ---- expressions

  private expression(node: Expression): void {
    switch (node.kind) {
      case 'int':
      case 'float':
      case 'string':
      case 'identifier':
        this.next()
        return
      case 'list':
        this.bracketed(this.items(node.elements), this.lineOf(node.span.end - 1))
        return
      case 'map':
        this.bracketed(
          { length: node.entries.length, at: (index) => this.entry(node.entries[index] as MapEntry) },
          this.lineOf(node.span.end - 1),
        )
        return
      case 'function':
        this.next()
        this.signatureAndBody(node)
        return
      case 'rule':
        this.rule(node)
        return
      case 'quantifier':
        this.quantifier(node)
        return
      case 'unary':
        this.unary(node.operator, node.operand)
        return
      case 'binary':
      case 'test':
        this.chain(node, false)
        return
      case 'selector':
        this.selector(node.operand)
        return
      case 'index':
        this.expression(node.operand)
        this.next()
        this.expression(node.index)
        this.next()
        return
      case 'slice':
        this.slice(node)
        return
      case 'call':
        this.expression(node.callee)
        this.bracketed(this.items(node.arguments), this.lineOf(node.span.end - 1))
        return
      case 'group':
        this.next()
        this.expression(node.inner)
        this.next()
        return
      default:
        unreachable(node)
    }
  }

  private unary(operator: string, operand: Expression): void {
    this.next()
    if (operator === 'not') this.blank()
    this.expression(operand)
  }

  private selector(operand: Expression): void {
    this.expression(operand)
    // Digits right before a point would be a float.
    if (operand.kind === 'int') this.blank()
    this.next()
    const name = this.peek()
    const broken = this.layout.break(name.line, 0, 'newline', ['indent'])
    this.next()
    if (broken) this.layout.space('unindent')
  }

  private slice({ operand, low, high }: Slice): void {
    this.expression(operand)
    this.next()
    if (low !== undefined) this.expression(low)
    this.next()
    if (high !== undefined) this.expression(high)
    this.next()
  }

  /**
   * A chain of operators and tests: lines after the first stand one deeper, unless what is around it is so already, and
   * no test stands behind them.
   */
  private chain(node: Binary | Test, isIndented: boolean): void {
    const links: (Binary | Test)[] = []
    let first: Expression = node
    for (; first.kind === 'binary' || first.kind === 'test'; first = leftOf(first)) links.push(first)
    this.expression(first)
    const tested = links.findIndex(({ kind }) => kind === 'test')
    for (let at = links.length - 1; at >= 0; at--) {
      const link = links[at] as Binary | Test
      this.blank()
      this.words(link.operator.split(' ').length)
      if (link.kind === 'binary') this.right(link.right, isIndented && (tested === -1 || at < tested))
    }
  }

  /** What stands behind an operator. */
  private right(node: Expression, isIndented: boolean): void {
    const line = this.lineOf(node.span.start)
    const broken = this.layout.break(line, 0, 'section', isIndented ? [] : ['indent'])
    if (!broken) this.blank()
    this.operand(node, isIndented || broken)
    if (broken && !isIndented) this.layout.space('unindent')
  }

  private operand(node: Expression, isIndented: boolean): void {
    if (node.kind === 'binary') this.chain(node, isIndented)
    else this.expression(node)
  }

  private rule({ predicate, body, span }: RuleLiteral): void {
    this.next()
    this.blank()
    if (predicate !== undefined) {
      this.next()
      this.blank()
      this.expression(predicate)
      this.blank()
    }
    this.braced(span, body, () => this.operand(body, true))
  }

  private quantifier({ collection, names, body, span }: Quantifier): void {
    this.next()
    this.blank()
    this.expression(collection)
    this.blank()
    this.loopNames(names)
    this.blank()
    this.braced(span, body, () => this.expression(body))
  }

  /** Braces around one expression: on one line if they were, else each on its own. */
  private braced(span: Span, body: Expression, inner: () => void): void {
    const isOneLine = this.peek().line === this.lineOf(span.end - 1) && !this.tall.has(body)
    this.next()
    if (isOneLine) this.blank()
    else {
      this.layout.space('indent')
      this.layout.break(this.lineOf(body.span.start), 1, 'section')
    }
    inner()
    if (isOneLine) this.blank()
    else {
      this.layout.space('unindent')
      this.layout.break(this.lineOf(span.end - 1), 1, 'section')
    }
    this.next()
  }

  private signatureAndBody(node: FunctionLiteral): void {
    const { parameters, body } = node
    this.signature(parameters)
    if (this.tall.has(node)) this.block(body)
    else this.oneLineBlock(body)
  }

  private signature(parameters: readonly Name[]): void {
    const at = (index: number): Item => ({ span: (parameters[index] as Name).span, value: () => this.next() })
    this.bracketed({ length: parameters.length, at }, this.lineOfNext(')'))
    this.blank()
  }

  /** Inner nodes come before outer ones, and what has a tall one in it is not measured: no function is measured twice. */
  private findTall(roots: readonly TreeNode[]): void {
    for (const node of [...everyNode(roots)].reverse()) {
      const isTall = childrenOf(node).some((child) => this.tall.has(child))
      if (isTall || (node.kind === 'function' && !this.fitsOnOneLine(node))) this.tall.add(node)
    }
  }

  private fitsOnOneLine({ span, parameters, body }: FunctionLiteral): boolean {
    const { statements } = body
    if (!this.isOneLine(span) || statements.length > maxOneLineStatements) return false
    // Most tokens take a column at least.
    if (this.tokensIn(span) > 2 * maxOneLineWidth) return false
    if (!statements.every(({ kind }) => oneLineKinds.has(kind))) return false
    const comments = this.widthOfComments(span)
    const width = this.measured(span.start, () => {
      this.next()
      if (this.peek().text !== '(') {
        this.blank()
        this.next()
      }
      this.signature(parameters)
      this.oneLineBlock(body)
    })
    return width > 0 && width + comments <= maxOneLineWidth
  }

  private oneLineBlock({ statements }: Block): void {
    this.next()
    for (const [at, statement] of statements.entries()) {
      if (at > 0) this.semicolon()
      this.blank()
      this.statement(statement)
    }
    if (statements.length > 0) this.blank()
    this.next()
  }

  private semicolon(): void {
    const { line, start } = this.peek()
    this.layout.token({ text: ';', start, line, endLine: line, endsStatement: true })
  }

  private items(nodes: readonly Expression[]): Items {
    const at = (index: number): Item => {
      const node = nodes[index] as Expression
      return { span: node.span, value: () => this.expression(node) }
    }
    return { length: nodes.length, at }
  }

  private entry({ key, value }: MapEntry): Item {
    return {
      span: { start: key.span.start, end: value.span.end },
      key: () => {
        this.expression(key)
        this.next()
      },
      value: () => this.expression(value),
    }
  }
}

const leftOf = (node: Binary | Test): Expression => (node.kind === 'binary' ? node.left : node.operand)

const oneLineKinds: ReadonlySet<Statement['kind']> = new Set([
  'assignment',
  'expression',
  'return',
  'break',
  'continue',
])
