// Whether sections are written as their forms want it: labels, attributes, nested blocks, and each name once. What is in
// an attribute is not looked at here.

import type { Finding } from './files.ts'
import { problem } from './files.ts'
import { didYouMean, exampleOf, type Form, forms, insideMock } from './forms.ts'
import type { Section } from './section.ts'

/** What is wrong with the form of a section. */
export function faultsOfForm(section: Section): Iterable<Finding> {
  const { type, source } = section
  const form = forms.get(type.text)
  if (form !== undefined) return faultsWithin(section, form)
  return [problem(source, type.span, `unknown block \`${type.text}\``, didYouMean(type.text, forms.keys()))]
}

function* faultsWithin(section: Section, form: Form): Generator<Finding> {
  yield* faultsOfLabels(section, form)
  yield* faultsOfFields(section, form)
  for (const block of section.blocks) yield* faultsOfBlock(block, section, form)
}

function* faultsOfLabels({ source, type, labels }: Section, form: Form): Generator<Finding> {
  if (form.labels.includes(labels.length)) return
  const wanted = form.labels[0] === 0 ? 'takes no label' : 'needs a label'
  const span = labels.at(-1)?.span ?? type.span
  yield problem(source, span, `\`${type.text}\` ${wanted}`, exampleOf(type.text))
}

function* faultsOfFields({ type, fields }: Section, form: Form): Generator<Finding> {
  for (const { name, source } of fields.values()) {
    if (form.fields.includes(name.text)) continue
    const hint = didYouMean(name.text, form.fields)
    yield problem(source, name.span, `unknown attribute \`${name.text}\` of \`${type.text}\``, hint)
  }
}

function faultsOfBlock(block: Section, { type }: Section, form: Form): Iterable<Finding> {
  const { text, span } = block.type
  if (form.blocks.includes(text)) return faultsWithin(block, insideMock)
  const hint = form.fields.includes(text) ? `write \`${text} = { … }\`` : didYouMean(text, form.blocks)
  return [problem(block.source, span, `unknown block \`${text}\` in \`${type.text}\``, hint)]
}

/** What says of each section whether its name was given before. An older `module` names an import too. */
export function openRepeats(): (section: Section) => Finding | undefined {
  const seen = new Set<string>()
  return ({ source, type, labels }) => {
    const name = labels.at(-1)
    const kind = type.text === 'module' ? 'import' : type.text
    const key = JSON.stringify([kind, name?.text])
    if (!seen.has(key)) {
      seen.add(key)
      return undefined
    }
    const what = name === undefined ? `\`${type.text}\`` : `${type.text} \`${name.text}\``
    return problem(source, name?.span ?? type.span, `${what} is given twice`)
  }
}

/** Two-label imports came with 0.19 and replace `module` blocks and one-label imports. */
export function mixedImports(sections: readonly Section[]): readonly Finding[] {
  const isNew = ({ type, labels }: Section) => type.text === 'import' && labels.length === 2
  const isOld = ({ type, labels }: Section) =>
    type.text === 'module' || (type.text === 'import' && labels.length === 1)
  const old = sections.find(isOld)
  if (old === undefined || !sections.some(isNew)) return []
  const { source, type } = old
  const message = 'the older and the newer form of imports cannot be mixed'
  return [problem(source, type.span, message, 'write `import "module" "name" { source = … }` everywhere')]
}
