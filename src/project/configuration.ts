// From sections to a configuration: every name checked, every file that is named read. Whatever is wrong is collected.
// What is not supported (plugins, remote sources, Terraform's plans) is refused where it is written.

import { type Name, readJson, toPlain, type Value } from '../hcl/index.ts'
import { type Policy, standardImports, type TimeZone } from '../lang/index.ts'
import type { Source, Span } from '../source/index.ts'
import { FieldReader, type Path, remoteSource } from './field-reader.ts'
import { type Finding, isBroken, type Shelf } from './files.ts'
import type { Findings } from './findings.ts'
import { faultsOfForm, mixedImports, openRepeats } from './form-check.ts'
import { didYouMean, exampleOf } from './forms.ts'
import type { Section } from './section.ts'
import { noRoomFor, type Size } from './size.ts'
import { zoneIn } from './zone.ts'

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
  /** The zone that the import `time` shows times in, where one is configured. */
  readonly zone: TimeZone | undefined
  /** Whether a file is JSON in the form of before 0.16. */
  readonly isLegacy: boolean
  /** How large its files are, in words of policies. */
  readonly size: number
  /** As much of it as is data, which an evaluation does not pay for. */
  readonly data: number
}

/** A configuration that was found, not named, may not open the network. */
export type Trust = 'named' | 'found'

const levels: readonly string[] = ['advisory', 'soft-mandatory', 'hard-mandatory']
const kindsOfImport = ['module', 'static', 'plugin']
/** Each is shown by itself, and may be wrong in many ways. */
const mostPolicies = 1000
const features = ['apply-all', 'http', 'terraform']

/** What a configuration is read with. */
type Setting = {
  readonly trust: Trust
  readonly isLegacy: boolean
  /** What its files take so far; those that they name are added. */
  readonly size: Size
  /** Where everything wrong with it is said. */
  readonly findings: Findings
}

/** The configuration that sections make. */
export function configure(shelf: Shelf, sections: readonly Section[], setting: Setting): Configuration {
  const { findings, size, isLegacy } = setting
  const reader = new Reader(shelf, setting)
  for (const section of sections) {
    if (findings.isFull) break
    reader.section(section)
  }
  findings.add(mixedImports(sections))
  const { policies, imports, mocks, globals, params, rules, http, zone } = reader
  return {
    policies,
    imports: new Map([...imports, ...mocks]),
    globals,
    params,
    rules,
    http,
    zone,
    isLegacy,
    size: size.words,
    data: size.data,
  }
}

/** Reads sections into the parts of a configuration. */
class Reader extends FieldReader {
  readonly policies: PolicyBlock[] = []
  readonly imports = new Map<string, Provided>()
  readonly mocks = new Map<string, Provided>()
  readonly globals = new Map<string, unknown>()
  readonly params = new Map<string, unknown>()
  rules: ReadonlyMap<string, unknown> | undefined
  http = false
  zone: TimeZone | undefined
  private readonly size: Size
  private readonly modules = new Map<string, Policy>()
  private readonly repeated = openRepeats()
  private readonly trust: Trust

  constructor(shelf: Shelf, { trust, size, findings }: Setting) {
    super(shelf, findings)
    this.trust = trust
    this.size = size
  }

  section(section: Section): undefined {
    const before = this.findings.all.length
    this.findings.add(faultsOfForm(section))
    if (this.findings.all.length > before) return
    const repeated = this.repeated(section)
    if (repeated !== undefined) {
      this.findings.add([repeated])
      return
    }
    switch (section.type.text) {
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

  private keep(into: Map<string, unknown>, section: Section): undefined {
    const field = this.required(section, 'value')
    if (field !== undefined) into.set(labelOf(section).text, toPlain(field.value))
  }

  private import(section: Section): undefined {
    const { labels, source, type } = section
    const [kind, name] = labels
    if (labels.at(-1)?.text === 'time' && (name === undefined || kind?.text === 'plugin'))
      return this.time(section)
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

  /** The one standard import that can be configured. */
  private time(section: Section): undefined {
    const field = this.required(section, 'config')
    if (field === undefined) return
    for (const { name, source } of section.fields.values()) {
      if (name.text !== 'config')
        this.report(source, name.span, `the import \`time\` takes no \`${name.text}\``)
    }
    const found = zoneIn(field)
    if ('zone' in found) this.zone = found.zone
    else this.findings.add([found.finding])
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
    if (this.size.left === 0) return this.noRoom(path)
    const text = this.reading(path, () => this.shelf.files.readText(path.path))
    if (text === undefined) return
    const file = { name: path.path, text }
    const { value, diagnostics, items } = readJson(file, this.size.itemsLeft)
    this.size.addData(file, items)
    this.findings.add(diagnostics.map((diagnostic) => ({ source: file, diagnostic })))
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
    if (this.policies.length === mostPolicies) {
      const message = `a configuration has at most ${mostPolicies} policies`
      return this.report(section.source, span, message, 'make several of it')
    }
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
    const policy = this.modules.get(path.path) ?? this.newModule(path)
    if (policy === undefined) return undefined
    const found = policy.diagnostics.map((diagnostic) => ({ source: policy.source, diagnostic }))
    this.findings.add(found)
    return isBroken(found) ? undefined : policy
  }

  private newModule(path: Path): Policy | undefined {
    if (this.size.left === 0) return this.noRoom(path)
    const policy = this.reading(path, () => this.shelf.policy(path.path, this.size.left))
    if (policy === undefined) return undefined
    this.modules.set(path.path, policy)
    this.size.addPolicy(policy.source, policy.size)
    return policy
  }

  private noRoom({ path }: Path): undefined {
    this.findings.add([noRoomFor(path)])
  }
}

const labelOf = ({ type, labels }: Section): Name => labels.at(-1) ?? type
