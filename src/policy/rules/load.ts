// A policy's text to a compiled policy, or to everything that is wrong with it at once. Loads yaml, zod and Intl;
// the room's index loads this file only when a text has to be read.

import { type Diagnostic, positionOf, type Source } from '../../source/index.ts'
import {
  type Compiled,
  type CompiledWindow,
  type DocumentKind,
  documentKinds,
  format,
  type Horizon,
  weekdays,
} from './compiled.ts'
import type { Definition } from './definition.ts'
import { explain } from './explain.ts'
import type { WrittenTime } from './parts.ts'
import { type ReadYaml, readYaml } from './yaml.ts'
import { zoneTable } from './zones.ts'

/** The moment for which a policy is compiled. */
export type CompiledAt = { readonly nowMs: number; readonly tzVersion: string }

/** A compiled policy with what is worth a remark, or the errors of a text that is none, in order of place. */
export type Compilation<Policy> =
  | { readonly policy: Policy; readonly warnings: readonly Diagnostic[] }
  | { readonly diagnostics: readonly Diagnostic[] }

const dayMs = 86_400_000

/** Reads, checks and compiles a document. */
export function compileDocument<Written, Policy extends Compiled<{ readonly name: string }>>(
  definition: Definition<Written, Policy>,
  { text }: Source,
  at: CompiledAt,
): Compilation<Policy> {
  return compileRead(definition, text, readYaml(text), at)
}

/** Checks and compiles a document that was read. */
export function compileRead<Written, Policy extends Compiled<{ readonly name: string }>>(
  definition: Definition<Written, Policy>,
  text: string,
  yaml: ReadYaml,
  at: CompiledAt,
): Compilation<Policy> {
  const blank = yaml.data?.value === null || yaml.data?.value === undefined
  if (yaml.data === undefined) return failed(yaml.diagnostics)
  if (blank) return failed([...yaml.diagnostics, ...(yaml.isWhole([]) ? [emptyDocument] : [])])
  const stray = ofAnotherKind(definition.kind, yaml)
  if (stray !== undefined) return failed([...yaml.diagnostics, stray])
  const parsed = definition.schema.safeParse(yaml.data.value)
  const wrong = parsed.success ? [] : explain(parsed.error.issues, yaml, definition.schema)
  const diagnostics = oncePerPlace(yaml.diagnostics, [...wrong, ...namesTwice(text, yaml)])
  if (!parsed.success || diagnostics.length > 0) return failed(diagnostics)
  const policy = compile(definition, parsed.data, at)
  return { policy, warnings: inOrder(definition.warnings(policy, yaml)) }
}

const emptyDocument: Diagnostic = {
  severity: 'error',
  message: 'the policy is empty',
  hint: 'begin with `version: "1"` and `rules:`',
  span: { start: 0, end: 0 },
  location: '',
}

/** A document that says itself that it is another one: what it lacks then is no news. */
function ofAnotherKind(wanted: DocumentKind, yaml: ReadYaml): Diagnostic | undefined {
  const said = (yaml.data?.value as { readonly kind?: unknown } | undefined)?.kind
  const kind = documentKinds.find((one) => one === said)
  if (kind === undefined || kind === wanted) return undefined
  return {
    severity: 'error',
    message: `the document is of kind \`${kind}\`, where \`${wanted}\` is wanted`,
    hint: 'give the document of the right kind, or correct `kind`',
    span: yaml.valueSpan(['kind']),
    location: 'kind',
  }
}

const failed = (diagnostics: readonly Diagnostic[]) => ({ diagnostics: inOrder(diagnostics) })

const inOrder = (diagnostics: readonly Diagnostic[]) =>
  [...diagnostics].sort((a, b) => a.span.start - b.span.start)

/**
 * What YAML finds wrong, then what the format does: not again where YAML's finding is the cause, and once only in a
 * mapping that aliases repeat.
 */
function oncePerPlace(ofYaml: readonly Diagnostic[], ofFormat: readonly Diagnostic[]): readonly Diagnostic[] {
  const taken = new Set(ofYaml.map(({ span }) => span.start))
  const once = new Map(
    ofFormat.toReversed().map((diagnostic) => [`${diagnostic.span.start} ${diagnostic.message}`, diagnostic]),
  )
  return [...ofYaml, ...[...once.values()].toReversed().filter(({ span }) => !taken.has(span.start))]
}

/** Rules of the same name: looked for in the raw data, so that another error does not hide them. */
function namesTwice(text: string, yaml: ReadYaml): readonly Diagnostic[] {
  const first = new Map<string, number>()
  const rules = (yaml.data?.value as { rules?: unknown } | undefined)?.rules
  return (Array.isArray(rules) ? rules : []).flatMap((rule: unknown, index): readonly Diagnostic[] => {
    const name = (rule as { name?: unknown } | null)?.name
    if (typeof name !== 'string' || name.trim() === '') return []
    const before = first.get(name)
    if (before === undefined) first.set(name, index)
    if (before === undefined) return []
    const { line } = positionOf(text, yaml.valueSpan(['rules', before, 'name']).start)
    return [
      {
        severity: 'error',
        message: `rule name \`${name}\` is taken by the rule in line ${line}`,
        hint: 'give each rule its own name: the record tells them apart by it',
        span: yaml.valueSpan(['rules', index, 'name']),
        location: `rules[${index}].name`,
      },
    ]
  })
}

/** A document as data to be asked: from two days before to 400 days after the moment it is compiled for. */
function compile<Written, Policy extends Compiled<{ readonly name: string }>>(
  definition: Definition<Written, Policy>,
  written: Written,
  { nowMs, tzVersion }: CompiledAt,
): Policy {
  const [fromMs, untilMs] = [nowMs - 2 * dayMs, nowMs + 400 * dayMs]
  const zones: string[] = []
  const body = definition.compile(written, (time) => {
    const zone = time.timezone ?? 'UTC'
    if (!zones.includes(zone)) zones.push(zone)
    return windowOf(time, zones.indexOf(zone))
  })
  const tables = zones.map((name) => zoneTable(name, fromMs, untilMs))
  const horizon: Horizon = { format, tzVersion, fromMs, untilMs, zones: tables }
  return { ...horizon, ...body } as Policy
}

function windowOf(time: WrittenTime, zone: number): CompiledWindow {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
  const days: readonly string[] = time.days ?? weekdays
  return {
    days: weekdays.reduce((mask, day, bit) => (days.includes(day) ? mask | (1 << bit) : mask), 0),
    start: minutes(time.hours?.start ?? '00:00'),
    end: minutes(time.hours?.end ?? '24:00'),
    zone,
  }
}
