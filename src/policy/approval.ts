// Who may approve a request, or deny it. INVARIANT: the requester never approves, nor counts one person twice; whoever may
// be anybody approves nothing, and has nothing approved; what holds is the policy as it is now, also for approvals that were
// given before.

import { type Allow, allow, type Deny, type Fact } from './decision.ts'
import { longestRequestSeconds } from './limits.ts'
import { type Party, samePerson, whyAnybody, whyOnlyAnybody } from './people.ts'
import { type ChangeRefusal, refuse, unknown } from './refusal.ts'
import { anybodysRequest, approvalRule, type Looked, notPending, type RequestState } from './request.ts'
import type { CompiledApprovalPolicy, CompiledApprovalRule } from './rules/compiled.ts'
import { assertCovers, isNamed, ruleFor } from './rules/match.ts'

/** What is needed to decide whether somebody may approve or deny a request. */
export type ApprovalFacts = {
  readonly verb: 'approve' | 'deny'
  readonly nowMs: number
  readonly caller: Fact<Party>
  /** The request as it is stored. */
  readonly request: Fact<RequestState>
  readonly policy: Fact<Looked<CompiledApprovalPolicy>>
}

/** Leave to approve or deny one request. */
export type ApprovalGrant = {
  readonly verb: 'approve' | 'deny'
  readonly requestId: string
  readonly profile: string
  readonly rule: string
  readonly approver: Party
  /** How many approvals count, with this one; 0 for a denial. */
  readonly approvals: number
  /** How many are needed: by the policy when the request was made, or now if that is more. */
  readonly requiredApprovals: number
  /** Whether the request is approved with this. */
  readonly completes: boolean
  /** Seconds, at most 8 hours: how long the approval lasts. */
  readonly durationSeconds: number
  readonly singleUse: boolean
}

/** Decides whether a caller may approve or deny a request. */
export function decideApproval(facts: ApprovalFacts): Allow<ApprovalGrant> | Deny<ChangeRefusal> {
  if ('unavailable' in facts.caller) return unknown(facts.caller.unavailable)
  if ('unavailable' in facts.request) return unknown(facts.request.unavailable)
  if ('unavailable' in facts.policy) return unknown(facts.policy.unavailable)
  const [approver, request] = [facts.caller.known, facts.request.known]
  const closed = notPending(request, facts.nowMs)
  if (closed !== undefined) return closed
  const found = approvalRule(facts.policy.known, request.profile)
  if ('refused' in found) return found.refused
  const { policy, rule } = found
  assertCovers(policy, facts.nowMs)
  const against = whyNot(policy, rule, request.requester, approver)
  if (against !== undefined) {
    const message = `\`${approver.user}\` may not ${facts.verb} request ${request.id}: ${against}`
    return refuse('policy', message, { hint: hintFor(rule), rule: rule.name })
  }
  return facts.verb === 'deny'
    ? granted('deny', request, rule, approver, [])
    : approved(policy, rule, request, approver)
}

function approved(
  policy: CompiledApprovalPolicy,
  rule: CompiledApprovalRule,
  request: RequestState,
  approver: Party,
): Allow<ApprovalGrant> | Deny<ChangeRefusal> {
  const anybodys = anybodysRequest(policy, rule, request.requester)
  if (anybodys !== undefined) return anybodys
  const before = counted(policy, rule, request)
  const twin = before.find((party) => samePerson(party, approver) !== undefined)
  if (twin === undefined) return granted('approve', request, rule, approver, [...before, approver])
  const message = `\`${twin.user}\` has approved request ${request.id} already, and counts once`
  return refuse('state', message, { hint: 'let somebody else approve it too', rule: rule.name })
}

function granted(
  verb: 'approve' | 'deny',
  request: RequestState,
  rule: CompiledApprovalRule,
  approver: Party,
  approvals: readonly Party[],
): Allow<ApprovalGrant> {
  const requiredApprovals = Math.max(rule.requiredApprovals, request.requiredApprovals)
  const grant = {
    verb,
    requestId: request.id,
    profile: request.profile,
    rule: rule.name,
    approver,
    approvals: approvals.length,
    requiredApprovals,
    completes: approvals.length >= requiredApprovals,
    durationSeconds: Math.min(request.durationSeconds, longestRequestSeconds),
    singleUse: rule.singleUse || request.singleUse,
  }
  return allow(grant, `rule \`${rule.name}\``)
}

/** The approvals that count now: by different people who may still approve. */
function counted(
  policy: CompiledApprovalPolicy,
  rule: CompiledApprovalRule,
  { requester, approvals }: RequestState,
): readonly Party[] {
  return approvals
    .filter((party) => whyNot(policy, rule, requester, party) === undefined)
    .filter(
      (party, index, all) => !all.slice(0, index).some((earlier) => samePerson(earlier, party) !== undefined),
    )
}

