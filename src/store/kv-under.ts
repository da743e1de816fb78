import type { Kv } from './kv.ts'

/**
 * A part of a Kv: its keys begin with the prefix there and without it here, and nothing outside can be reached. Closing
 * it closes nothing.
 */
export function kvUnder(kv: Kv, prefix: string): Kv {
  return {
    async get(key) {
      const entry = await kv.get(prefix + key)
      return entry === undefined ? undefined : { ...entry, key }
    },
    async list(range) {
      const { after } = range
      const entries = await kv.list({
        ...range,
        prefix: prefix + range.prefix,
        ...(after === undefined ? {} : { after: prefix + after }),
      })
      return entries.map((entry) => ({ ...entry, key: entry.key.slice(prefix.length) }))
    },
    batch: (writes) => kv.batch(writes.map((write) => ({ ...write, key: prefix + write.key }))),
    close: async () => {},
  }
}
