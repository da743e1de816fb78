// What a governing policy finds: the properties of spec/vault.md 2, made of one request when a policy reads them first.
// The names stand in policy/governing/names.ts; a test compares the two.

import { toNanoTimestamp } from '../../base/index.ts'
import type { Alias, Entity, Group, Groups, Identity } from '../../entity/index.ts'
import type { TokenEntry } from '../../token/index.ts'
import { type Data, type Json, Numeral, type Request } from '../door.ts'
import type { Mount } from '../mounts/path.ts'

/** What the properties are made of. */
export type Viewed = {
  readonly request: Request
  /** As the ACL was asked for it. */
  readonly path: string
  readonly operation: string
  readonly isUnauthenticated: boolean
  readonly nowMs: number
  /** undefined where no token that counts was sent. */
  readonly token: TokenEntry | undefined
  /** Whoever stands behind the request, with their groups. */
  identity(): Identity | undefined
  readonly groups: Pick<Groups, 'memberEntityIds' | 'parentGroupIds'>
  mountByAccessor(accessor: string): Mount | undefined
}

/** A value that is made when somebody asks, once. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

const namespaceView = Object.freeze({ id: 'root', path: '' })
const disabled = Object.freeze({ mode: 'disabled' })
const replicationView = Object.freeze({ dr: disabled, performance: disabled, mode: 'disabled' })
const mfaView = Object.freeze({ methods: Object.freeze({}) })

/** Everything that a policy finds; nothing is made that nobody reads. */
export function viewOf(viewed: Viewed): Readonly<Record<string, unknown>> {
  const [request, token, identity] = [
    once(() => requestView(viewed)),
    once(() => tokenView(viewed.token)),
    once(() => identityView(viewed)),
  ]
  return {
    namespace: namespaceView,
    get request() {
      return request()
    },
    replication: replicationView,
    get token() {
      return token()
    },
    get identity() {
      return identity()
    },
    mfa: mfaView,
    get controlgroup() {
      const time = toNanoTimestamp(viewed.nowMs)
      return { time, request_time: time, authorizations: [] }
    },
  }
}

function requestView({ request, path, operation, isUnauthenticated }: Viewed) {
  const { remote, wrapSeconds = 0, policyOverride } = request
  const data = once(() => withNumbers(request.data))
  return {
    connection: { remote_addr: remote.address },
    get data() {
      return data()
    },
    operation,
    path,
    policy_override: policyOverride,
    unauthenticated: isUnauthenticated,
    wrapping: { ttl: nanoseconds(wrapSeconds), ttl_seconds: wrapSeconds },
  }
}

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

function tokenView(entry: TokenEntry | undefined) {
  if (entry === undefined) return undefined
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
    metadata: entry.meta,
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

function identityView(viewed: Viewed) {
  const identity = viewed.identity()
  if (identity === undefined) return undefined
  const { entity, groups } = identity
  return { entity: entityView(viewed, entity), groups: groupsView(viewed, groups) }
}

/** Those that the entity belongs to, directly or through others. */
function groupsView(viewed: Viewed, groups: readonly Group[]) {
  const each = once(() => groups.map((group) => groupView(viewed, group)))
  return {
    get by_id() {
      return new Map(each().map((group) => [group.id, group]))
    },
    get by_name() {
      return new Map(each().map((group) => [group.name, group]))
    },
    get ids() {
      return groups.map(({ id }) => id)
    },
    get names() {
      return groups.map(({ name }) => name)
    },
  }
}

const groupView = ({ groups }: Viewed, group: Group) => ({
  creation_time: toNanoTimestamp(group.createdAtMs),
  last_update_time: toNanoTimestamp(group.updatedAtMs),
  id: group.id,
  name: group.name,
  metadata: group.metadata,
  get member_entity_ids() {
    return groups.memberEntityIds(group)
  },
  get parent_group_ids() {
    return groups.parentGroupIds(group)
  },
  policies: group.policies,
})

const entityView = (viewed: Viewed, entity: Entity) => ({
  creation_time: toNanoTimestamp(entity.createdAtMs),
  last_update_time: toNanoTimestamp(entity.updatedAtMs),
  id: entity.id,
  name: entity.name,
  metadata: entity.metadata,
  merged_entity_ids: entity.mergedIds,
  policies: entity.policies,
  get aliases() {
    return entity.aliases.map((alias) => aliasView(viewed, alias))
  },
})

function aliasView({ mountByAccessor }: Viewed, alias: Alias) {
  const mount = mountByAccessor(alias.mountAccessor)
  return {
    creation_time: toNanoTimestamp(alias.createdAtMs),
    last_update_time: toNanoTimestamp(alias.updatedAtMs),
    id: alias.id,
    name: alias.name,
    metadata: alias.metadata,
    custom_metadata: alias.customMetadata,
    merged_from_entity_ids: alias.mergedFrom,
    mount_accessor: alias.mountAccessor,
    mount_path: mount?.path ?? '',
    mount_type: mount?.type ?? '',
  }
}
