// Entities, groups and aliases in the words of the API (spec/vault.md 5.6 and 5.7).

import { SentinelError, toNanoTimestamp } from '../../../base/index.ts'
import type {
  Alias,
  Entities,
  Entity,
  Found,
  FoundGroup,
  Group,
  GroupAlias,
  Groups,
  Oidc,
} from '../../../entity/index.ts'
import { policyNames } from '../../../token/index.ts'
import type { MountTable } from '../../core/mount-table.ts'
import type { Data, Json, Response } from '../../door.ts'
import type { Mount } from '../path.ts'
import { metaOf } from '../token-auth.ts'

/** What the paths of identities work with. */
export type IdentityDeps = {
  readonly entities: Entities
  readonly groups: Groups
  readonly oidc: Oidc
  /** Asked when it is needed: it is made of the mount types. */
  readonly table: () => MountTable
}

/** The auth mount that an accessor means; an alias of one that is gone is still told of. */
export function mountAt({ table }: IdentityDeps, accessor: string): Mount | undefined {
  const mounts = [...table().router().mounts.values()].map(({ context }) => context.mount)
  return mounts.find((mount) => mount.accessor === accessor && mount.path.startsWith('auth/'))
}

/** An entity as a read shows it. */
export function entityToData(deps: IdentityDeps, entity: Entity): Data {
  const { groups = [], directCount = 0 } = deps.groups.identityOf(entity.id) ?? {}
  const groupIds = groups.map(({ id }) => id)
  return {
    id: entity.id,
    name: entity.name,
    metadata: metaOf(entity.metadata),
    merged_entity_ids: listOrNull(entity.mergedIds),
    policies: entity.policies,
    disabled: entity.isDisabled,
    namespace_id: 'root',
    creation_time: toNanoTimestamp(entity.createdAtMs),
    last_update_time: toNanoTimestamp(entity.updatedAtMs),
    aliases: entity.aliases.map((alias) => aliasToData(deps, { entity, alias })),
    direct_group_ids: groupIds.slice(0, directCount),
    inherited_group_ids: groupIds.slice(directCount),
    group_ids: groupIds,
  }
}

/** An alias as a read shows it. */
export function aliasToData(deps: IdentityDeps, { entity, alias }: Found): Data {
  const mount = mountAt(deps, alias.mountAccessor)
  return {
    id: alias.id,
    canonical_id: entity.id,
    name: alias.name,
    mount_accessor: alias.mountAccessor,
    mount_type: mount?.type ?? '',
    mount_path: mount?.path ?? '',
    metadata: metaOf(alias.metadata),
    custom_metadata: Object.assign(Object.create(null), Object.fromEntries(alias.customMetadata)),
    local: false,
    merged_from_canonical_ids: listOrNull(alias.mergedFrom),
    namespace_id: 'root',
    creation_time: toNanoTimestamp(alias.createdAtMs),
    last_update_time: toNanoTimestamp(alias.updatedAtMs),
  }
}

/** What a list tells of an alias. */
export function aliasInfo(deps: IdentityDeps, alias: Alias): Data {
  const mount = mountAt(deps, alias.mountAccessor)
  return {
    id: alias.id,
    name: alias.name,
    mount_accessor: alias.mountAccessor,
    mount_type: mount?.type ?? '',
    mount_path: mount?.path ?? '',
    metadata: metaOf(alias.metadata),
    custom_metadata: metaOf(alias.customMetadata),
    local: false,
  }
}

/** A group as a read shows it. */
export function groupToData(deps: IdentityDeps, group: Group): Data {
  const { groups } = deps
  const isExternal = group.type === 'external'
  const members = (ids: readonly string[]): Json => (isExternal ? listOrNull(ids) : ids)
  return {
    id: group.id,
    name: group.name,
    type: group.type,
    metadata: metaOf(group.metadata),
    policies: group.policies,
    member_entity_ids: members(groups.memberEntityIds(group)),
    member_group_ids: members(groups.memberGroupIds(group)),
    parent_group_ids: listOrNull(groups.parentGroupIds(group)),
    alias: group.alias === undefined ? {} : groupAliasToData(deps, { group, alias: group.alias }),
    namespace_id: 'root',
    modify_index: group.version,
    creation_time: toNanoTimestamp(group.createdAtMs),
    last_update_time: toNanoTimestamp(group.updatedAtMs),
  }
}

