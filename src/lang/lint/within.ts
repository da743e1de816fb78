// Where nodes of some kind lie, so that whether there is one inside of another is not looked for again and again.

import type { Span } from '../../source/index.ts'
import { countUpTo } from '../format/lines.ts'
import { everyNode, type TreeNode } from '../syntax/visit.ts'

/**
 * Whether a node of some kind lies in the stretch of another. The last character of such a node must be its own, as a
 * closing bracket is: then it is in no other nodes but those around it.
 */
export function nodesWithin(
  roots: readonly TreeNode[],
  isSuch: (node: TreeNode) => boolean,
): (span: Span) => boolean {
  const ends: number[] = []
  for (const node of everyNode(roots)) if (isSuch(node)) ends.push(node.span.end)
  const sorted = Int32Array.from(ends).sort()
  return ({ start, end }) => (sorted[countUpTo(start, sorted)] ?? Number.POSITIVE_INFINITY) <= end
}
