// Break-glass: who may open an emergency, and close it.

import { formatDuration } from '../base/index.ts'
import { type Allow, allow, type Deny, type Fact } from './decision.ts'
import { longestEmergencySeconds } from './limits.ts'
import type { Party } from './people.ts'
import { escalates, exceeded, type Ledger, limitsFor, type RateLimits } from './rate.ts'
import { type ChangeRefusal, refuse, unknown } from './refusal.ts'
import type { Looked } from './request.ts'
import {
  type CompiledBreakglassPolicy,
  type CompiledBreakglassRule,
  type CompiledRateLimitPolicy,
  type Overridable,
  type ReasonCode,
  reasonCodes,
} from './rules/compiled.ts'
import { assertCovers, isInTime, isNamed, ruleFor } from './rules/match.ts'
import { durationProblem, lengthProblem, type Problem } from './words.ts'

/** What is needed to decide whether an emergency may be opened. */
export type OpeningFacts = {
  readonly profile: string
  readonly reasonCode: string
  readonly justification: string
  /** Seconds; more than 4 hours are cut to 4 hours. */
  readonly durationSeconds: number
  readonly nowMs: number
  readonly caller: Fact<Party>
  /** Why credentials for the profile could not end with the event, if they could not. */
  readonly unstampable: string | undefined
  readonly policy: Fact<Looked<CompiledBreakglassPolicy>>
  readonly limits: Fact<Looked<CompiledRateLimitPolicy>>
  readonly ledger: Fact<Ledger>
  /** What the command that closes an event must be told again, as it stands behind the command. */
  readonly again: string
  /** The caller's event for this profile that is in force, if there is one. */
  readonly active: Fact<{ readonly id: string; readonly expiresAtMs: number } | undefined>
}

/** Leave to open one emergency. */
export type OpeningGrant = {
  readonly profile: string
  readonly invoker: Party
  readonly rule: string
  readonly reasonCode: ReasonCode
  /** Seconds, 900 to 14400: what was asked for, cut to 4 hours. */
  readonly durationSeconds: number
  /** What it goes over, besides `require_approval` and no matching rule. */
  readonly overrides: readonly Overridable[]
  /** Whether AWS must verify an MFA code before it is opened. */
  readonly mfa: 'required' | 'none'
  /** What the claim must hold to (`exceeded`), whatever happens at once. */
  readonly limits: RateLimits
  /** Whether the caller opens so many that somebody should look. */
  readonly escalated: boolean
}

/** Decides whether an emergency may be opened. */
export function decideOpening(facts: OpeningFacts): Allow<OpeningGrant> | Deny<ChangeRefusal> {
  if ('unavailable' in facts.caller) return unknown(facts.caller.unavailable)
  const problem = inputProblem(facts)
  if (problem !== undefined) return refuse('input', problem.message, problem)
  if ('unavailable' in facts.policy) return unknown(facts.policy.unavailable)
  const invoker = facts.caller.known
  const found = openingRule(facts.policy.known, facts, invoker)
  if ('refused' in found) return found.refused
  if ('unavailable' in facts.active) return unknown(facts.active.unavailable)
  if ('unavailable' in facts.limits) return unknown(facts.limits.unavailable)
  if ('unavailable' in facts.ledger) return unknown(facts.ledger.unavailable)
  const active = facts.active.known
  if (active !== undefined && facts.nowMs < active.expiresAtMs) return stillActive(active.id, facts)
  const limits = limitsFor(facts.limits.known.compiled, facts.profile)
  const over = exceeded(limits, facts.ledger.known, facts.profile, facts.nowMs)
  if (over !== undefined) return tooOften(over, limits)
  return granted(facts, invoker, found.rule, limits, facts.ledger.known)
}

function granted(
  { profile, reasonCode, durationSeconds, nowMs }: OpeningFacts,
  invoker: Party,
  { name, overrides, mfa }: CompiledBreakglassRule,
  limits: RateLimits,
  ledger: Ledger,
): Allow<OpeningGrant> {
  const grant = {
    profile,
    invoker,
    rule: name,
    reasonCode: reasonCode as ReasonCode,
    durationSeconds: Math.min(durationSeconds, longestEmergencySeconds),
    overrides,
    mfa,
    limits,
    escalated: escalates(limits, ledger, nowMs),
  }
  return allow(grant, `rule \`${name}\``)
}

const inputProblem = (facts: OpeningFacts): Problem | undefined =>
  openingProblem(facts) ?? lengthProblem('justification', facts.justification, 20, 1000)

/** What is wrong with what somebody wants to open, before they say why. */
export function openingProblem({
  profile,
  unstampable,
  reasonCode,
  durationSeconds,
}: Pick<OpeningFacts, 'profile' | 'unstampable' | 'reasonCode' | 'durationSeconds'>): Problem | undefined {
  if (unstampable !== undefined) {
    const message = `an event for \`${profile}\` could never be used: ${unstampable}`
    return { message, hint: 'give the profile a role_arn' }
  }
  if (!reasonCodes.some((code) => code === reasonCode)) {
    const hint = `write one of ${reasonCodes.join(', ')}`
    return { message: `\`${reasonCode}\` is not a reason code`, hint }
  }
  return durationProblem(durationSeconds)
}

