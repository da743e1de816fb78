// An entry as one line of JSON, in Vault's form (spec/vault.md 8.9): what a member would say of nothing is left out.

import { toNanoTimestamp } from '../../base/index.ts'
import { concealedJson } from './concealed-json.ts'
import type { Concealer } from './concealer.ts'
import type {
  AuditAuth,
  AuditData,
  AuditEntry,
  AuditGoverned,
  AuditMount,
  AuditRequest,
  AuditResponse,
  AuditWrap,
} from './entry.ts'
import type { AuditedHeaders } from './headers.ts'

/** How one device writes. */
export type LineStyle = {
  readonly concealer: Concealer
  readonly prefix: string
  /** Of a list, how many there are instead of which. */
  readonly elidesLists: boolean
}

/** The lines of entries, each with its line break. */
export function entriesToLines(
  style: LineStyle,
  headers: AuditedHeaders,
  entries: readonly AuditEntry[],
): string {
  let [text, last, asked] = ['', undefined as AuditEntry | undefined, '']
  for (const entry of entries) {
    // A read and its answer come together, and most of what there is to say of them is the same.
    if (entry.auth !== last?.auth || entry.request !== last?.request)
      asked = askedText(style.concealer, headers, entry)
    last = entry
    text += line(style, entry, asked)
  }
  return text
}

function line(
  style: LineStyle,
  { type, timeMs, request, response, error, governed }: AuditEntry,
  asked: string,
): string {
  const { concealer, prefix, elidesLists } = style
  const isElided = elidesLists && request.operation === 'list'
  const answer = response === undefined ? '' : `,"response":${responseText(concealer, isElided, response)}`
  const why = error === undefined ? '' : `,"error":${JSON.stringify(error)}`
  const said = governed === undefined ? '' : `,"sentinel_results":${governedText(concealer, governed)}`
  return `${prefix}{"time":"${toNanoTimestamp(timeMs)}","type":"${type}"${asked}${said}${answer}${why}}\n`
}

/** Who asks, and for what: members that follow others. */
function askedText(concealer: Concealer, headers: AuditedHeaders, { auth, request }: AuditEntry): string {
  return `${auth === undefined ? '' : authText(concealer, auth)},"request":${requestText(concealer, headers, request)}`
}

/** By hand too: there are some in each request that is governed. */
const governedText = (concealer: Concealer, governed: readonly AuditGoverned[]): string =>
  `[${governed.map((one) => governedOne(concealer, one)).join(',')}]`

function governedOne({ text }: Concealer, governed: AuditGoverned): string {
  const { policy, namespacePath, type, level, result, overridden, durationUs, place = '', told } = governed
  const hidden = (name: string, value = '') => (value === '' ? '' : `,"${name}":${quoted(text(value))}`)
  const why =
    told === undefined
      ? ''
      : member('place', place) +
        hidden('error', told.error) +
        hidden('trace', told.trace) +
        hidden('print', told.print)
  return (
    `{"policy":${quoted(policy)}${member('namespace_path', namespacePath)},"type":"${type}"` +
    `,"enforcement_level":"${level}","result":"${result}"${overridden ? ',"overridden":true' : ''}` +
    `,"duration_us":${durationUs}${why}}`
  )
}

/** A holder is the same for many requests. */
const authText = (concealer: Concealer, auth: AuditAuth): string =>
  concealer.once(auth, () => `,"auth":${JSON.stringify(authMembers(concealer, auth))}`)

type Members = Readonly<Record<string, unknown>>

/** Go's `omitempty`. JSON.stringify leaves out what is undefined. */
const some = <T extends string | number | boolean>(value: T): T | undefined => (value ? value : undefined)
const someOf = <T>(values: readonly T[]): readonly T[] | undefined => (values.length > 0 ? values : undefined)

function authMembers(concealer: Concealer, auth: AuditAuth): Members {
  const { token, accessor, metadata, results, issuedAtMs } = auth
  return {
    client_token: token === undefined ? undefined : concealer.token(token),
    accessor: accessor === '' ? undefined : concealer.accessor(accessor),
    display_name: some(auth.displayName),
    policies: someOf(auth.policies),
    token_policies: someOf(auth.tokenPolicies),
    identity_policies: someOf(auth.identityPolicies),
    no_default_policy: some(auth.noDefaultPolicy),
    policy_results: results === undefined ? undefined : resultMembers(results),
    metadata: someOf(Object.keys(metadata)) && metadata,
    num_uses: some(auth.numUses),
    remaining_uses: some(auth.remainingUses),
    entity_id: some(auth.entityId),
    token_type: auth.tokenType,
    token_ttl: some(auth.ttlSeconds),
    token_issue_time: issuedAtMs === undefined ? undefined : toNanoTimestamp(issuedAtMs),
  }
}

