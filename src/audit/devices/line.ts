// An entry as one line of JSON, in Vault's form (spec/vault.md 8.9): what a member would say of nothing is left out.

import { toNanoTimestamp } from '../../base/index.ts'
import { concealedJson } from './concealed-json.ts'
import type { Concealer } from './concealer.ts'
import type {
  AuditAuth,
  AuditData,
  AuditEntry,
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
  { type, timeMs, request, response, error }: AuditEntry,
  asked: string,
): string {
  const { concealer, prefix, elidesLists } = style
  const isElided = elidesLists && request.operation === 'list'
  const answer = response === undefined ? '' : `,"response":${responseText(concealer, isElided, response)}`
  const why = error === undefined ? '' : `,"error":${JSON.stringify(error)}`
  return `${prefix}{"time":"${toNanoTimestamp(timeMs)}","type":"${type}"${asked}${answer}${why}}\n`
}

/** Who asks, and for what: members that follow others. */
function askedText(concealer: Concealer, headers: AuditedHeaders, { auth, request }: AuditEntry): string {
  const who = auth === undefined ? '' : `,"auth":${JSON.stringify(authMembers(concealer, auth))}`
  return `${who},"request":${requestText(concealer, headers, request)}`
}

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

const mountMembers = (mount: AuditMount | undefined): Members =>
  mount === undefined
    ? {}
    : {
        mount_point: mount.path,
        mount_type: mount.type,
        mount_accessor: mount.accessor,
        mount_class: mount.class,
      }

function requestText(concealer: Concealer, headers: AuditedHeaders, request: AuditRequest): string {
  const { token, accessor, namespace, remote } = request
  const members = {
    id: request.id,
    client_id: some(request.entityId),
    operation: request.operation,
    ...mountMembers(request.mount),
    client_token: token === undefined ? undefined : concealer.token(token),
    client_token_accessor: accessor === '' ? undefined : concealer.accessor(accessor),
    namespace: { id: namespace.id, path: some(namespace.path) },
    path: request.path,
    policy_override: some(request.policyOverride),
    remote_address: some(remote.address),
    remote_port: some(remote.port),
    wrap_ttl: some(request.wrapSeconds),
    headers: headerMembers(concealer, headers, request.headers),
  }
  return withData(members, concealer, request.data)
}

function headerMembers(
  concealer: Concealer,
  audited: AuditedHeaders,
  sent: ReadonlyMap<string, string>,
): Members | undefined {
  if (audited.size === 0) return undefined
  const shown = [...audited].flatMap(([name, { hmac }]) => {
    const value = sent.get(name)
    return value === undefined ? [] : [[name, [hmac ? concealer.text(value) : value]] as const]
  })
  return someOf(shown) && Object.fromEntries(shown)
}

function responseText(concealer: Concealer, isElided: boolean, response: AuditResponse): string {
  const { auth, leaseId, warnings, wrap, data } = response
  const members = {
    ...mountMembers(response.mount),
    auth: auth === undefined ? undefined : authMembers(concealer, auth),
    secret: leaseId === '' ? undefined : { lease_id: leaseId },
    warnings: someOf(warnings),
    wrap_info: wrap === undefined ? undefined : wrapMembers(concealer, wrap),
  }
  return withData(members, concealer, isElided && data !== undefined ? elided(data) : data)
}

const wrapMembers = (concealer: Concealer, wrap: AuditWrap): Members => ({
  token: concealer.token({ secret: wrap.token, key: undefined }),
  accessor: concealer.accessor(wrap.accessor),
  ttl: wrap.ttlSeconds,
  creation_time: toNanoTimestamp(wrap.createdAtMs),
  creation_path: wrap.creationPath,
  wrapped_accessor: wrap.wrappedAccessor === '' ? undefined : concealer.accessor(wrap.wrappedAccessor),
})

/** An object with one more member, whose text is there already. */
function withData(members: Members, concealer: Concealer, data: AuditData | undefined): string {
  const text = JSON.stringify(members)
  if (data === undefined) return text
  const json = concealedJson(data.json, concealer.text, data.plainKeys)
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}"data":${json}}`
}

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
