// An approval request from its making to its use. Pure: a state, an event and the time give the next state or a refusal;
// who may do what is for `policy` to decide, and writing it down for the repository.
//
//   pending ──▶ approved (the window starts now) ──▶ consumed once, where it is for single use
//      ├──────▶ denied
//      ├──────▶ cancelled
//      └──────▶ expired    never written: it is what a pending request is from its 24th hour on
//
// INVARIANT: approved, denied and cancelled are final. A window is never longer than what was asked for, and starts when
// the last approval that was needed came, not when somebody asked.

import { printable, toTimestamp, unreachable } from '../base/index.ts'
import { longestRequestSeconds, type Party, samePerson } from '../policy/index.ts'
import { present } from './present.ts'
import { otherRole, type Use } from './use.ts'

/** What a request can be. */
export const requestStatuses = ['pending', 'approved', 'denied', 'expired', 'cancelled'] as const

/** What a request is. */
export type RequestStatus = (typeof requestStatuses)[number]

/** One approver's yes. */
export type Approval = Party & PolicyPlace & { readonly atMs: number; readonly comment: string }

/** The approval policy that decided. */
export type PolicyPlace = {
  readonly policyPath?: string
  /** Absent where that was a file, which whoever named it chose. */
  readonly policyVersion?: number
}

/** A request for approval. Instants are milliseconds since the Unix epoch. */
export type ApprovalRequest = {
  readonly requester: string
  /** Whose request it is, beyond doubt. Absent in rows of other programs: these permit nothing. */
  readonly requesterArn?: string
  readonly accountId?: string
  readonly profile: string
  /** The role that the profile had when it was asked for, and the only one that an approval is for. */
  readonly roleArn?: string
  /** The approval policy under which it was made. */
  readonly policyPath?: string
  /** Absent where that was a file of whoever asked. */
  readonly policyVersion?: number
  readonly justification: string
  /** How long the window is once it is approved. */
  readonly durationSeconds: number
  /** As written: `requestStatusAt` says what it is at a time. */
  readonly status: RequestStatus
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** When it stops waiting for approval. */
  readonly expiresAtMs: number
  /** How many people must approve, from 1; more when the policy came to ask for more. */
  readonly requiredApprovals: number
  /** In the order in which they came. */
  readonly approvals: readonly Approval[]
  /** Whether the policy approved it by itself. */
  readonly autoApproved: boolean
  readonly singleUse: boolean
  /** Who approved it last, denied or cancelled it, and what they said. */
  readonly approver?: string
  readonly approverComment?: string
  readonly approvedAtMs?: number
  /** The end of the window, exclusive. */
  readonly validUntilMs?: number
  readonly consumedAtMs?: number
  /** The request id of the walk that used it up. */
  readonly consumedBy?: string
  /** Over the approval, by a KMS key (decision 25). Nothing writes it yet. */
  readonly signature?: string
}

/** What somebody asks for. */
export type Asked = {
  readonly requester: Party
  readonly profile: string
  /** The role that the profile gives; absent where it gives none. */
  readonly roleArn?: string | undefined
  readonly policyPath?: string | undefined
  readonly policyVersion?: number | undefined
  readonly justification: string
  /** Seconds, up to 8 hours. */
  readonly durationSeconds: number
  readonly requiredApprovals: number
  readonly singleUse: boolean
  readonly autoApproved: boolean
}

/** What the policy says of an approval as it is given: it may have become stricter since the request was made. */
export type Terms = {
  readonly requiredApprovals: number
  readonly singleUse: boolean
  /** Whether this was the last approval that was needed, by those that still count. */
  readonly completes: boolean
}

/** What can happen to a request. */
export type RequestEvent =
  | ({
      readonly kind: 'approve'
      readonly by: Party
      readonly comment: string
      readonly under: PolicyPlace
    } & Terms)
  | { readonly kind: 'deny'; readonly by: Party; readonly comment: string }
  | { readonly kind: 'cancel'; readonly by: Party }
  /** Used for credentials by the walk with this request id. */
  | { readonly kind: 'consume'; readonly walkId: string }

