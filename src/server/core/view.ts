// What a governing policy finds: the properties of spec/vault.md 2, made of one request when a policy reads them first.
// The names stand in policy/governing/names.ts; a test compares the two.

import { remembered, toNanoTimestamp } from '../../base/index.ts'
import type { Alias, Entity, Group, Groups, Identity } from '../../entity/index.ts'
import { type FactorsAsked, factorsView } from '../../policy/index.ts'
import type { TokenEntry } from '../../token/index.ts'
import { type Data, type Json, Numeral, type Request } from '../door.ts'
import type { Mount } from '../mounts/path.ts'

/** One request. */
export type Viewed = {
  readonly request: Request
  /** As the ACL was asked for it. */
  readonly path: string
  readonly operation: string
  readonly isUnauthenticated: boolean
  readonly nowMs: number
  /** undefined where no token that counts was sent. */
  readonly token: TokenEntry | undefined
}

/** What of the server the properties are made of. */
export type Sight<V extends Viewed> = {
  /** Whoever stands behind a request, with their groups. */
  identityOf(viewed: V): Identity | undefined
  readonly groups: Pick<Groups, 'memberEntityIds' | 'parentGroupIds'>
  mountByAccessor(accessor: string): Mount | undefined
  /** Names of the step-up methods. */
  methods(): readonly string[]
}

const namespaceView = Object.freeze({ id: 'root', path: '' })
const disabled = Object.freeze({ mode: 'disabled' })
const replicationView = Object.freeze({ dr: disabled, performance: disabled, mode: 'disabled' })
const mfaView = Object.freeze({ methods: Object.freeze({}) })

/**
 * Everything that a policy finds. This is for every request that is governed: what stays the same is made once, and
 * what hardly any policy reads when it is read.
 */
export function viewOf<V extends Viewed>(
  sight: Sight<V>,
  viewed: V,
  factors: FactorsAsked | undefined,
): Readonly<Record<string, unknown>> {
  const { token } = viewed
  const identity = sight.identityOf(viewed)
  return {
    namespace: namespaceView,
    request: requestView(viewed),
    replication: replicationView,
    token: token && tokens(token, () => tokenView(token)),
    identity: identity && identities(identity, () => identityView(sight, identity)),
    mfa: factors === undefined ? mfaView : factorsView(sight.methods(), factors),
    get controlgroup() {
      const time = toNanoTimestamp(viewed.nowMs)
      return { time, request_time: time, authorizations: [] }
    },
  }
}

/** Most requests come with one of a few tokens, and from one of a few people. */
const [tokens, identities] = [
  remembered<TokenEntry, object>(4096, () => 1),
  remembered<Identity, object>(4096, () => 1),
]

function requestView({ request, path, operation, isUnauthenticated }: Viewed): object {
  const { remote, wrapSeconds = 0, policyOverride } = request
  return {
    connection: { remote_addr: remote.address },
    data: withNumbers(request.data),
    operation,
    path,
    policy_override: policyOverride,
    unauthenticated: isUnauthenticated,
    wrapping: wrapSeconds === 0 ? unwrapped : { ttl: nanoseconds(wrapSeconds), ttl_seconds: wrapSeconds },
  }
}

const unwrapped = Object.freeze({ ttl: 0, ttl_seconds: 0 })

const nanoseconds = (seconds: number): bigint => BigInt(Math.round(seconds * 1000)) * 1_000_000n

/** What was sent, with numbers as the language has them. Only what holds a long number is copied. */
function withNumbers(data: Data): unknown {
  return hasNumeral(data) ? converted(data) : data
}

function hasNumeral(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false
  return value instanceof Numeral || Object.values(value).some(hasNumeral)
}

function converted(value: Json): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Numeral) return toNumber(value.text)
  if (Array.isArray(value)) return value.map(converted)
  const copy: Record<string, unknown> = Object.create(null)
  for (const [name, each] of Object.entries(value)) copy[name] = converted(each)
  return copy
}

