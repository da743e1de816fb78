import type { Attribute, Name } from '../hcl/index.ts'
import type { Source } from '../source/index.ts'

/** `name = value` with the file that it is in: an override may have put it there. */
export type Field = Attribute & { readonly source: Source }

/** A block, before it is checked. */
export type Section = {
  readonly source: Source
  readonly type: Name
  readonly labels: readonly Name[]
  readonly fields: ReadonlyMap<string, Field>
  readonly blocks: readonly Section[]
}
