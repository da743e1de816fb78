// Evaluation stops where it needs a fact; somebody finds it, and it evaluates again from the start (decision 26).

import type { Answer, EvaluationInputs, Need, Policy, Result } from '../lang/index.ts'

/** How many facts one result may need. */
const maxFacts = 64

/** The result of a policy with all the facts that it needs, asked for one after the other. */
export async function settle(
  policy: Policy,
  inputs: EvaluationInputs,
  answer: (need: Need) => Promise<Answer>,
): Promise<Result> {
  const answers = new Map<string, Answer>()
  for (;;) {
    const result = policy.evaluate({ ...inputs, answers })
    const { need } = result
    if (need === undefined) return result
    const tooMany = { error: `more than ${maxFacts} facts are needed` }
    answers.set(need.key, answers.size < maxFacts ? await answer(need) : tooMany)
  }
}
