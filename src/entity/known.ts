// The entities that are known, in memory, and how each is found. Every request of a token looks its entity up.

import type { Entity, Found } from './entity.ts'

/** What finds an alias. */
export type AliasName = { readonly mountAccessor: string; readonly name: string }

/** Entities and what they are found by. */
export class Known {
  private readonly ids = new Map<string, Entity>()
  private readonly mergedIds = new Map<string, Entity>()
  private readonly names = new Map<string, Entity>()
  private readonly aliases = new Map<string, Found>()
  private readonly aliasIds = new Map<string, Found>()
  private readonly saidToBelong = new Map<string, Map<string, Entity>>()

  byId(id: string): Entity | undefined {
    return this.ids.get(id)
  }

  byMergedId(id: string): Entity | undefined {
    return this.mergedIds.get(id)
  }

  byName(name: string): Entity | undefined {
    return this.names.get(nameKey(name))
  }

  byAlias(alias: AliasName): Found | undefined {
    return this.aliases.get(aliasKey(alias))
  }

  byAliasId(id: string): Found | undefined {
    return this.aliasIds.get(id)
  }

  /** Those whose mount says that they belong to a group of its own, by the mount's name of it. Sorted by id. */
  belongingTo(group: AliasName): readonly Entity[] {
    return sortedById(this.saidToBelong.get(aliasKey(group))?.values() ?? [])
  }

  /** Sorted by id. */
  all(): readonly Entity[] {
    return sortedById(this.ids.values())
  }

  /** Puts another state in the place of one; undefined where there was none, or is none any more. */
  replace(before: Entity | undefined, after: Entity | undefined): void {
    if (before !== undefined) this.forget(before)
    if (after !== undefined) this.remember(after)
  }

  private remember(entity: Entity): void {
    this.ids.set(entity.id, entity)
    for (const id of entity.mergedIds) this.mergedIds.set(id, entity)
    this.names.set(nameKey(entity.name), entity)
    for (const alias of entity.aliases) {
      this.aliases.set(aliasKey(alias), { entity, alias })
      this.aliasIds.set(alias.id, { entity, alias })
      for (const key of groupKeys(alias)) {
        const belonging = this.saidToBelong.get(key)
        if (belonging === undefined) this.saidToBelong.set(key, new Map([[entity.id, entity]]))
        else belonging.set(entity.id, entity)
      }
    }
  }

  private forget(entity: Entity): void {
    this.ids.delete(entity.id)
    for (const id of entity.mergedIds) this.mergedIds.delete(id)
    this.names.delete(nameKey(entity.name))
    for (const alias of entity.aliases) {
      this.aliases.delete(aliasKey(alias))
      this.aliasIds.delete(alias.id)
      for (const key of groupKeys(alias)) {
        const belonging = this.saidToBelong.get(key)
        belonging?.delete(entity.id)
        if (belonging?.size === 0) this.saidToBelong.delete(key)
      }
    }
  }
}

const sortedById = (entities: Iterable<Entity>) => [...entities].sort((a, b) => (a.id < b.id ? -1 : 1))

const groupKeys = ({ mountAccessor, groups }: Entity['aliases'][number]) =>
  groups.map((name) => aliasKey({ mountAccessor, name }))

/** Of names that are the same in every case. */
export const nameKey = (name: string) => name.toLowerCase()

/** Accessors have no line breaks. */
export const aliasKey = ({ mountAccessor, name }: AliasName) => `${mountAccessor}\n${name}`
