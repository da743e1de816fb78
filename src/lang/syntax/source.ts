// What callers may give for a source.

import type { Source } from '../../source/index.ts'

/** A text with the name that messages call it by, or the text alone. */
export type SourceLike = Source | string

/** What a caller gave in place of a source. Whoever parses it says so. */
export class NoSource implements Source {
  readonly name: string
  readonly text = ''

  constructor(name: string) {
    this.name = name
  }
}

/** The source that was given; a text without a name gets this one. */
export function toSource(given: SourceLike, name = 'policy.sentinel'): Source {
  if (typeof given === 'string') return { name, text: given }
  // Callers without types give anything.
  const one: Partial<Source> | null | undefined = given
  if (typeof one?.text !== 'string') return new NoSource(name)
  return typeof one.name === 'string' ? given : { name, text: one.text }
}
