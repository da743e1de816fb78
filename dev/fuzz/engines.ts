// What is compared: two ways to evaluate. A run on mutants puts a changed engine in the place of `subject`.

import { compile, type EvaluationInputs, type Result } from '../../src/lang/index.ts'
import type { Source } from '../../src/source/index.ts'

/** Reads a policy once, to be evaluated as often as wanted. Modules are given as sources. */
export type Engine = (source: Source) => (inputs: EvaluationInputs) => Result

/** The obvious evaluator, which the other is measured by. */
export const reference: Engine = (source) => {
  const policy = compile(source)
  return (inputs) => policy.evaluate(inputs)
}
