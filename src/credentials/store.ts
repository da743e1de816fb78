// What is kept from run to run (decision 24): sessions in encrypted files, the caller's identity in sealed ones.
// A name holds everything that the entry depends on, how AWS was reached included, so that an entry got through a
// foreign endpoint is not even looked for by a run that calls AWS itself.

import { createHash, createHmac } from 'node:crypto'
import type { AwsCredentials } from '../aws/index.ts'
import { Secret, type SentinelError } from '../base/index.ts'
import { encryptedFiles, type NamedTexts, sealedFiles, singleFlight } from '../machine/index.ts'
import type { CredentialsDeps } from './deps.ts'

/** Temporary credentials with what must be known about them later. */
export type Entry = {
  readonly credentials: AwsCredentials & { readonly expiresAtMs: number }
  /** The request that they were got for. */
  readonly requestId: string
  readonly sourceIdentity?: string
  /** Seconds that AWS was asked for. */
  readonly durationSeconds: number
}

/** An entry, and whether it was made just now. */
export type Served = Entry & { readonly served: 'fresh' | 'cache' }

/** Names an entry: what kind it is, and everything it depends on. */
export type EntryName = readonly [kind: 'issued' | 'session' | 'hop' | 'mfa' | 'sso', ...parts: unknown[]]

/**
 * An entry from the cache, or made, once across all processes that want it now.
 *
 * @param minRemainingSeconds what must be left of an entry for it to be served
 * @throws SentinelError what `make` threw; CACHE_TAMPERED, LOCK_TIMEOUT
 */
export async function servedOnce(
  deps: CredentialsDeps,
  name: EntryName,
  minRemainingSeconds: number,
  make: () => Promise<Entry>,
): Promise<Served> {
  const { value, served } = await keptOnce(deps, sessionFiles(deps), keyOf(name), {
    textToValue: (text) => textToEntry(deps, text, minRemainingSeconds),
    valueToText: (entry) => entryToText(deps, entry),
    make,
  })
  return { ...value, served }
}

/** An entry as it lies in the cache, if it still serves. */
export function servedFromCache(
  deps: CredentialsDeps,
  name: EntryName,
  minRemainingSeconds: number,
): Served | undefined {
  const text = sessionFiles(deps).read(keyOf(name))
  const entry = text === undefined ? undefined : textToEntry(deps, text, minRemainingSeconds)
  return entry && { ...entry, served: 'cache' }
}

const keyOf = (name: EntryName): string => JSON.stringify([1, ...name])

function sessionFiles(deps: CredentialsDeps): NamedTexts {
  return encryptedFiles({ ...deps.machine, keys: deps.keys }, folderOf(deps, 'sessions'))
}

/** A folder of the cache. */
export function folderOf({ machine, paths }: CredentialsDeps, name: string): string {
  return machine.platform.path.join(paths.cacheFolder, name)
}

/** How a kept value is written, read and made. */
type Kept<T> = {
  /** Undefined when the text no longer serves. */
  textToValue(text: string): T | undefined
  valueToText(value: T): string
  make(): Promise<T>
}

/** A value from a file, or made: once across all processes that want it now. */
export async function keptOnce<T>(
  deps: CredentialsDeps,
  files: NamedTexts,
  key: string,
  kept: Kept<T>,
): Promise<{ readonly value: T; readonly served: 'fresh' | 'cache' }> {
  const read = () => {
    const text = files.read(key)
    return text === undefined ? undefined : kept.textToValue(text)
  }
  const value = read()
  if (value !== undefined) return { value, served: 'cache' }
  const notes = sealedFiles({ ...deps.machine, keys: deps.keys }, folderOf(deps, 'failures'))
  const mark = createHash('sha256').update(key).digest('hex').slice(0, 32)
  let served: 'fresh' | 'cache' = 'cache'
  const once = await singleFlight(
    { ...deps.machine, notes },
    {
      name: key,
      lock: deps.machine.platform.path.join(folderOf(deps, 'locks'), mark),
      read,
      make: async () => {
        served = 'fresh'
        return kept.make()
      },
      write: (made) => files.write(key, kept.valueToText(made)),
      isShared,
    },
  )
  return { value: once, served }
}

/** A keyed hash that names credentials, or a token, without telling them. */
export function nameSecret(deps: Pick<CredentialsDeps, 'keys'>, ...parts: readonly string[]): string {
  return createHmac('sha256', deps.keys.seal)
    .update(JSON.stringify(['name', ...parts]))
    .digest('hex')
}

/** The parts of credentials that tell whose they are. */
export function nameCredentials(deps: Pick<CredentialsDeps, 'keys'>, credentials: AwsCredentials): string {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  return nameSecret(deps, accessKeyId, secretAccessKey.reveal(), sessionToken?.reveal() ?? '')
}

// A failure of the person (a wrong code, no terminal, an interrupt) is nobody else's.
function isShared({ code }: SentinelError): boolean {
  return !['CANCELLED', 'INTERNAL', 'MFA_FAILED', 'MFA_REQUIRED', 'TERMINAL_REQUIRED'].includes(code)
}

type EntryText = {
  readonly madeAtMs: number
  readonly requestId: string
  readonly sourceIdentity?: string
  readonly durationSeconds: number
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiresAtMs: number
  readonly accountId?: string
}

function entryToText(deps: CredentialsDeps, { credentials, ...rest }: Entry): string {
  const text: EntryText = {
    madeAtMs: deps.machine.clock.now(),
    ...rest,
    ...credentials,
    secretAccessKey: credentials.secretAccessKey.reveal(),
    ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken.reveal() }),
  } as EntryText
  return JSON.stringify(text)
}

// An entry from the future means that the clock was set back: it is not to be trusted with expiries either.
function textToEntry(deps: CredentialsDeps, text: string, minRemainingSeconds: number): Entry | undefined {
  const entry = JSON.parse(text) as EntryText
  const now = deps.machine.clock.now()
  if (entry.madeAtMs > now || entry.expiresAtMs - now < minRemainingSeconds * 1000) return undefined
  const { requestId, sourceIdentity, durationSeconds, accessKeyId, expiresAtMs, accountId } = entry
  return {
    credentials: {
      accessKeyId,
      secretAccessKey: new Secret(entry.secretAccessKey),
      ...(entry.sessionToken === undefined ? {} : { sessionToken: new Secret(entry.sessionToken) }),
      expiresAtMs,
      ...(accountId === undefined ? {} : { accountId }),
    },
    requestId,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    durationSeconds,
  }
}
