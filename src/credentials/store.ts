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
  const { join } = deps.machine.platform.path
  const { cacheFolder } = deps.paths
  const key = JSON.stringify([1, ...name])
  const mark = createHash('sha256').update(key).digest('hex').slice(0, 32)
  const files = encryptedFiles({ ...deps.machine, keys: deps.keys }, join(cacheFolder, 'sessions'))
  const cached = readEntry(deps, files, key, minRemainingSeconds)
  if (cached !== undefined) return { ...cached, served: 'cache' }
  const notes = sealedFiles({ ...deps.machine, keys: deps.keys }, join(cacheFolder, 'failures'))
  let made: Entry | undefined
  const entry = await singleFlight(
    { ...deps.machine, notes },
    {
      name: key,
      lock: join(cacheFolder, 'locks', mark),
      read: () => readEntry(deps, files, key, minRemainingSeconds),
      make: async () => {
        made = await make()
        return made
      },
      write: (one) => files.write(key, entryToText(deps, one)),
      isShared,
    },
  )
  return { ...entry, served: entry === made ? 'fresh' : 'cache' }
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
function readEntry(
  deps: CredentialsDeps,
  files: NamedTexts,
  key: string,
  minRemainingSeconds: number,
): Entry | undefined {
  const text = files.read(key)
  if (text === undefined) return undefined
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
