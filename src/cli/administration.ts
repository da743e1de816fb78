// Steps beside what was asked for (a parameter that is put, a role that is assumed to reach it): each walks the corridor
// as administration, in the record before and after.

import type { DecisionLog } from '../audit/index.ts'
import { type Caller, type CircumstancesOfLine, passAdministration } from '../gateway/index.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** On whose behalf and where a step is recorded. */
export type StepRecord = {
  readonly log: DecisionLog
  readonly requestId: string
  /** Whom the record names. */
  readonly owner: { caller(): Promise<Caller> }
  /** What AWS is reached with. */
  readonly means: { readonly circumstances: CircumstancesOfLine }
}

/** Makes one step, recorded. Throws as passAdministration. */
export function recorded<Result>(
  deps: GatewayDeps,
  { log, requestId, owner, means }: StepRecord,
  step: { readonly action: string; readonly resource: string },
  change: () => Promise<Result>,
): Promise<Result> {
  const circumstances = () => ({ ...deps.circumstances(), ...means.circumstances })
  return passAdministration(
    { log, circumstances, caller: () => owner.caller(), change },
    { requestId, ...step },
    deps.signal(),
  )
}