/** The next state, or why there is none. `because` is a whole phrase for people. */
export type Step =
  | { readonly kind: 'next'; readonly request: ApprovalRequest }
  | { readonly kind: 'refused'; readonly because: string }

/** A request waits so long for approval. */
export const pendingMs = 24 * 3_600_000

/** A walk that used an approval up may come back for so long, after a crash. */
const comeBackMs = 60_000

/** The comment of an approval that the policy gave. */
export const autoApprovalComment = 'auto-approved by policy'

/** A request as it is made. */
export function newRequest(asked: Asked, nowMs: number): ApprovalRequest {
  const { requester, profile, justification, durationSeconds, requiredApprovals, singleUse, autoApproved } =
    asked
  const { roleArn, policyPath, policyVersion } = asked
  const request = {
    requester: requester.user,
    requesterArn: requester.arn,
    accountId: requester.accountId,
    profile,
    ...present({ roleArn, policyPath, policyVersion }),
    justification,
    durationSeconds,
    status: 'pending',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    expiresAtMs: nowMs + pendingMs,
    requiredApprovals,
    approvals: [],
    autoApproved,
    singleUse,
  } as const
  if (!autoApproved) return request
  return { ...opened(request, nowMs), approver: requester.user, approverComment: autoApprovalComment }
}

/** What a request is at a time: nobody writes down that one has expired. */
export function requestStatusAt({ status, expiresAtMs }: ApprovalRequest, nowMs: number): RequestStatus {
  return status === 'pending' && nowMs >= expiresAtMs ? 'expired' : status
}

/** What becomes of a request by an event. */
export function step(request: ApprovalRequest, event: RequestEvent, nowMs: number): Step {
  switch (event.kind) {
    case 'approve':
      return pending(request, nowMs) ?? approved(request, event, nowMs)
    case 'deny':
    case 'cancel':
      return pending(request, nowMs) ?? { kind: 'next', request: ended(request, event, nowMs) }
    case 'consume':
      return consumed(request, event.walkId, nowMs)
    default:
      return unreachable(event)
  }
}

/**
 * Until when a request lets somebody use a profile, or why it does not. Bound to ARN and account, not to a name; an
 * approved row that no sequence of steps could have led to permits nothing.
 */
export function usableUntil(
  request: ApprovalRequest,
  { caller, profile, roleArn, walkId }: Use,
  nowMs: number,
): { readonly untilMs: number } | { readonly because: string } {
  const { validUntilMs } = request
  if (request.profile !== profile) return { because: `it is for profile \`${printable(request.profile)}\`` }
  if (request.requesterArn !== caller.arn || request.accountId !== caller.accountId) {
    return { because: 'it is not yours' }
  }
  const other = otherRole(request, profile, roleArn)
  if (other !== undefined) return { because: other }
  if (request.status !== 'approved') return { because: `it is ${requestStatusAt(request, nowMs)}` }
  if (validUntilMs === undefined || !isWhole(request)) {
    return { because: 'its row was not written by this program, or was changed since' }
  }
  if (nowMs >= validUntilMs) return { because: `its window ended at ${toTimestamp(validUntilMs)}` }
  return usedUp(request, walkId, nowMs) ?? { untilMs: validUntilMs }
}

function pending(request: ApprovalRequest, nowMs: number): Step | undefined {
  const status = requestStatusAt(request, nowMs)
  if (status === 'pending') return undefined
  const { approver, updatedAtMs, expiresAtMs } = request
  const at = toTimestamp(status === 'expired' ? expiresAtMs : updatedAtMs)
  const by = status === 'expired' || approver === undefined ? '' : ` by ${printable(approver)}`
  return refused(status === 'expired' ? `it expired at ${at}` : `it was ${status}${by} at ${at}`)
}