/** What a list tells of a group. */
export function groupInfo(deps: IdentityDeps, group: Group): Data {
  const { name, alias } = group
  return {
    id: group.id,
    name,
    num_member_entities: deps.groups.memberEntityIds(group).length,
    num_parent_groups: deps.groups.parentGroupIds(group).length,
    ...(alias !== undefined && { alias: groupAliasInfo(deps, alias) }),
  }
}

/** The alias of a group as a read shows it. */
export function groupAliasToData(deps: IdentityDeps, { group, alias }: FoundGroup): Data {
  return {
    ...groupAliasInfo(deps, alias),
    canonical_id: group.id,
    metadata: null,
    merged_from_canonical_ids: null,
    namespace_id: 'root',
    creation_time: toNanoTimestamp(alias.createdAtMs),
    last_update_time: toNanoTimestamp(alias.updatedAtMs),
  }
}

/** What a list tells of the alias of a group. */
export function groupAliasInfo(deps: IdentityDeps, { id, name, mountAccessor }: GroupAlias): Data {
  const mount = mountAt(deps, mountAccessor)
  return {
    id,
    name,
    mount_accessor: mountAccessor,
    mount_type: mount?.type ?? '',
    mount_path: mount?.path ?? '',
  }
}

/** Keys, and what is told of each. */
export function listed(keys: readonly string[], info: readonly (readonly [string, Data])[]): Response {
  if (keys.length === 0) return { status: 404 }
  return { data: { keys, key_info: Object.assign(Object.create(null), Object.fromEntries(info)) } }
}

/** Names of policies as they are kept. Neither an entity nor a group gives anybody `root`, in whatever case. */
export function policiesIn(sent: readonly string[]): readonly string[] {
  const names = policyNames(sent)
  if (names.includes('root')) throw invalid('policies cannot contain root')
  return names
}

/** What is known of somebody or something. */
export type Selector = Partial<
  Record<'id' | 'name' | 'alias_id' | 'alias_name' | 'alias_mount_accessor', string | undefined>
>

/** The fields of a lookup, of an entity as of a group. */
export const selectorFields = {
  id: { type: 'string', help: 'its id' },
  name: { type: 'string', help: 'its name' },
  alias_id: { type: 'string', help: 'the id of an alias of it' },
  alias_name: { type: 'string', help: 'the name of an alias of it' },
  alias_mount_accessor: { type: 'string', help: 'the mount of that alias' },
} as const

/** How a lookup finds things of one kind. */
export type Finders<T> = {
  byId(id: string): T | undefined
  byName(name: string): T | undefined
  byAliasId(id: string): T | undefined
  byAlias(alias: { readonly name: string; readonly mountAccessor: string }): T | undefined
}

/** @throws SentinelError REQUEST_INVALID where nothing, or only half of something, is known */
export function lookedUp<T>(finders: Finders<T>, known: Selector): T | undefined {
  const { id, name, alias_id: aliasId, alias_name: aliasName, alias_mount_accessor: mountAccessor } = known
  if ([id, name, aliasId, aliasName].filter(isSaid).length !== 1)
    throw invalid(
      "one of 'id', 'name', 'alias_id', or 'alias_name' with 'alias_mount_accessor' must be given",
    )
  if (isSaid(id)) return finders.byId(id)
  if (isSaid(name)) return finders.byName(name)
  if (isSaid(aliasId)) return finders.byAliasId(aliasId)
  if (!isSaid(mountAccessor)) throw invalid("'alias_name' needs 'alias_mount_accessor'")
  return finders.byAlias({ name: aliasName ?? '', mountAccessor })
}

export const isSaid = (text: string | undefined): text is string => text !== undefined && text !== ''

export const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)

const listOrNull = (texts: readonly string[]): Json => (texts.length === 0 ? null : texts)
