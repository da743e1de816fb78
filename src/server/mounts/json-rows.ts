// What a mount keeps, as rows of JSON: each under a key of its own, and changed as it is now, however many others do.

import { happened, type Kv } from '../../store/index.ts'
import { namesIn } from './folders.ts'

/** Rows of one kind. What is kept must be plain: no Map, no undefined that means something. */
export type Rows<T> = {
  get(key: string): Promise<T | undefined>
  /** Sorted. */
  keys(): Promise<readonly string[]>
  /**
   * Puts what `next` makes of what is there; nothing happens where it makes nothing. It may be asked more than once.
   *
   * @returns what is there now
   */
  change(key: string, next: (before: T | undefined) => T | undefined): Promise<T | undefined>
  remove(key: string): Promise<void>
}

/** The rows of a store whose keys begin with a prefix. */
export function rowsIn<T>(store: Kv, prefix: string): Rows<T> {
  const read = async (key: string) => {
    const entry = await store.get(prefix + key)
    if (entry === undefined) return { value: undefined, expected: 'absent' as const }
    return { value: JSON.parse(Buffer.from(entry.value).toString()) as T, expected: entry }
  }
  return {
    get: async (key) => (await read(key)).value,
    keys: () => namesIn(store, prefix),
    async change(key, next) {
      for (;;) {
        const { value: before, expected } = await read(key)
        const after = next(before)
        if (after === undefined) return before
        const value = Buffer.from(JSON.stringify(after))
        if (await happened(store.batch([{ kind: 'put', key: prefix + key, value, expected }]))) return after
      }
    },
    remove: (key) => store.batch([{ kind: 'delete', key: prefix + key, expected: 'anything' }]),
  }
}
