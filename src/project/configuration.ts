// From sections to a configuration: every name checked, every file that is named read. Whatever is wrong is collected.
// What is not supported (plugins, remote sources, Terraform's plans) is refused where it is written.

import { asSentinelError } from '../base/index.ts'
import { type Name, readJson, toPlain, type Value } from '../hcl/index.ts'
import { type Policy, standardImports } from '../lang/index.ts'
import type { Source, Span } from '../source/index.ts'
import { type Finding, isBroken, problem, type Shelf } from './files.ts'
import { didYouMean, exampleOf, type Form, forms, insideMock } from './forms.ts'
import type { Field, Section } from './section.ts'

/** How much a policy's failure counts. */
export type Level = 'advisory' | 'soft-mandatory' | 'hard-mandatory'

/** A policy of a configuration. */
export type PolicyBlock = {
  readonly name: string
  readonly level: Level
  /** Values for its parameters, over those of the configuration. */
  readonly params: ReadonlyMap<string, unknown>
  /** Its file, or why there can be none. */
  readonly file: { readonly path: string } | { readonly refused: Finding }
  /** Where the configuration names the file. */
  readonly declared: { readonly source: Source; readonly span: Span }
}

/** What stands behind an import. */
export type Provided = { readonly module: Policy } | { readonly data: unknown }

/** What a configuration says, with the modules and data that it names. */
export type Configuration = {
  readonly policies: readonly PolicyBlock[]
  /** Mocks, modules and static data, by import path. */
  readonly imports: ReadonlyMap<string, Provided>
  readonly globals: ReadonlyMap<string, unknown>
  readonly params: ReadonlyMap<string, unknown>
  /** What a test case expects of rules; undefined without a `test` block. */
  readonly rules: ReadonlyMap<string, unknown> | undefined
  /** Whether policies may import `http`. */
  readonly http: boolean
  /** Whether a file is JSON in the form of before 0.16. */
  readonly isLegacy: boolean
}

/** A configuration that was found, not named, may not open the network. */
export type Trust = 'named' | 'found'

const levels: readonly string[] = ['advisory', 'soft-mandatory', 'hard-mandatory']
const kindsOfImport = ['module', 'static', 'plugin']
const features = ['apply-all', 'http', 'terraform']

/** The configuration that sections make, and everything wrong with it. */
export function configure(
  shelf: Shelf,
  sections: readonly Section[],
  setting: { readonly trust: Trust; readonly isLegacy: boolean },
): { readonly configuration: Configuration; readonly findings: readonly Finding[] } {
  const reader = new Reader(shelf, setting.trust)
  for (const section of sections) reader.section(section)
  reader.refuseMixedImports(sections)
  const { policies, imports, mocks, globals, params, rules, http, findings } = reader
  return {
    configuration: {
      policies,
      imports: new Map([...imports, ...mocks]),
      globals,
      params,
      rules,
      http,
      isLegacy: setting.isLegacy,
    },
    findings,
  }
}

class Reader {
  readonly findings: Finding[] = []
  readonly policies: PolicyBlock[] = []
  readonly imports = new Map<string, Provided>()
  readonly mocks = new Map<string, Provided>()
  readonly globals = new Map<string, unknown>()
  readonly params = new Map<string, unknown>()
  rules: ReadonlyMap<string, unknown> | undefined
  http = false
  private readonly seen = new Set<string>()
  private readonly shelf: Shelf
  private readonly trust: Trust

  constructor(shelf: Shelf, trust: Trust) {
    this.shelf = shelf
    this.trust = trust
  }

  section(section: Section): undefined {
    const { type, source } = section
    const form = forms.get(type.text)
    if (form === undefined) {
      return this.report(
        source,
        type.span,
        `unknown block \`${type.text}\``,
        didYouMean(type.text, forms.keys()),
      )
    }
    if (!this.fits(section, form) || !this.isFirst(section)) return
    switch (type.text) {
      case 'global':
        return this.keep(this.globals, section)
      case 'import':
        return this.import(section)
      case 'mock':
        return this.mock(section)
      case 'module':
        return this.module(section, labelOf(section))
      case 'param':
        return this.keep(this.params, section)
      case 'policy':
        return this.policy(section)
      case 'sentinel':
        return this.sentinel(section)
      default:
        this.rules = this.mapOf(section.fields.get('rules')) ?? new Map()
    }
  }

  /** Two-label imports came with 0.19 and replace `module` blocks and one-label imports. */
  refuseMixedImports(sections: readonly Section[]): undefined {
    const isNew = ({ type, labels }: Section) => type.text === 'import' && labels.length === 2
    const isOld = ({ type, labels }: Section) =>
      type.text === 'module' || (type.text === 'import' && labels.length === 1)
    const old = sections.find(isOld)
    if (old === undefined || !sections.some(isNew)) return
    const { source, type } = old
    this.report(
      source,
      type.span,
      'the older and the newer form of imports cannot be mixed',
      'write `import "module" "name" { source = … }` everywhere',
    )
  }

