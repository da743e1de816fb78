// A decision told to a person, from the lines that the log has about it. Whatever a line says is shown as text: the
// log may be anybody's.

import type { Found, LoggedLine } from '../audit/index.ts'
import { formatDuration, printable } from '../base/index.ts'
import { parseSourceIdentity, sameUser } from '../identity/index.ts'
import {
  changesExplained,
  changesText,
  changesVerdict,
  indented,
  text,
  usesText,
} from './explained-changes.ts'
import { placeOf } from './place.ts'
import { tableText } from './table.ts'

type Fields = LoggedLine['fields']

/** Everything that the log says about a request, for people. `asked` is what was asked for: an id or a SourceIdentity. */
export function explanation(found: Found, asked: string): string {
  const { requestId, decision, outcomes, changes, uses, issuedBy } = found
  if (decision === undefined && changes.length > 0) return changesExplained(found)
  const lines = [
    `Request ${requestId}: ${verdictOf(found)}`,
    '',
    ...(decision === undefined ? withoutDecision(outcomes) : facts(decision, outcomes.at(-1)?.fields)),
    ...stampNote(found, asked),
    ...otherDecisions(found),
    ...(issuedBy === undefined
      ? []
      : [
          '',
          `These are the credentials of request ${printable(issuedBy)}, served from the cache: sentinel why ${printable(issuedBy)}`,
        ]),
  ]
  return `${lines.join('\n')}\n${changesText('What it changed:', changes)}${usesText('Later uses of these credentials:', uses)}`
}

/** What became of a request, in a few words. */
export function verdictOf(found: Found): string {
  const { decision, outcomes, changes } = found
  const last = outcomes.findLast(({ fields }) => fields.get('event') !== 'repeats')?.fields
  if (decision === undefined) return changes.length > 0 ? changesVerdict(found) : eventVerdict(last)
  if (decision.fields.get('event') === undefined) return referenceVerdict(decision.fields)
  const outcome = text(last, 'outcome') ?? text(decision.fields, 'outcome')
  const code = text(last, 'error_code') ?? text(decision.fields, 'error_code')
  switch (outcome) {
    case 'issued':
      return `${text(decision.fields, 'override') === undefined ? 'allowed' : 'refused, overridden'}, and credentials were issued`
    case 'denied':
      return 'refused'
    case 'error':
      return `failed${code === undefined ? '' : ` (${printable(code)})`}; nothing was issued`
    case 'abandoned':
      return 'allowed, but whoever asked had gone; nothing was released'
    default:
      return 'allowed, but the log knows no outcome: the process ended before anything was released'
  }
}

// The reference writes a request id only where it issued credentials, in one line.
function referenceVerdict(decision: Fields): string {
  const approval = text(decision, 'approved_request_id')
  const event = text(decision, 'break_glass_event_id')
  if (approval !== undefined) return `credentials were issued, by approval ${printable(approval)}`
  if (event !== undefined) return `credentials were issued, by break-glass event ${printable(event)}`
  return 'allowed, and credentials were issued'
}

function eventVerdict(last: Fields | undefined): string {
  if (text(last, 'event') === 'accept-clock') return 'somebody said that the clock is right'
  if (text(last, 'event') !== 'administration') return 'the log has no decision of that id'
  const outcome = text(last, 'outcome')
  if (outcome === 'done') return "a change to Sentinel's set-up, done"
  if (outcome === 'started') return "a change to Sentinel's set-up; the log does not know whether it was made"
  return `a change to Sentinel's set-up that failed (${printable(text(last, 'error_code') ?? 'no code')})`
}

function withoutDecision(lines: readonly LoggedLine[]): readonly string[] {
  const columns = ['timestamp', 'user', 'action', 'resource', 'outcome', 'reason']
  const rows = lines.map(({ fields }) => columns.map((name) => text(fields, name) ?? ''))
  return indented(tableText(['WHEN', 'WHO', 'WHAT', 'ON', 'OUTCOME', 'WHY'], rows))
}

function facts({ file, fields: decision }: LoggedLine, outcome: Fields | undefined): readonly string[] {
  const get = (name: string) => text(outcome, name) ?? text(decision, name)
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['who', who(get)],
    ['what', what(get)],
    ['when', get('timestamp')],
    ['rule', rule(get)],
    ['why', get('reason')],
    ['overridden', overridden(get)],
    ['session', get('session_id')],
    ['again', repeated(get)],
    [
      'stamp',
      get('source_identity') ??
        (get('unstamped') === 'true' ? 'none: the credentials are unstamped' : undefined),
    ],
    ['credentials', credentials(get)],
    ['circumstances', circumstances(get)],
    ['recorded in', file],
  ]
  return rows.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`  ${name.padEnd(13)}  ${printable(value)}`],
  )
}

