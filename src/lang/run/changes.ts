// Whether anything in a source can change a list or a map. Where nothing does, nobody can tell a value from its copy.

import type { Program } from '../syntax/tree.ts'
import { everyNode } from '../syntax/visit.ts'

const known = new WeakMap<Program, boolean>()

/** Whether a source may change data: it assigns an element, or knows the functions that do. */
export function changesData(program: Program): boolean {
  const found = known.get(program) ?? looksLikeIt(program)
  known.set(program, found)
  return found
}

function looksLikeIt({ params, statements }: Program): boolean {
  const defaults = params.flatMap(({ value }) => value ?? [])
  for (const node of everyNode([...defaults, ...statements])) {
    if (node.kind === 'identifier' && (node.name === 'append' || node.name === 'delete')) return true
    if (node.kind === 'assignment' && node.target.kind === 'index') return true
  }
  return false
}
