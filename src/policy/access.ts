// The gateway's decision about credentials, from facts alone. The order of the questions is part of the
// contract: who asks, what the policy says, and only then whether the profile can give it at all.

import type { SentinelError } from '../base/index.ts'
import { type Allow, allow, type Deny, type Fact } from './decision.ts'
import { type Alternatives, alternatives } from './rules/alternatives.ts'
import type { CompiledPolicy, Mode } from './rules/compiled.ts'
import { evaluate, type Verdict } from './rules/evaluate.ts'

/** What is known about a request for credentials. */
export type AccessFacts = {
  readonly profile: string
  readonly mode: Mode
  /** Milliseconds since the Unix epoch at which the request is judged. */
  readonly nowMs: number
  /** Whether credentials without a SourceIdentity were accepted knowingly. */
  readonly unstamped: 'refused' | 'accepted'
  /** The caller, by the name that policies match (decision 20). */
  readonly caller: Fact<{ readonly user: string }>
  readonly policy: Fact<{ readonly compiled: CompiledPolicy }>
  /** What the profile would give. */
  readonly target: Fact<Target>
  /** The SourceIdentity that the credentials would carry. */
  readonly stamp: Fact<string>
}

/** What a profile gives: a role that can be stamped, or credentials that cannot and why. */
export type Target =
  | { readonly roleArn: string; readonly durationSeconds: number }
  | { readonly unstampable: string; readonly durationSeconds: number }

/** Leave to issue credentials. */
export type AccessGrant = {
  readonly profile: string
  /** The role to assume; absent when the base credentials are passed on unstamped. */
  readonly roleArn?: string
  /** Present whenever a role is assumed. */
  readonly sourceIdentity?: string
  readonly durationSeconds: number
  /** What the policy said. */
  readonly verdict: Verdict
}

/** Why credentials were refused. `rule`: the policy said so. */
export type AccessRefusal =
  | { readonly kind: 'unavailable'; readonly error: SentinelError }
  | { readonly kind: 'rule'; readonly verdict: Verdict; readonly alternatives: Alternatives }
  | { readonly kind: 'unstamped'; readonly because: string; readonly verdict: Verdict }

/**
 * Decides about a request for credentials. Pure: equal facts give equal decisions, so that a decision can be
 * replayed from its record. Whatever could not be looked up denies (decision 7).
 */
export function decideAccess(facts: AccessFacts): Allow<AccessGrant> | Deny<AccessRefusal> {
  if ('unavailable' in facts.caller) return unavailable(facts.caller.unavailable)
  if ('unavailable' in facts.policy) return unavailable(facts.policy.unavailable)
  const { compiled } = facts.policy.known
  const { profile, mode, nowMs } = facts
  const request = { user: facts.caller.known.user, profile, mode, nowMs }
  const verdict = evaluate(compiled, request)
  if (verdict.effect !== 'allow') {
    const why = { kind: 'rule', verdict, alternatives: alternatives(compiled, request) } as const
    return { kind: 'deny', because: ruleText(verdict), why }
  }
  if ('unavailable' in facts.target) return unavailable(facts.target.unavailable)
  return granted(facts, facts.target.known, verdict)
}

function granted(
  facts: AccessFacts,
  target: Target,
  verdict: Verdict,
): Allow<AccessGrant> | Deny<AccessRefusal> {
  const { durationSeconds } = target
  if ('unstampable' in target) {
    if (facts.unstamped === 'accepted')
      return allow({ profile: facts.profile, durationSeconds, verdict }, ruleText(verdict))
    const why = { kind: 'unstamped', because: target.unstampable, verdict } as const
    return { kind: 'deny', because: 'the credentials could not be stamped', why }
  }
  if ('unavailable' in facts.stamp) return unavailable(facts.stamp.unavailable)
  const grant = {
    profile: facts.profile,
    roleArn: target.roleArn,
    sourceIdentity: facts.stamp.known,
    durationSeconds,
    verdict,
  }
  return allow(grant, ruleText(verdict))
}

const ruleText = (verdict: Verdict) => (verdict.index < 0 ? 'no matching rule' : `rule \`${verdict.rule}\``)

function unavailable(error: SentinelError): Deny<AccessRefusal> {
  return { kind: 'deny', because: error.message, why: { kind: 'unavailable', error } }
}
