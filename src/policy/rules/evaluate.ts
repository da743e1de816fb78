// What a policy says about a request. First match wins; what no rule matches is denied (decision 5).
// Nothing here parses, allocates per rule or asks the time: it runs for every credential.

import { unreachable } from '../../base/index.ts'
import type { CompiledPolicy, CompiledRule, Mode, RuleEffect } from './compiled.ts'
import { assertCovers, isForProfile, isInTime } from './match.ts'
import { userMatches } from './users.ts'

/** What is asked. */
export type AccessRequest = {
  /** The name as policies write it: `alice`, `Role/session`, `:federated/bob`, `:root`. */
  readonly user: string
  readonly profile: string
  readonly mode: Mode
  readonly nowMs: number
  /** Whether the server mode's session is tracked in a table, where it can be revoked; `none` when absent. */
  readonly session?: 'tracked' | 'none'
}

/** What the policy says. */
export type Verdict = {
  readonly effect: 'allow' | 'deny' | 'require_approval'
  /** The rule that matched; empty when none did. */
  readonly rule: string
  /** The rule's place in the list, or -1. */
  readonly index: number
  /** The rule's own words, or `no matching rule`. */
  readonly reason: string
  /** The effect as the rule has it; absent when none matched. */
  readonly ruleEffect?: RuleEffect
  /** Denied for the mode alone: with server mode this rule would allow. */
  readonly requiresServer: boolean
  /** Denied for want of a tracked session in server mode. */
  readonly requiresServerSession: boolean
  readonly maxServerDurationSeconds?: number
  readonly sessionTable?: string
}

/**
 * What the policy says about a request.
 *
 * @throws SentinelError INTERNAL when the policy was compiled for another time (ask `isStale` first)
 */
export function evaluate(policy: CompiledPolicy, request: AccessRequest): Verdict {
  assertCovers(policy, request.nowMs)
  for (const [index, rule] of policy.rules.entries()) {
    if (matchesApartFromTime(policy, rule, request) && isInTime(policy, rule.time, request.nowMs)) {
      return verdictOf(rule, index, request)
    }
  }
  return {
    effect: 'deny',
    rule: '',
    index: -1,
    reason: 'no matching rule',
    requiresServer: false,
    requiresServerSession: false,
  }
}

/** Whether everything but the time of a rule fits. */
export function matchesApartFromTime(
  policy: CompiledPolicy,
  rule: CompiledRule,
  { user, profile, mode }: AccessRequest,
): boolean {
  if (rule.modes !== undefined && !rule.modes.includes(mode)) return false
  if (!isForProfile(rule, profile)) return false
  const { trustedSessionRoles } = policy
  return (
    rule.users === undefined || rule.users.some((pattern) => userMatches(pattern, user, trustedSessionRoles))
  )
}

function verdictOf(rule: CompiledRule, index: number, request: AccessRequest): Verdict {
  return {
    ...outcome(rule.effect, request),
    rule: rule.name,
    index,
    reason: rule.reason,
    ruleEffect: rule.effect,
    ...(rule.maxServerDurationSeconds === undefined
      ? {}
      : { maxServerDurationSeconds: rule.maxServerDurationSeconds }),
    ...(rule.sessionTable === undefined ? {} : { sessionTable: rule.sessionTable }),
  }
}

type Outcome = Pick<Verdict, 'effect' | 'requiresServer' | 'requiresServerSession'>

const plainly = (effect: Verdict['effect']): Outcome => ({
  effect,
  requiresServer: false,
  requiresServerSession: false,
})

function outcome(effect: RuleEffect, { mode, session }: AccessRequest): Outcome {
  switch (effect) {
    case 'allow':
    case 'deny':
    case 'require_approval':
      return plainly(effect)
    case 'require_server':
      return mode === 'server' ? plainly('allow') : { ...plainly('deny'), requiresServer: true }
    case 'require_server_session':
      if (mode === 'server' && session === 'tracked') return plainly('allow')
      return { ...plainly('deny'), requiresServer: mode !== 'server', requiresServerSession: true }
    default:
      return unreachable(effect)
  }
}