/** No int has more than 19 digits, and to read a million of them as one takes long. */
const toNumber = (text: string): bigint | number => (/^-?\d{1,19}$/.test(text) ? BigInt(text) : Number(text))

/** As an object without a prototype: the fast code of policies reads no Maps. */
function fieldsOf(entries: Iterable<readonly [string, unknown]>): object {
  const fields: Record<string, unknown> = Object.create(null)
  for (const [name, value] of entries) fields[name] = value
  return fields
}

function tokenView(entry: TokenEntry): object {
  const { createdAtMs, ttlSeconds, explicitMaxSeconds, periodSeconds } = entry
  return {
    get creation_time() {
      return toNanoTimestamp(createdAtMs)
    },
    creation_time_unix: Math.floor(createdAtMs / 1000),
    ...durations('creation_ttl', ttlSeconds),
    ...durations('explicit_max_ttl', explicitMaxSeconds),
    ...durations('period', periodSeconds),
    display_name: entry.displayName,
    entity_id: entry.entityId,
    metadata: fieldsOf(entry.meta),
    // 0 means that they are not counted: in the last request of a token there is less than none left.
    num_uses: entry.usesLeft === 0 ? -1 : (entry.usesLeft ?? 0),
    path: entry.path,
    policies: entry.policies,
    role: entry.role ?? '',
    type: entry.type,
    namespace: namespaceView,
  }
}

const durations = (name: string, seconds: number) => ({
  [name]: nanoseconds(seconds),
  [`${name}_seconds`]: seconds,
})

/** What properties of an identity are made of. */
type Around = Pick<Sight<Viewed>, 'groups' | 'mountByAccessor'>

const identityView = (around: Around, { entity, groups }: Identity): object => ({
  entity: entityView(around, entity),
  groups: groupsView(around, groups),
})

/** Those that the entity belongs to, directly or through others. */
function groupsView(around: Around, groups: readonly Group[]): object {
  const each = () => groups.map((group) => groupView(around, group))
  return {
    get by_id() {
      return fieldsOf(each().map((group) => [group.id, group]))
    },
    get by_name() {
      return fieldsOf(each().map((group) => [group.name, group]))
    },
    get ids() {
      return groups.map(({ id }) => id)
    },
    get names() {
      return groups.map(({ name }) => name)
    },
  }
}

const groupView = ({ groups }: Around, group: Group) => ({
  creation_time: toNanoTimestamp(group.createdAtMs),
  last_update_time: toNanoTimestamp(group.updatedAtMs),
  id: group.id,
  name: group.name,
  metadata: fieldsOf(group.metadata),
  get member_entity_ids() {
    return groups.memberEntityIds(group)
  },
  get parent_group_ids() {
    return groups.parentGroupIds(group)
  },
  policies: group.policies,
})

const entityView = (around: Around, entity: Entity): object => ({
  get creation_time() {
    return toNanoTimestamp(entity.createdAtMs)
  },
  get last_update_time() {
    return toNanoTimestamp(entity.updatedAtMs)
  },
  id: entity.id,
  name: entity.name,
  metadata: fieldsOf(entity.metadata),
  merged_entity_ids: entity.mergedIds,
  policies: entity.policies,
  get aliases() {
    return entity.aliases.map((alias) => aliasView(around, alias))
  },
})

function aliasView({ mountByAccessor }: Around, alias: Alias) {
  const mount = mountByAccessor(alias.mountAccessor)
  return {
    creation_time: toNanoTimestamp(alias.createdAtMs),
    last_update_time: toNanoTimestamp(alias.updatedAtMs),
    id: alias.id,
    name: alias.name,
    metadata: fieldsOf(alias.metadata),
    custom_metadata: fieldsOf(alias.customMetadata),
    merged_from_entity_ids: alias.mergedFrom,
    mount_accessor: alias.mountAccessor,
    mount_path: mount?.path ?? '',
    mount_type: mount?.type ?? '',
  }
}
