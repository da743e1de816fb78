import { type Found, findDecision, type LoggedLine } from '../../audit/index.ts'
import { formatDuration, printable } from '../../base/index.ts'
import { parseSourceIdentity } from '../../identity/index.ts'
import { command } from '../command.ts'
import { tableText } from '../table.ts'
import { logFileFlag } from './shared.ts'

export const why = command({
  name: 'why',
  summary: 'Explain a decision: who, what, when, by which rule, and what became of it',
  description: [
    'Takes the request id of a refusal or of a log line, or the SourceIdentity of a CloudTrail event.',
    'Later uses of the same credentials from the cache are listed too. `--log -` reads the log from standard input.',
  ],
  examples: [
    'sentinel why 5f0c2a9b1d3e4f60',
    'sentinel why sentinel,alice,5f0c2a9b1d3e4f60',
    'sentinel why 5f0c2a9b1d3e4f60 --log decisions.jsonl --json',
  ],
  flags: {
    ...logFileFlag('log to look in, `-` for standard input'),
    json: { type: 'boolean', help: 'print JSON for a program to read' },
  },
  positionals: { id: { help: 'request id or SourceIdentity', required: true } },
  async run(deps, { id, logFile, json }) {
    const log =
      logFile === '-' ? deps.io.stdin.fd : logFile === undefined ? deps.paths.logFile : deps.resolve(logFile)
    const found = await findDecision(log, id)
    deps.io.stdout.write(json ? asJson(found) : asText(found, id))
    return 0
  },
})

type Fields = LoggedLine['fields']

function asJson(found: Found): string {
  const data = (line: LoggedLine) => ({ line: line.line, ...Object.fromEntries(line.fields) })
  const { requestId, decision, outcomes, uses, issuedBy } = found
  const document = {
    request_id: requestId,
    verdict: verdictOf(found),
    decision: decision === undefined ? null : data(decision),
    outcomes: outcomes.map(data),
    issued_by: issuedBy ?? requestId,
    uses: uses.map(data),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function asText(found: Found, asked: string): string {
  const { requestId, decision, outcomes, uses } = found
  const last = outcomes.at(-1)
  const lines = [
    `Request ${requestId}: ${verdictOf(found)}`,
    '',
    ...(decision === undefined
      ? ['  The log has no decision of that id.']
      : facts(decision.fields, last?.fields)),
    ...stampNote(found, asked),
    ...(found.issuedBy === undefined
      ? []
      : [
          '',
          `These are the credentials of request ${found.issuedBy}, served from the cache: sentinel why ${found.issuedBy}`,
        ]),
  ]
  return `${lines.join('\n')}\n${usesText(uses)}`
}

function verdictOf({ decision, outcomes }: Found): string {
  const outcome = text(outcomes.at(-1)?.fields, 'outcome') ?? text(decision?.fields, 'outcome')
  const code = text(outcomes.at(-1)?.fields, 'error_code') ?? text(decision?.fields, 'error_code')
  switch (outcome) {
    case 'issued':
      return 'allowed, and credentials were issued'
    case 'denied':
      return 'refused'
    case 'error':
      return `failed${code === undefined ? '' : ` (${code})`}; nothing was issued`
    case 'abandoned':
      return 'allowed, but whoever asked had gone; nothing was released'
    default:
      return outcomes.length > 0
        ? 'recorded'
        : 'allowed, but the log knows no outcome: the process ended before anything was released'
  }
}

function facts(decision: Fields, outcome: Fields | undefined): readonly string[] {
  const get = (name: string) => text(outcome, name) ?? text(decision, name)
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['who', who(get)],
    ['what', what(get)],
    ['when', get('timestamp')],
    ['rule', rule(get)],
    ['why', get('reason')],
    [
      'stamp',
      get('source_identity') ??
        (get('unstamped') === 'true' ? 'none: the credentials are unstamped' : undefined),
    ],
    ['credentials', credentials(get)],
    ['circumstances', circumstances(get)],
  ]
  return rows.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`  ${name.padEnd(13)}  ${printable(value)}`],
  )
}

type Get = (name: string) => string | undefined

function who(get: Get): string {
  const arn = get('caller_arn')
  return arn === undefined ? get('user') || 'unknown' : `${get('user')} (${arn})`
}

function what(get: Get): string {
  const seconds = Number(get('session_duration_seconds'))
  const role = get('role_arn')
  return [
    `profile ${get('profile')}, mode ${get('mode')}`,
    ...(role === undefined ? [] : [`role ${role}`]),
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
    ...named('endpoint', 'endpoint'),
    ...named('ca', 'certificate authority'),
    ...named('proxy', 'proxy'),
    ...named('host', 'host'),
    ...named('sentinel_version', 'sentinel'),
  ].join(', ')
}

/** A SourceIdentity that nobody issued may end with a real id: then the two do not agree, and that is said. */
function stampNote({ sourceIdentities }: Found, asked: string): readonly string[] {
  if (parseSourceIdentity(asked) === undefined || sourceIdentities.includes(asked)) return []
  return [
    '',
    `  Warning: no line of this request has the SourceIdentity ${printable(asked)}. It may be forged.`,
  ]
}

function usesText(uses: readonly LoggedLine[]): string {
  if (uses.length === 0) return ''
  const rows = uses.map(({ fields }) =>
    ['timestamp', 'request_id', 'mode', 'outcome'].map((name) => text(fields, name) ?? ''),
  )
  return `\nLater uses of these credentials:\n${tableText(['WHEN', 'REQUEST', 'MODE', 'OUTCOME'], rows).replace(/^/gm, '  ').trimEnd()}\n`
}

function text(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.get(name)
  return value === undefined || value === null ? undefined : String(value)
}