  private report(source: Source, span: Span, message: string, hint?: string): undefined {
    this.findings.push(problem(source, span, message, hint))
  }

  /** Whether labels, attributes and nested blocks are those of the form. */
  private fits({ source, type, labels, fields, blocks }: Section, form: Form): boolean {
    const before = this.findings.length
    if (!form.labels.includes(labels.length)) {
      const wanted = form.labels[0] === 0 ? 'takes no label' : 'needs a label'
      this.report(
        source,
        labels.at(-1)?.span ?? type.span,
        `\`${type.text}\` ${wanted}`,
        exampleOf(type.text),
      )
    }
    for (const { name, source: file } of fields.values()) {
      if (form.fields.includes(name.text)) continue
      this.report(
        file,
        name.span,
        `unknown attribute \`${name.text}\` of \`${type.text}\``,
        didYouMean(name.text, form.fields),
      )
    }
    for (const block of blocks) {
      const known = form.blocks.includes(block.type.text)
      if (known) this.fits(block, insideMock)
      else {
        const { text, span } = block.type
        const hint = form.fields.includes(text) ? `write \`${text} = { … }\`` : didYouMean(text, form.blocks)
        this.report(block.source, span, `unknown block \`${text}\` in \`${type.text}\``, hint)
      }
    }
    return this.findings.length === before
  }

  private isFirst({ source, type, labels }: Section): boolean {
    const name = labels.at(-1)
    const kind = type.text === 'module' ? 'import' : type.text
    const key = JSON.stringify([kind, name?.text])
    if (!this.seen.has(key)) {
      this.seen.add(key)
      return true
    }
    const what = name === undefined ? `\`${type.text}\`` : `${type.text} \`${name.text}\``
    this.report(source, name?.span ?? type.span, `${what} is given twice`)
    return false
  }

  private keep(into: Map<string, unknown>, section: Section): undefined {
    const field = this.required(section, 'value')
    if (field !== undefined) into.set(labelOf(section).text, toPlain(field.value))
  }

  private import(section: Section): undefined {
    const { labels, source, type } = section
    const [kind, name] = labels
    if (kind === undefined || name === undefined) return this.plugin(source, type.span)
    if (standardImports.has(name.text)) {
      return this.report(
        source,
        name.span,
        `\`${name.text}\` is a standard import`,
        'choose another name, or write a `mock`',
      )
    }
    if (kind.text === 'module') return this.module(section, name)
    if (kind.text === 'static') return this.static(section, name)
    if (kind.text === 'plugin') return this.plugin(source, kind.span)
    this.report(
      source,
      kind.span,
      `unknown kind of import \`${kind.text}\``,
      didYouMean(kind.text, kindsOfImport),
    )
  }

  private plugin(source: Source, span: Span): undefined {
    this.report(
      source,
      span,
      'plugins are not supported',
      'write a `mock`, or an `import "module"` or `import "static"`',
    )
  }

  private module(section: Section, name: Name): undefined {
    const module = this.moduleIn(section)
    if (module !== undefined) this.imports.set(name.text, { module })
  }

  private static(section: Section, name: Name): undefined {
    const format = this.textOf(section.fields.get('format'))
    if (format !== undefined && format.text !== 'json') {
      return this.report(
        format.source,
        format.span,
        `unknown format \`${format.text}\``,
        'only json is known',
      )
    }
    const path = this.pathIn(section)
    if (path === undefined) return
    const text = this.reading(path, () => this.shelf.files.readText(path.path))
    if (text === undefined) return
    const file = { name: path.path, text }
    const { value, diagnostics } = readJson(file)
    this.findings.push(...diagnostics.map((diagnostic) => ({ source: file, diagnostic })))
    if (value !== undefined) this.imports.set(name.text, { data: toPlain(value) })
  }

  private mock(section: Section): undefined {
    const { text, span } = labelOf(section)
    const data = section.fields.get('data')
    const [module, second] = section.blocks
    if (second !== undefined || (module !== undefined && data !== undefined)) {
      return this.report(section.source, span, `mock \`${text}\` is either \`data\` or one \`module\``)
    }
    if (data !== undefined) this.mocks.set(text, { data: toPlain(data.value) })
    else if (module === undefined) {
      this.report(
        section.source,
        span,
        `mock \`${text}\` has neither \`data\` nor \`module\``,
        exampleOf('mock'),
      )
    } else {
      const policy = this.moduleIn(module)
      if (policy !== undefined) this.mocks.set(text, { module: policy })
    }
  }