/** Why somebody may not approve or deny what a requester asked for; nothing when they may. */
function whyNot(
  { trustedSessionRoles, approverAccounts }: CompiledApprovalPolicy,
  rule: CompiledApprovalRule,
  requester: Party,
  party: Party,
): string | undefined {
  const same = samePerson(requester, party)
  if (same !== undefined) return themselves(same)
  const anybody = whyAnybody(party, trustedSessionRoles)
  if (anybody !== undefined) return notTold(anybody)
  if (!isNamed(rule.approvers, party.user, trustedSessionRoles))
    return `rule \`${rule.name}\` does not name them`
  if (party.accountId === requester.accountId || approverAccounts.includes(party.accountId)) return undefined
  return `their account ${party.accountId} is neither the requester's nor under \`approver_accounts\``
}

const themselves = (same: string) =>
  `whoever asks never approves, and for all that can be told it is them: ${same}`

const notTold = (anybody: string) => `nobody can tell who it is: ${anybody}`

const hintFor = ({ approvers }: CompiledApprovalRule) => `approvers are ${approvers.join(', ')}`

/** Whether somebody may approve, and why. */
export type ApproverAnswer = {
  /** A user, or a pattern of the rule. */
  readonly who: string
  readonly may: boolean
  readonly because: string
}

/** Who may approve a request. */
export type ApproversExplained = {
  /** The rule that says so; absent when there is none, and nobody may. */
  readonly rule?: string
  readonly requiredApprovals: number
  /** How many approvals count so far. */
  readonly approvals: number
  /** About each name and pattern of the rule. */
  readonly answers: readonly ApproverAnswer[]
  /** About each caller that was asked about. */
  readonly asked: readonly ApproverAnswer[]
  /** About everybody else. */
  readonly otherwise: string
}

/**
 * Who may approve a request and who may not, and why: the approvers of the rule, and any callers that are asked about.
 * It only informs; `decideApproval` decides.
 */
export function explainApprovers(
  looked: Looked<CompiledApprovalPolicy>,
  request: RequestState,
  asked: readonly Party[] = [],
): ApproversExplained {
  const { requiredApprovals } = request
  const found = approvalRule(looked, request.profile)
  if ('refused' in found) {
    const rule = ruleFor(looked.compiled?.rules ?? [], request.profile)?.name
    return nobodyMay(found.refused.because, rule, requiredApprovals, asked)
  }
  const { policy, rule } = found
  const anybodys = anybodysRequest(policy, rule, request.requester)
  if (anybodys !== undefined) return nobodyMay(anybodys.because, rule.name, requiredApprovals, asked)
  const before = counted(policy, rule, request)
  return {
    rule: rule.name,
    requiredApprovals: Math.max(requiredApprovals, rule.requiredApprovals),
    approvals: before.length,
    answers: rule.approvers.map((pattern) => answerFor(policy, rule, request, before, pattern)),
    asked: asked.map((party) => answerAbout(policy, rule, request, before, party)),
    otherwise: `rule \`${rule.name}\` names nobody else`,
  }
}

function nobodyMay(
  because: string,
  rule: string | undefined,
  requiredApprovals: number,
  asked: readonly Party[],
): ApproversExplained {
  return {
    ...(rule !== undefined && { rule }),
    requiredApprovals,
    approvals: 0,
    answers: [],
    asked: asked.map(({ user }) => ({ who: user, may: false, because })),
    otherwise: because,
  }
}

/** About a name or pattern of the rule, looked at as if its owner came from the requester's account. */
function answerFor(
  policy: CompiledApprovalPolicy,
  rule: CompiledApprovalRule,
  request: RequestState,
  before: readonly Party[],
  pattern: string,
): ApproverAnswer {
  const party = { user: pattern, arn: pattern, accountId: request.requester.accountId }
  if (!/[*?]/.test(pattern)) return answerAbout(policy, rule, request, before, party)
  const anybody = whyOnlyAnybody(pattern, policy.trustedSessionRoles)
  if (anybody !== undefined) return { who: pattern, may: false, because: notTold(anybody) }
  const because = `rule \`${rule.name}\` names everybody like this; whoever asked is excepted`
  return { who: pattern, may: true, because }
}

function answerAbout(
  policy: CompiledApprovalPolicy,
  rule: CompiledApprovalRule,
  request: RequestState,
  before: readonly Party[],
  party: Party,
): ApproverAnswer {
  const who = party.user
  const against = whyNot(policy, rule, request.requester, party)
  if (against !== undefined) return { who, may: false, because: against }
  const hasApproved = before.some((earlier) => samePerson(earlier, party) !== undefined)
  if (hasApproved) return { who, may: false, because: 'has approved it already' }
  return { who, may: true, because: `rule \`${rule.name}\` names them` }
}
