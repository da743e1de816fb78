import type { Collection, Docs } from './docs.ts'
import { docsOverKv, unclosed } from './docs-over-kv.ts'
import { memoryKv } from './memory-kv.ts'
import { timeless } from './sweep.ts'

/** Documents that end with their process. */
export function memoryDocs<Body>(collection: Collection<Body>): Docs<Body> {
  return docsOverKv({ kv: memoryKv(), closing: unclosed, clock: timeless }, collection)
}
