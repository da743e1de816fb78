// Docs in a table of DynamoDB: one row for each document, found by the table's own indexes.
//
// A write whose answer was lost may have happened, and a repetition of it then fails its own condition. So each carries
// a token, and the row is looked at again before anybody is told of a conflict: with our token in it we were first.

import type { Condition, DynamoDb, Item } from '../../aws/index.ts'
import { type Random, SentinelError } from '../../base/index.ts'
import type { Attributes } from '../attributes.ts'
import { cursorAfter, type Position, positionAfter } from '../cursor.ts'
import type { Collection, Doc, Docs, IndexKeys, Page, Query } from '../docs.ts'
import { conflict, docToRow, requireQuery, rowsToPage, rowToDoc } from '../rows.ts'

type Deps = { readonly db: DynamoDb; readonly random: Random }

/** Documents in a table that `init approvals`, `init breakglass` or `init sessions` made. */
export function dynamoDocs<Body>(deps: Deps, table: string, collection: Collection<Body>): Docs<Body> {
  const { db } = deps
  return {
    async get(id) {
      const item = await db.get(table, { id })
      return item === undefined ? undefined : rowToDoc(collection, itemToRow(item))
    },
    async create(id, body) {
      const doc = { id, version: 1, body }
      const token = newToken(deps)
      await written(deps, table, { collection, doc, token, refusal: 'taken' }, () =>
        db.put(
          table,
          { ...docToRow(collection, doc), written_by: token },
          { kind: 'absent', attribute: 'id' },
        ),
      )
      return doc
    },
    async update(before, body) {
      const doc = { id: before.id, version: before.version + 1, body }
      const token = newToken(deps)
      await written(deps, table, { collection, doc, token, refusal: 'changed' }, () =>
        db.update(table, { id: doc.id }, changeOf(collection, before, doc, token), isVersion(before.version)),
      )
      return doc
    },
    list: (query) => list(db, table, collection, query),
  }
}

/** What is stored is there, in this version. Rows of other programs have none. */
function isVersion(version: number): readonly Condition[] {
  return version === 0
    ? [
        { kind: 'present', attribute: 'id' },
        { kind: 'absent', attribute: 'version' },
      ]
    : [{ kind: 'equals', attribute: 'version', value: version }]
}

const newToken = ({ random }: Deps): string => Buffer.from(random.bytes(8)).toString('hex')

type Writing<Body> = {
  readonly collection: Collection<Body>
  readonly doc: Doc<Body>
  readonly token: string
  readonly refusal: 'taken' | 'changed'
}

/** Writes, and finds out what became of it where the answer does not say. */
async function written<Body>(
  { db }: Deps,
  table: string,
  { collection, doc, token, refusal }: Writing<Body>,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write()
  } catch (thrown) {
    const code = thrown instanceof SentinelError ? thrown.code : undefined
    if (code !== 'STORE_CONFLICT' && code !== 'STORE_UNAVAILABLE' && code !== 'STORE_THROTTLED') throw thrown
    const isConflict = code === 'STORE_CONFLICT'
    const refused = isConflict ? conflict(collection, doc.id, refusal) : thrown
    const stored = await db.get(table, { id: doc.id }).catch((failed: unknown) => {
      // Not known whose the row is: then neither is who was first.
      throw isConflict ? failed : thrown
    })
    if (stored?.written_by !== token || stored.version !== doc.version) throw refused
  }
}

/** What an update sets and removes. Attributes that only a later version of Sentinel knows stay. */
function changeOf<Body>(collection: Collection<Body>, before: Doc<Body>, after: Doc<Body>, token: string) {
  const { id: _, ...set } = docToRow(collection, after)
  const remove = Object.keys(docToRow(collection, before)).filter((name) => name !== 'id' && !(name in set))
  return { set: { ...set, written_by: token }, remove }
}

/** Whoever reads an attribute asks for its type, so what a row may hold besides is no matter. */
const itemToRow = (item: Item) => item as Attributes

async function list<Body>(
  db: DynamoDb,
  table: string,
  collection: Collection<Body>,
  query: Query,
): Promise<Page<Body>> {
  requireQuery(collection, query)
  const keys = collection.indexes[query.index] as IndexKeys
  const given = positionAfter(query)
  if (given !== undefined && isBeyond(query, given)) return { docs: [], damaged: [] }
  const position = given === undefined || isAhead(query, given) ? undefined : given
  const { items, last } = await db.query({
    table,
    index: query.index,
    partition: [keys.partition, query.value],
    sort: keys.sort,
    range: boundsOf(query),
    order: query.order === 'oldest' ? 'ascending' : 'descending',
    limit: query.limit + 1,
    only: ['id', keys.sort],
    ...(position === undefined ? {} : { after: startKey(keys, query, position) }),
  })
  const places = items.map((item): Position => ({ sort: String(item[keys.sort]), id: String(item.id) }))
  const page = places.slice(0, query.limit)
  const end = page.at(-1)
  const isMore = end !== undefined && (places.length > page.length || last !== undefined)
  const found = await rowsOf(db, table, tiesById(query, page))
  const result = rowsToPage(collection, query, found, itemToRow)
  return isMore ? { ...result, next: cursorAfter(query, end) } : result
}

// DynamoDB refuses a start outside of the bounds, and bounds may have moved since the page before.

/** Whether nothing within the bounds comes behind a position. */
const isBeyond = ({ order, from, to }: Query, { sort }: Position): boolean =>
  order === 'oldest' ? to !== undefined && sort > to : from !== undefined && sort < from

/** Whether everything within the bounds comes behind a position. */
const isAhead = ({ order, from, to }: Query, { sort }: Position): boolean =>
  order === 'oldest' ? from !== undefined && sort < from : to !== undefined && sort > to

function boundsOf({ from, to }: Query) {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}

const startKey = ({ partition, sort }: IndexKeys, { value }: Query, position: Position): Item => ({
  id: position.id,
  [partition]: value,
  [sort]: position.sort,
})

/** DynamoDB leaves the order of equal sort keys open. */
function tiesById({ order }: Query, places: readonly Position[]): readonly Position[] {
  const sign = order === 'oldest' ? 1 : -1
  const tie = (a: Position, b: Position) => (a.id < b.id ? -sign : sign)
  return places.toSorted((a, b) => (a.sort === b.sort ? tie(a, b) : 0))
}

/** The rows as they are now, in the order of their places. */
async function rowsOf(db: DynamoDb, table: string, places: readonly Position[]): Promise<readonly Item[]> {
  const ids = [...new Set(places.map(({ id }) => id))]
  const items = await db.getMany(
    table,
    ids.map((id) => ({ id })),
  )
  const byId = new Map(items.map((item) => [item.id, item]))
  return ids.map((id) => byId.get(id)).filter((item) => item !== undefined)
}
