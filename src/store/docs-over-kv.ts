// Docs over any Kv: a document is one entry, and so is each of its places in an index, written with it in one batch.
// A place is found by a hash of its value, so that whatever stands in a value cannot lead into another list.

import { hash } from 'node:crypto'
import { type Clock, SentinelError } from '../base/index.ts'
import { type Attribute, type Attributes, corrupt } from './attributes.ts'
import { cursorAfter, type Position, positionAfter } from './cursor.ts'
import type { Collection, Doc, Docs, Page, Query } from './docs.ts'
import type { Entry, Kv, Write } from './kv.ts'
import { conflict, docToRow, type IndexPlace, placesOf, requireQuery, rowsToPage, rowToDoc } from './rows.ts'
import { dueWrites, sweep } from './sweep.ts'

/**
 * How people's words are kept from whoever reads the store's files, and rows from whoever edits them. `context` is bound to
 * what is closed.
 */
export type Closing = {
  close(context: string, text: string): string
  /** The text, or undefined when it is not as it was closed. */
  open(context: string, closed: string): string | undefined
  /** What proves that a row was written with the keys of this machine; empty where nothing has to. */
  seal(row: string): string
}

/** For a store that no file holds. */
export const unclosed: Closing = { close: (_, text) => text, open: (_, closed) => closed, seal: () => '' }

/** Documents in a Kv. */
export function docsOverKv<Body>(
  deps: { readonly kv: Kv; readonly closing: Closing; readonly clock: Clock },
  collection: Collection<Body>,
): Docs<Body> {
  const { kv } = deps
  const write = async (doc: Doc<Body>, before: Stored | undefined): Promise<Doc<Body>> => {
    const row = { ...before?.foreign, ...docToRow(collection, doc) }
    const main: Write = {
      kind: 'put',
      key: docKey(collection, doc.id),
      value: rowToBytes(deps.closing, collection, row),
      expected: before === undefined ? 'absent' : { version: before.entry.version },
    }
    const old = before === undefined ? [] : placeKeys(collection, before.row)
    const places = placeKeys(collection, row)
    const due = { id: doc.id, ttl: ttlIn(row), places }
    const dueBefore = before && { id: doc.id, ttl: ttlIn(before.row) }
    try {
      await kv.batch([main, ...moves(old, places), ...dueWrites(collection.name, dueBefore, due)])
    } catch (thrown) {
      if (!(thrown instanceof SentinelError) || thrown.code !== 'STORE_CONFLICT') throw thrown
      throw conflict(collection, doc.id, before === undefined ? 'taken' : 'changed')
    }
    await sweep(deps, collection.name, (id) => docKey(collection, id))
    return doc
  }
  return {
    async get(id) {
      const entry = await kv.get(docKey(collection, id))
      return entry === undefined
        ? undefined
        : hinted(() => rowToDoc(collection, entryToRow(deps, collection, entry)))
    },
    create: (id, body) => write({ id, version: 1, body }, undefined),
    async update(before, body) {
      const { id, version } = before
      const entry = await kv.get(docKey(collection, id))
      const row = entry === undefined ? undefined : entryToRow(deps, collection, entry)
      if (entry === undefined || row?.version !== version) throw conflict(collection, id, 'changed')
      return write(
        { id, version: version + 1, body },
        { entry, row, foreign: foreignOf(collection, row, before) },
      )
    },
    list: (query) => list(deps, collection, query),
  }
}

/** What is replaced. */
type Stored = {
  readonly entry: Entry
  readonly row: Attributes
  /** Attributes that only a later version of Sentinel knows: they stay. */
  readonly foreign: Attributes
}

function foreignOf<Body>(collection: Collection<Body>, row: Attributes, doc: Doc<Body>): Attributes {
  const own = docToRow(collection, doc)
  return Object.fromEntries(Object.entries(row).filter(([name]) => !Object.hasOwn(own, name)))
}

async function list<Body>(
  deps: { readonly kv: Kv; readonly closing: Closing },
  collection: Collection<Body>,
  query: Query,
): Promise<Page<Body>> {
  requireQuery(collection, query)
  const { kv } = deps
  const prefix = placesPrefix(collection, query.index, query.value)
  const newestFirst = query.order !== 'oldest'
  const begin = newestFirst ? query.to : query.from
  const position = positionAfter(query)
  // Behind the last key of a bound, or right before its first one.
  const bound = begin === undefined ? {} : { after: `${prefix}${begin}${newestFirst ? '\u0001' : ''}` }
  const places = await kv.list({
    prefix,
    ...(position === undefined ? bound : { after: placeKey(prefix, position) }),
    limit: query.limit + 1,
    order: newestFirst ? 'descending' : 'ascending',
  })
  const positions = places.map(({ key }) => keyToPosition(key.slice(prefix.length)))
  const inBounds = positions.filter(({ sort }) => isBefore(query, sort))
  const page = inBounds.slice(0, query.limit)
  const entries: Entry[] = []
  for (const { id } of page) {
    const entry = await kv.get(docKey(collection, id))
    if (entry !== undefined) entries.push(entry)
  }
  const last = page.at(-1)
  const isMore = inBounds.length > page.length && last !== undefined
  const { docs, damaged } = rowsToPage(collection, query, entries, (entry) =>
    entryToRow(deps, collection, entry),
  )
  const found = { docs, damaged: damaged.map(withHint) }
  return isMore ? { ...found, next: cursorAfter(query, last) } : found
}

