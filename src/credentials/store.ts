// What is kept from run to run (decision 24): sessions in encrypted files, the caller's identity in sealed ones.
// A name holds everything that the entry depends on, how AWS was reached included, so that an entry got through a
// foreign endpoint is not even looked for by a run that calls AWS itself. How what is not there is made stands in
// served-once.ts and made-once.ts, which a cached answer does not load.

import { createHmac } from 'node:crypto'
import type { AwsCredentials } from '../aws/index.ts'
import { Secret } from '../base/index.ts'
import { encryptedFiles, type NamedTexts } from '../machine/index.ts'
import type { CredentialsDeps } from './deps.ts'
import { folderOf } from './folders.ts'
import type { Kept } from './made-once.ts'

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

/** The name of an entry's file. */
export const keyOf = (name: EntryName): string => JSON.stringify([1, ...name])

/** The files of sessions. */
export function sessionFiles(deps: CredentialsDeps): NamedTexts {
  return encryptedFiles({ ...deps.machine, keys: deps.keys }, folderOf(deps, 'sessions'))
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
  const { madeOnce } = await import('./made-once.ts')
  return madeOnce(deps, files, key, { ...kept, read })
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

/** An entry as it is written. */
export type EntryText = {
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

/**
 * An entry, where enough of it is left. One from the future means that the clock was set back: it is not to be trusted
 * with expiries either.
 */
export function textToEntry(
  deps: CredentialsDeps,
  text: string,
  minRemainingSeconds: number,
): Entry | undefined {
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
