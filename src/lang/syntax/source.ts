// What callers may give for a source.

import type { Source } from '../../source/index.ts'

/** A text with the name that messages call it by, or the text alone. */
export type SourceLike = Source | string

/** The source that was given; a text without a name gets this one. */
export const toSource = (given: SourceLike, name = 'policy.sentinel'): Source =>
  typeof given === 'string' ? { name, text: given } : given
