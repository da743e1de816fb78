import type { Entry, Kv } from './kv.ts'

const pageSize = 1000

/** All entries whose keys begin with the prefix, in order, read page by page. Not a snapshot. */
export async function* everyEntry(kv: Kv, prefix: string): AsyncGenerator<Entry, void, undefined> {
  for (let after: string | undefined; ; ) {
    const page = await kv.list({ prefix, limit: pageSize, ...(after === undefined ? {} : { after }) })
    yield* page
    after = page.at(-1)?.key
    if (page.length < pageSize || after === undefined) return
  }
}
