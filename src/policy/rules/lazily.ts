// The doors to this room's heavy part (yaml, zod, Intl): loaded when a text has to be read, never to answer a request.

import type { Source } from '../../source/index.ts'
import type { Compilation, CompiledAt } from './load.ts'

/**
 * Reads, checks and compiles an access policy (YAML). All errors come at once, in order of place.
 *
 * @param at the moment the policy is compiled for: it answers from two days before to 400 days after it, and for
 * one version of the time zone data (`process.versions.tz`)
 */
export async function compileAccessPolicy(source: Source, at: CompiledAt): Promise<Compilation> {
  const { load } = await import('./load.ts')
  return load(source, at)
}

/** The access policy's JSON Schema (draft 7) for editors, as data. */
export async function accessPolicyJsonSchema(): Promise<Readonly<Record<string, unknown>>> {
  const document = await import('./document.ts')
  return document.accessPolicyJsonSchema()
}