/** SDKs ask again at once when they are refused. */
function repeated(get: Get): string | undefined {
  const count = get('count')
  return count === undefined ? undefined : `the same was refused ${count} times more within seconds`
}

type Get = (name: string) => string | undefined

function who(get: Get): string {
  const arn = get('caller_arn')
  return arn === undefined ? get('user') || 'unknown' : `${get('user')} (${arn})`
}

function what(get: Get): string {
  const named = (name: string, label: string) => (get(name) === undefined ? [] : [`${label} ${get(name)}`])
  const seconds = Number(get('session_duration_seconds'))
  return [
    ...named('profile', 'profile'),
    ...named('mode', 'mode'),
    ...named('role_arn', 'role'),
    ...(seconds > 0 ? [`for ${formatDuration(seconds)}`] : []),
  ].join(', ')
}

function rule(get: Get): string {
  const index = Number(get('rule_index'))
  const path = get('policy_path')
  const version = get('policy_version')
  const hash = get('policy_sha256')
  const of = path ? ` of ${path}` : ''
  const more = [
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(hash === undefined ? [] : [`sha256 ${hash.slice(0, 16)}…`]),
  ].join(', ')
  return `${index >= 0 ? `${get('rule')} (rule ${index + 1})` : 'none'}${of}${more === '' ? '' : ` (${more})`}`
}

/** By what a refusal was overridden, or would have been. */
function overridden(get: Get): string | undefined {
  const [approval, event] = [get('approved_request_id'), get('break_glass_event_id')]
  const by = event === undefined ? `approval ${approval}` : `break-glass event ${event}`
  if (approval === undefined && event === undefined) return undefined
  const signature = get('approval_signature')
  const { advisory } = placeOf(get('override_table') ?? '')
  const worth = [signature, advisory].filter((each) => each !== undefined)
  const trust = worth.length === 0 ? '' : ` (${worth.join('; ')})`
  const rule = Number(get('rule_index')) >= 0 ? `rule ${get('rule')}` : 'that no rule allows it'
  return get('override') === undefined ? `not: ${by}${trust} did not serve` : `${by}${trust} overrode ${rule}`
}

function credentials(get: Get): string | undefined {
  const key = get('access_key_id')
  if (key === undefined) return undefined
  const until = get('expires_at')
  return `${key}${until === undefined ? '' : `, until ${until}`}${get('served') === 'cache' ? ', from the cache' : ''}`
}

function circumstances(get: Get): string {
  const named = (name: string, label: string) => {
    const value = get(name)
    return value === undefined ? [] : [`${label} ${value}`]
  }
  return [
    ...named('region', 'region'),
    ...named('endpoint', 'endpoint'),
    ...named('ca', 'certificate authority'),
    ...named('proxy', 'proxy'),
    ...named('host', 'host'),
    ...named('sentinel_version', 'sentinel'),
  ].join(', ')
}

/** A SourceIdentity that nobody handed out may end with a real id: then the two do not agree, and that is said. */
function stampNote({ decision, sourceIdentities }: Found, asked: string): readonly string[] {
  if (parseSourceIdentity(asked) === undefined || sourceIdentities.includes(asked)) return []
  const user = text(decision?.fields, 'user') ?? ''
  const whose = sameUser(asked, user)
    ? 'It may be that of the session that read the policy (`--aws-profile`), or forged.'
    : `The request is ${printable(user) || 'nobody'}'s. Unless \`--aws-profile\` named another user's profile, it is forged.`
  return [
    '',
    `  Warning: no credentials with the SourceIdentity ${printable(asked)} were handed out for this request. ${whose}`,
  ]
}

function otherDecisions({ decision, decisions }: Found): readonly string[] {
  const others = decisions.filter((each) => each !== decision)
  if (others.length === 0) return []
  const rows = others.map(({ line, fields }) => [
    String(line),
    ...['timestamp', 'user', 'profile', 'effect'].map((name) => text(fields, name) ?? ''),
  ])
  const note = 'Other decisions have the same id (short ids collide; a SourceIdentity also names the user):'
  return ['', note, ...indented(tableText(['LINE', 'WHEN', 'WHO', 'PROFILE', 'EFFECT'], rows))]
}
