// Requests for access that a second person must approve: whether one may be made, and taken back.

import { type Allow, allow, type Deny, type Fact } from './decision.ts'
import { longestRequestSeconds } from './limits.ts'
import { type Party, whyAnybody } from './people.ts'
import { type ChangeRefusal, refuse, unknown } from './refusal.ts'
import type { CompiledApprovalPolicy, CompiledApprovalRule } from './rules/compiled.ts'
import { assertCovers, isInTime, isNamed, ruleFor } from './rules/match.ts'
import { durationProblem, lengthProblem } from './words.ts'

/** A policy that was looked for: `undefined` when there is none. */
export type Looked<Policy> = { readonly compiled: Policy | undefined }

/** What is needed to decide whether a request may be made. */
export type RequestFacts = {
  readonly profile: string
  /** Seconds; more than 8 hours are cut to 8 hours. */
  readonly durationSeconds: number
  readonly justification: string
  readonly nowMs: number
  readonly caller: Fact<Party>
  readonly policy: Fact<Looked<CompiledApprovalPolicy>>
}

/** Leave to make one request. */
export type RequestGrant = {
  readonly profile: string
  /** Seconds, 900 to 28800: what was asked for, cut to 8 hours. */
  readonly durationSeconds: number
  readonly requester: Party
  readonly rule: string
  /** Whether the policy approves it by itself, at once. */
  readonly autoApproved: boolean
  readonly requiredApprovals: number
  readonly singleUse: boolean
}

/** Decides whether a request may be made, and whether it is approved by itself. */
export function decideRequest(facts: RequestFacts): Allow<RequestGrant> | Deny<ChangeRefusal> {
  if ('unavailable' in facts.caller) return unknown(facts.caller.unavailable)
  const problem =
    durationProblem(facts.durationSeconds) ?? lengthProblem('justification', facts.justification, 10, 500)
  if (problem !== undefined) return refuse('input', problem.message, problem)
  if ('unavailable' in facts.policy) return unknown(facts.policy.unavailable)
  const found = approvalRule(facts.policy.known, facts.profile)
  if ('refused' in found) return found.refused
  const { policy, rule } = found
  assertCovers(policy, facts.nowMs)
  const requester = facts.caller.known
  const durationSeconds = Math.min(facts.durationSeconds, longestRequestSeconds)
  const autoApproved = isAutoApproved(policy, rule, requester.user, durationSeconds, facts.nowMs)
  const anybodys = autoApproved ? undefined : anybodysRequest(policy, rule, requester)
  if (anybodys !== undefined) return anybodys
  const { profile } = facts
  const { requiredApprovals, singleUse } = rule
  return allow(
    { profile, durationSeconds, requester, rule: rule.name, autoApproved, requiredApprovals, singleUse },
    `rule \`${rule.name}\``,
  )
}

function isAutoApproved(
  policy: CompiledApprovalPolicy,
  { autoApprove }: CompiledApprovalRule,
  user: string,
  durationSeconds: number,
  nowMs: number,
): boolean {
  if (autoApprove === undefined) return false
  const { users, time, maxDurationSeconds = longestRequestSeconds } = autoApprove
  return (
    isNamed(users, user, policy.trustedSessionRoles) &&
    isInTime(policy, time, nowMs) &&
    durationSeconds <= maxDurationSeconds
  )
}

/** A refusal where whoever asks may be anybody, and so whoever would approve it too: nobody may. */
export function anybodysRequest(
  { trustedSessionRoles }: CompiledApprovalPolicy,
  { name }: CompiledApprovalRule,
  { user }: Party,
): Deny<ChangeRefusal> | undefined {
  const anybody = whyAnybody({ user }, trustedSessionRoles)
  if (anybody === undefined) return undefined
  const message = `nobody may approve what \`${user}\` asks for, since it may be anybody: ${anybody}`
  const hint =
    'ask as an IAM user or by IAM Identity Center, or have the role listed under `trusted_session_roles` of the approval policy, if an identity provider sets the names of its sessions'
  return refuse('policy', message, { hint, rule: name })
}

