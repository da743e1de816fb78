// The composition root: the only place that builds the real parts, each when it is first asked for.

import type { Clock, Random } from '../base/index.ts'
import type { Io } from './io.ts'

/** What every command is given. */
export type Deps = {
  readonly io: Io
  readonly clock: Clock
  readonly random: Random
}

/** The parts that a test may choose. */
export type Given = { readonly clock: Clock; readonly random: Random }

/** Builds the parts of one run. */
export function openDeps(io: Io, given: Given): Deps {
  return { io, ...given }
}