function approved(
  request: ApprovalRequest,
  { by, comment, under, ...terms }: Extract<RequestEvent, { kind: 'approve' }>,
  nowMs: number,
): Step {
  if (request.requesterArn === undefined) {
    return refused('another program made it, and it is not bound to anybody: ask again with this one')
  }
  const { user, arn, accountId } = by
  // Whoever comes again counts once.
  const others = request.approvals.filter((each) => !isOne(each, by))
  const approvals = [...others, { user, arn, accountId, atMs: nowMs, comment, ...under }]
  const said = { approver: user, ...(comment === '' ? {} : { approverComment: comment }) }
  const next = {
    ...withoutComment(request),
    ...said,
    approvals,
    // A policy that came to ask for less takes nothing away from what was asked for when the request was made.
    requiredApprovals: Math.max(request.requiredApprovals, terms.requiredApprovals),
    singleUse: request.singleUse || terms.singleUse,
    updatedAtMs: nowMs,
  }
  const isEnough = terms.completes && approvals.length >= next.requiredApprovals
  return { kind: 'next', request: isEnough ? opened(next, nowMs) : next }
}

/** The window starts now. */
function opened(request: ApprovalRequest, nowMs: number): ApprovalRequest {
  const validUntilMs = nowMs + windowMs(request)
  return { ...request, status: 'approved', updatedAtMs: nowMs, approvedAtMs: nowMs, validUntilMs }
}

const windowMs = ({ durationSeconds }: ApprovalRequest) =>
  Math.min(durationSeconds, longestRequestSeconds) * 1000

function ended(
  request: ApprovalRequest,
  event: Extract<RequestEvent, { kind: 'deny' | 'cancel' }>,
  nowMs: number,
): ApprovalRequest {
  const ended = { ...withoutComment(request), approver: event.by.user, updatedAtMs: nowMs }
  if (event.kind === 'cancel') return { ...ended, status: 'cancelled' }
  return {
    ...ended,
    status: 'denied',
    ...(event.comment === '' ? {} : { approverComment: event.comment }),
  }
}

function withoutComment({ approverComment: _, ...request }: ApprovalRequest): ApprovalRequest {
  return request
}

function consumed(request: ApprovalRequest, walkId: string, nowMs: number): Step {
  if (request.status !== 'approved') return refused(`it is ${requestStatusAt(request, nowMs)}`)
  if (!request.singleUse) return refused('it may be used more than once')
  const { validUntilMs = 0 } = request
  if (nowMs >= validUntilMs) return refused(`its window ended at ${toTimestamp(validUntilMs)}`)
  const used = usedUp(request, walkId, nowMs)
  if (used !== undefined) return refused(used.because)
  if (request.consumedAtMs !== undefined) return { kind: 'next', request }
  return {
    kind: 'next',
    request: { ...request, consumedAtMs: nowMs, consumedBy: walkId, updatedAtMs: nowMs },
  }
}

function usedUp(
  { consumedAtMs, consumedBy }: ApprovalRequest,
  walkId: string,
  nowMs: number,
): { readonly because: string } | undefined {
  if (consumedAtMs === undefined) return undefined
  if (consumedBy === walkId && nowMs < consumedAtMs + comeBackMs) return undefined
  const by = consumedBy === undefined ? '' : ` by request ${printable(consumedBy)}`
  return { because: `it was for a single use, and was used at ${toTimestamp(consumedAtMs)}${by}` }
}

// Whoever may write to the table can still write a row that passes (hence `unsigned: advisory`); a mistaken or old
// program cannot.
function isWhole(request: ApprovalRequest): boolean {
  const { approvals, approvedAtMs, validUntilMs, requester, requesterArn = '', accountId = '' } = request
  if (approvedAtMs === undefined || validUntilMs === undefined) return false
  if (validUntilMs > approvedAtMs + windowMs(request)) return false
  if (request.autoApproved) return true
  const asker = { user: requester, arn: requesterArn, accountId }
  const others = approvals.filter(
    (one, at) => !isOne(one, asker) && !approvals.slice(0, at).some((before) => isOne(before, one)),
  )
  return request.requiredApprovals >= 1 && others.length >= request.requiredApprovals
}

// The policy knows better, by the roles that it trusts; this is what holds without it.
const isOne = (one: Party, other: Party) => samePerson(one, other) !== undefined

const refused = (because: string): Step => ({ kind: 'refused', because })
