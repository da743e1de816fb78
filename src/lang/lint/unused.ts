// Imports and variables that nobody reads. What stands at the top of a module may be read from outside.

import { nameOfImport, namesMadeBy } from '../syntax/check.ts'
import type { Name, Program } from '../syntax/tree.ts'
import { everyNode, type TreeNode } from '../syntax/visit.ts'
import type { LintRuleName } from './rules.ts'

/** A name that nobody reads, and the rule that finds it. */
type Unused = Name & { readonly rule: LintRuleName }

/** Names that are given a value, and whose value is never asked for anywhere in the file. */
export function unusedNames(program: Program): readonly Unused[] {
  const read = namesRead(program)
  const imports = program.imports.map((item) => ({
    text: nameOfImport(item),
    span: item.span,
    rule: 'unused-import' as const,
  }))
  const params = program.params.map(({ name }) => ({ ...name, rule: 'unused-param' as const }))
  const isExported = exportedBy(program)
  const variables = new Map<string, Unused>()
  for (const node of everyNode(program.statements)) {
    if (node.kind !== 'assignment' && node.kind !== 'declaration') continue
    for (const name of namesMadeBy(node)) {
      if (!read.has(name.text) && !isExported(name) && !variables.has(name.text))
        variables.set(name.text, { ...name, rule: 'unused-variable' })
    }
  }
  return [...imports, ...params, ...variables.values()].filter(({ text }) => !read.has(text) && text !== '_')
}

/** Every name that stands somewhere else than where it is given a value. */
function namesRead({ statements }: Program): ReadonlySet<string> {
  const read = new Set<string>()
  // A target comes right behind its assignment.
  let target: TreeNode | undefined
  for (const node of everyNode(statements)) {
    if (node.kind === 'identifier' && node !== target) read.add(node.name)
    target = node.kind === 'assignment' && node.operator === '=' ? node.target : undefined
  }
  return read
}

/** In a module: everything at its top. In a policy: `main`. */
function exportedBy({ statements }: Program): (name: Name) => boolean {
  const top = statements.flatMap(namesMadeBy)
  const isPolicy = top.some(({ text }) => text === 'main')
  const names = new Set(isPolicy ? ['main'] : top.map(({ text }) => text))
  return ({ text }) => names.has(text)
}
