// Whether a function gives a value on every way through it.

import type { Block, Statement } from '../syntax/tree.ts'

/** Whether a block may be left at its end, without `return`. */
export const mayEndWithoutReturn = ({ statements }: Pick<Block, 'statements'>): boolean =>
  !statements.some(endsHere)

/** Whether no way leads past a statement. A loop may have nothing to go through. */
function endsHere(node: Statement): boolean {
  switch (node.kind) {
    case 'return':
      return true
    case 'expression':
      return isErrorCall(node)
    case 'block':
      return !mayEndWithoutReturn(node.body)
    case 'if':
      return (
        node.otherwise !== undefined &&
        [...node.branches.map(({ body }) => body), node.otherwise].every((body) => !mayEndWithoutReturn(body))
      )
    case 'case':
      return (
        node.clauses.some(({ values }) => values === undefined) &&
        node.clauses.every((one) => !mayEndWithoutReturn(one))
      )
    default:
      return false
  }
}

/** `error(…)` ends everything. */
const isErrorCall = ({ expression }: Statement & { readonly kind: 'expression' }): boolean =>
  expression.kind === 'call' && expression.callee.kind === 'identifier' && expression.callee.name === 'error'
