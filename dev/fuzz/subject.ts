// The engine under test. INVARIANT: whatever it is made of is imported here only, so that a run on mutants can give
// this file sources of its own (see bundle.ts).

import { compile, evaluateGenerated } from '../../src/lang/policy.ts'
import type { Engine } from './engines.ts'

/** The evaluator that must agree with the obvious one. */
export const subject: Engine = (source) => {
  const policy = compile(source)
  return (inputs) => evaluateGenerated(policy, inputs)
}
