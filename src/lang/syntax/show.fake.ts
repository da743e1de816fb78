// A tree as text for tests: prefix notation without spans, one statement a line.

import type { Block, Expression, Name, Program, Statement } from './tree.ts'

/** The program in prefix notation; two programs that differ only in layout show alike. */
export function show({ imports, params, statements }: Program): string {
  return [
    ...imports.map(({ path, alias }) => list('import', `"${path}"`, alias?.text)),
    ...params.map(({ name, value }) => list('param', name.text, value && of(value))),
    ...statements.map(statement),
  ].join('\n')
}

const list = (...parts: readonly (string | undefined)[]) =>
  `(${parts.filter((part) => part !== undefined).join(' ')})`
const names = (all: readonly Name[]) => list(...all.map(({ text }) => text))
const block = ({ statements }: Block) => `{${statements.map(statement).join(' ')}}`

function statement(node: Statement): string {
  switch (node.kind) {
    case 'assignment':
      return list(node.operator, of(node.target), of(node.value))
    case 'expression':
      return of(node.expression)
    case 'if': {
      const branches = node.branches.map(({ condition, body }) => `${of(condition)} ${block(body)}`)
      return list('if', ...branches, node.otherwise && block(node.otherwise))
    }
    case 'for':
      return list('for', of(node.collection), names(node.names), block(node.body))
    case 'case': {
      const clauses = node.clauses.map(({ values, statements }) =>
        list(values === undefined ? 'else' : list(...values.map(of)), ...statements.map(statement)),
      )
      return list('case', node.subject === undefined ? '_' : of(node.subject), ...clauses)
    }
    case 'declaration':
      return of(node.function).replace('(func', `(func ${node.name.text}`)
    case 'return':
      return list('return', of(node.value))
    case 'block':
      return list('block', ...node.body.statements.map(statement))
    default:
      return list(node.kind)
  }
}

function of(node: Expression): string {
  switch (node.kind) {
    case 'int':
    case 'float':
    case 'string':
      return node.raw
    case 'identifier':
      return node.name
    case 'list':
      return list('list', ...node.elements.map(of))
    case 'map':
      return list('map', ...node.entries.flatMap(({ key, value }) => [of(key), of(value)]))
    case 'function':
      return list('func', names(node.parameters), ...node.body.statements.map(statement))
    case 'rule':
      return list('rule', node.predicate === undefined ? '_' : of(node.predicate), of(node.body))
    case 'quantifier':
      return list(node.operator, of(node.collection), names(node.names), of(node.body))
    case 'unary':
    case 'test':
      return list(node.operator, of(node.operand))
    case 'binary':
      return list(node.operator, of(node.left), of(node.right))
    case 'selector':
      return list('.', of(node.operand), node.name.text)
    case 'index':
      return list('index', of(node.operand), of(node.index))
    case 'slice':
      return list('slice', of(node.operand), node.low ? of(node.low) : '_', node.high ? of(node.high) : '_')
    case 'call':
      return list('call', of(node.callee), ...node.arguments.map(of))
    case 'group':
      return list('group', of(node.inner))
  }
}
