// Documents: what approvals, break-glass events and server sessions are kept as. A document has an id, a version that
// counts from 1, and a body, whose type and attributes its own room declares once as a Collection.
//
// INVARIANT: whatever is found by an index is read again by its id, consistently, before anybody sees it.
// INVARIANT: a write happens only where the stored version is the one that was read.

import type { SentinelError } from '../base/index.ts'
import type { Attributes } from './attributes.ts'

/** A body under its id. */
export type Doc<Body> = {
  readonly id: string
  /** Counts from 1; each write makes it one more. 0 in rows of other programs, which have none. */
  readonly version: number
  readonly body: Body
}

/** A kind of documents. Declared once, beside the body's type. */
export type Collection<Body> = {
  readonly name: CollectionName
  /**
   * Which attributes are the partition and the sort key of each index, under the index's name in the tables. A body
   * without the partition key is not in that index.
   */
  readonly indexes: Readonly<Record<string, IndexKeys>>
  /** The flat attributes of a body. An index key is a text and never empty; `id`, `version`, `ttl` and `written_by` are the store's. */
  toAttributes(body: Body): Attributes
  /**
   * The body of a row, whose attributes hold its `id` too. See `readAttributes`.
   *
   * @throws SentinelError STORE_CORRUPT
   */
  fromAttributes(attributes: Attributes): Body
  /** Attributes that hold people's words: encrypted where the store is a local file. */
  readonly confidential: readonly string[]
  /**
   * From when on the row may be swept, in milliseconds since the epoch. It is evidence: far beyond its end, which the
   * body itself has, and by which whoever reads it judges.
   */
  ttlMs(body: Body): number
}

/** The tables that documents lie in. */
export type CollectionName = 'requests' | 'breakglass' | 'sessions'

/** The attributes that an index is sorted by. */
export type IndexKeys = { readonly partition: string; readonly sort: string }

/** Documents of one kind in one place. */
export interface Docs<Body> {
  /**
   * Reads consistently: every write that was acknowledged before is seen.
   *
   * @throws SentinelError STORE_CORRUPT; STORE_UNAVAILABLE, STORE_ACCESS_DENIED, STORE_THROTTLED, STORE_NOT_FOUND,
   * as every other function here
   */
  get(id: string): Promise<Doc<Body> | undefined>

  /** @throws SentinelError STORE_CONFLICT when the id is taken */
  create(id: string, body: Body): Promise<Doc<Body>>

  /**
   * Replaces the body where the stored version is `doc.version`.
   *
   * @throws SentinelError STORE_CONFLICT when it is another one, or the document is gone
   */
  update(doc: Doc<Body>, body: Body): Promise<Doc<Body>>

  /**
   * One page by an index. It may hold fewer than `limit`, even none, while `next` says that there is more.
   *
   * @throws SentinelError USAGE for a cursor that belongs to another list
   */
  list(query: Query): Promise<Page<Body>>
}

/** What to list. */
export type Query = {
  readonly index: string
  /** Of the partition key. */
  readonly value: string
  /** 1 to 100. */
  readonly limit: number
  /** Where the page before ended. */
  readonly after?: Cursor
  /** Default: newest first. */
  readonly order?: Order
  /** Bounds of the sort key, both included. */
  readonly from?: string
  readonly to?: string
}

/** By the sort key: `newest` begins with the highest. Ties go by id, the same way round, within a page. */
export type Order = 'newest' | 'oldest'

/** A part of a list. */
export type Page<Body> = {
  readonly docs: readonly Doc<Body>[]
  /** Rows that nobody can understand (STORE_CORRUPT): one of them must not hide the others. They permit nothing. */
  readonly damaged: readonly SentinelError[]
  /** Where the next page begins; absent on the last. */
  readonly next?: Cursor
}

/** Where a page of a list ended, as a text for command lines. Opaque. */
export type Cursor = string

/** A page is never longer: the most that DynamoDB reads by id at once. */
export const pageLimit = 100

/** Every document that the query finds, page after page, without the damaged ones. `limit` is that of a page. */
export async function* allOf<Body>(docs: Docs<Body>, query: Query): AsyncGenerator<Doc<Body>, void> {
  let page = await docs.list(query)
  yield* page.docs
  while (page.next !== undefined) {
    page = await docs.list({ ...query, after: page.next })
    yield* page.docs
  }
}
