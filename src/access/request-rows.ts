// Requests for approval as rows of a table: the reference's attributes where it has them, ours beside them.

import {
  type Attributes,
  type Collection,
  msToTime,
  readAttributes,
  secondsToNanoseconds,
} from '../store/index.ts'
import { present } from './present.ts'
import { type ApprovalRequest, requestStatuses } from './requests.ts'

/** Long after its end, since a request is evidence. */
const evidenceMs = 400 * 86_400_000

/** How requests are kept. */
export const requestRows: Collection<ApprovalRequest> = {
  name: 'requests',
  indexes: {
    'gsi-requester': { partition: 'requester', sort: 'created_at' },
    'gsi-status': { partition: 'status', sort: 'created_at' },
    'gsi-profile': { partition: 'profile', sort: 'created_at' },
  },
  confidential: ['justification', 'approver_comment', 'approvals'],
  toAttributes,
  fromAttributes,
  ttlMs: ({ expiresAtMs, validUntilMs = 0 }) => Math.max(expiresAtMs, validUntilMs) + evidenceMs,
}

function toAttributes(request: ApprovalRequest): Attributes {
  return {
    requester: request.requester,
    profile: request.profile,
    justification: request.justification,
    duration: secondsToNanoseconds(request.durationSeconds),
    status: request.status,
    created_at: msToTime(request.createdAtMs),
    updated_at: msToTime(request.updatedAtMs),
    expires_at: msToTime(request.expiresAtMs),
    required_approvals: request.requiredApprovals,
    auto_approved: request.autoApproved,
    single_use: request.singleUse,
    ...present({
      requester_arn: request.requesterArn,
      account_id: request.accountId,
      role_arn: request.roleArn,
      policy_path: request.policyPath,
      policy_version: request.policyVersion,
      approver: request.approver,
      approver_comment: request.approverComment,
      approved_at: time(request.approvedAtMs),
      valid_until: time(request.validUntilMs),
      consumed_at: time(request.consumedAtMs),
      consumed_by: request.consumedBy,
      signature: request.signature,
    }),
    approvals: request.approvals.map(
      ({ user, arn, accountId, atMs, comment, policyPath, policyVersion }) => ({
        approver: user,
        approver_arn: arn,
        account_id: accountId,
        at: msToTime(atMs),
        comment,
        ...present({ policy_path: policyPath, policy_version: policyVersion }),
      }),
    ),
  }
}

function fromAttributes(attributes: Attributes): ApprovalRequest {
  const row = readAttributes(attributes)
  return {
    requester: row.text('requester'),
    profile: row.text('profile'),
    justification: row.textIfAny('justification') ?? '',
    durationSeconds: row.seconds('duration'),
    status: row.oneOf('status', requestStatuses),
    createdAtMs: row.timeMs('created_at'),
    updatedAtMs: row.timeMs('updated_at'),
    expiresAtMs: row.timeMs('expires_at'),
    requiredApprovals: row.numberIfAny('required_approvals') ?? 1,
    autoApproved: row.flag('auto_approved'),
    singleUse: row.flag('single_use'),
    ...present({
      requesterArn: row.textIfAny('requester_arn'),
      accountId: row.textIfAny('account_id'),
      roleArn: row.textIfAny('role_arn'),
      policyPath: row.textIfAny('policy_path'),
      policyVersion: row.numberIfAny('policy_version'),
      approver: row.textIfAny('approver'),
      approverComment: row.textIfAny('approver_comment'),
      approvedAtMs: row.timeMsIfAny('approved_at'),
      validUntilMs: row.timeMsIfAny('valid_until'),
      consumedAtMs: row.timeMsIfAny('consumed_at'),
      consumedBy: row.textIfAny('consumed_by'),
      signature: row.textIfAny('signature'),
    }),
    approvals: row.list('approvals').map((each) => ({
      user: each.text('approver'),
      arn: each.text('approver_arn'),
      accountId: each.text('account_id'),
      atMs: each.timeMs('at'),
      comment: each.textIfAny('comment') ?? '',
      ...present({
        policyPath: each.textIfAny('policy_path'),
        policyVersion: each.numberIfAny('policy_version'),
      }),
    })),
  }
}

const time = (ms: number | undefined) => (ms === undefined ? undefined : msToTime(ms))
