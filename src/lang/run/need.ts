// Decision 26: evaluation does no I/O. What only the host can find out ends the evaluation with a Need; the host
// finds the answer and evaluates again from the start, with all answers so far.

import { fail } from '../values/failure.ts'
import type { Value } from '../values/value.ts'
import { fromHost } from './border.ts'

/** A fact that an evaluation needs. */
export type Need = {
  /** The same question has the same key. */
  readonly key: string
  /** What is asked, in the form that the import and the host agreed on. */
  readonly ask: unknown
}

/** An answer: the value, or why there is none, which is an error of the policy then. */
export type Answer = { readonly value: unknown } | { readonly error: string }

/** Thrown through the evaluation that cannot go on. */
export class Needed extends Error {
  readonly need: Need

  constructor(need: Need) {
    super('a fact is needed')
    this.need = need
  }
}

/** The answer to a question, or the end of the evaluation. */
export function answerTo(need: Need, answers: ReadonlyMap<string, Answer>): Value {
  const answer = answers.get(need.key)
  if (answer === undefined) throw new Needed(need)
  return 'error' in answer ? fail(answer.error) : fromHost(answer.value)
}
