// What hangs below a node, so that whoever only looks for something needs no switch of their own.

import { unreachable } from '../../base/index.ts'
import type { Case, Expression, Group, If, Statement } from './tree.ts'

/** Any node that can hold others. */
export type TreeNode = Expression | Statement

/** The nodes right below a node, in the order of the text. */
export const childrenOf = (node: TreeNode): readonly TreeNode[] => addChildren(node, [])

/** Every node of these and below, outer before inner; a long chain of operators needs no deep stack. */
export function* everyNode(roots: readonly TreeNode[]): Generator<TreeNode> {
  const open = [...roots].reverse()
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node
    pushChildren(node, open)
  }
}

/** Puts the nodes right below a node on a stack, the first on top. A node may have a million. */
export function pushChildren(node: TreeNode, stack: TreeNode[]): void {
  let low = stack.length
  addChildren(node, stack)
  for (let high = stack.length - 1; low < high; low++, high--) {
    const [first, last] = [stack[low] as TreeNode, stack[high] as TreeNode]
    stack[low] = last
    stack[high] = first
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

type Nodes = TreeNode[]

/** Puts the nodes right below a node behind others. No list of them is made: there may be a million. */
const addChildren = (node: TreeNode, into: Nodes): Nodes =>
  isStatement(node) ? addBelowStatement(node, into) : addBelowExpression(node, into)

function add(into: Nodes, ...nodes: readonly (Expression | undefined)[]): Nodes {
  for (const node of nodes) if (node !== undefined) into.push(node)
  return into
}

function addAll(into: Nodes, nodes: readonly TreeNode[]): Nodes {
  for (const node of nodes) into.push(node)
  return into
}

function addBelowStatement(node: Statement, into: Nodes): Nodes {
  switch (node.kind) {
    case 'assignment':
      return add(into, node.target, node.value)
    case 'expression':
      return add(into, node.expression)
    case 'if':
      return addBelowIf(node, into)
    case 'for':
      return addAll(add(into, node.collection), node.body.statements)
    case 'case':
      return addBelowCase(node, into)
    case 'declaration':
      return add(into, node.function)
    case 'return':
      return add(into, node.value)
    case 'break':
    case 'continue':
      return into
    case 'block':
      return addAll(into, node.body.statements)
    default:
      return unreachable(node)
  }
}

function addBelowIf({ branches, otherwise }: If, into: Nodes): Nodes {
  for (const { condition, body } of branches) {
    into.push(condition)
    addAll(into, body.statements)
  }
  return addAll(into, otherwise?.statements ?? [])
}

function addBelowCase({ subject, clauses }: Case, into: Nodes): Nodes {
  add(into, subject)
  for (const { values, statements } of clauses) {
    addAll(into, values ?? [])
    addAll(into, statements)
  }
  return into
}

function addBelowExpression(node: Expression, into: Nodes): Nodes {
  switch (node.kind) {
    case 'int':
    case 'float':
    case 'string':
    case 'identifier':
      return into
    case 'list':
      return addAll(into, node.elements)
    case 'map':
      for (const { key, value } of node.entries) into.push(key, value)
      return into
    case 'function':
      return addAll(into, node.body.statements)
    case 'rule':
      return add(into, node.predicate, node.body)
    case 'quantifier':
      return add(into, node.collection, node.body)
    case 'unary':
    case 'test':
    case 'selector':
      return add(into, node.operand)
    case 'binary':
      return add(into, node.left, node.right)
    case 'index':
      return add(into, node.operand, node.index)
    case 'slice':
      return add(into, node.operand, node.low, node.high)
    case 'call':
      return addAll(add(into, node.callee), node.arguments)
    case 'group':
      return add(into, node.inner)
    default:
      return unreachable(node)
  }
}
