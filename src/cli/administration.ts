// Steps beside what was asked for (a parameter that is put, a role that is assumed to reach it): each walks the corridor
// as administration, in the record before and after.

import type { DecisionLog } from '../audit/index.ts'
import { type Caller, passAdministration } from '../gateway/index.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import type { Ways } from './ways.ts'

/** On whose behalf and where a step is recorded. */
export type StepRecord = {
  readonly log: DecisionLog
  readonly requestId: string
  /** Whom the record names. */
  readonly owner: { caller(): Promise<Caller> }
  readonly ways: Ways
}

/** Makes one step, recorded. Throws as passAdministration. */
export function recorded<Result>(
  deps: GatewayDeps,
  { log, requestId, owner, ways }: StepRecord,
  step: { readonly action: string; readonly resource: string },
  change: () => Promise<Result>,
): Promise<Result> {
  return passAdministration(
    { log, circumstances: ways.circumstances, caller: () => owner.caller(), change },
    { requestId, ...step },
    deps.signal(),
  )
}
