// An entity as it lies in the storage: JSON, its Maps as pairs. One row holds all of it, so that it is never half there.

import type { Alias, Entity } from './entity.ts'

type Pairs = readonly (readonly [string, string])[]
type StoredAlias = Omit<Alias, 'metadata' | 'groups' | 'customMetadata'> & {
  readonly metadata: Pairs
  /** Not in rows that were written before there were groups. */
  readonly groups?: readonly string[]
  readonly customMetadata: Pairs
}
type StoredEntity = Omit<Entity, 'metadata' | 'aliases'> & {
  readonly metadata: Pairs
  readonly aliases: readonly StoredAlias[]
}

export function entityToBytes(entity: Entity): Uint8Array {
  const aliases = entity.aliases.map((alias) => ({
    ...alias,
    metadata: [...alias.metadata],
    customMetadata: [...alias.customMetadata],
  }))
  const stored: StoredEntity = { ...entity, metadata: [...entity.metadata], aliases }
  return Buffer.from(JSON.stringify(stored))
}

export function bytesToEntity(bytes: Uint8Array): Entity {
  const stored = JSON.parse(Buffer.from(bytes).toString()) as StoredEntity
  const aliases = stored.aliases.map((alias) => ({
    ...alias,
    metadata: new Map(alias.metadata),
    groups: alias.groups ?? [],
    customMetadata: new Map(alias.customMetadata),
  }))
  return { ...stored, metadata: new Map(stored.metadata), aliases }
}
