// Changes of the meaning, as data. Each makes the engine a little wrong; a run that does not notice is worth nothing.

import data from './mutants.json' with { type: 'json' }

/** One wrong engine: in a file, the text `from`, which stands there exactly once, is `to`. */
export type Mutant = {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
}

/** Every wrong engine: first those of generated code, then those of what both evaluators use. */
export const mutants: readonly Mutant[] = data
