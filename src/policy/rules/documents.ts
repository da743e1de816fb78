// Every kind of document, by its word.

import { z } from 'zod'
import type { Source } from '../../source/index.ts'
import { accessDocument } from './access-document.ts'
import { approvalDocument } from './approval-document.ts'
import { breakglassDocument } from './breakglass-document.ts'
import type { DocumentKind } from './compiled.ts'
import { type CompiledAt, load } from './load.ts'
import { rateLimitDocument } from './ratelimit-document.ts'

const definitions = {
  policy: accessDocument,
  approval: approvalDocument,
  breakglass: breakglassDocument,
  ratelimit: rateLimitDocument,
} as const

/** Reads, checks and compiles a document of one kind. */
export const compileDocument = {
  policy: (source: Source, at: CompiledAt) => load(definitions.policy, source, at),
  approval: (source: Source, at: CompiledAt) => load(definitions.approval, source, at),
  breakglass: (source: Source, at: CompiledAt) => load(definitions.breakglass, source, at),
  ratelimit: (source: Source, at: CompiledAt) => load(definitions.ratelimit, source, at),
} as const

/**
 * A kind's JSON Schema for editors, as data. It knows all but what durations come to, time zones, unique names and
 * how the keys of one mapping bear upon each other.
 */
export function jsonSchemaOf(kind: DocumentKind): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(definitions[kind].schema, { target: 'draft-7' })
}
