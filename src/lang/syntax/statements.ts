// Statements, blocks and the whole program (specification 1.8).

import { bytesToText } from '../values/bytes.ts'
import { ExpressionParser, trimmed } from './expressions.ts'
import { sizeOf } from './tokens.ts'
import type {
  Assignment,
  AssignmentOperator,
  Block,
  Branch,
  Clause,
  Expression,
  Import,
  Param,
  Program,
  Statement,
} from './tree.ts'

/** Reads a whole program; what is wrong is collected, and what can be read around it is read. */
export class ProgramParser extends ExpressionParser {
  program(): Program {
    const imports: Import[] = []
    const params: Param[] = []
    const statements: Statement[] = []
    while (this.kind !== 'end') {
      if (this.take(';')) continue
      this.recovering(() => this.topLevel(imports, params, statements))
    }
    const { text, comments, kinds } = this.tokens
    const hasFunctions = kinds.indexOf('func') !== -1
    const size = sizeOf(this.tokens)
    return { span: { start: 0, end: text.length }, imports, params, statements, hasFunctions, comments, size }
  }

  private topLevel(imports: Import[], params: Param[], statements: Statement[]): void {
    const { kind, start, end } = this
    if (kind === 'import') {
      if (params.length + statements.length > 0) this.misplaced('imports', 'put it at the top of the file')
      imports.push(this.import())
    } else if (kind === 'param') {
      if (statements.length > 0) this.misplaced('parameters', 'put it right behind the imports')
      params.push(this.param())
    } else if (kind === '}') {
      this.failWith('`}` closes nothing', { start, end })
    } else {
      statements.push(this.statement())
    }
    this.endStatement()
  }

  private misplaced(what: string, hint: string): void {
    this.report(`${what} must stand before everything else`, { start: this.start, end: this.end }, hint)
  }

  private endStatement(): void {
    if (this.kind === '}' || this.kind === 'end') return
    if (!this.take(';')) this.fail('a newline or `;`')
  }

  private import(): Import {
    const { start } = this
    this.advance()
    if (this.kind !== 'string') this.fail('the path of the import as a string')
    const path = bytesToText(this.string().value)
    const alias = this.take('as') ? this.name() : undefined
    return { span: this.spanFrom(start), path, alias }
  }

  private param(): Param {
    const { start } = this
    this.advance()
    const name = this.name()
    const value = this.take('default') ? this.expression() : undefined
    if (value !== undefined && !isConstant(value)) {
      this.report('the default of a parameter must be a literal', value.span)
    }
    return { span: this.spanFrom(start), name, value }
  }

  protected block(): Block {
    return this.nested(() => {
      const { start } = this
      this.expect('{')
      const statements = this.statements(() => this.kind === '}')
      this.expect('}')
      return { statements, span: this.spanFrom(start) }
    })
  }

  /** Statements up to a token that ends the list. A broken one is reported and left out. */
  private statements(atEnd: () => boolean): readonly Statement[] {
    const statements: Statement[] = []
    while (!atEnd() && this.kind !== 'end' && this.kind !== '}') {
      if (this.take(';')) continue
      this.recovering(() => {
        statements.push(this.statement())
        this.endStatement()
      })
    }
    return trimmed(statements)
  }

  private statement(): Statement {
    const { kind, start } = this
    switch (kind) {
      case 'if':
        return this.if()
      case 'for':
        return this.for()
      case 'case':
        return this.case()
      case 'return':
        return this.return()
      case 'break':
      case 'continue':
        this.advance()
        return { kind, span: this.spanFrom(start) }
      case '{': {
        const body = this.block()
        return { kind: 'block', body, span: body.span }
      }
      case 'func':
        return this.kindAhead(1) === '(' ? this.simple() : this.declaration()
      case 'import':
        return this.failWith('imports must stand at the top of the file', { start, end: this.end })
      case 'else':
        return this.fail('a statement', 'put `else` on the line of the `}` before it')
      default:
        return this.simple()
    }
  }

