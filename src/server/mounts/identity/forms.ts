// Entities and aliases in the words of the API (spec/vault.md 5.6).

import { toNanoTimestamp } from '../../../base/index.ts'
import type { Alias, Entities, Entity, Found } from '../../../entity/index.ts'
import type { MountTable } from '../../core/mount-table.ts'
import type { Data, Json } from '../../door.ts'
import type { Mount } from '../path.ts'
import { metaOf } from '../token-auth.ts'

/** What the paths of identities work with. */
export type IdentityDeps = {
  readonly entities: Entities
  /** Asked when it is needed: it is made of the mount types. */
  readonly table: () => MountTable
}

/** The auth mount that an accessor means; an alias of one that is gone is still told of. */
export function mountAt({ table }: IdentityDeps, accessor: string): Mount | undefined {
  const mounts = [...table().router().mounts.values()].map(({ context }) => context.mount)
  return mounts.find((mount) => mount.accessor === accessor && mount.path.startsWith('auth/'))
}

/** An entity as a read shows it. Groups are none as yet. */
export function entityToData(deps: IdentityDeps, entity: Entity): Data {
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
    direct_group_ids: [],
    inherited_group_ids: [],
    group_ids: [],
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

const listOrNull = (texts: readonly string[]): Json => (texts.length === 0 ? null : texts)