const resultMembers = ({ allowed, granting }: NonNullable<AuditAuth['results']>): Members => ({
  allowed,
  granting_policies: someOf(
    granting.map(({ name, namespaceId, namespacePath, type }) => ({
      name,
      namespace_id: namespaceId,
      namespace_path: some(namespacePath),
      type,
    })),
  ),
})

/** Members that follow others. */
const mountText = (concealer: Concealer, mount: AuditMount | undefined): string =>
  mount === undefined
    ? ''
    : concealer.once(mount, () => {
        const { path, type, accessor, class: kind } = mount
        return followed({ mount_point: path, mount_type: type, mount_accessor: accessor, mount_class: kind })
      })

/** An object without its braces, as members that follow others. */
function followed(members: Members): string {
  const text = JSON.stringify(members).slice(1, -1)
  return text === '' ? '' : `,${text}`
}

/** By hand, because it is most of what there is to write of a read. */
function requestText(concealer: Concealer, headers: AuditedHeaders, request: AuditRequest): string {
  const { token, accessor, namespace, remote, wrapSeconds } = request
  const [id, operation, path] = [quoted(request.id), quoted(request.operation), quoted(request.path)]
  return (
    `{"id":${id}${member('client_id', request.entityId)},"operation":${operation}` +
    mountText(concealer, request.mount) +
    member('client_token', token === undefined ? '' : concealer.token(token)) +
    member('client_token_accessor', accessor === '' ? '' : concealer.accessor(accessor)) +
    `,"namespace":{"id":${quoted(namespace.id)}${member('path', namespace.path)}},"path":${path}` +
    (request.policyOverride ? ',"policy_override":true' : '') +
    member('remote_address', remote.address) +
    (remote.port === 0 ? '' : `,"remote_port":${remote.port}`) +
    (wrapSeconds === 0 ? '' : `,"wrap_ttl":${wrapSeconds}`) +
    headersText(concealer, headers, request.headers) +
    `${dataText(concealer, request.data)}}`
  )
}

const quoted = (text: string): string => JSON.stringify(text)
const member = (name: string, text: string): string => (text === '' ? '' : `,"${name}":${quoted(text)}`)

function headersText(
  concealer: Concealer,
  audited: AuditedHeaders,
  sent: ReadonlyMap<string, string>,
): string {
  if (audited.size === 0) return ''
  const shown = [...audited].flatMap(([name, { hmac }]) => {
    const value = sent.get(name)
    return value === undefined ? [] : [[name, [hmac ? concealer.text(value) : value]] as const]
  })
  return shown.length === 0 ? '' : `,"headers":${JSON.stringify(Object.fromEntries(shown))}`
}

function responseText(concealer: Concealer, isElided: boolean, response: AuditResponse): string {
  const { auth, leaseId, warnings, wrap, data } = response
  const members =
    mountText(concealer, response.mount) +
    (auth === undefined ? '' : authText(concealer, auth)) +
    (leaseId === '' ? '' : `,"secret":${JSON.stringify({ lease_id: leaseId })}`) +
    (warnings.length === 0 ? '' : `,"warnings":${JSON.stringify(warnings)}`) +
    (wrap === undefined ? '' : `,"wrap_info":${JSON.stringify(wrapMembers(concealer, wrap))}`) +
    dataText(concealer, isElided && data !== undefined ? elided(data) : data)
  return `{${members.slice(1)}}`
}

const wrapMembers = (concealer: Concealer, wrap: AuditWrap): Members => ({
  token: concealer.token({ secret: wrap.token, key: undefined }),
  accessor: concealer.accessor(wrap.accessor),
  ttl: wrap.ttlSeconds,
  creation_time: toNanoTimestamp(wrap.createdAtMs),
  creation_path: wrap.creationPath,
  wrapped_accessor: wrap.wrappedAccessor === '' ? undefined : concealer.accessor(wrap.wrappedAccessor),
})

/** A secret that is read is the same for many requests. */
const dataText = (concealer: Concealer, data: AuditData | undefined): string =>
  data === undefined
    ? ''
    : concealer.once(data, () => `,"data":${concealedJson(data.json, concealer.text, data.plainKeys)}`)

/** `keys` and `key_info` of a list as how many they are. */
function elided({ json, plainKeys }: AuditData): AuditData {
  const data = JSON.parse(json) as Members
  const counts = ['keys', 'key_info'].flatMap((name) => {
    const value = Object.hasOwn(data, name) ? data[name] : undefined
    return typeof value === 'object' && value !== null ? [[name, Object.keys(value).length] as const] : []
  })
  return counts.length === 0
    ? { json, plainKeys }
    : { json: JSON.stringify({ ...data, ...Object.fromEntries(counts) }), plainKeys }
}