/** The rule that says who may approve requests for a profile, of a policy under which that can be done at all. */
export function approvalRule(
  { compiled }: Looked<CompiledApprovalPolicy>,
  profile: string,
):
  | { readonly policy: CompiledApprovalPolicy; readonly rule: CompiledApprovalRule }
  | { readonly refused: Deny<ChangeRefusal> } {
  if (compiled === undefined) {
    const hint = 'write an approval policy that names approvers for the profile'
    return { refused: refuse('policy', 'there is no approval policy, so nobody may approve', { hint }) }
  }
  const rule = ruleFor(compiled.rules, profile)
  if (rule === undefined) {
    const message = `no rule of the approval policy is for profile \`${profile}\`, so nobody may approve`
    return {
      refused: refuse('policy', message, { hint: 'name the profile in a rule of the approval policy' }),
    }
  }
  if (compiled.signingKey !== undefined) {
    const message = 'the approval policy asks for signatures (`signing_key`), which come with a later version'
    const hint = 'take `signing_key` out of the approval policy to approve without signatures'
    return { refused: refuse('policy', message, { hint, rule: rule.name }) }
  }
  return { policy: compiled, rule }
}

/** A request as it is stored. */
export type RequestState = {
  readonly id: string
  readonly profile: string
  readonly durationSeconds: number
  readonly requester: Party
  readonly status: 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled'
  /** Until when it may be approved. */
  readonly expiresAtMs: number
  /** What the policy asked for when the request was made. */
  readonly requiredApprovals: number
  readonly singleUse: boolean
  /** Who has approved it so far. */
  readonly approvals: readonly Party[]
}

/** What is needed to decide whether a request may be taken back. */
export type CancelFacts = {
  readonly nowMs: number
  readonly caller: Fact<Party>
  readonly request: Fact<RequestState>
}

/** Leave to take one request back. */
export type CancelGrant = { readonly requestId: string; readonly profile: string }

/** Decides whether a request may be taken back: by the very caller who made it, while it is pending. */
export function decideCancel(facts: CancelFacts): Allow<CancelGrant> | Deny<ChangeRefusal> {
  if ('unavailable' in facts.caller) return unknown(facts.caller.unavailable)
  if ('unavailable' in facts.request) return unknown(facts.request.unavailable)
  const request = facts.request.known
  const { arn, accountId } = facts.caller.known
  if (arn !== request.requester.arn || accountId !== request.requester.accountId) {
    const message = `request ${request.id} is \`${request.requester.user}\`'s: only they may cancel it`
    return refuse('policy', message, { hint: 'an approver may deny it: `sentinel deny ID`' })
  }
  const closed = notPending(request, facts.nowMs)
  return closed ?? allow({ requestId: request.id, profile: request.profile }, 'it is their own')
}

/** What is needed to decide whether an approval may be used up. */
export type UseFacts = {
  readonly caller: Fact<Party>
  readonly request: Fact<Pick<RequestState, 'id' | 'profile' | 'requester' | 'singleUse'>>
}

/** Leave to use one approval up. */
export type UseGrant = { readonly requestId: string; readonly profile: string }

/**
 * Decides whether an approval for a single use may be used up: by the very caller whom it was given to. That it is good
 * for what they want was decided with the credentials.
 */
export function decideUse({ caller, request }: UseFacts): Allow<UseGrant> | Deny<ChangeRefusal> {
  if ('unavailable' in caller) return unknown(caller.unavailable)
  if ('unavailable' in request) return unknown(request.unavailable)
  const { id, profile, requester, singleUse } = request.known
  const { arn, accountId } = caller.known
  if (arn !== requester.arn || accountId !== requester.accountId) {
    return refuse('policy', `approval ${id} is \`${requester.user}\`'s: nobody else may use it`, {})
  }
  if (!singleUse) return refuse('state', `approval ${id} may be used more than once`, {})
  return allow({ requestId: id, profile }, 'it is their own')
}

/** A refusal if a request is no longer waiting. */
export function notPending(
  { id, status, expiresAtMs }: RequestState,
  nowMs: number,
): Deny<ChangeRefusal> | undefined {
  const state = status === 'pending' && nowMs >= expiresAtMs ? 'expired' : status
  if (state === 'pending') return undefined
  const hint =
    state === 'approved'
      ? `look at it with \`sentinel check ${id}\``
      : 'make a new one with `sentinel request`'
  return refuse('state', `request ${id} is ${state}, no longer pending`, { hint })
}
