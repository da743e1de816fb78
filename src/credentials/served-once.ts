// Sessions, from the cache or made.

import type { CredentialsDeps } from './deps.ts'
import {
  type Entry,
  type EntryName,
  type EntryText,
  keptOnce,
  keyOf,
  type Served,
  sessionFiles,
  textToEntry,
} from './store.ts'

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
