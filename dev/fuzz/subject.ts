// The engines under test. INVARIANT: whatever they are made of is imported here only, so that a run on mutants can give
// this file sources of its own (see bundle.ts).

import { compile, evaluateGenerally, evaluateGenerated } from '../../src/lang/policy.ts'
import type { Engine } from './engines.ts'

/** Generated code, the quick one where it may be used; imports are given when the policy is compiled. */
export const quick: Engine = (source, imports) => {
  const policy = compile(source, imports)
  return (inputs) => evaluateGenerated(policy, inputs)
}

/** Generated code for all cases; imports are given with each evaluation. */
export const general: Engine = (source, imports) => {
  const policy = compile(source)
  return (inputs) => evaluateGenerally(policy, { ...inputs, ...imports })
}
