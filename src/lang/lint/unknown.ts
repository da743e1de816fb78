// Names that a policy reads and nobody gives. A host that knows all of its names can refuse them before the first
// evaluation, where a misspelt one would be undefined, and so lift a check.

import { closest } from '../../base/index.ts'
import type { Diagnostic, Span } from '../../source/index.ts'
import type { Policy } from '../policy.ts'
import { namesMadeIn } from '../syntax/check.ts'
import { predeclared } from '../syntax/predeclared.ts'
import { maxDiagnostics } from '../syntax/tokens.ts'
import type { Expression, Selector } from '../syntax/tree.ts'
import { everyNode } from '../syntax/visit.ts'

/** What stands under which name: more names, or `any` where only the host's data tells. */
export type HostNames = ReadonlyMap<string, HostNames | 'any'>

/** Imports, variables and properties of a policy that a host does not give, in the order of the text. */
export function unknownNames(
  policy: Policy,
  given: { readonly globals: HostNames; readonly imports: ReadonlySet<string> },
): readonly Diagnostic[] {
  const { globals, imports } = given
  const { program } = policy
  const own = namesMadeIn(program)
  const found: Diagnostic[] = []
  for (const { path, span } of program.imports)
    if (!imports.has(path)) found.push(unknown(`there is no import \`${path}\``, span, path, imports.keys()))
  // A name that the policy gives to something of its own is not the host's any more.
  const names: HostNames = new Map([...globals].filter(([name]) => !own.has(name)))
  for (const node of everyNode(program.statements)) {
    if (found.length >= maxDiagnostics) break
    if (node.kind === 'identifier') {
      if (names.has(node.name) || own.has(node.name) || predeclared.has(node.name)) continue
      const known = [...globals.keys(), ...own, ...predeclared]
      found.push(unknown(`nothing is called \`${node.name}\``, node.span, node.name, known))
    } else if (node.kind === 'selector') found.push(...unknownProperty(node, names))
  }
  return found.toSorted((a, b) => a.span.start - b.span.start)
}

/** Each selector is asked about its own name only: the one inside of it is visited too. */
function unknownProperty(node: Selector, globals: HostNames): readonly Diagnostic[] {
  const within = namesUnder(node.operand, globals)
  if (within === undefined || within === 'any' || within.has(node.name.text)) return []
  const { text, span } = node.name
  return [unknown(`there is no property \`${text}\` here`, span, text, within.keys())]
}

/** The names that stand under an expression; undefined where it is none of the host's. */
function namesUnder(node: Expression, globals: HostNames): HostNames | 'any' | undefined {
  const path: string[] = []
  let root = node
  for (; root.kind === 'selector'; root = root.operand) path.push(root.name.text)
  if (root.kind !== 'identifier') return undefined
  let names = globals.get(root.name)
  for (const name of path.reverse()) {
    if (names === undefined || names === 'any') return undefined
    names = names.get(name)
  }
  return names
}

function unknown(message: string, span: Span, name: string, known: Iterable<string>): Diagnostic {
  const near = closest(name, known)
  return {
    severity: 'error',
    message,
    span,
    ...(near !== undefined && { hint: `did you mean \`${near}\`?` }),
  }
}
