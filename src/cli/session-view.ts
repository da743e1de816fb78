// Server sessions as they are shown: JSON with the reference's keys and more, and text for people.

import { type Session, type SessionDoc, sessionStatusAt } from '../access/index.ts'
import { printable, toTimestamp } from '../base/index.ts'
import type { Place } from './place.ts'
import { tableText } from './table.ts'

/** One session with everything about it. */
export function sessionAsJson({ id, body }: SessionDoc, { advisory }: Place, nowMs: number) {
  return {
    id,
    user: body.user,
    user_arn: body.userArn,
    account_id: body.accountId,
    profile: body.profile,
    server_instance_id: body.serverInstanceId,
    host: body.host,
    pid: body.pid,
    status: sessionStatusAt(body, nowMs),
    started_at: toTimestamp(body.startedAtMs),
    last_access_at: toTimestamp(body.lastAccessAtMs),
    expires_at: toTimestamp(body.expiresAtMs),
    ended_at: body.endedAtMs === undefined ? undefined : toTimestamp(body.endedAtMs),
    request_count: body.requestCount,
    source_identity: body.sourceIdentity ?? '',
    created_at: toTimestamp(body.createdAtMs),
    updated_at: toTimestamp(body.updatedAtMs),
    revoked_by: body.revokedBy,
    revoked_reason: body.revokedReason,
    advisory,
  }
}

/** One session in a list. */
export function sessionAsRowOfJson({ id, body }: SessionDoc, nowMs: number) {
  return {
    id,
    user: body.user,
    profile: body.profile,
    status: sessionStatusAt(body, nowMs),
    started_at: toTimestamp(body.startedAtMs),
    last_access_at: toTimestamp(body.lastAccessAtMs),
    expires_at: toTimestamp(body.expiresAtMs),
    request_count: body.requestCount,
    server_instance_id: body.serverInstanceId,
  }
}

/** Sessions as a table. */
export function sessionsAsTable(docs: readonly SessionDoc[], nowMs: number): string {
  const rows = docs.map(({ id, body }) => [
    id,
    sessionStatusAt(body, nowMs),
    body.user,
    body.profile,
    toTimestamp(body.startedAtMs),
    toTimestamp(body.lastAccessAtMs),
    String(body.requestCount),
    body.serverInstanceId,
  ])
  const heads = ['SESSION', 'STATUS', 'USER', 'PROFILE', 'STARTED', 'LAST ASKED', 'REQUESTS', 'WHERE']
  return tableText(heads, rows)
}

/** Everything about a session, for people. */
export function sessionAsText({ id, body }: SessionDoc, { advisory }: Place, nowMs: number): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['who', `${body.user} (${body.userArn ?? 'not bound to an ARN'})`],
    ['what', `profile ${body.profile}`],
    ['where', `${body.host ?? 'unknown host'}, process ${body.pid ?? body.serverInstanceId}`],
    ['started', toTimestamp(body.startedAtMs)],
    ['last asked', `${toTimestamp(body.lastAccessAtMs)}, ${body.requestCount} requests`],
    ['stamp', body.sourceIdentity],
    ['alive', alive(body, nowMs)],
    ['ended', body.endedAtMs === undefined ? undefined : toTimestamp(body.endedAtMs)],
    ['revoked', revoked(body)],
    ['kept', advisory],
  ]
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(10)} ${printable(value)}\n`],
  )
  return `Session ${id}: ${sessionStatusAt(body, nowMs)}\n\n${lines.join('')}`
}

function alive(body: Session, nowMs: number): string | undefined {
  if (body.status !== 'active') return undefined
  const at = toTimestamp(body.expiresAtMs)
  return nowMs < body.expiresAtMs ? `until ${at}, unless its process writes again` : `not since ${at}`
}

function revoked({
  status,
  revokedBy = 'somebody',
  revokedReason,
  updatedAtMs,
}: Session): string | undefined {
  if (status !== 'revoked') return undefined
  const why = revokedReason === undefined ? '' : `: ${revokedReason}`
  return `by ${revokedBy} at ${toTimestamp(updatedAtMs)}${why}`
}
