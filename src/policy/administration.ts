import type { SentinelError } from '../base/index.ts'
import { type Allow, allow, type Deny, type Fact } from './decision.ts'

/** What is needed to decide about an administrative change, such as putting a policy parameter. */
export type AdministrationFacts = {
  /** What is done, in the service's own words: `ssm:PutParameter`. */
  readonly action: string
  readonly resource: string
  readonly caller: Fact<{ readonly user: string; readonly arn: string; readonly accountId: string }>
}

/** Leave to make one administrative change. */
export type AdministrationGrant = { readonly action: string; readonly resource: string }

/**
 * Decides about an administrative change: whoever can be named may try, since AWS itself decides about it
 * (decision 1). A caller who cannot be named is refused, because the record could not say who it was.
 */
export function decideAdministration(
  facts: AdministrationFacts,
): Allow<AdministrationGrant> | Deny<{ readonly error: SentinelError }> {
  const { action, resource, caller } = facts
  if ('known' in caller) return allow({ action, resource }, 'aws decides')
  return { kind: 'deny', because: 'the caller is unknown', why: { error: caller.unavailable } }
}
