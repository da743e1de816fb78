// The doors to this room's heavy part (yaml, zod, Intl): loaded when a text has to be read, never to answer a request.

import type { Source } from '../../source/index.ts'
import type {
  CompiledApprovalPolicy,
  CompiledBreakglassPolicy,
  CompiledPolicy,
  CompiledRateLimitPolicy,
  DocumentKind,
} from './compiled.ts'
import type { CheckedDocument } from './documents.ts'
import type { Compilation, CompiledAt } from './load.ts'

/**
 * Reads, checks and compiles an access policy (YAML). All errors come at once, in order of place.
 *
 * @param at the moment the policy is compiled for: it answers from two days before to 400 days after it, and for
 * one version of the time zone data (`process.versions.tz`)
 */
export async function compileAccessPolicy(
  source: Source,
  at: CompiledAt,
): Promise<Compilation<CompiledPolicy>> {
  const [{ compileDocument }, { accessDocument }] = await Promise.all([
    import('./load.ts'),
    import('./access-document.ts'),
  ])
  return compileDocument(accessDocument, source, at)
}

/** Reads, checks and compiles an approval policy, as `compileAccessPolicy` does an access policy. */
export async function compileApprovalPolicy(
  source: Source,
  at: CompiledAt,
): Promise<Compilation<CompiledApprovalPolicy>> {
  const [{ compileDocument }, { approvalDocument }] = await Promise.all([
    import('./load.ts'),
    import('./approval-document.ts'),
  ])
  return compileDocument(approvalDocument, source, at)
}

/** Reads, checks and compiles a break-glass policy, as `compileAccessPolicy` does an access policy. */
export async function compileBreakglassPolicy(
  source: Source,
  at: CompiledAt,
): Promise<Compilation<CompiledBreakglassPolicy>> {
  const [{ compileDocument }, { breakglassDocument }] = await Promise.all([
    import('./load.ts'),
    import('./breakglass-document.ts'),
  ])
  return compileDocument(breakglassDocument, source, at)
}

/** Reads, checks and compiles a rate-limit policy, as `compileAccessPolicy` does an access policy. */
export async function compileRateLimitPolicy(
  source: Source,
  at: CompiledAt,
): Promise<Compilation<CompiledRateLimitPolicy>> {
  const [{ compileDocument }, { rateLimitDocument }] = await Promise.all([
    import('./load.ts'),
    import('./ratelimit-document.ts'),
  ])
  return compileDocument(rateLimitDocument, source, at)
}

/** A document's JSON Schema (draft 7) for editors, as data. */
export async function policyJsonSchema(kind: DocumentKind): Promise<Readonly<Record<string, unknown>>> {
  const { jsonSchemaOf } = await import('./documents.ts')
  return jsonSchemaOf(kind)
}

/**
 * Checks a document of any kind: errors, or else what is worth a remark, in order of place.
 *
 * @param expected the kind it must be; without one its `kind` says it, or else whose keys it has most of
 */
export async function checkDocument(
  source: Source,
  at: CompiledAt,
  expected: DocumentKind | undefined,
): Promise<CheckedDocument> {
  const documents = await import('./documents.ts')
  return documents.checkDocument(source, at, expected)
}
