// An entry as it lies in the storage, or in a batch token: JSON, its Map as pairs.

import type { TokenEntry } from './entry.ts'

type StoredEntry = Omit<TokenEntry, 'meta'> & { readonly meta: readonly (readonly [string, string])[] }

export function entryToText(entry: TokenEntry): string {
  const stored: StoredEntry = { ...entry, meta: [...entry.meta] }
  return JSON.stringify(stored)
}

export function textToEntry(text: string): TokenEntry {
  const stored = JSON.parse(text) as StoredEntry
  return { ...stored, meta: new Map(stored.meta) }
}
