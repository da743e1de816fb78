// The groups that are known, in memory, and how each is found: by its names, by its members.

import type { FoundGroup, Group } from './group.ts'
import { type AliasName, aliasKey, nameKey } from './known.ts'

/** Groups and what they are found by. */
export class KnownGroups {
  private readonly ids = new Map<string, Group>()
  private readonly names = new Map<string, Group>()
  private readonly aliases = new Map<string, FoundGroup>()
  private readonly aliasIds = new Map<string, FoundGroup>()
  private readonly byMemberEntity = new Map<string, Set<string>>()
  private readonly byMemberGroup = new Map<string, Set<string>>()

  byId(id: string): Group | undefined {
    return this.ids.get(id)
  }

  byName(name: string): Group | undefined {
    return this.names.get(nameKey(name))
  }

  byAlias(alias: AliasName): FoundGroup | undefined {
    return this.aliases.get(aliasKey(alias))
  }

  byAliasId(id: string): FoundGroup | undefined {
    return this.aliasIds.get(id)
  }

  /** Sorted by id. */
  all(): readonly Group[] {
    return [...this.ids.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** The groups that name an entity, by one of the ids that it has. */
  naming(entityId: string): readonly Group[] {
    return this.found(this.byMemberEntity.get(entityId))
  }

  /** The groups that a group is a member of. */
  parents(groupId: string): readonly Group[] {
    return this.found(this.byMemberGroup.get(groupId))
  }

  /** Puts another state in the place of one; undefined where there was none, or is none any more. */
  replace(before: Group | undefined, after: Group | undefined): void {
    if (before !== undefined) this.forget(before)
    if (after !== undefined) this.remember(after)
  }

  private found(ids: ReadonlySet<string> | undefined): readonly Group[] {
    return ids === undefined ? [] : [...ids].flatMap((id) => this.ids.get(id) ?? [])
  }

  private remember(group: Group): void {
    const { id, name, alias } = group
    this.ids.set(id, group)
    this.names.set(nameKey(name), group)
    if (alias !== undefined) {
      this.aliases.set(aliasKey(alias), { group, alias })
      this.aliasIds.set(alias.id, { group, alias })
    }
    for (const member of group.memberEntityIds) add(this.byMemberEntity, member, id)
    for (const member of group.memberGroupIds) add(this.byMemberGroup, member, id)
  }

  private forget(group: Group): void {
    const { id, name, alias } = group
    this.ids.delete(id)
    this.names.delete(nameKey(name))
    if (alias !== undefined) {
      this.aliases.delete(aliasKey(alias))
      this.aliasIds.delete(alias.id)
    }
    for (const member of group.memberEntityIds) remove(this.byMemberEntity, member, id)
    for (const member of group.memberGroupIds) remove(this.byMemberGroup, member, id)
  }
}

function add(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key)
  if (ids === undefined) index.set(key, new Set([id]))
  else ids.add(id)
}

function remove(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key)
  ids?.delete(id)
  if (ids?.size === 0) index.delete(key)
}
