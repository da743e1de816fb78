// Lists of documents that an index finds and a filter looks through.

import type { SentinelError } from '../base/index.ts'
import { type Cursor, type Doc, type Docs, type Page, pageLimit, type Query } from '../store/index.ts'

/** A part of a list. */
export type Listed<Body> = {
  readonly docs: readonly Doc<Body>[]
  readonly damaged: readonly SentinelError[]
  readonly next?: Cursor
}

/** How long a part may be, and where the one before ended. */
export type Paging = { readonly limit: number; readonly after?: Cursor | undefined }

/**
 * Up to `limit` documents that fit, in the order of the index. There may be fewer while `next` says that there are more:
 * what the index finds and the filter leaves out is looked at, and not for ever for the last few.
 *
 * @throws SentinelError USAGE for a cursor of another list; whatever the store throws
 */
export async function listed<Body>(
  docs: Docs<Body>,
  index: Omit<Query, 'limit' | 'after'>,
  fits: (body: Body) => boolean,
  { limit, after }: Paging,
): Promise<Listed<Body>> {
  const found: Doc<Body>[] = []
  const damaged: SentinelError[] = []
  let next = after
  for (;;) {
    const query = { ...index, limit: Math.min(pageLimit, limit - found.length) }
    const page: Page<Body> = await docs.list(next === undefined ? query : { ...query, after: next })
    const fitting = page.docs.filter(({ body }) => fits(body))
    found.push(...fitting)
    damaged.push(...page.damaged)
    next = page.next
    if (next === undefined) return { docs: found, damaged }
    const missing = limit - found.length
    const isRare = fitting.length < page.docs.length && missing < limit / 4
    if (missing === 0 || isRare) return { docs: found, damaged, next }
  }
}
