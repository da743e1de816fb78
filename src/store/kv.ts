// Ordered keys and opaque bytes: the smaller of the two stores, for what needs neither indexes nor a reader of its own.

import type { Soon } from '../base/index.ts'

/** What a key holds. */
export type Entry = { readonly key: string; readonly value: Uint8Array; readonly version: Version }

/** Another one after each write. It says nothing else. */
export type Version = string

/** What must be there for a write to happen: this version, nothing, or whatever there is. */
export type Expected = { readonly version: Version } | 'absent' | 'anything'

/** One change of one key. */
export type Write =
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array; readonly expected: Expected }
  | { readonly kind: 'delete'; readonly key: string; readonly expected: Expected }

/** Which entries to list. */
export type Range = {
  readonly prefix: string
  /** The key to go on behind. */
  readonly after?: string
  /** 1 to 1000. */
  readonly limit: number
  /** By the bytes of the keys in UTF-8. Default: ascending. */
  readonly order?: 'ascending' | 'descending'
}

/**
 * Ordered keys, 1 to 1024 bytes of UTF-8 each, and opaque bytes. Several implementations, one contract (kv.contract.ts).
 *
 * @throws SentinelError STORE_UNAVAILABLE, STORE_ACCESS_DENIED, STORE_THROTTLED, STORE_NOT_FOUND from every function
 */
export interface Kv {
  /** Reads consistently: every write that was acknowledged before is seen. */
  get(key: string): Soon<Entry | undefined>

  /** Entries whose keys begin with the prefix, in order. Not a snapshot: what is written meanwhile may be there or not. */
  list(range: Range): Promise<readonly Entry[]>

  /** The same, without their values: what nobody looks at is neither read nor decrypted. */
  keys(range: Range): Promise<readonly string[]>

  /**
   * Does all of 1 to 25 writes, each of another key, or none. When this returns they are on the disk.
   *
   * @throws SentinelError STORE_CONFLICT when something else was there than expected
   */
  batch(writes: readonly Write[]): Promise<void>

  /** Lets go of files and connections. */
  close(): Promise<void>
}

/** A batch is never larger: what a transaction of DynamoDB was limited to when the contract was written. */
export const batchLimit = 25

/** A key is never longer. */
export const keyBytesLimit = 1024
