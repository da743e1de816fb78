// What a thread is asked to do, and what it says when it is done.

import type { Counts } from './watch.ts'

/** What can be tried. */
export const kinds = ['agreement', 'commented', 'wild', 'dense', 'soup', 'patterns'] as const

/** A piece of work: so many cases from one seed. `path` is fast-check's, to come back to one of them. */
export type Batch = {
  readonly kind: (typeof kinds)[number]
  readonly seed: number
  readonly runs: number
  readonly path?: string | undefined
}

/** What came out of a batch. */
export type Outcome = {
  readonly batch: Batch
  readonly counts: Counts
  readonly statuses: Map<string, number>
  readonly errors: Map<string, number>
  /** Cases that a limit ended, which only have to end in both evaluators. */
  limited: number
  failure: Failure | undefined
}

/** The smallest case that was found to fail, and how to come back to it. */
export type Failure = {
  /** What kind of thing went wrong. */
  readonly what: string
  readonly path: string
  /** The case, with all that it was given. */
  readonly shown: string
  /** What was wrong: both results, the formatted text, or where an exception came from. */
  readonly said: string
}
