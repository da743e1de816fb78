// Documents to rows and back. A row is what is stored: the body's attributes and those of the store itself.

import { SentinelError } from '../base/index.ts'
import { type Attributes, corrupt } from './attributes.ts'
import { type Collection, type Doc, type Page, pageLimit, type Query } from './docs.ts'

/** Attributes that no body has. */
const storesOwn = ['id', 'version', 'ttl', 'written_by']

/** The row of a document. `ttl` is in seconds, as DynamoDB sweeps by it. */
export function docToRow<Body>(collection: Collection<Body>, { id, version, body }: Doc<Body>): Attributes {
  const attributes = collection.toAttributes(body)
  const taken = storesOwn.find((name) => Object.hasOwn(attributes, name))
  if (taken !== undefined) throw misuse(`a body of ${collection.name} has the store's attribute ${taken}`)
  return { id, version, ...attributes, ttl: Math.ceil(collection.ttlMs(body) / 1000) }
}

/** The document of a row. @throws SentinelError STORE_CORRUPT */
export function rowToDoc<Body>(collection: Collection<Body>, row: Attributes): Doc<Body> {
  // Other programs that write to the same tables know no versions.
  const { id, version = 0 } = row
  if (typeof id !== 'string') throw corrupt('', 'it has no id')
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) {
    throw corrupt(id, '`version` is not a whole number')
  }
  return { id, version, body: collection.fromAttributes(row) }
}

/** Where a row stands in one index. */
export type IndexPlace = { readonly index: string; readonly value: string; readonly sort: string }

/** The indexes that a row is in. */
export function placesOf<Body>(collection: Collection<Body>, row: Attributes): readonly IndexPlace[] {
  return Object.entries(collection.indexes).flatMap(([index, { partition, sort }]) => {
    if (row[partition] === undefined) return []
    const [value, sortValue] = [row[partition], row[sort]]
    if (!isKey(value) || !isKey(sortValue)) {
      throw misuse(`a body of ${collection.name} has no text in ${partition} or ${sort}, for ${index}`)
    }
    return [{ index, value, sort: sortValue }]
  })
}

const isKey = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** What was read by id, where an index led to it, is to a query. @param toRow throws STORE_CORRUPT where it cannot */
export function rowsToPage<Body, Stored>(
  collection: Collection<Body>,
  query: Query,
  found: readonly Stored[],
  toRow: (stored: Stored) => Attributes,
): Pick<Page<Body>, 'docs' | 'damaged'> {
  const docs: Doc<Body>[] = []
  const damaged: SentinelError[] = []
  for (const stored of found) {
    try {
      const row = toRow(stored)
      const doc = rowToDoc(collection, row)
      if (belongs(collection, query, row)) docs.push(doc)
    } catch (thrown) {
      if (!(thrown instanceof SentinelError) || thrown.code !== 'STORE_CORRUPT') throw thrown
      damaged.push(thrown)
    }
  }
  return { docs, damaged }
}

/** Whether a row, as it is now, belongs into the list that an index led to it by. */
function belongs<Body>(collection: Collection<Body>, query: Query, row: Attributes): boolean {
  const keys = collection.indexes[query.index]
  const sort = keys === undefined ? undefined : row[keys.sort]
  if (keys === undefined || row[keys.partition] !== query.value || !isKey(sort)) return false
  if (query.from !== undefined && sort < query.from) return false
  return query.to === undefined || sort <= query.to
}

/** A query that can be answered. */
export function requireQuery<Body>(collection: Collection<Body>, { index, limit }: Query): void {
  if (!Object.hasOwn(collection.indexes, index)) throw misuse(`${collection.name} has no index ${index}`)
  if (!Number.isInteger(limit) || limit < 1 || limit > pageLimit) {
    throw misuse(`a page of ${limit} was asked for; 1 to ${pageLimit} can be`)
  }
}

const misuse = (what: string) => new SentinelError('INTERNAL', what)

/** Somebody else was faster. */
export function conflict<Body>(collection: Collection<Body>, id: string, what: 'taken' | 'changed') {
  const message =
    what === 'taken'
      ? `\`${id}\` exists already in ${collection.name}`
      : `\`${id}\` in ${collection.name} was changed by somebody else meanwhile`
  return new SentinelError('STORE_CONFLICT', message, { hint: 'look at it as it is now, and try again' })
}
