// What step-up methods say of a request. ACL policies and governing policies ask by the same key, so each method is asked
// once for each request, whoever asks.

import type { Fact } from './decision.ts'

/** Asks a step-up method. */
export type FactorAsk = {
  readonly key: string
  readonly ask: { readonly kind: 'mfa'; readonly method: string }
}

/** What one said. */
export type FactorAnswer =
  | { readonly valid: true }
  | {
      readonly valid: false
      /** For the record. */
      readonly because: string
      /** For whoever asked: on a login it says nothing about who is known. */
      readonly told: string
    }

/** What was asked so far, methods and all else. */
type Answers = ReadonlyMap<string, Fact<unknown>>

export const factorAsk = (method: string): FactorAsk => ({
  key: `mfa/${method}`,
  ask: { kind: 'mfa', method },
})

/** What a method said; undefined where it was not asked yet. */
export const factorAnswer = (answers: Answers, method: string): Fact<FactorAnswer> | undefined =>
  // Whoever answers a FactorAsk gives a FactorAnswer.
  answers.get(`mfa/${method}`) as Fact<FactorAnswer> | undefined

/** For whoever is refused: the methods that were asked and did not confirm, a line each. */
export function factorsTold(answers: Answers): readonly string[] {
  if (answers.size === 0) return nothing
  return [...answers.keys()]
    .filter((key) => key.startsWith('mfa/'))
    .flatMap((key) => {
      const method = key.slice('mfa/'.length)
      const answer = factorAnswer(answers, method)
      if (answer === undefined) return []
      if ('unavailable' in answer) return `MFA method "${method}" cannot be asked just now`
      return answer.known.valid ? [] : `MFA method "${method}" did not confirm it: ${answer.known.told}`
    })
}

const nothing: readonly string[] = Object.freeze([])

/** What governing policies of one request find out by asking methods. */
export type FactorsAsked = {
  /** What is known by now. */
  answers: Answers
  /** The first that was read and not asked yet: what was evaluated meanwhile does not count. */
  wanted: FactorAsk | undefined
}

/** The methods as policies find them. Whoever reads `valid` has the method asked; nobody else has. */
export function factorsView(methods: readonly string[], asked: FactorsAsked): object {
  const view: Record<string, object> = Object.create(null)
  for (const method of methods) {
    view[method] = {
      get valid() {
        return validOf(method, asked)
      },
    }
  }
  return { methods: view }
}

function validOf(method: string, asked: FactorsAsked): boolean | undefined {
  const answer = factorAnswer(asked.answers, method)
  if (answer === undefined) {
    asked.wanted ??= factorAsk(method)
    return undefined
  }
  // Thrown, it is an error of the policy: what cannot be found out does not pass.
  if ('unavailable' in answer) throw answer.unavailable
  return answer.known.valid
}