function hinted<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (thrown) {
    throw thrown instanceof SentinelError && thrown.code === 'STORE_CORRUPT' ? withHint(thrown) : thrown
  }
}

/** No tool takes a single row out of it. */
const withHint = ({ code, message, cause }: SentinelError) =>
  new SentinelError(code, message, {
    hint: 'find out who else writes to the local store; restore its folder from a backup, or move it away and begin with an empty one',
    cause,
  })

/** Whether a sort key lies before the far bound. */
function isBefore({ order, from, to }: Query, sort: string): boolean {
  return order === 'oldest' ? to === undefined || sort <= to : from === undefined || sort >= from
}

const docKey = ({ name }: { readonly name: string }, id: string) => `${name}/doc/${id}`

const placesPrefix = ({ name }: { readonly name: string }, index: string, value: string) =>
  `${name}/${index}/${hash('sha256', value, 'hex').slice(0, 32)}/`

/** NUL sorts before everything that a sort key goes on with. */
const placeKey = (prefix: string, { sort, id }: Position) => `${prefix}${sort}\u0000${id}`

function keyToPosition(key: string): Position {
  const at = key.indexOf('\u0000')
  return { sort: key.slice(0, at), id: key.slice(at + 1) }
}

/** Where a row stands in the indexes. */
function placeKeys<Body>(collection: Collection<Body>, row: Attributes): readonly string[] {
  const id = String(row.id)
  return placesOf(collection, row).map(({ index, value, sort }: IndexPlace) =>
    placeKey(placesPrefix(collection, index, value), { sort, id }),
  )
}

/** In seconds; 0 in rows of other programs, which are never due. */
const ttlIn = ({ ttl }: Attributes) => (typeof ttl === 'number' && ttl > 0 ? Math.floor(ttl) : 0)

/** What changes in the indexes when a document moves from some places to others. */
function moves(old: readonly string[], now: readonly string[]): readonly Write[] {
  const gone = old.filter((key) => !now.includes(key))
  const come = now.filter((key) => !old.includes(key))
  return [
    ...gone.map((key): Write => ({ kind: 'delete', key, expected: 'anything' })),
    ...come.map((key): Write => ({ kind: 'put', key, value: new Uint8Array(), expected: 'anything' })),
  ]
}

const contextOf = ({ name }: { readonly name: string }, row: Attributes, attribute: string) =>
  JSON.stringify([name, row.id, row.version, attribute])

function rowToBytes<Body>(closing: Closing, collection: Collection<Body>, row: Attributes): Uint8Array {
  const closed = Object.entries(row).map(([name, value]) =>
    collection.confidential.includes(name)
      ? [name, closing.close(contextOf(collection, row, name), JSON.stringify(value))]
      : [name, value],
  )
  const whole = JSON.stringify(Object.fromEntries(closed))
  return Buffer.from(`${closing.seal(sealed(collection, whole))}${whole}`)
}

/** A row cannot stand for one of another kind: its id and version are in it. */
const sealed = ({ name }: { readonly name: string }, row: string) => `${name} ${row}`

function entryToRow<Body>(
  { closing }: { readonly closing: Closing },
  collection: Collection<Body>,
  { key, value }: Entry,
): Attributes {
  const id = key.slice(docKey(collection, '').length)
  const row = parsed(id, unsealed(closing, collection, id, value))
  const opened = Object.entries(row).map(([name, attribute]): [string, Attribute] => {
    if (!collection.confidential.includes(name)) return [name, attribute]
    const text = closing.open(contextOf(collection, row, name), String(attribute))
    if (text === undefined) throw corrupt(id, `\`${name}\` was not written with the keys of this machine`)
    return [name, JSON.parse(text)]
  })
  return Object.fromEntries(opened)
}

/** The text of a row that was written with the keys of this machine. */
function unsealed<Body>(
  closing: Closing,
  collection: Collection<Body>,
  id: string,
  value: Uint8Array,
): string {
  const text = Buffer.from(value).toString('utf8')
  const begin = text.indexOf('{')
  const row = begin < 0 ? text : text.slice(begin)
  if (text.slice(0, text.length - row.length) === closing.seal(sealed(collection, row))) return row
  throw corrupt(id, 'it was not written with the keys of this machine, or was changed since')
}

/** What stands under a key, which is the row of that id and no other. */
function parsed(id: string, text: string): Attributes {
  let row: unknown
  try {
    row = JSON.parse(text)
  } catch {
    throw corrupt(id, 'it is not JSON')
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw corrupt(id, 'it is no JSON object')
  if (!('id' in row) || row.id !== id) throw corrupt(id, 'it says that it is another row')
  return row as Attributes
}
