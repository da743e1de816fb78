// What is compared: ways to evaluate. A run on mutants puts a changed engine in the place of the subjects.

import type { EvaluationInputs, Imports, Result } from '../../src/lang/index.ts'
import { compile, evaluateWalked } from '../../src/lang/policy.ts'
import type { Source } from '../../src/source/index.ts'

/** Reads a policy once, to be evaluated as often as wanted. */
export type Engine = (source: Source, imports: Imports) => (inputs: EvaluationInputs) => Result

/** The engines under test (see subject.ts). */
export type Engines = { readonly quick: Engine; readonly general: Engine }

/** The obvious evaluator, which the others are measured by. */
export const reference: Engine = (source, imports) => {
  const policy = compile(source)
  return (inputs) => evaluateWalked(policy, { ...inputs, ...imports })
}
