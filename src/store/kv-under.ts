import { soon } from '../base/index.ts'
import type { Kv, Range } from './kv.ts'

/**
 * A part of a Kv: its keys begin with the prefix there and without it here, and nothing outside can be reached. Closing
 * it closes nothing.
 */
export function kvUnder(kv: Kv, prefix: string): Kv {
  return {
    get: (key) =>
      soon(kv.get(prefix + key), (entry) =>
        entry === undefined ? undefined : { key, value: entry.value, version: entry.version },
      ),
    async list(range) {
      const entries = await kv.list(under(prefix, range))
      return entries.map((entry) => ({ ...entry, key: entry.key.slice(prefix.length) }))
    },
    async keys(range) {
      return (await kv.keys(under(prefix, range))).map((key) => key.slice(prefix.length))
    },
    batch: (writes) => kv.batch(writes.map((write) => ({ ...write, key: prefix + write.key }))),
    close: async () => {},
  }
}

const under = (prefix: string, range: Range): Range => ({
  ...range,
  prefix: prefix + range.prefix,
  ...(range.after !== undefined && { after: prefix + range.after }),
})
