// Evaluation stops where it needs a fact; somebody finds it, and it evaluates again from the start (decision 26).

import type { Answer, EvaluationInputs, Need, Policy, Result } from '../lang/index.ts'

/** How many facts one result may need. */
const maxFacts = 64

/**
 * The result of a policy with all the facts that it needs, asked for one after the other. All evaluations together have
 * the time of one; that of the answers is another matter.
 */
export async function settle(
  policy: Policy,
  inputs: EvaluationInputs,
  answer: (need: Need) => Promise<Answer>,
): Promise<Result> {
  const answers = new Map<string, Answer>()
  const now = () => inputs.limits?.clock?.now() ?? 0
  let spentMs = 0
  for (;;) {
    const started = now()
    const result = policy.evaluate({ ...inputs, answers, limits: { ...inputs.limits, spentMs } })
    spentMs += now() - started
    const { need } = result
    if (need === undefined) return result
    const tooMany = { error: `more than ${maxFacts} facts are needed` }
    answers.set(need.key, answers.size < maxFacts ? await answer(need) : tooMany)
  }
}
