// Imports and variables that nobody reads. What stands at the top of a module may be read from outside.

import { nameOfImport, namesMadeBy } from '../syntax/check.ts'
import type { Name, Program } from '../syntax/tree.ts'
import { everyNode } from '../syntax/visit.ts'
import type { LintRuleName } from './rules.ts'

/** A name that nobody reads, and the rule that finds it. */
type Unused = Name & { readonly rule: LintRuleName }

/** Names that are given a value, and whose value is never asked for anywhere in the file. */
export function unusedNames(program: Program): readonly Unused[] {
  const nodes = [...everyNode(program.statements)]
  const targets = new Set(
    nodes.flatMap((node) => (node.kind === 'assignment' && node.operator === '=' ? [node.target] : [])),
  )
  const read = new Set(
    nodes.flatMap((node) => (node.kind === 'identifier' && !targets.has(node) ? [node.name] : [])),
  )
  const imports = program.imports.map((item) => ({
    text: nameOfImport(item),
    span: item.span,
    rule: 'unused-import' as const,
  }))
  const params = program.params.map(({ name }) => ({ ...name, rule: 'unused-param' as const }))
  const isExported = exportedBy(program)
  const variables = nodes.flatMap((node) =>
    node.kind === 'assignment' || node.kind === 'declaration' ? namesMadeBy(node) : [],
  )
  const first = firstOfEach(variables.filter((name) => !isExported(name)))
  const others = first.map((name) => ({ ...name, rule: 'unused-variable' as const }))
  return [...imports, ...params, ...others].filter(({ text }) => !read.has(text) && text !== '_')
}

/** In a module: everything at its top. In a policy: `main`. */
function exportedBy({ statements }: Program): (name: Name) => boolean {
  const top = statements.flatMap(namesMadeBy)
  const isPolicy = top.some(({ text }) => text === 'main')
  const names = new Set(isPolicy ? ['main'] : top.map(({ text }) => text))
  return ({ text }) => names.has(text)
}

function firstOfEach(names: readonly Name[]): readonly Name[] {
  const seen = new Map<string, Name>()
  for (const name of names) if (!seen.has(name.text)) seen.set(name.text, name)
  return [...seen.values()]
}
