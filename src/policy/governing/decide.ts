// The two last steps of a decision about a request: first the policies of roles, then those of endpoints, which are not
// asked where one of the first refused (spec/vault.md 1.2).

import { SentinelError } from '../../base/index.ts'
import type { Need } from '../decision.ts'
import { factorsTold } from '../factors.ts'
import { evaluated, type Governing, type GoverningAnswers, type GoverningAsk } from './evaluate.ts'
import { type Governed, isSatisfied } from './outcome.ts'
import type { GoverningKind } from './policy.ts'
import { nameText, refusalText } from './text.ts'

/** All policies let the request through. */
type Passed = { readonly kind: 'passed'; readonly governed: readonly Governed[] }

/** One or more did not. */
export type GoverningRefusal = {
  readonly kind: 'refused'
  readonly step: GoverningKind
  /** Also those that passed. */
  readonly governed: readonly Governed[]
  readonly because: string
  readonly error: SentinelError
}

/** Asks all policies that govern a request. */
export function governedBy(
  governing: Governing,
  facts: { readonly nowMs: number; readonly isUnauthenticated: boolean },
  answers: GoverningAnswers,
): Passed | GoverningRefusal | Need<GoverningAsk> {
  let governed: readonly Governed[] = nothing
  for (const step of ['rgp', 'egp'] as const) {
    const policies = step === 'rgp' ? governing.rgps : governing.egps
    if (policies.length === 0) continue
    const outcomes = evaluated(governing, policies, facts.nowMs, answers)
    if ('kind' in outcomes) return outcomes
    governed = governed.length === 0 ? outcomes : [...governed, ...outcomes]
    const failed = outcomes.filter((outcome) => !isSatisfied(outcome))
    if (failed.length > 0) return refused(step, Object.freeze(governed), failed, facts, factorsTold(answers))
  }
  return { kind: 'passed', governed: Object.freeze(governed) }
}

const nothing: readonly Governed[] = Object.freeze([])

function refused(
  step: GoverningKind,
  governed: readonly Governed[],
  failed: readonly Governed[],
  { isUnauthenticated }: { readonly isUnauthenticated: boolean },
  told: readonly string[],
): GoverningRefusal {
  const because = `${failed.map(nameText).join(', ')} did not pass`
  // Whoever logs in is no holder of anything yet: to clients of this API that is a request gone wrong.
  const code = isUnauthenticated ? 'LOGIN_DENIED' : 'POLICY_DENIED'
  const error = new SentinelError(code, refusalText(failed, told), {
    forLogs: `permission denied: ${because}`,
  })
  return { kind: 'refused', step, governed, because, error }
}
