// From a policy's name to a policy that can be evaluated. The YAML parser is loaded only for a text that was not
// seen before: compiled policies are kept sealed, under their text's hash, so that an edited one is noticed.

import { createHash } from 'node:crypto'
import { type Clock, printable, type SentinelError } from '../base/index.ts'
import type { Flight } from '../machine/index.ts'
import { type DocumentKind, type Horizon, isStale } from '../policy/index.ts'
import type { CompiledOf, LoadedPolicy } from './credential-types.ts'

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
  /**
   * How long a parameter's text may be used again (decision 24). 0: never, and nobody is given what others are about to
   * read.
   */
  readonly maxAgeMs: number
  readText(path: string): string
  fetchParameter(name: string): Promise<Parameter>
  /** Makes a thing at most once at a time, across processes. */
  share<T>(flight: SharedFlight<T>): Promise<T>
  /** Says something to the person, once. */
  warn(message: string): void
}

/** A thing that several processes may want at once. */
export type SharedFlight<T> = Pick<Flight<T>, 'name' | 'read' | 'make' | 'write' | 'isShared'>

type Kept<Compiled> = {
  readonly fetchedAtMs: number
  readonly version?: number
  readonly sha256: string
  readonly compiled: Compiled
}

type Wanted<Kind> = {
  readonly kind: Kind
  /** The name of its entry in the cache. */
  readonly entry: string
  /** The parameter's name, or the file's path. */
  readonly name: string
}

/**
 * Loads a document, from the cache where that is allowed.
 *
 * @throws SentinelError POLICY_INVALID with every error drawn; FILE_UNREADABLE; whatever `fetchParameter` throws;
 * CACHE_TAMPERED when the kept policy was edited
 */
export async function loadPolicy<Kind extends DocumentKind>(
  deps: PolicyDeps,
  kind: Kind,
  source: PolicySource,
): Promise<LoadedPolicy<CompiledOf[Kind]>> {
  const name = source.kind === 'file' ? source.path : source.name
  const entry = `${kind}\0${source.kind}\0${name}\0${deps.cacheScope}`
  const wanted = { kind, entry, name }
  const kept = readKept(deps, wanted)
  if (source.kind === 'file') return fromFile(deps, wanted, kept)
  if (kept !== undefined && deps.maxAgeMs > 0 && isFresh(deps, kept)) return loaded(name, kept)
  const make = async () => {
    const parameter = await deps.fetchParameter(name)
    warnOfRollback(deps, name, kept, parameter)
    return fromText(deps, wanted, kept, parameter)
  }
  if (deps.maxAgeMs === 0) return loaded(name, await readAnew(deps, wanted, kept, make))
  const read = () => freshlyKept(deps, wanted)
  const write = (made: Kept<CompiledOf[Kind]>) => writeKept(deps, entry, made)
  return loaded(name, await deps.share({ name: entry, read, make, write, isShared }))
}

/** What is read now. Written only where it is news, since it may be read at each request of a server. */
async function readAnew<Compiled>(
  deps: PolicyDeps,
  { entry }: { readonly entry: string },
  kept: Kept<Compiled> | undefined,
  make: () => Promise<Kept<Compiled>>,
): Promise<Kept<Compiled>> {
  const made = await make()
  if (made.compiled !== kept?.compiled || made.version !== kept.version) writeKept(deps, entry, made)
  return made
}

// What a person mends at once, and then asks again, is not told to the next caller from memory.
function isShared({ code }: SentinelError): boolean {
  return !['CANCELLED', 'INTERNAL', 'POLICY_INVALID', 'SSM_PARAMETER_NOT_FOUND'].includes(code)
}

async function fromFile<Kind extends DocumentKind>(
  deps: PolicyDeps,
  wanted: Wanted<Kind>,
  kept: Kept<CompiledOf[Kind]> | undefined,
): Promise<LoadedPolicy<CompiledOf[Kind]>> {
  const next = await fromText(deps, wanted, kept, { value: deps.readText(wanted.name) })
  if (next.compiled !== kept?.compiled) writeKept(deps, wanted.entry, next)
  return loaded(wanted.name, next)
}

function freshlyKept<Kind extends DocumentKind>(deps: PolicyDeps, wanted: Wanted<Kind>) {
  const kept = readKept(deps, wanted)
  return kept !== undefined && isFresh(deps, kept) ? kept : undefined
}

function writeKept(deps: PolicyDeps, entry: string, kept: Kept<unknown>): void {
  deps.sealed.write(entry, JSON.stringify(kept))
}

function readKept<Kind extends DocumentKind>(deps: PolicyDeps, { entry }: Wanted<Kind>) {
  const text = deps.sealed.read(entry)
  return text === undefined ? undefined : (JSON.parse(text) as Kept<CompiledOf[Kind]>)
}

// An age below zero means that the clock was set back: then the time of fetching says nothing.
function isFresh(deps: PolicyDeps, kept: Kept<Horizon>): boolean {
  const age = deps.clock.now() - kept.fetchedAtMs
  return age >= 0 && age <= deps.maxAgeMs && !isStale(kept.compiled, deps.clock.now(), deps.tzVersion)
}

function warnOfRollback(
  deps: PolicyDeps,
  name: string,
  kept: Kept<unknown> | undefined,
  { version }: Parameter,
): void {
  if (kept?.version === undefined || version >= kept.version) return
  deps.warn(
    `policy \`${printable(name)}\` is version ${version}, but version ${kept.version} was seen before: ` +
      'was the parameter deleted and put again?',
  )
}

/** What is kept of a text: compiled again only if it is another one, or the time it was compiled for is over. */
async function fromText<Kind extends DocumentKind>(
  deps: PolicyDeps,
  { kind, name }: Wanted<Kind>,
  kept: Kept<CompiledOf[Kind]> | undefined,
  found: { readonly value: string; readonly version?: number },
): Promise<Kept<CompiledOf[Kind]>> {
  const sha256 = createHash('sha256').update(found.value).digest('hex')
  const [nowMs, { tzVersion }] = [deps.clock.now(), deps]
  const version = found.version === undefined ? {} : { version: found.version }
  const next = { fetchedAtMs: nowMs, ...version, sha256 }
  if (kept?.sha256 === sha256 && !isStale(kept.compiled, nowMs, tzVersion)) {
    return { ...next, compiled: kept.compiled }
  }
  const { compiledText } = await import('./policy-text.ts')
  return { ...next, compiled: await compiledText(kind, { name, text: found.value }, { nowMs, tzVersion }) }
}

function loaded<Compiled>(
  path: string,
  { compiled, version, sha256 }: Kept<Compiled>,
): LoadedPolicy<Compiled> {
  return { compiled, path, sha256, ...(version === undefined ? {} : { version }) }
}
