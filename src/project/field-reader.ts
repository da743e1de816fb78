// Attributes to what they must hold: a text, an object, a path of a local file. What they hold instead is noted, and
// reading goes on.

import { asSentinelError } from '../base/index.ts'
import { toPlain } from '../hcl/index.ts'
import type { Source, Span } from '../source/index.ts'
import { type Finding, problem, type Shelf } from './files.ts'
import type { Findings } from './findings.ts'
import { exampleOf } from './forms.ts'
import type { Field, Section } from './section.ts'

/** A text with its place. */
export type Text = { readonly text: string; readonly source: Source; readonly span: Span }
/** A text that names a file, and the file's path from where the person stands. */
export type Path = Text & { readonly path: string }

/** Reads attributes and files, and says what was wrong with them. */
export class FieldReader {
  protected readonly findings: Findings
  protected readonly shelf: Shelf

  constructor(shelf: Shelf, findings: Findings) {
    this.shelf = shelf
    this.findings = findings
  }

  protected report(source: Source, span: Span, message: string, hint?: string): undefined {
    this.findings.add([problem(source, span, message, hint)])
  }

  protected required({ source, type, fields }: Section, name: string): Field | undefined {
    const field = fields.get(name)
    if (field === undefined)
      this.report(source, type.span, `\`${type.text}\` needs \`${name}\``, exampleOf(type.text))
    return field
  }

  protected textOf(field: Field | undefined): Text | undefined {
    if (field === undefined) return undefined
    const { value, source, name } = field
    if (value.kind === 'string') return { text: value.value, source, span: value.span }
    return this.report(source, value.span, `\`${name.text}\` must be a string`)
  }

  protected mapOf(field: Field | undefined): ReadonlyMap<string, unknown> | undefined {
    if (field === undefined) return undefined
    const { value, source, name } = field
    if (value.kind === 'object') return toPlain(value) as Map<string, unknown>
    return this.report(
      source,
      value.span,
      `\`${name.text}\` must be an object`,
      `write \`${name.text} = { … }\``,
    )
  }

  /** The local file that `source` names. */
  protected pathIn(section: Section): Path | undefined {
    const field = this.required(section, 'source')
    const text = this.textOf(field)
    if (field === undefined || text === undefined) return undefined
    const refused = remoteSource(text)
    if (refused === undefined) return { ...text, path: this.beside(field.source, text.text) }
    this.findings.add([refused])
    return undefined
  }

  /** The path of a file that a configuration file names. */
  protected beside({ name }: Source, path: string): string {
    const { files } = this.shelf
    return files.join(files.folderOf(name), path)
  }

  /** What `read` gives; its failure is one of whoever named the file. */
  protected reading<T>({ source, span }: Path, read: () => T): T | undefined {
    try {
      return read()
    } catch (thrown) {
      const { message, hint } = asSentinelError(thrown)
      return this.report(source, span, message, hint)
    }
  }
}

// What go-getter would fetch: forced getters, URLs, scp-like addresses, and the hosts that it knows.
const remote =
  /^[a-z0-9+.-]+::|^[a-z][a-z0-9+.-]*:\/\/|^[\w.-]+@[\w.-]+:|^(?:github|gitlab|bitbucket)\.(?:com|org)\//i

/** Why a file that is named like this is not fetched; undefined for a local one. */
export function remoteSource({ text, source, span }: Text): Finding | undefined {
  if (!remote.test(text)) return undefined
  return problem(
    source,
    span,
    'remote sources are not supported',
    'download the file and name it by its path',
  )
}
