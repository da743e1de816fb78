import { conflictOf, requireBatch, requireKey } from './checks.ts'
import type { Entry, Kv, Range } from './kv.ts'

/** A Kv that ends with its process. */
export function memoryKv(): Kv {
  const entries = new Map<string, Entry>()
  let writes = 0
  return {
    async get(key) {
      requireKey(key)
      return entries.get(key)
    },
    list: async (range) => inRange(entries, range),
    keys: async (range) => inRange(entries, range).map(({ key }) => key),
    async batch(changes) {
      requireBatch(changes)
      for (const change of changes) {
        const conflict = conflictOf(change, entries.get(change.key)?.version)
        if (conflict !== undefined) throw conflict
      }
      for (const change of changes) {
        writes++
        if (change.kind === 'delete') entries.delete(change.key)
        else
          entries.set(change.key, {
            key: change.key,
            // Not slice(): that of a Buffer is the same memory.
            value: Uint8Array.from(change.value),
            version: String(writes),
          })
      }
    },
    async close() {
      entries.clear()
    },
  }
}

function inRange(
  entries: ReadonlyMap<string, Entry>,
  { prefix, after, limit, order = 'ascending' }: Range,
): readonly Entry[] {
  const sign = order === 'ascending' ? 1 : -1
  return [...entries.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .filter(({ key }) => after === undefined || sign * compareKeys(key, after) > 0)
    .sort((a, b) => sign * compareKeys(a.key, b.key))
    .slice(0, limit)
}

/** As the bytes of UTF-8 go, which is not how JavaScript compares texts. */
const compareKeys = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
