// Where a page ended, as a text for command lines. It belongs to one list: index, value and order are in it, and are
// checked. It permits nothing: what it leads to is found by the index and read by id like everything else.

import { SentinelError } from '../base/index.ts'
import type { Cursor, Query } from './docs.ts'

/** The last row of a page: its sort key and its id. */
export type Position = { readonly sort: string; readonly id: string }

/** The cursor that goes on behind a row. */
export function cursorAfter(query: Query, { sort, id }: Position): Cursor {
  return Buffer.from(JSON.stringify([...listOf(query), sort, id])).toString('base64url')
}

/**
 * The row that a query goes on behind; undefined where it begins at the beginning.
 *
 * @throws SentinelError USAGE for a cursor of another list, or a text that is none
 */
export function positionAfter(query: Query): Position | undefined {
  if (query.after === undefined) return undefined
  const parts = partsOf(query.after)
  const [index, value, order, sort, id] = parts
  const isOfThis = JSON.stringify([index, value, order]) === JSON.stringify(listOf(query))
  if (parts.length !== 5 || !isOfThis || sort === undefined || id === undefined) {
    throw new SentinelError('USAGE', 'the cursor does not belong to this list', {
      hint: 'repeat the command that gave it, with the same flags',
    })
  }
  return { sort, id }
}

const listOf = ({ index, value, order = 'newest' }: Query) => [index, value, order]

function partsOf(cursor: Cursor): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : []
  } catch {
    return []
  }
}
