// Decision 26: evaluation does no I/O. What only the host can find out ends the evaluation with a Need; the host
// finds the answer and evaluates again from the start, with all answers so far.

import { maxDepth } from '../values/compare.ts'
import { type Costs, fail, type Terms } from '../values/failure.ts'
import { boxBytes, entryBytes } from '../values/prices.ts'
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

/**
 * The answer to a question, or the end of the evaluation. All of it is paid for, for it is there because the policy asked:
 * the host keeps it as long as evaluations need facts.
 */
export function answerTo(need: Need, answers: ReadonlyMap<string, Answer>, terms: Terms): Value {
  const answer = answers.get(need.key)
  if (answer === undefined) throw new Needed(need)
  if ('error' in answer) return fail(answer.error)
  payForAnswer(answer.value, terms)
  return fromHost(answer.value, terms)
}

/** Pays for what the host keeps, and what it took to come by it. */
function payForAnswer(answer: unknown, costs: Costs, depth = 0): void {
  costs.step()
  costs.pay(typeof answer === 'string' ? answerBytes * answer.length : boxBytes)
  if (typeof answer !== 'object' || answer === null) return
  if (depth > maxDepth) fail(`an answer nests more than ${maxDepth} levels deep`)
  const inside = Array.isArray(answer)
    ? answer
    : answer instanceof Map
      ? [...answer].flat()
      : Object.values(answer)
  costs.pay(inside.length * entryBytes)
  for (const one of inside) payForAnswer(one, costs, depth + 1)
}

/** A character of an answer: it came in pieces, which were put together and made into a text. */
const answerBytes = 3
