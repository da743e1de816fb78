// Decrypted entries, as many as fit. Two halves: what is used moves to the young one; when that is full it becomes the old
// one, and what nobody used meanwhile is gone. A hit costs one look-up.
//
// INVARIANT: nobody changes the bytes of an entry.

import type { Entry } from '../store/index.ts'

/** What an entry costs besides its texts: objects, and its place in a Map. */
const overheadBytes = 200

/** A bounded cache of entries. */
export class EntryCache {
  readonly #halfBytes: number
  #young = new Map<string, Entry>()
  #old = new Map<string, Entry>()
  #youngBytes = 0
  #stamp = 0

  constructor(limitBytes: number) {
    this.#halfBytes = limitBytes / 2
  }

  /** Another one after each write: whoever reads notes it before and shows it afterwards. */
  get stamp(): number {
    return this.#stamp
  }

  get(key: string): Entry | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) {
      this.#old.delete(key)
      this.#put(old)
    }
    return old
  }

  /** Keeps what was read, unless something was written since the stamp. */
  keep(entry: Entry, stamp: number): void {
    if (stamp === this.#stamp) this.#put(entry)
  }

  /** Forgets what is written: once before, for those who read meanwhile, and once afterwards, for what they kept. */
  forget(keys: readonly string[]): void {
    this.#stamp++
    for (const key of keys) {
      const young = this.#young.get(key)
      if (young !== undefined) this.#youngBytes -= costOf(young)
      this.#young.delete(key)
      this.#old.delete(key)
    }
  }

  clear(): void {
    this.forget([])
    this.#young = new Map()
    this.#old = new Map()
    this.#youngBytes = 0
  }

  #put(entry: Entry): void {
    const cost = costOf(entry)
    if (cost > this.#halfBytes) return
    if (this.#youngBytes + cost > this.#halfBytes) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngBytes = 0
    }
    const before = this.#young.get(entry.key)
    this.#youngBytes += cost - (before === undefined ? 0 : costOf(before))
    this.#young.set(entry.key, entry)
  }
}

// A character of a key may take two bytes.
const costOf = ({ key, value }: Entry) => 2 * key.length + value.length + overheadBytes
