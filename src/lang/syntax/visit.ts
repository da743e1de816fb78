// What hangs below a node, so that whoever only looks for something needs no switch of their own.

import { unreachable } from '../../base/index.ts'
import type { Block, Expression, Group, Statement } from './tree.ts'

/** Any node that can hold others. */
export type TreeNode = Expression | Statement

/** The nodes right below a node, in the order of the text. */
export function childrenOf(node: TreeNode): readonly TreeNode[] {
  return isStatement(node) ? belowStatement(node) : belowExpression(node)
}

/** Every node of these and below, outer before inner; a long chain of operators needs no deep stack. */
export function* everyNode(roots: readonly TreeNode[]): Generator<TreeNode> {
  const open = [...roots].reverse()
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node
    const children = childrenOf(node)
    for (let at = children.length; at > 0; at--) open.push(children[at - 1] as TreeNode)
  }
}

/** What parentheses hold. */
export function unwrapped(node: Expression): Exclude<Expression, Group> {
  let inner = node
  while (inner.kind === 'group') inner = inner.inner
  return inner
}

const statementKinds: ReadonlySet<string> = new Set<Statement['kind']>([
  ...(['assignment', 'expression', 'if', 'for', 'case', 'declaration'] as const),
  ...(['return', 'break', 'continue', 'block'] as const),
])

/** Whether a node is a statement, not an expression. */
export const isStatement = (node: TreeNode): node is Statement => statementKinds.has(node.kind)
const present = (...nodes: readonly (Expression | undefined)[]) => nodes.filter((node) => node !== undefined)
const inside = (block: Block | undefined) => block?.statements ?? []

function belowStatement(node: Statement): readonly TreeNode[] {
  switch (node.kind) {
    case 'assignment':
      return [node.target, node.value]
    case 'expression':
      return [node.expression]
    case 'if': {
      const branches = node.branches.flatMap(({ condition, body }) => [condition, ...inside(body)])
      return [...branches, ...inside(node.otherwise)]
    }
    case 'for':
      return [node.collection, ...inside(node.body)]
    case 'case': {
      const clauses = node.clauses.flatMap(({ values, statements }) => [...(values ?? []), ...statements])
      return [...present(node.subject), ...clauses]
    }
    case 'declaration':
      return [node.function]
    case 'return':
      return [node.value]
    case 'break':
    case 'continue':
      return []
    case 'block':
      return inside(node.body)
    default:
      return unreachable(node)
  }
}

function belowExpression(node: Expression): readonly TreeNode[] {
  switch (node.kind) {
    case 'int':
    case 'float':
    case 'string':
    case 'identifier':
      return []
    case 'list':
      return node.elements
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value])
    case 'function':
      return inside(node.body)
    case 'rule':
      return present(node.predicate, node.body)
    case 'quantifier':
      return [node.collection, node.body]
    case 'unary':
    case 'test':
    case 'selector':
      return [node.operand]
    case 'binary':
      return [node.left, node.right]
    case 'index':
      return [node.operand, node.index]
    case 'slice':
      return present(node.operand, node.low, node.high)
    case 'call':
      return [node.callee, ...node.arguments]
    case 'group':
      return [node.inner]
    default:
      return unreachable(node)
  }
}
