// A response as Vault's clients expect it: the envelope of spec/vault.md 8.1, the statuses of 8.3.

import { codes, type SentinelError, toNanoTimestamp } from '../../base/index.ts'
import {
  type Auth,
  type Data,
  type Json,
  RawJson,
  type Request,
  type Response,
  type WrapInfo,
} from '../door.ts'
import { jsonToText } from './json.ts'

/** What goes over the wire. No text: no body. */
export type Reply = {
  readonly status: number
  readonly text: string | undefined
  /** Where it is not JSON. */
  readonly contentType?: string
  /** Where to ask again. */
  readonly location?: string
}

/** A response as status and body. `mountType` is what the mount that answered is. */
export function responseToReply(request: Request, response: Response, mountType: string): Reply {
  const { status = 200, plain, contentType } = response
  if (plain !== undefined)
    return { status, text: jsonToText(plain), ...(contentType !== undefined && { contentType }) }
  if (isEmpty(response)) {
    if (status === 404) return { status, text: '{"errors":[]}' }
    return { status: status === 200 ? 204 : status, text: undefined }
  }
  return { status, text: envelope(request.id, response, mountType) }
}

const isEmpty = ({ data, auth, wrap, warnings = [], lease }: Response) =>
  data === undefined &&
  auth === undefined &&
  wrap === undefined &&
  lease === undefined &&
  warnings.length === 0

/** By hand, because the envelope is most of what a read of a secret costs. */
function envelope(id: string, response: Response, mountType: string): string {
  const { data, auth, wrap, lease, warnings = [] } = response
  const isWrapped = wrap !== undefined
  const shown = isWrapped || data === undefined ? 'null' : jsonToText(data)
  return (
    `{"request_id":"${id}",${leaseMembers(lease)},"data":${shown},` +
    `"wrap_info":${wrap === undefined ? 'null' : JSON.stringify(wrapMembers(wrap))},` +
    `"warnings":${warnings.length === 0 ? 'null' : JSON.stringify(warnings)},` +
    `"auth":${auth === undefined || isWrapped ? 'null' : jsonToText(authMembers(auth))},` +
    `"mount_type":${JSON.stringify(mountType)}${isWrapped ? '' : topLevelMembers(response)}}\n`
  )
}

const leaseMembers = (lease: Response['lease']) =>
  lease === undefined
    ? '"lease_id":"","renewable":false,"lease_duration":0'
    : `"lease_id":${JSON.stringify(lease.id)},"renewable":${lease.renewable},"lease_duration":${lease.seconds}`

/** Keys of the data that old clients look for beside it (spec/vault.md 8.1, top-level injection). */
function topLevelMembers({ data, isAlsoTopLevel }: Response): string {
  if (isAlsoTopLevel === undefined || data === undefined || data instanceof RawJson) return ''
  return Object.entries(data)
    .filter(([name]) => !enveloped.has(name))
    .map(([name, value]) => `,${JSON.stringify(name)}:${jsonToText(value)}`)
    .join('')
}

const enveloped = new Set([
  'request_id',
  'lease_id',
  'renewable',
  'lease_duration',
  'data',
  'wrap_info',
  'warnings',
  'auth',
  'mount_type',
])

/** What a login gives, in Vault's words. */
export function authMembers(auth: Auth): Data {
  return {
    client_token: auth.clientToken.reveal(),
    accessor: auth.accessor,
    policies: auth.policies,
    token_policies: auth.tokenPolicies,
    ...(auth.identityPolicies.length === 0 ? {} : { identity_policies: auth.identityPolicies }),
    metadata: auth.metadata,
    lease_duration: auth.leaseSeconds,
    renewable: auth.renewable,
    entity_id: auth.entityId,
    token_type: auth.tokenType,
    orphan: auth.orphan,
    mfa_requirement: null,
    num_uses: auth.numUses,
  }
}

/** The token in which a response waits, in Vault's words. */
export function wrapMembers(wrap: WrapInfo): Data {
  return {
    token: wrap.token.reveal(),
    accessor: wrap.accessor,
    ttl: wrap.ttlSeconds,
    creation_time: toNanoTimestamp(wrap.createdAtMs),
    creation_path: wrap.creationPath,
    wrapped_accessor: wrap.wrappedAccessor ?? '',
  }
}

/** A failure as Vault's clients expect it. */
export function errorToReply(error: SentinelError): Reply {
  const body: Json = { errors: [error.message] }
  return { status: codes[error.code].http, text: `${jsonToText(body)}\n` }
}
