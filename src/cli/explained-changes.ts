// A request for approval, a break-glass event or a server session told to a person: what it is, everything that happened
// to it and every use, as far as the log knows. Whatever a line says is shown as text.

import { type Found, isSealed, type LoggedLine } from '../audit/index.ts'
import { formatDuration, printable } from '../base/index.ts'
import { escalatedText } from './event-view.ts'
import { placeOf } from './place.ts'
import { tableText } from './table.ts'

type Fields = LoggedLine['fields']

const titles = {
  credentials: 'Request',
  request: 'Request for approval',
  event: 'Break-glass event',
  session: 'Server session',
  walk: 'Record',
} as const

/** Everything that the log says about a thing that lasts, or about one command that changed it. */
export function changesExplained(found: Found): string {
  const { named, requestId, changes, outcomes, uses } = found
  const steps =
    outcomes.length === 0
      ? ''
      : `\nOn the way:\n${rowsText(['WHEN', 'WHAT', 'ON', 'OUTCOME'], ['timestamp', 'action', 'resource', 'outcome'], outcomes)}`
  return [
    `${titles[named]} ${requestId}: ${changesVerdict(found)}\n`,
    '\n',
    ...facts(changes),
    changesText('What happened:', changes),
    steps,
    usesText(named === 'session' ? 'Requests for credentials:' : 'Uses:', uses),
  ].join('')
}

/** What became of it, in a few words. */
export function changesVerdict({ changes, named }: Found): string {
  const done = changes.findLast(({ fields }) => text(fields, 'outcome') === 'done') ?? changes.at(-1)
  const outcome = text(done?.fields, 'outcome')
  if (outcome === 'done' && named !== 'walk') return text(done?.fields, 'status') ?? whatOf(done?.fields)
  const code = text(done?.fields, 'error_code')
  const how = outcome === 'started' ? 'begun, and the log knows no end' : outcome
  return `${whatOf(done?.fields)}: ${how}${code === undefined ? '' : ` (${printable(code)})`}`
}

/** The last line of each change, as a table under a title; nothing where there is none. */
export function changesText(title: string, changes: readonly LoggedLine[]): string {
  if (changes.length === 0) return ''
  const last = new Map(
    changes.map((line) => [`${line.fields.get('walk_id')} ${line.fields.get('event')}`, line]),
  )
  const rows = [...last.values()].map(({ fields }) => [
    text(fields, 'timestamp') ?? '',
    whatOf(fields),
    text(fields, 'user') ?? '',
    text(fields, 'outcome') ?? '',
    `${saidOf(fields)}${ownFile(fields)}`.trimStart(),
  ])
  return `\n${title}\n${indented(tableText(['WHEN', 'WHAT', 'WHO', 'OUTCOME', 'SAID'], rows)).join('\n')}\n`
}

/** Requests for credentials as a table under a title; nothing where there is none. */
export function usesText(title: string, uses: readonly LoggedLine[]): string {
  if (uses.length === 0) return ''
  const rows = uses.map(({ fields }) => [
    ...['timestamp', 'request_id', 'mode'].map((name) => text(fields, name) ?? ''),
    `${text(fields, 'outcome') ?? ''}${more(fields)}`,
  ])
  return `\n${title}\n${indented(tableText(['WHEN', 'REQUEST', 'MODE', 'OUTCOME'], rows)).join('\n')}\n`
}

const more = (fields: Fields) =>
  text(fields, 'event') === 'repeats' ? `, ${text(fields, 'count')} more times` : ''

function rowsText(titles: readonly string[], names: readonly string[], lines: readonly LoggedLine[]): string {
  const rows = lines.map(({ fields }) => names.map((name) => text(fields, name) ?? ''))
  return `${indented(tableText(titles, rows)).join('\n')}\n`
}

/** What it is about: from the first line that says so. */
function facts(changes: readonly LoggedLine[]): readonly string[] {
  const get = (...names: readonly string[]) =>
    names.flatMap((name) => changes.map(({ fields }) => text(fields, name)).find((value) => value) ?? [])[0]
  const seconds = Number(get('duration_seconds'))
  const profile = get('profile')
  const what = [
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(seconds > 0 ? [`for ${formatDuration(seconds)}`] : []),
  ].join(', ')
  const reason = [get('reason_code'), get('justification')].filter((each) => each !== undefined).join(': ')
  const latest = (name: string) => changes.map(({ fields }) => text(fields, name)).findLast((value) => value)
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['who', get('requester', 'invoker', 'user')],
    ['what', what],
    ['why', reason],
    ['until', latest('valid_until') ?? latest('expires_at')],
    ['role', get('role_arn')],
    ['overrides', get('overrides')],
    ['escalated', get('escalated') === undefined ? undefined : escalatedText],
    ['policy', policyOf(changes)],
    ['trust', get('approval_signature')],
    ['table', named(get('table'))],
  ]
  return rows.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`  ${name.padEnd(13)}  ${printable(value)}\n`],
  )
}

/** A table's name, and what it is worth. */
function named(table: string | undefined): string | undefined {
  if (table === undefined) return undefined
  const { advisory } = placeOf(table)
  return advisory === undefined ? table : `${table} (${advisory})`
}

/** Under which policy it began. A file has no version, and says what its owner likes. */
function policyOf(changes: readonly LoggedLine[]): string | undefined {
  const line = changes.find(({ fields }) => fields.has('policy_path'))
  const [path, version] = ['policy_path', 'policy_version'].map((name) => text(line?.fields, name))
  if (path === undefined) return undefined
  return version === undefined ? `${path} (a file)` : `${path} (version ${version})`
}

/** `request.approved` is `approved`: what it happened to stands above. */
const whatOf = (fields: Fields | undefined) => text(fields, 'event')?.replace(/^.*\./, '') ?? ''

const saidOf = (fields: Fields) =>
  ['reason', 'approver_comment', 'closed_reason', 'revoked_reason'].flatMap(
    (name) => text(fields, name) ?? [],
  )[0] ?? ''

/** Whoever approves or denies may name a policy of their own. Only a parameter has a version. */
function ownFile(fields: Fields): string {
  const path = text(fields, 'policy_path')
  const isSettled = /^request\.(approved|denied)$/.test(text(fields, 'event') ?? '')
  return isSettled && path !== undefined && !fields.has('policy_version') ? ` (under the file ${path})` : ''
}

/** A table's lines, set in. */
export const indented = (table: string): readonly string[] =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)

/** A field as text. */
export function text(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.get(name)
  if (isSealed(value)) return '(encrypted: `sentinel why` shows it to whoever wrote it)'
  return value === undefined || value === null ? undefined : String(value)
}