/** The rule under which a caller may open an emergency: the first for the profile, if all of it fits. */
function openingRule(
  { compiled }: Looked<CompiledBreakglassPolicy>,
  facts: OpeningFacts,
  { user }: Party,
): { readonly rule: CompiledBreakglassRule } | { readonly refused: Deny<ChangeRefusal> } {
  if (compiled === undefined) {
    const hint = 'write a break-glass policy that names users for the profile'
    return {
      refused: refuse('policy', 'there is no break-glass policy, so nobody may break the glass', { hint }),
    }
  }
  assertCovers(compiled, facts.nowMs)
  const rule = ruleFor(compiled.rules, facts.profile)
  if (rule === undefined) {
    const message = `no rule of the break-glass policy is for profile \`${facts.profile}\``
    return {
      refused: refuse('policy', message, { hint: 'name the profile in a rule of the break-glass policy' }),
    }
  }
  const against = whyNot(compiled, rule, facts, user)
  if (against === undefined) return { rule }
  return { refused: refuse('policy', against.message, { hint: against.hint, rule: rule.name }) }
}

function whyNot(
  policy: CompiledBreakglassPolicy,
  rule: CompiledBreakglassRule,
  { reasonCode, nowMs, durationSeconds }: OpeningFacts,
  user: string,
): Problem | undefined {
  const of = `rule \`${rule.name}\``
  if (!isNamed(rule.users, user, policy.trustedSessionRoles)) {
    return {
      message: `${of} does not let \`${user}\` break the glass`,
      hint: `it names ${rule.users.join(', ')}`,
    }
  }
  if (rule.reasonCodes !== undefined && !rule.reasonCodes.some((code) => code === reasonCode)) {
    const hint = `write one of ${rule.reasonCodes.join(', ')}, if that is what it is`
    return { message: `${of} does not take the reason code \`${reasonCode}\``, hint }
  }
  if (!isInTime(policy, rule.time, nowMs)) {
    return { message: `${of} does not apply at this time`, hint: 'look at `time` in the break-glass policy' }
  }
  const { maxDurationSeconds = Number.POSITIVE_INFINITY } = rule
  if (durationSeconds <= maxDurationSeconds) return undefined
  const most = formatDuration(maxDurationSeconds)
  return {
    message: `${of} allows at most ${most}, not ${formatDuration(durationSeconds)}`,
    hint: `write \`--duration ${most}\` or less`,
  }
}

function stillActive(id: string, { profile, again }: OpeningFacts): Deny<ChangeRefusal> {
  const hint = `use it, or close it first: \`sentinel breakglass-close ${id}${again} --reason …\``
  return refuse('state', `event ${id} for profile \`${profile}\` is in force already`, { hint })
}

function tooOften(
  { message, retryAfterSeconds }: { readonly message: string; readonly retryAfterSeconds: number },
  { rule }: RateLimits,
): Deny<ChangeRefusal> {
  const hint = `try again in ${formatDuration(retryAfterSeconds)}`
  return refuse('limit', message, { hint, rule, retryAfterSeconds })
}

/** An event as it is stored. */
export type EventState = {
  readonly id: string
  readonly profile: string
  readonly invoker: Pick<Party, 'arn' | 'accountId'>
  readonly status: 'active' | 'closed' | 'expired' | 'abandoned'
  readonly expiresAtMs: number
}

/** What is needed to decide whether an event may be closed. */
export type ClosingFacts = {
  readonly nowMs: number
  readonly reason: string
  readonly caller: Fact<Party>
  readonly event: Fact<EventState>
  /** The break-glass policy of the event's profile, as it is now. */
  readonly policy: Fact<Looked<CompiledBreakglassPolicy>>
}

/** Leave to close one event. */
export type ClosingGrant = { readonly eventId: string; readonly profile: string }

/**
 * Decides whether an event may be closed: by its invoker, whatever the policy has become, or by whomever the rule for
 * its profile names; with a reason, and not twice.
 */
export function decideClosing(facts: ClosingFacts): Allow<ClosingGrant> | Deny<ChangeRefusal> {
  if ('unavailable' in facts.caller) return unknown(facts.caller.unavailable)
  const problem = lengthProblem('reason', facts.reason, 1, 1000)
  if (problem !== undefined) return refuse('input', problem.message, problem)
  if ('unavailable' in facts.event) return unknown(facts.event.unavailable)
  const { id, profile, invoker, status, expiresAtMs } = facts.event.known
  const caller = facts.caller.known
  const isOwn = caller.arn === invoker.arn && caller.accountId === invoker.accountId
  if (!isOwn && 'unavailable' in facts.policy) return unknown(facts.policy.unavailable)
  const rule = 'known' in facts.policy ? closingRule(facts.policy.known, profile, caller) : undefined
  if (!isOwn && rule === undefined) {
    const message = `\`${caller.user}\` may not close event ${id}`
    return refuse('policy', message, {
      hint: 'its invoker may, and whoever the break-glass policy lets break the glass for its profile',
    })
  }
  const state = status === 'active' && facts.nowMs >= expiresAtMs ? 'expired' : status
  if (state === 'active') {
    return allow({ eventId: id, profile }, isOwn ? 'it is their own' : `rule \`${rule}\``)
  }
  return refuse('state', `event ${id} is ${state}, no longer active`, {
    hint: 'there is nothing left to close',
  })
}

/** The rule that names a caller for a profile, if there is one. */
function closingRule(
  { compiled }: Looked<CompiledBreakglassPolicy>,
  profile: string,
  { user }: Party,
): string | undefined {
  const rule = compiled && ruleFor(compiled.rules, profile)
  return rule && isNamed(rule.users, user, compiled.trustedSessionRoles) ? rule.name : undefined
}
