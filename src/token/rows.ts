// The rows of service tokens, and those that were read lately. Keys, below the room's own part of the storage:
//   id/<key>               the entry
//   accessor/<hash>        which token an accessor means
//   parent/<key>/<key>     which children a token has
// All rows of a token are written at once and deleted at once, so there is no half of one.
//
// INVARIANT: what is remembered is what is stored. A row is remembered only if nothing was written since its reading
// began, and forgotten as soon as it was written, whether or not the write succeeded.

import { batchLimit, type Entry, everyEntry, type Kv, type Write } from '../store/index.ts'
import type { TokenEntry } from './entry.ts'
import { changed, deletion, everyKey } from './kv-steps.ts'
import { entryToText, textToEntry } from './stored.ts'

/** A token as it is stored. */
export type Row = {
  readonly entry: TokenEntry
  /** It was revoked, and is being cleared away. */
  readonly isEnding: boolean
}

/** A token that is to be deleted, as far as it is known. */
export type Doomed = { readonly key: string; readonly parentKey: string | undefined }

export interface Rows {
  /** The one that was remembered, if any: without waiting. */
  remembered(key: string): Row | undefined
  get(key: string): Promise<Row | undefined>
  /** Writes all rows of a new token, and others beside them, or nothing. @throws SentinelError STORE_CONFLICT where it exists */
  add(entry: TokenEntry, beside: readonly Write[]): Promise<void>
  /**
   * Changes a row as it is now, however many others do; `next` gives undefined where nothing is to be changed.
   *
   * @returns what was stored, or undefined where nothing was
   */
  change(key: string, next: (row: Row) => Row | undefined): Promise<Row | undefined>
  /** Takes a child from its parent. */
  orphan(key: string, parentKey: string): Promise<void>
  /** Deletes all rows of tokens, in this order. */
  remove(doomed: readonly Doomed[]): Promise<void>
  childrenOf(key: string): Promise<readonly string[]>
  keyOfAccessor(accessor: string): Promise<string | undefined>
  all(): AsyncGenerator<Row>
  /** Deletes what points at nothing. @returns how much that was */
  tidy(): Promise<number>
}

/** Rows in memory, at most: each is about a kilobyte. */
const maxRemembered = 20_000

/** A row takes at most three writes. */
const rowsInBatch = Math.floor(batchLimit / 3)

const parentPrefix = (key: string) => `parent/${key}/`

/** The rows in a part of a storage; `hashed` is what accessors are kept under. */
export function openRows(kv: Kv, hashed: (accessor: string) => string): Rows {
  return new StoredRows(kv, hashed)
}

class StoredRows implements Rows {
  private readonly kv: Kv
  private readonly hashed: (accessor: string) => string
  private readonly lately = new Map<string, Row>()
  private writes = 0

  constructor(kv: Kv, hashed: (accessor: string) => string) {
    this.kv = kv
    this.hashed = hashed
  }

  remembered(key: string): Row | undefined {
    return this.lately.get(key)
  }

  async get(key: string): Promise<Row | undefined> {
    const before = this.writes
    const found = await this.kv.get(`id/${key}`)
    if (found === undefined) return undefined
    const row = rowForm.fromBytes(found.value)
    if (this.writes === before) {
      if (this.lately.size >= maxRemembered) this.lately.clear()
      this.lately.set(key, row)
    }
    return row
  }

  async add(entry: TokenEntry, beside: readonly Write[]): Promise<void> {
    const { key, accessor, parent } = entry
    const pointer = Buffer.from(JSON.stringify({ key, accessor }))
    const links = parent === undefined ? [] : [putNothing(`${parentPrefix(parent.key)}${key}`)]
    const writes: readonly Write[] = [
      {
        kind: 'put',
        key: `id/${key}`,
        value: rowForm.toBytes({ entry, isEnding: false }),
        expected: 'absent',
      },
      { kind: 'put', key: this.accessorKey(accessor), value: pointer, expected: 'absent' },
      ...links,
      ...beside,
    ]
    await this.write(writes, [key])
  }

