// From a policy's name to a policy that can be evaluated. The YAML parser is loaded only for a text that was not
// seen before: compiled policies are kept sealed, under their text's hash, so that an edited one is noticed.

import { createHash } from 'node:crypto'
import { type Clock, printable, type SentinelError } from '../base/index.ts'
import type { Flight } from '../machine/index.ts'
import { type CompiledPolicy, isStale } from '../policy/index.ts'
import type { LoadedPolicy } from './credential-types.ts'

/** Where a policy is. */
export type PolicySource =
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }

/** A parameter as Systems Manager gave it. */
export type Parameter = { readonly value: string; readonly version: number }

/** What loading a policy needs. */
export type PolicyDeps = {
  readonly clock: Clock
  /** Version of the time zone data: `process.versions.tz`. */
  readonly tzVersion: string
  /** Sealed files: what is read is what this program wrote. */
  readonly sealed: { read(name: string): string | undefined; write(name: string, body: string): void }
  /** Whom and what an entry was got through; entries of other circumstances are not used. */
  readonly cacheScope: string
  /** How long a parameter's text may be used again (decision 24). */
  readonly maxAgeMs: number
  readText(path: string): string
  fetchParameter(name: string, signal: AbortSignal): Promise<Parameter>
  /** Makes a thing at most once at a time, across processes. */
  share<T>(flight: SharedFlight<T>): Promise<T>
  /** Says something to the person, once. */
  warn(message: string): void
}

/** A thing that several processes may want at once. */
export type SharedFlight<T> = Pick<Flight<T>, 'name' | 'read' | 'make' | 'write' | 'isShared'>

type Kept = {
  readonly fetchedAtMs: number
  readonly version?: number
  readonly sha256: string
  readonly compiled: CompiledPolicy
}

/**
 * Loads a policy, from the cache where that is allowed.
 *
 * @throws SentinelError POLICY_INVALID with every error drawn; FILE_UNREADABLE; whatever `fetchParameter` throws;
 * CACHE_TAMPERED when the kept policy was edited
 */
export async function loadPolicy(
  deps: PolicyDeps,
  source: PolicySource,
  signal: AbortSignal,
): Promise<LoadedPolicy> {
  const name = source.kind === 'file' ? source.path : source.name
  const entry = `policy\0${source.kind}\0${name}\0${deps.cacheScope}`
  const kept = readKept(deps, entry)
  if (source.kind === 'file') return fromFile(deps, entry, kept, name)
  if (kept !== undefined && isFresh(deps, kept)) return loaded(name, kept)
  const next = await deps.share({
    name: entry,
    read: () => freshlyKept(deps, entry),
    make: async () => {
      const parameter = await deps.fetchParameter(name, signal)
      warnOfRollback(deps, name, kept, parameter)
      return fromText(deps, kept, name, parameter)
    },
    write: (made) => writeKept(deps, entry, made),
    isShared,
  })
  return loaded(name, next)
}

// What a person mends at once, and then asks again, is not told to the next caller from memory.
function isShared({ code }: SentinelError): boolean {
  return !['CANCELLED', 'INTERNAL', 'POLICY_INVALID', 'SSM_PARAMETER_NOT_FOUND'].includes(code)
}

async function fromFile(
  deps: PolicyDeps,
  entry: string,
  kept: Kept | undefined,
  path: string,
): Promise<LoadedPolicy> {
  const next = await fromText(deps, kept, path, { value: deps.readText(path) })
  if (next.compiled !== kept?.compiled) writeKept(deps, entry, next)
  return loaded(path, next)
}

function freshlyKept(deps: PolicyDeps, entry: string): Kept | undefined {
  const kept = readKept(deps, entry)
  return kept !== undefined && isFresh(deps, kept) ? kept : undefined
}

function writeKept(deps: PolicyDeps, entry: string, kept: Kept): void {
  deps.sealed.write(entry, JSON.stringify(kept))
}

function readKept(deps: PolicyDeps, entry: string): Kept | undefined {
  const text = deps.sealed.read(entry)
  return text === undefined ? undefined : (JSON.parse(text) as Kept)
}

// An age below zero means that the clock was set back: then the time of fetching says nothing.
function isFresh(deps: PolicyDeps, kept: Kept): boolean {
  const age = deps.clock.now() - kept.fetchedAtMs
  return age >= 0 && age <= deps.maxAgeMs && !isStale(kept.compiled, deps.clock.now(), deps.tzVersion)
}

function warnOfRollback(
  deps: PolicyDeps,
  name: string,
  kept: Kept | undefined,
  { version }: Parameter,
): void {
  if (kept?.version === undefined || version >= kept.version) return
  deps.warn(
    `policy \`${printable(name)}\` is version ${version}, but version ${kept.version} was seen before: ` +
      'was the parameter deleted and put again?',
  )
}

/** What is kept of a text: compiled again only if it is another one, or the time it was compiled for is over. */
async function fromText(
  deps: PolicyDeps,
  kept: Kept | undefined,
  name: string,
  found: { readonly value: string; readonly version?: number },
): Promise<Kept> {
  const sha256 = createHash('sha256').update(found.value).digest('hex')
  const nowMs = deps.clock.now()
  const isKnown = kept?.sha256 === sha256 && !isStale(kept.compiled, nowMs, deps.tzVersion)
  const policy = isKnown ? kept.compiled : await compiled(deps, name, found.value)
  const version = found.version === undefined ? {} : { version: found.version }
  return { fetchedAtMs: nowMs, ...version, sha256, compiled: policy }
}

async function compiled(deps: PolicyDeps, name: string, text: string): Promise<CompiledPolicy> {
  const { compiledText } = await import('./policy-text.ts')
  return compiledText({ name, text }, { nowMs: deps.clock.now(), tzVersion: deps.tzVersion })
}

function loaded(path: string, { compiled, version, sha256 }: Kept): LoadedPolicy {
  return { compiled, path, sha256, ...(version === undefined ? {} : { version }) }
}
