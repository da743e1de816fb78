// The Kv of plaintext that the server works with, over the Kv of ciphertext that the storage is. The barrier's own entries
// cannot be reached through it.
//
// INVARIANT: nothing is given out when the barrier is sealed, also not to who asked before it was.

import { printable, SentinelError } from '../base/index.ts'
import { batchLimit, type Entry, type Kv, type Range, type Write } from '../store/index.ts'
import type { EntryCache } from './cache.ts'
import type { OpenKeys } from './open-keys.ts'

/** What there is from an unseal until the next seal. */
export type Session = { readonly keys: OpenKeys; readonly cache: EntryCache }

/** Where the barrier's own entries lie. */
const ownPrefix = 'core/'

/** The plaintext Kv. @param session throws SERVER_SEALED where there is none */
export function sealedKv(kv: Kv, session: () => Session): Kv {
  const requireStill = (begun: Session) => {
    if (session() !== begun) throw new SentinelError('SERVER_SEALED', 'Vault was sealed meanwhile')
  }
  const fetched = async (begun: Session, key: string): Promise<Entry | undefined> => {
    requireForeign(key)
    const { stamp } = begun.cache
    const found = await kv.get(key)
    requireStill(begun)
    if (found === undefined) return undefined
    const entry = opened(begun, found)
    begun.cache.keep(entry, stamp)
    return entry
  }
  return {
    get(key) {
      const begun = session()
      return begun.cache.get(key) ?? fetched(begun, key)
    },
    async keys(range) {
      const begun = session()
      const found = await foreign(range, (page) => kv.keys(page), itself)
      requireStill(begun)
      return found
    },
    async list(range) {
      const begun = session()
      const found = await foreign(
        range,
        (page) => kv.list(page),
        ({ key }) => key,
      )
      requireStill(begun)
      return found.map((entry) => {
        const cached = begun.cache.get(entry.key)
        return cached?.version === entry.version ? cached : opened(begun, entry)
      })
    },
    async batch(writes) {
      const begun = session()
      if (writes.length > batchLimit) {
        throw new SentinelError('INTERNAL', `a batch has 1 to ${batchLimit} writes, not ${writes.length}`)
      }
      const keys = writes.map(({ key }) => key)
      for (const key of keys) requireForeign(key)
      const sealed = await closed(begun, writes)
      requireStill(begun)
      begun.cache.forget(keys)
      try {
        await kv.batch(sealed)
      } finally {
        begun.cache.forget(keys)
      }
      requireStill(begun)
    },
    close: async () => {},
  }
}

const opened = ({ keys }: Session, entry: Entry): Entry => ({
  ...entry,
  value: keys.open(entry.key, entry.value),
})

async function closed({ keys }: Session, writes: readonly Write[]): Promise<readonly Write[]> {
  const puts = writes.filter(({ kind }) => kind === 'put').length
  const key = await keys.reserve(puts)
  return writes.map((write) =>
    write.kind === 'put' ? { ...write, value: keys.seal(key, write.key, write.value) } : write,
  )
}

/** A page without the barrier's own entries, and as long as one with them would be. */
async function foreign<T>(
  range: Range,
  read: (page: Range) => Promise<readonly T[]>,
  keyOf: (each: T) => string,
): Promise<readonly T[]> {
  const found: T[] = []
  for (let { after } = range; ; ) {
    const limit = range.limit - found.length
    const page = await read({ ...range, limit, ...(after === undefined ? {} : { after }) })
    found.push(...page.filter((each) => !keyOf(each).startsWith(ownPrefix)))
    const last = page.at(-1)
    if (page.length < limit || found.length === range.limit || last === undefined) return found
    after = keyOf(last)
  }
}

const itself = (key: string) => key

function requireForeign(key: string): void {
  if (!key.startsWith(ownPrefix)) return
  throw new SentinelError('INTERNAL', `\`${printable(key)}\` belongs to the barrier`)
}
