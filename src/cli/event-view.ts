// Break-glass events as they are shown: JSON with the reference's keys and more, and text for people.

import { type Emergency, type EventDoc, eventStatusAt, type Usable } from '../access/index.ts'
import { formatDuration, printable, toTimestamp } from '../base/index.ts'
import type { Place } from './place.ts'
import { tableText } from './table.ts'

/** One event with everything about it. `usable`: whether it is in force. */
export function eventAsJson({ id, body }: EventDoc, { advisory }: Place, usable: Usable, nowMs: number) {
  return {
    id,
    invoker: body.invoker,
    invoker_arn: body.invokerArn,
    account_id: body.accountId,
    profile: body.profile,
    role_arn: body.roleArn,
    reason_code: body.reasonCode,
    justification: body.justification,
    duration: formatDuration(body.durationSeconds),
    status: eventStatusAt(body, nowMs),
    in_force: 'untilMs' in usable,
    not_in_force_because: 'because' in usable ? usable.because : undefined,
    created_at: toTimestamp(body.createdAtMs),
    updated_at: toTimestamp(body.updatedAtMs),
    expires_at: toTimestamp(body.expiresAtMs),
    rule: body.rule,
    overrides: body.overrides,
    mfa_serial: body.mfaSerial,
    escalated: body.escalated,
    closed_by: body.closedBy,
    closed_reason: body.closedReason,
    request_id: body.requestId,
    advisory,
  }
}

/** Why events of a list that say that they are active are not in force, by their ids. */
type NotInForce = ReadonlyMap<string, string>

/** One event in a list. */
export function eventAsRowOfJson({ id, body }: EventDoc, idle: NotInForce, nowMs: number) {
  return {
    id,
    profile: body.profile,
    role_arn: body.roleArn,
    status: eventStatusAt(body, nowMs),
    in_force: eventStatusAt(body, nowMs) === 'active' && !idle.has(id),
    not_in_force_because: idle.get(id),
    invoker: body.invoker,
    reason_code: body.reasonCode,
    escalated: body.escalated,
    created_at: toTimestamp(body.createdAtMs),
    expires_at: toTimestamp(body.expiresAtMs),
  }
}

/** Events as a table. */
export function eventsAsTable(docs: readonly EventDoc[], idle: NotInForce, nowMs: number): string {
  const rows = docs.map(({ id, body }) => [
    id,
    `${eventStatusAt(body, nowMs)}${idle.has(id) ? ', not in force' : ''}${body.escalated ? ', escalated' : ''}`,
    body.invoker,
    body.profile,
    body.reasonCode,
    toTimestamp(body.createdAtMs),
    toTimestamp(body.expiresAtMs),
  ])
  return tableText(['EVENT', 'STATUS', 'INVOKER', 'PROFILE', 'REASON', 'OPENED', 'ENDS'], rows)
}

/** Everything about an event, for people. */
export function eventAsText(
  { id, body }: EventDoc,
  { advisory }: Place,
  usable: Usable,
  nowMs: number,
): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['who', `${body.invoker} (${body.invokerArn ?? 'not bound to an ARN: it permits nothing'})`],
    ['what', `profile ${body.profile} for ${formatDuration(body.durationSeconds)}`],
    ['role', body.roleArn ?? 'none: it permits nothing where the profile has one'],
    ['why', `${body.reasonCode}: ${body.justification}`],
    ['time', `${toTimestamp(body.createdAtMs)} to ${toTimestamp(body.expiresAtMs)}${left(usable, nowMs)}`],
    ['in force', 'untilMs' in usable ? 'yes' : `no: ${usable.because}`],
    ['rule', body.rule],
    ['overrides', body.overrides.length === 0 ? undefined : body.overrides.join(', ')],
    ['mfa', body.mfaSerial],
    ['escalated', body.escalated ? escalatedText : undefined],
    ['closed', closed(body)],
    ['record', body.requestId],
    ['trust', advisory],
  ]
  const lines = rows.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`  ${name.padEnd(10)} ${printable(value)}\n`],
  )
  return `Break-glass event ${id}: ${eventStatusAt(body, nowMs)}\n\n${lines.join('')}`
}

/** What the mark means. */
export const escalatedText = 'so many by one user that somebody should look'

function left(usable: Usable, nowMs: number): string {
  if ('because' in usable) return ''
  return ` (${formatDuration(Math.floor((usable.untilMs - nowMs) / 1000))} left)`
}

function closed({ status, closedBy, closedReason = '', updatedAtMs }: Emergency): string | undefined {
  if (status !== 'closed') return undefined
  const by = closedBy === undefined ? '' : `by ${closedBy} `
  return `${by}at ${toTimestamp(updatedAtMs)}${closedReason === '' ? '' : `: ${closedReason}`}`
}
