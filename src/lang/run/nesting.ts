// How much of the host's stack an evaluation takes. A walk of the tree recurses where expressions, calls and rules
// nest, and nothing in JavaScript tells how much stack is left. So it is counted: in levels of expressions, each of
// which takes up to 205 bytes in Node's interpreter, of the 984 KB that there are. 500 calls fit, each with several
// expressions around the next; what needs more stops at the same place on every machine.

import type { FunctionLiteral, RuleLiteral } from '../syntax/tree.ts'
import { childrenOf, isStatement, type TreeNode } from '../syntax/visit.ts'

/** The levels that there are. */
export const maxLevels = 4500

/** What the call of a function or the evaluation of a rule takes beside the expressions in it; and a native function. */
export const callLevels = 3
export const nativeLevels = 2

const known = new WeakMap<FunctionLiteral | RuleLiteral, number>()

/**
 * How deep in a function or rule the next call or rule may be. Functions in it are counted when they are called;
 * what a parameter or a loop names is no rule.
 */
export function levelsIn(node: FunctionLiteral | RuleLiteral): number {
  const found = known.get(node) ?? levelsBelow(node)
  known.set(node, found)
  return found
}

function levelsBelow(node: FunctionLiteral | RuleLiteral): number {
  const plain = new Set(node.kind === 'function' ? node.parameters.map(({ text }) => text) : [])
  const open: (readonly [TreeNode, number])[] = childrenOf(node).map((child) => [child, 1])
  let levels = 0
  for (const [one, depth] of open) {
    if (one.kind === 'for' || one.kind === 'quantifier') for (const { text } of one.names) plain.add(text)
    if (goesOn(one, plain)) levels = Math.max(levels, depth)
    if (one.kind === 'function') continue
    for (const child of childrenOf(one)) open.push([child, depth + levelsOf(one, child)])
  }
  return levels
}

/** Whether a node calls a function or may be a rule. */
const goesOn = (node: TreeNode, plain: ReadonlySet<string>) =>
  node.kind === 'call' || (node.kind === 'identifier' && !plain.has(node.name))

/** What lies between a node and one right below it. Statements wait in a list, and operators lean left in one. */
function levelsOf(node: TreeNode, child: TreeNode): number {
  if (node.kind === 'group' || isStatement(node)) return 0
  if (node.kind === 'binary' && child === node.left && child.kind === 'binary') return 0
  if (node.kind === 'call' && child === node.callee && child.kind === 'identifier') return 0
  return node.kind === 'quantifier' ? 2 : 1
}
