// What is compared: two ways to evaluate. A run on mutants puts a changed engine in the place of `subject`.

import type { EvaluationInputs, Result } from '../../src/lang/index.ts'
import { compile, evaluateWalked } from '../../src/lang/policy.ts'
import type { Source } from '../../src/source/index.ts'

/** Reads a policy once, to be evaluated as often as wanted. Modules are given as sources. */
export type Engine = (source: Source) => (inputs: EvaluationInputs) => Result

/** The obvious evaluator, which the other is measured by. */
export const reference: Engine = (source) => {
  const policy = compile(source)
  return (inputs) => evaluateWalked(policy, inputs)
}
