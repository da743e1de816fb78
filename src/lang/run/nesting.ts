// What waits for calls and rules inside of it takes memory until they are done: expressions around them, scopes, loops.
// It is counted in levels, one for each node around the innermost call, and paid for once: for as many levels as ever
// wait at the same time.

import type { FunctionLiteral, RuleLiteral } from '../syntax/tree.ts'
import { childrenOf, type TreeNode } from '../syntax/visit.ts'

/** What a level takes in bytes. */
export const levelBytes = 288

/** So many cost nothing: no program of a usual size has to count. */
export const freeLevels = 2000

/** What the call of a function or the evaluation of a rule takes beside the expressions in it; and a native function. */
const callLevels = 3
export const nativeLevels = 2

const known = new WeakMap<FunctionLiteral | RuleLiteral, number>()

/**
 * How many levels may wait at once in a function or rule: as deep as its innermost call or rule lies. Functions in it
 * are counted when they are called; what a parameter or a loop names is no rule.
 */
export function levelsIn(node: FunctionLiteral | RuleLiteral): number {
  const found = known.get(node) ?? callLevels + levelsBelow(node)
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

/** What lies between a node and one right below it. Operators that lean left wait in one list. */
function levelsOf(node: TreeNode, child: TreeNode): number {
  return node.kind === 'group' || (node.kind === 'binary' && child === node.left) ? 0 : 1
}