  private declaration(): Statement {
    const { start } = this
    this.advance()
    const name = this.name('the name of the function')
    const literal = this.signatureAndBody(start)
    return { kind: 'declaration', name, function: literal, span: literal.span }
  }

  private return(): Statement {
    const { start } = this
    this.advance()
    if (this.kind === ';' || this.kind === '}') this.fail('an expression after `return`')
    const value = this.expression()
    return { kind: 'return', value, span: this.spanFrom(start) }
  }

  /** An assignment, or an expression alone. */
  private simple(): Statement {
    const expression = this.expression()
    const operator = this.kind
    if (!isAssignment(operator)) return { kind: 'expression', expression, span: expression.span }
    const target = this.target(expression)
    this.advance()
    const value = this.expression()
    return { kind: 'assignment', target, operator, value, span: this.spanFrom(expression.span.start) }
  }

  private target(expression: Expression): Assignment['target'] {
    if (expression.kind === 'identifier' || expression.kind === 'index') return expression
    if (expression.kind !== 'selector')
      return this.failWith('only a variable can be assigned', expression.span)
    const { text } = this.tokens
    const { operand, name } = expression
    const indexed = `${text.slice(operand.span.start, operand.span.end)}["${name.text}"]`
    const hint = indexed.includes('\n') ? undefined : `write \`${indexed}\``
    return this.failWith('a selector cannot be assigned', expression.span, hint)
  }

  private if(): Statement {
    const { start } = this
    const branches: Branch[] = []
    do {
      this.expect('if')
      const condition = this.expression()
      branches.push({ condition, body: this.block() })
    } while (this.kind === 'else' && this.kindAhead(1) === 'if' && this.take('else'))
    const otherwise = this.take('else') ? this.block() : undefined
    return { kind: 'if', branches: trimmed(branches), otherwise, span: this.spanFrom(start) }
  }

  private for(): Statement {
    const { start } = this
    this.advance()
    const collection = this.expression()
    const names = this.loopNames()
    const body = this.block()
    return { kind: 'for', collection, names, body, span: this.spanFrom(start) }
  }

  private case(): Statement {
    const { start } = this
    this.advance()
    const subject = this.kind === '{' ? undefined : this.expression()
    this.expect('{')
    const clauses: Clause[] = []
    let hasElse = false
    while (!this.take('}')) {
      if (this.take(';')) continue
      const clause = this.nested(() => this.clause())
      const isElse = clause.values === undefined
      if (isElse && hasElse) this.report('`case` has more than one `else`', clause.span)
      hasElse ||= isElse
      clauses.push(clause)
    }
    return { kind: 'case', subject, clauses: trimmed(clauses), span: this.spanFrom(start) }
  }

  private clause(): Clause {
    const { start } = this
    const values = this.take('else') ? undefined : this.clauseValues()
    this.expect(':')
    const statements = this.statements(() => this.kind === 'when' || this.kind === 'else')
    return { values, statements, span: this.spanFrom(start) }
  }

  private clauseValues(): readonly Expression[] {
    this.expect('when', '`when`, `else` or `}`')
    const values = [this.expression()]
    while (this.take(',')) values.push(this.expression())
    return values
  }
}

const isAssignment = (kind: string): kind is AssignmentOperator => /^[-+*/%]?=$/.test(kind)

/** Whether an expression may be the default of a parameter. */
function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case 'int':
    case 'float':
    case 'string':
      return true
    case 'identifier':
      return expression.name === 'true' || expression.name === 'false'
    case 'unary':
      return isSign(expression.operator) && /^(?:int|float)$/.test(expression.operand.kind)
    case 'list':
      return expression.elements.every(isConstant)
    case 'map':
      return expression.entries.every(({ key, value }) => isConstant(key) && isConstant(value))
    default:
      return false
  }
}

const isSign = (operator: string) => operator === '-' || operator === '+'
