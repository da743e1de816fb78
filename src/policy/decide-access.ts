import type { AccessAnswers, AccessAsk, AccessFacts, AccessGrant, AccessRefusal } from './access-types.ts'
import type { Decision } from './decision.ts'
import { plainLeave } from './plain.ts'

/**
 * Decides about a request for credentials. Pure: equal facts and answers give equal decisions, so that a decision can
 * be replayed from its record. Whatever could not be looked up denies (decision 7). A promise, because all that can
 * say no loads only then.
 */
export async function decideAccess(
  facts: AccessFacts,
  answers: AccessAnswers,
): Promise<Decision<AccessGrant, AccessRefusal, AccessAsk>> {
  const leave = plainLeave(facts)
  if (leave !== undefined) return leave
  const { decide } = await import('./access.ts')
  return decide(facts, answers)
}
