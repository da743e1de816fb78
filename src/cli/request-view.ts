// Requests for approval as they are shown: JSON with the reference's keys and more, and text for people.

import { type Approval, type ApprovalRequest, type RequestDoc, requestStatusAt } from '../access/index.ts'
import { formatDuration, printable, toTimestamp } from '../base/index.ts'
import type { Place } from './place.ts'
import { tableText } from './table.ts'

/** How far an approval can be trusted: whoever may write to the table can write one. */
export const unsigned = 'unsigned: advisory'

/** The same for people. */
export const unsignedText = `${unsigned} (whoever may write to the table could write one)`

/** One request with everything about it. */
export function requestAsJson({ id, body }: RequestDoc, { advisory }: Place, nowMs: number) {
  return {
    id,
    requester: body.requester,
    requester_arn: body.requesterArn,
    account_id: body.accountId,
    profile: body.profile,
    role_arn: body.roleArn,
    policy_path: body.policyPath,
    policy_version: body.policyVersion,
    justification: body.justification,
    duration: formatDuration(body.durationSeconds),
    status: requestStatusAt(body, nowMs),
    created_at: toTimestamp(body.createdAtMs),
    updated_at: toTimestamp(body.updatedAtMs),
    expires_at: toTimestamp(body.expiresAtMs),
    approver: body.approver,
    approver_comment: body.approverComment,
    required_approvals: body.requiredApprovals,
    approvals: body.approvals.map(({ user, arn, accountId, atMs, comment, policyPath, policyVersion }) => ({
      approver: user,
      approver_arn: arn,
      account_id: accountId,
      at: toTimestamp(atMs),
      comment: comment === '' ? undefined : comment,
      policy_path: policyPath,
      policy_version: policyVersion,
    })),
    auto_approved: body.autoApproved || undefined,
    approved_at: timestamp(body.approvedAtMs),
    valid_until: timestamp(body.validUntilMs),
    single_use: body.singleUse,
    consumed_at: timestamp(body.consumedAtMs),
    consumed_by: body.consumedBy,
    signature: unsigned,
    advisory,
  }
}

/** One request in a list. */
export function requestAsRowOfJson({ id, body }: RequestDoc, nowMs: number) {
  return {
    id,
    profile: body.profile,
    role_arn: body.roleArn,
    status: requestStatusAt(body, nowMs),
    requester: body.requester,
    created_at: toTimestamp(body.createdAtMs),
    expires_at: toTimestamp(body.expiresAtMs),
    valid_until: timestamp(body.validUntilMs),
    single_use: body.singleUse,
    consumed_at: timestamp(body.consumedAtMs),
  }
}

/** Requests as a table. */
export function requestsAsTable(docs: readonly RequestDoc[], nowMs: number): string {
  const rows = docs.map(({ id, body }) => [
    id,
    // Approved still, and of no use to anybody.
    `${requestStatusAt(body, nowMs)}${body.consumedAtMs === undefined ? '' : ', used'}`,
    body.requester,
    body.profile,
    formatDuration(body.durationSeconds),
    toTimestamp(body.createdAtMs),
    endOf(body, nowMs),
  ])
  return tableText(['REQUEST', 'STATUS', 'REQUESTER', 'PROFILE', 'FOR', 'ASKED', 'ENDS'], rows)
}

function endOf(body: ApprovalRequest, nowMs: number): string {
  if (body.validUntilMs !== undefined) return toTimestamp(body.validUntilMs)
  return requestStatusAt(body, nowMs) === 'pending' ? toTimestamp(body.expiresAtMs) : ''
}

/** Everything about a request, for people. */
export function requestAsText({ id, body }: RequestDoc, { advisory }: Place, nowMs: number): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['who', `${body.requester} (${body.requesterArn ?? 'not bound to an ARN: it permits nothing'})`],
    [
      'what',
      `profile ${body.profile} for ${formatDuration(body.durationSeconds)}${body.singleUse ? ', one use' : ''}`,
    ],
    ['role', body.roleArn ?? 'none: it permits nothing where the profile has one'],
    ['why', body.justification],
    ['asked', `${toTimestamp(body.createdAtMs)}, waits until ${toTimestamp(body.expiresAtMs)}`],
    ['approvals', approvalsText(body)],
    ...body.approvals.map(
      (each) => ['', `${said(each.user, each.atMs, each.comment)}${ownFile(each)}`] as const,
    ),
    [endWord(body), ended(body)],
    ['valid', window(body, nowMs)],
    ['used', used(body)],
    ['trust', advisory === undefined ? unsignedText : `${unsigned}; ${advisory}`],
  ]
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(10)} ${printable(value)}\n`],
  )
  return `Request ${id}: ${requestStatusAt(body, nowMs)}\n\n${lines.join('')}`
}

function approvalsText(body: ApprovalRequest): string {
  const { approvals, requiredApprovals, autoApproved } = body
  if (autoApproved) return `none needed: approved by ${policyText(body)} itself`
  return `${approvals.length} of ${requiredApprovals}`
}

/** The policy as whoever looks must know it: a file says what its owner likes. */
function policyText({ policyPath, policyVersion }: ApprovalRequest): string {
  if (policyPath === undefined) return 'the policy'
  return policyVersion === undefined
    ? `the file ${policyPath}, which whoever asked chose,`
    : `the policy ${policyPath} (version ${policyVersion})`
}

/** An approver may have named a policy of their own: whoever looks must know it. */
const ownFile = ({ policyPath, policyVersion }: Approval) =>
  policyPath === undefined || policyVersion !== undefined
    ? ''
    : ` (under the file ${policyPath}, which they chose)`

const endWord = ({ status }: ApprovalRequest) => (status === 'denied' || status === 'cancelled' ? status : '')

function ended({
  status,
  approver = '',
  updatedAtMs,
  approverComment = '',
}: ApprovalRequest): string | undefined {
  return status === 'denied' || status === 'cancelled'
    ? said(approver, updatedAtMs, approverComment)
    : undefined
}

const said = (user: string, atMs: number, comment: string) =>
  `${user} at ${toTimestamp(atMs)}${comment === '' ? '' : `: ${comment}`}`

function window({ approvedAtMs, validUntilMs }: ApprovalRequest, nowMs: number): string | undefined {
  if (approvedAtMs === undefined || validUntilMs === undefined) return undefined
  const left = validUntilMs - nowMs
  const rest = left > 0 ? `${formatDuration(Math.floor(left / 1000))} left` : 'over'
  return `${toTimestamp(approvedAtMs)} to ${toTimestamp(validUntilMs)} (${rest})`
}

function used({ consumedAtMs, consumedBy = 'an unknown request' }: ApprovalRequest): string | undefined {
  return consumedAtMs === undefined ? undefined : `at ${toTimestamp(consumedAtMs)} by ${consumedBy}`
}

const timestamp = (ms: number | undefined) => (ms === undefined ? undefined : toTimestamp(ms))