  change(
    key: string,
    next: (row: Row) => Row | undefined,
    beside: readonly Write[] = [],
  ): Promise<Row | undefined> {
    const kv = {
      get: (at: string) => this.kv.get(at),
      batch: (writes: readonly Write[]) => this.write(writes, [key]),
    }
    return changed(kv, `id/${key}`, rowForm, next, beside)
  }

  async orphan(key: string, parentKey: string): Promise<void> {
    const link = deletion(`${parentPrefix(parentKey)}${key}`)
    const freed = (row: Row): Row => ({ ...row, entry: { ...row.entry, parent: undefined } })
    if ((await this.change(key, freed, [link])) === undefined) await this.write([link], [])
  }

  async remove(doomed: readonly Doomed[]): Promise<void> {
    for (let at = 0; at < doomed.length; at += rowsInBatch) {
      const some = doomed.slice(at, at + rowsInBatch)
      const deletions = await Promise.all(some.map((each) => this.deletionsOf(each)))
      const keys = some.map(({ key }) => key)
      await this.write(deletions.flat(), keys)
    }
  }

  async childrenOf(key: string): Promise<readonly string[]> {
    const prefix = parentPrefix(key)
    return (await everyKey(this.kv, prefix)).map((each) => each.slice(prefix.length))
  }

  async keyOfAccessor(accessor: string): Promise<string | undefined> {
    const found = await this.kv.get(this.accessorKey(accessor))
    return found === undefined ? undefined : pointerOf(found).key
  }

  async *all(): AsyncGenerator<Row> {
    for await (const entry of everyEntry(this.kv, 'id/')) yield rowForm.fromBytes(entry.value)
  }

  async tidy(): Promise<number> {
    const isLoose = async (key: string) => (await this.kv.get(`id/${key}`)) === undefined
    const loose: string[] = []
    for await (const entry of everyEntry(this.kv, 'accessor/'))
      if (await isLoose(pointerOf(entry).key)) loose.push(entry.key)
    for (const link of await everyKey(this.kv, 'parent/'))
      if (await isLoose(link.slice(link.lastIndexOf('/') + 1))) loose.push(link)
    for (let at = 0; at < loose.length; at += batchLimit)
      await this.write(loose.slice(at, at + batchLimit).map(deletion), [])
    return loose.length
  }

  private accessorKey(accessor: string): string {
    return `accessor/${this.hashed(accessor)}`
  }

  private async write(changes: readonly Write[], keys: readonly string[]): Promise<void> {
    try {
      await this.kv.batch(changes)
    } finally {
      this.writes++
      for (const key of keys) this.lately.delete(key)
    }
  }

  private async deletionsOf({ key, parentKey }: Doomed): Promise<readonly Write[]> {
    const row = await this.get(key)
    return [
      deletion(`id/${key}`),
      ...(parentKey === undefined ? [] : [deletion(`${parentPrefix(parentKey)}${key}`)]),
      ...(row === undefined ? [] : [deletion(this.accessorKey(row.entry.accessor))]),
    ]
  }
}

const putNothing = (key: string): Write => ({
  kind: 'put',
  key,
  value: new Uint8Array(),
  expected: 'absent',
})

const endingMark = '!'

/** An entry that is being cleared away has a mark in front. */
const rowForm = {
  toBytes: ({ entry, isEnding }: Row) => Buffer.from((isEnding ? endingMark : '') + entryToText(entry)),
  fromBytes(bytes: Uint8Array): Row {
    const text = Buffer.from(bytes).toString()
    const isEnding = text.startsWith(endingMark)
    return { entry: textToEntry(isEnding ? text.slice(endingMark.length) : text), isEnding }
  },
}

const pointerOf = ({ value }: Entry) =>
  JSON.parse(Buffer.from(value).toString()) as { readonly key: string; readonly accessor: string }
