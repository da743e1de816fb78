import { SentinelError } from '../base/index.ts'
import type { Doc, Docs } from '../store/index.ts'

/** What a document becomes, or why it stays as it is. */
export type Next<Body, No> = { readonly body: Body } | { readonly no: No }

/**
 * Turns a document from one state to the next, where it still is as it was read. Whoever was slower looks at it as it is
 * then, and it is judged anew: what was allowed may not be allowed any more. The document as it was written, or why not.
 *
 * @param next asked again each time that somebody else was faster; the same body is not written again
 * @throws SentinelError whatever the store throws; STORE_CONFLICT when the document is gone
 */
export async function turnDoc<Body, No>(
  docs: Docs<Body>,
  first: Doc<Body>,
  next: (doc: Doc<Body>) => Next<Body, No> | Promise<Next<Body, No>>,
): Promise<{ readonly doc: Doc<Body> } | { readonly no: No }> {
  // Each time around somebody else got further, and what lasts has few steps: this ends.
  for (let doc = first; ; ) {
    const turned = await next(doc)
    if ('no' in turned) return turned
    if (turned.body === doc.body) return { doc }
    try {
      return { doc: await docs.update(doc, turned.body) }
    } catch (thrown) {
      const now = isConflict(thrown) ? await docs.get(doc.id) : undefined
      if (now === undefined || now.version <= doc.version) throw thrown
      doc = now
    }
  }
}

/** Whether somebody else was faster. */
export const isConflict = (thrown: unknown) =>
  thrown instanceof SentinelError && thrown.code === 'STORE_CONFLICT'