  private policy(section: Section): undefined {
    const { text, span } = labelOf(section)
    const level = this.textOf(section.fields.get('enforcement_level'))
    if (level !== undefined && !levels.includes(level.text)) {
      this.report(
        level.source,
        level.span,
        `unknown enforcement level \`${level.text}\``,
        `write one of ${levels.join(', ')}`,
      )
    }
    const field = this.required(section, 'source')
    const path = this.textOf(field)
    if (field === undefined || path === undefined) return
    const { source } = field
    const refused = remoteSource(path)
    this.policies.push({
      name: text,
      level: (level?.text ?? 'advisory') as Level,
      params: this.mapOf(section.fields.get('params')) ?? new Map(),
      file: refused === undefined ? { path: this.beside(source, path.text) } : { refused },
      declared: { source, span: field.value.span ?? span },
    })
  }

  private sentinel({ fields }: Section): undefined {
    const field = fields.get('features')
    if (field === undefined || this.mapOf(field) === undefined || field.value.kind !== 'object') return
    for (const { name, value } of field.value.entries) this.feature(field.source, name, value)
  }

  private feature(source: Source, { text, span }: Name, value: Value): undefined {
    if (!features.includes(text)) {
      return this.report(source, span, `unknown feature \`${text}\``, didYouMean(text, features))
    }
    if (value.kind !== 'bool') return this.report(source, value.span, `\`${text}\` must be true or false`)
    if (!value.value) return
    if (text === 'terraform') {
      this.report(
        source,
        span,
        'plans of Terraform cannot be read yet',
        'mock the imports: `mock "tfplan/v2" { … }`',
      )
    } else if (text === 'http' && this.trust === 'found') {
      this.report(
        source,
        span,
        'a configuration that was not named may not enable `http`',
        'read it, then name it: -config=FILE',
      )
    } else if (text === 'http') this.http = true
  }

  private moduleIn(section: Section): Policy | undefined {
    const path = this.pathIn(section)
    if (path === undefined) return undefined
    const policy = this.reading(path, () => this.shelf.policy(path.path))
    if (policy === undefined) return undefined
    const found = policy.diagnostics.map((diagnostic) => ({ source: policy.source, diagnostic }))
    this.findings.push(...found)
    return isBroken(found) ? undefined : policy
  }

  /** The local file that `source` (or `path`) names. */
  private pathIn(section: Section): Path | undefined {
    const field = this.required(section, 'source')
    const text = this.textOf(field)
    if (field === undefined || text === undefined) return undefined
    const refused = remoteSource(text)
    if (refused === undefined) return { ...text, path: this.beside(field.source, text.text) }
    this.findings.push(refused)
    return undefined
  }

  /** The path of a file that a configuration file names. */
  private beside({ name }: Source, path: string): string {
    const { files } = this.shelf
    return files.join(files.folderOf(name), path)
  }

  private reading<T>({ source, span }: Path, read: () => T): T | undefined {
    try {
      return read()
    } catch (thrown) {
      const { message, hint } = asSentinelError(thrown)
      this.report(source, span, message, hint)
      return undefined
    }
  }

  private required({ source, type, fields }: Section, name: string): Field | undefined {
    const field = fields.get(name)
    if (field === undefined)
      this.report(source, type.span, `\`${type.text}\` needs \`${name}\``, exampleOf(type.text))
    return field
  }

  private textOf(field: Field | undefined): Text | undefined {
    if (field === undefined) return undefined
    const { value, source, name } = field
    if (value.kind === 'string') return { text: value.value, source, span: value.span }
    this.report(source, value.span, `\`${name.text}\` must be a string`)
    return undefined
  }

  private mapOf(field: Field | undefined): ReadonlyMap<string, unknown> | undefined {
    if (field === undefined) return undefined
    const { value, source, name } = field
    if (value.kind === 'object') return toPlain(value) as Map<string, unknown>
    this.report(source, value.span, `\`${name.text}\` must be an object`, `write \`${name.text} = { … }\``)
    return undefined
  }
}

type Text = { readonly text: string; readonly source: Source; readonly span: Span }
type Path = Text & { readonly path: string }

const labelOf = ({ type, labels }: Section): Name => labels.at(-1) ?? type

// What go-getter would fetch: forced getters, URLs, scp-like addresses, and the hosts that it knows.
const remote =
  /^[a-z0-9+.-]+::|^[a-z][a-z0-9+.-]*:\/\/|^[\w.-]+@[\w.-]+:|^(?:github|gitlab|bitbucket)\.(?:com|org)\//i

function remoteSource({ text, source, span }: Text): Finding | undefined {
  if (!remote.test(text)) return undefined
  return problem(
    source,
    span,
    'remote sources are not supported',
    'download the file and name it by its path',
  )
}
