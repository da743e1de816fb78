// Server sessions as rows of a table: the reference's attributes, ours beside them. Beside the row of a session that was
// taken back lies a row that says so by itself, in no index: setting the one back does not undo the other.

import { type Attributes, type Collection, msToTime, readAttributes } from '../store/index.ts'
import { present } from './present.ts'
import { type Session, sessionStatuses } from './sessions.ts'

/** Long after the last credential that it may have given: a revocation that is swept must not be undone by that. */
const evidenceMs = 90 * 86_400_000

/** How sessions are kept. */
export const sessionRows: Collection<Session> = {
  name: 'sessions',
  indexes: {
    'gsi-user': { partition: 'user', sort: 'created_at' },
    'gsi-status': { partition: 'status', sort: 'created_at' },
    'gsi-profile': { partition: 'profile', sort: 'created_at' },
    'gsi-server-instance': { partition: 'server_instance_id', sort: 'status' },
  },
  confidential: ['revoked_reason'],
  toAttributes,
  fromAttributes,
  ttlMs: ({ expiresAtMs }) => expiresAtMs + evidenceMs,
}

/** That a session was taken back. */
export type Revocation = {
  readonly sessionId: string
  readonly by: string
  readonly reason: string
  readonly atMs: number
}

/** How revocations are kept: longer than the row of any session that they are about. */
export const revocationRows: Collection<Revocation> = {
  name: 'sessions',
  indexes: {},
  confidential: ['revoked_reason'],
  toAttributes: ({ sessionId, by, reason, atMs }) => ({
    session_id: sessionId,
    revoked_by: by,
    revoked_reason: reason,
    revoked_at: msToTime(atMs),
  }),
  fromAttributes(attributes) {
    const row = readAttributes(attributes)
    return {
      sessionId: row.text('session_id'),
      by: row.text('revoked_by'),
      reason: row.textIfAny('revoked_reason') ?? '',
      atMs: row.timeMs('revoked_at'),
    }
  },
  ttlMs: ({ atMs }) => atMs + 2 * evidenceMs,
}

/** The id of the revocation of a session. */
export const revocationId = (sessionId: string) => `revoked#${sessionId}`

function toAttributes(session: Session): Attributes {
  return {
    user: session.user,
    profile: session.profile,
    server_instance_id: session.serverInstanceId,
    status: session.status,
    started_at: msToTime(session.startedAtMs),
    created_at: msToTime(session.createdAtMs),
    updated_at: msToTime(session.updatedAtMs),
    last_access_at: msToTime(session.lastAccessAtMs),
    expires_at: msToTime(session.expiresAtMs),
    request_count: session.requestCount,
    ...present({
      user_arn: session.userArn,
      account_id: session.accountId,
      host: session.host,
      pid: session.pid,
      source_identity: session.sourceIdentity,
      revoked_by: session.revokedBy,
      revoked_reason: session.revokedReason,
      ended_at: session.endedAtMs === undefined ? undefined : msToTime(session.endedAtMs),
    }),
  }
}

function fromAttributes(attributes: Attributes): Session {
  const row = readAttributes(attributes)
  return {
    user: row.text('user'),
    profile: row.text('profile'),
    serverInstanceId: row.text('server_instance_id'),
    status: row.oneOf('status', sessionStatuses),
    startedAtMs: row.timeMs('started_at'),
    createdAtMs: row.timeMs('created_at'),
    updatedAtMs: row.timeMs('updated_at'),
    lastAccessAtMs: row.timeMs('last_access_at'),
    expiresAtMs: row.timeMs('expires_at'),
    requestCount: row.number('request_count'),
    ...present({
      userArn: row.textIfAny('user_arn'),
      accountId: row.textIfAny('account_id'),
      host: row.textIfAny('host'),
      pid: row.numberIfAny('pid'),
      sourceIdentity: row.textIfAny('source_identity'),
      revokedBy: row.textIfAny('revoked_by'),
      revokedReason: row.textIfAny('revoked_reason'),
      endedAtMs: row.timeMsIfAny('ended_at'),
    }),
  }
}
