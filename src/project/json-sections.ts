// Configuration in JSON. It comes in two forms: that of HCL, where `{"mock": {"time": {"data": {}}}}` is a block with
// a label, and the older one, where `{"mock": {"time": {}}}` is the data itself. A file is of the older form if
// anything in it makes sense in that form only.

import type { Attribute, Name, ObjectValue, Value } from '../hcl/index.ts'
import type { Source } from '../source/index.ts'
import { type Finding, problem } from './files.ts'
import { Findings } from './findings.ts'
import { forms } from './forms.ts'
import type { Section } from './section.ts'

/** The sections of a JSON object, and which form it had. */
export function jsonSections(source: Source, object: ObjectValue): JsonSections {
  const isLegacy = object.entries.some(isOld)
  const reader = new Reader(source)
  const sections = object.entries.flatMap((entry) => (isLegacy ? reader.old(entry) : reader.block(entry)))
  return { sections, isLegacy, findings: reader.found.all }
}

type JsonSections = {
  readonly sections: readonly Section[]
  readonly isLegacy: boolean
  readonly findings: readonly Finding[]
}

const onlyOld = ['modules', 'imports']

/** Whether an entry makes sense in the old form only. */
function isOld({ name, value }: Attribute): boolean {
  if (onlyOld.includes(name.text)) return true
  if (value.kind !== 'object') return false
  switch (name.text) {
    case 'test':
      return value.entries.length > 0 && !hasOnly(value, ['rules'])
    case 'mock':
      return value.entries.some((mock) => !hasOnly(mock.value, ['data', 'module']))
    case 'global':
    case 'param':
      return value.entries.some((given) => !hasOnly(given.value, ['value']))
    default:
      return false
  }
}

/** An object with exactly one entry, of one of these names. */
function hasOnly(value: Value, names: readonly string[]): boolean {
  if (value.kind !== 'object' || value.entries.length !== 1) return false
  return names.includes(value.entries[0]?.name.text ?? '')
}

class Reader {
  readonly found = new Findings()
  private readonly source: Source

  constructor(source: Source) {
    this.source = source
  }

  /** An entry in the form of HCL: labels are levels of objects. */
  block({ name, value }: Attribute): readonly Section[] {
    const form = forms.get(name.text)
    return form === undefined ? [this.section(name, [], [])] : this.labelled(name, [], value, form.labels[0])
  }

  private labelled(type: Name, labels: readonly Name[], value: Value, count: number): readonly Section[] {
    if (value.kind === 'list') return value.elements.flatMap((one) => this.labelled(type, labels, one, count))
    if (value.kind !== 'object') return this.mustBeObject(type, value)
    if (count > 0) {
      return value.entries.flatMap((entry) =>
        this.labelled(type, [...labels, entry.name], entry.value, count - 1),
      )
    }
    const isBlock = ({ name }: Attribute) => type.text === 'mock' && name.text === 'module'
    return [
      this.section(
        type,
        labels,
        value.entries.filter((entry) => !isBlock(entry)),
        value.entries.filter(isBlock).flatMap((entry) => this.labelled(entry.name, [], entry.value, 0)),
      ),
    ]
  }

  /** An entry in the form of before 0.16. */
  old({ name, value }: Attribute): readonly Section[] {
    if (!forms.has(name.text) && !onlyOld.includes(name.text)) return [this.section(name, [], [])]
    if (name.text === 'test') return [this.section(name, [], [{ name: { ...name, text: 'rules' }, value }])]
    if (value.kind !== 'object') return this.mustBeObject(name, value)
    return value.entries.map((entry) => this.oldEntry(name, entry))
  }

  private oldEntry(type: Name, { name, value }: Attribute): Section {
    const field = (text: string, given: Value = value): Attribute => ({
      name: { ...name, text },
      value: given,
    })
    const inside = value.kind === 'object' ? value.entries : []
    switch (type.text) {
      case 'mock': {
        if (value.kind !== 'string') return this.section(type, [name], [field('data')])
        const module = this.section({ ...name, text: 'module' }, [], [field('source')])
        return this.section(type, [name], [], [module])
      }
      case 'modules': {
        const source = inside.find((entry) => entry.name.text === 'path')?.value ?? value
        const kind = { ...name, text: 'module' }
        return this.section({ ...type, text: 'import' }, [kind, name], [field('source', source)])
      }
      case 'imports':
        return this.section({ ...type, text: 'import' }, [{ ...name, text: 'plugin' }, name], inside)
      case 'global':
      case 'param':
        return this.section(type, [name], [field('value')])
      default:
        return this.section(type, [name], inside)
    }
  }

  private section(
    type: Name,
    labels: readonly Name[],
    fields: readonly Attribute[],
    blocks: readonly Section[] = [],
  ): Section {
    const { source } = this
    return {
      source,
      type,
      labels,
      fields: new Map(fields.map((field) => [field.name.text, { ...field, source }])),
      blocks,
    }
  }

  private mustBeObject(type: Name, { span }: Value): readonly Section[] {
    this.found.add([problem(this.source, span, `\`${type.text}\` must be an object`)])
    return []
  }
}
