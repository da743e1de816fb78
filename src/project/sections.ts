// One configuration file as sections: its blocks, whether it is HCL, JSON of the same form, or JSON as it was before
// HCL came (0.16). What a section means is not known here.

import { type Block, type Body, readHcl, readJson } from '../hcl/index.ts'
import type { Diagnostic, Source } from '../source/index.ts'
import { type Finding, problem } from './files.ts'
import { jsonSections } from './json-sections.ts'
import type { Section } from './section.ts'
import type { Size } from './size.ts'

/** What a file says. `isLegacy`: in the form of before 0.16. */
export type Sections = {
  readonly sections: readonly Section[]
  readonly isLegacy: boolean
  /** Found bit by bit: there may be very many. */
  readonly findings: Iterable<Finding>
}

/** Reads a configuration file; its name says whether it is HCL or JSON. */
export function readSections(source: Source, size: Size): Sections {
  return /\.json$/i.test(source.name) ? fromJson(source, size) : fromHcl(source, size)
}

function fromHcl(source: Source, size: Size): Sections {
  const { body, diagnostics, items } = readHcl(source, size.itemsLeft)
  size.addData(source, items)
  return {
    sections: body.blocks.map((block) => sectionOf(source, block)),
    isLegacy: false,
    findings: inHcl(source, diagnostics, body),
  }
}

function* inHcl(source: Source, diagnostics: readonly Diagnostic[], body: Body): Generator<Finding> {
  for (const diagnostic of diagnostics) yield { source, diagnostic }
  for (const { name } of body.attributes)
    yield problem(source, name.span, `\`${name.text}\` must be a block`, `write \`${name.text} … { … }\``)
}

function sectionOf(source: Source, { type, labels, body }: Block): Section {
  return {
    source,
    type,
    labels,
    fields: new Map(body.attributes.map((field) => [field.name.text, { ...field, source }])),
    blocks: body.blocks.map((block) => sectionOf(source, block)),
  }
}

function fromJson(source: Source, size: Size): Sections {
  const { value, diagnostics, items } = readJson(source, size.itemsLeft)
  size.addData(source, items)
  const findings = diagnostics.map((diagnostic) => ({ source, diagnostic }))
  if (value === undefined) return { sections: [], isLegacy: false, findings }
  if (value.kind === 'object') {
    const { sections, isLegacy, findings: more } = jsonSections(source, value)
    return { sections, isLegacy, findings: [...findings, ...more] }
  }
  const mistake = problem(source, value.span, 'a configuration must be an object', 'begin it with `{`')
  return { sections: [], isLegacy: false, findings: [...findings, mistake] }
}
