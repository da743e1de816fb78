// Rows in a Kv go when their time is over, as they do in DynamoDB: each has an entry that is sorted by its `ttl`, and
// whoever writes sweeps a few that are due. The entry says under which keys its row stands, so that rows of every kind in
// a table are swept by whoever writes any of them.
//
// INVARIANT: a row is swept only where its own `ttl` is over as it stands now, and only as it was read.

import { type Clock, SentinelError } from '../base/index.ts'
import type { Kv, Write } from './kv.ts'

/** Of a row that may be swept some time. */
export type Due = { readonly id: string; readonly ttl: number; readonly places: readonly string[] }

/** Nothing is ever due. */
export const timeless: Clock = { now: () => 0 }

/** How many rows one write sweeps at most: in one batch, with up to six keys each. */
const most = 4

const prefixOf = (collection: string) => `${collection}/ttl/`

/** Sorts by time, to the year 33658. */
const keyOf = (collection: string, { id, ttl }: Pick<Due, 'id' | 'ttl'>) =>
  `${prefixOf(collection)}${String(ttl).padStart(12, '0')}/${id}`

/** What changes in the order of sweeping when a row is written. */
export function dueWrites(
  collection: string,
  before: Pick<Due, 'id' | 'ttl'> | undefined,
  now: Due,
): Write[] {
  const key = keyOf(collection, now)
  const old = before === undefined ? key : keyOf(collection, before)
  const value = Buffer.from(JSON.stringify(now.places))
  return [
    ...(old === key ? [] : [{ kind: 'delete', key: old, expected: 'anything' } as const]),
    { kind: 'put', key, value, expected: 'anything' },
  ]
}

/**
 * Sweeps a few rows that are due. What goes wrong is left for the next time: whoever wrote has written.
 *
 * @param docKey where a row stands by its id
 */
export async function sweep(
  { kv, clock }: { readonly kv: Kv; readonly clock: Clock },
  collection: string,
  docKey: (id: string) => string,
): Promise<void> {
  try {
    const prefix = prefixOf(collection)
    const nowSeconds = Math.floor(clock.now() / 1000)
    const writes: Write[] = []
    for (const { key, value } of await kv.list({ prefix, limit: most })) {
      const [ttl, id] = [Number(key.slice(prefix.length, prefix.length + 12)), key.slice(prefix.length + 13)]
      if (ttl > nowSeconds) break
      const row = await kv.get(docKey(id))
      writes.push({ kind: 'delete', key, expected: 'anything' })
      // One that was written anew is due later.
      if (row === undefined || ttlOf(row.value) !== ttl) continue
      const places = JSON.parse(Buffer.from(value).toString('utf8')) as readonly string[]
      writes.push({ kind: 'delete', key: row.key, expected: { version: row.version } })
      for (const place of places) writes.push({ kind: 'delete', key: place, expected: 'anything' })
    }
    if (writes.length > 0) await kv.batch(writes)
  } catch (thrown) {
    if (!(thrown instanceof SentinelError)) throw thrown
  }
}

function ttlOf(row: Uint8Array): unknown {
  try {
    return (JSON.parse(Buffer.from(row).toString('utf8')) as { readonly ttl?: unknown }).ttl
  } catch {
    // A damaged row is for somebody to look at.
    return undefined
  }
}
