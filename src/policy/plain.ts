// The plain case of a decision about credentials: the policy allows, nothing has to be asked, and the profile can give
// it. Nearly every decision ends here; all that can say no is in access.ts, which loads only then.

import type { AccessFacts, AccessGrant } from './access-types.ts'
import { type Allow, allow } from './decision.ts'
import { evaluate, type Verdict } from './rules/evaluate.ts'

/** Leave that needs nothing but an `allow` of the policy; undefined where there is more to it. */
export function plainLeave(facts: AccessFacts): Allow<AccessGrant> | undefined {
  const { profile, mode, nowMs, caller, policy, target, stamp } = facts
  if ('unavailable' in caller || 'unavailable' in policy) return undefined
  if ('unavailable' in target || 'unavailable' in stamp) return undefined
  if (mode === 'server' || 'unstampable' in target.known) return undefined
  const verdict = evaluate(policy.known.compiled, { user: caller.known.user, profile, mode, nowMs })
  if (verdict.effect !== 'allow') return undefined
  return allow(stampedGrant(profile, target.known, stamp.known, verdict), ruleText(verdict))
}

/** The grant of a role. */
export function stampedGrant(
  profile: string,
  { roleArn, durationSeconds }: { readonly roleArn: string; readonly durationSeconds: number },
  sourceIdentity: string,
  verdict: Verdict,
) {
  return { profile, roleArn, sourceIdentity, durationSeconds, verdict }
}

/** What decided, in words. */
export const ruleText = ({ index, rule }: Verdict) => (index < 0 ? 'no matching rule' : `rule \`${rule}\``)
