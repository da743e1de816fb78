// Override files: each of their blocks changes one that is there already. Attributes replace those of the same name,
// nested blocks replace all of their type; the contents of values and nested blocks are not merged. Only `test` may
// be new.

import type { Finding } from './files.ts'
import { problem } from './files.ts'
import { Findings } from './findings.ts'
import type { Section } from './section.ts'

/** Whether a file of this name overrides others. */
export const isOverride = (name: string): boolean => /(?:^|_)override\.(?:hcl|json)$/.test(name)

/** The sections with one override file applied. */
export function override(
  sections: readonly Section[],
  changes: readonly Section[],
): { readonly sections: readonly Section[]; readonly findings: readonly Finding[] } {
  // Of two sections with the same head the first is changed; that there are two is said elsewhere.
  const heads = new Map<string, number>()
  for (const [at, section] of sections.entries())
    if (!heads.has(headOf(section))) heads.set(headOf(section), at)
  const merged = [...sections]
  const findings = new Findings()
  for (const change of changes) {
    const at = heads.get(headOf(change))
    const found = at === undefined ? undefined : merged[at]
    if (at !== undefined && found !== undefined) merged[at] = merge(found, change)
    else if (change.type.text === 'test') heads.set(headOf(change), merged.push(change) - 1)
    else findings.add([nothingToOverride(change)])
  }
  return { sections: merged, findings: findings.all }
}

const headOf = ({ type, labels }: Section) => JSON.stringify([type.text, ...labels.map(({ text }) => text)])

function merge(section: Section, change: Section): Section {
  const replaced = new Set(change.blocks.map(({ type }) => type.text))
  return {
    ...section,
    fields: new Map([...section.fields, ...change.fields]),
    blocks: [...section.blocks.filter(({ type }) => !replaced.has(type.text)), ...change.blocks],
  }
}

function nothingToOverride({ source, type, labels }: Section): Finding {
  const name = [type.text, ...labels.map(({ text }) => `"${text}"`)].join(' ')
  return problem(
    source,
    { start: type.span.start, end: labels.at(-1)?.span.end ?? type.span.end },
    `there is no \`${name}\` to override`,
    'an override file changes blocks of the other files; write new ones there',
  )
}
