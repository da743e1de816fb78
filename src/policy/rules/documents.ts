// All kinds of documents at once: for checking one of whatever kind, and for their schemas.

import { z } from 'zod'
import { closest } from '../../base/index.ts'
import type { Diagnostic, Source } from '../../source/index.ts'
import { accessDocument } from './access-document.ts'
import { approvalDocument } from './approval-document.ts'
import { breakglassDocument } from './breakglass-document.ts'
import { type Compiled, type DocumentKind, documentKinds } from './compiled.ts'
import type { Definition } from './definition.ts'
import { type CompiledAt, compileRead } from './load.ts'
import { placeAt } from './place.ts'
import { rateLimitDocument } from './ratelimit-document.ts'
import { type Path, type ReadYaml, readYaml } from './yaml.ts'

const kinds = {
  policy: kindOfDocument(accessDocument),
  approval: kindOfDocument(approvalDocument),
  breakglass: kindOfDocument(breakglassDocument),
  ratelimit: kindOfDocument(rateLimitDocument),
} as const

function kindOfDocument<Written, Policy extends Compiled<{ readonly name: string }>>(
  definition: Definition<Written, Policy>,
) {
  return {
    schema: definition.schema,
    findings(text: string, yaml: ReadYaml, at: CompiledAt): readonly Diagnostic[] {
      const compilation = compileRead(definition, text, yaml, at)
      return 'policy' in compilation ? compilation.warnings : compilation.diagnostics
    },
  }
}

/** A document that was checked: what kind it is, and everything that was found in it, in order of place. */
export type CheckedDocument = { readonly kind: DocumentKind; readonly found: readonly Diagnostic[] }

/** Checks a document; what kind it is, it says itself where nobody else does. */
export function checkDocument(
  { text }: Source,
  at: CompiledAt,
  expected: DocumentKind | undefined,
): CheckedDocument {
  const yaml = readYaml(text)
  const kind = expected ?? kindMeant(yaml.data?.value)
  return { kind, found: kinds[kind].findings(text, yaml, at) }
}

/**
 * What kind of document some data is meant to be: what its `kind` says, or else the kind that has most of its keys, in
 * all of its rules, for itself alone. An access policy where nothing speaks for another one.
 */
function kindMeant(data: unknown): DocumentKind {
  const document = asMapping(data)
  const said = document.get('kind')
  const meant = typeof said === 'string' ? closest(said, documentKinds) : undefined
  const rules = document.get('rules')
  const telling = [
    ...[...document.keys()].map((key) => onlyKindWith([], key)),
    ...(Array.isArray(rules) ? rules : []).flatMap((rule) =>
      [...asMapping(rule).keys()].map((key) => onlyKindWith(['rules', 0], key)),
    ),
  ]
  const score = (kind: DocumentKind) => telling.filter((one) => one === kind).length
  const best = Math.max(...documentKinds.map(score))
  return (
    documentKinds.find((kind) => (meant === undefined ? score(kind) === best : kind === meant)) ?? 'policy'
  )
}

function onlyKindWith(path: Path, key: string): DocumentKind | undefined {
  const having = documentKinds.filter((kind) => placeAt(kinds[kind].schema, path).keys.includes(key))
  return having.length === 1 ? having[0] : undefined
}

function asMapping(data: unknown): ReadonlyMap<string, unknown> {
  const isMapping = typeof data === 'object' && data !== null && !Array.isArray(data)
  return new Map(isMapping ? Object.entries(data) : [])
}

/**
 * A kind's JSON Schema for editors, as data. It knows all but what durations come to, time zones, unique names and
 * how many people a list of approvers can name.
 */
export function jsonSchemaOf(kind: DocumentKind): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(kinds[kind].schema, { target: 'draft-7' })
}
