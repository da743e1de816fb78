// Groups of entities (spec/vault.md 5.7): found in memory, changed one after the other, each change written before it is
// known. Rows, below the room's own part of the storage: `group/<id>`, a group with its alias.
//
// INVARIANT: no group is a member of itself, through however many others. Changes take turns, so of two that would close
// a circle together the second is refused.

import { type Clock, inTurn, newUuid, type Random } from '../base/index.ts'
import { everyEntry, type Kv, type Write } from '../store/index.ts'
import { Belonging, type Identity, isBelow } from './belonging.ts'
import type { Entities } from './entities.ts'
import type { FoundGroup, Group, GroupAlias } from './group.ts'
import type { AliasName } from './known.ts'
import { KnownGroups } from './known-groups.ts'
import { requireMetadata, requireName } from './limits.ts'
import { refuse } from './refuse.ts'
import { bytesToGroup, groupToBytes } from './stored-group.ts'

export type GroupsDeps = {
  readonly kv: Kv
  readonly clock: Clock
  readonly random: Random
  /** Whom groups are made of. */
  readonly entities: Entities
}

/** What may be said of a group. What is missing stays as it is, or is as for a new one. */
export type GroupChange = Partial<
  Pick<Group, 'name' | 'type' | 'metadata' | 'policies' | 'memberEntityIds' | 'memberGroupIds'>
>

/** What may be said of the alias of a group. */
export type GroupAliasChange = AliasName & {
  /** Which group it is to mean; a new one where it is missing, or that which it means. */
  readonly groupId?: string
}

export interface Groups {
  byId(id: string): Group | undefined
  /** In any case. */
  byName(name: string): Group | undefined
  byAlias(alias: AliasName): FoundGroup | undefined
  byAliasId(id: string): FoundGroup | undefined
  /** Sorted by id. */
  all(): readonly Group[]
  /** The ids of the entities that belong to a group directly, as they are now: without those that are gone. Sorted. */
  memberEntityIds(group: Group): readonly string[]
  /** The ids of the groups that are members of a group, without those that are gone. Sorted. */
  memberGroupIds(group: Group): readonly string[]
  /** The ids of the groups that a group is a member of. Sorted. */
  parentGroupIds(group: Group): readonly string[]
  /** Whoever a token that was made for this entity speaks for, with their groups as they are now. */
  identityOf(entityId: string): Identity | undefined
  /** @throws SentinelError REQUEST_INVALID where the name is taken, a member is unknown, or it cannot be kept */
  create(change: GroupChange): Promise<Group>
  /** @throws SentinelError REQUEST_INVALID also where there is none, or it would be a member of itself */
  change(id: string, change: GroupChange): Promise<Group>
  /** Nothing happens where there is none. */
  remove(id: string): Promise<void>
  /** @throws SentinelError REQUEST_INVALID where the name is another's, or the group is unknown or internal */
  createAlias(change: GroupAliasChange): Promise<FoundGroup>
  /** The same for one that is there. */
  changeAlias(id: string, change: GroupAliasChange): Promise<FoundGroup>
  /** Nothing happens where there is none. */
  removeAlias(id: string): Promise<void>
}

const prefix = 'group/'

/** Reads all groups of a storage. */
export async function openGroups(deps: GroupsDeps): Promise<Groups> {
  const known = new KnownGroups()
  for await (const { value } of everyEntry(deps.kv, prefix)) known.replace(undefined, bytesToGroup(value))
  return new StoredGroups(deps, known).face()
}

/** One group before and after. */
type Step = { readonly before: Group | undefined; readonly after: Group | undefined }

class StoredGroups {
  private readonly deps: GroupsDeps
  private readonly known: KnownGroups
  private readonly belonging: Belonging
  private readonly oneAtATime = inTurn()

  constructor(deps: GroupsDeps, known: KnownGroups) {
    this.deps = deps
    this.known = known
    this.belonging = new Belonging(known)
  }

  face(): Groups {
    const { known, oneAtATime, deps } = this
    return {
      byId: (id) => known.byId(id),
      byName: (name) => known.byName(name),
      byAlias: (alias) => known.byAlias(alias),
      byAliasId: (id) => known.byAliasId(id),
      all: () => known.all(),
      memberEntityIds: (group) => this.memberEntityIds(group),
      memberGroupIds: (group) => sorted(group.memberGroupIds.filter((id) => known.byId(id) !== undefined)),
      parentGroupIds: (group) => sorted(known.parents(group.id).map(({ id }) => id)),
      identityOf: (entityId) => {
        const entity = deps.entities.behind(entityId)
        return entity === undefined ? undefined : this.belonging.of(entity)
      },
      create: (change) => oneAtATime(() => this.create(change)),
      change: (id, change) => oneAtATime(() => this.change(id, change)),
      remove: (id) => oneAtATime(() => this.remove(id)),
      createAlias: (change) => oneAtATime(() => this.createAlias(change)),
      changeAlias: (id, change) => oneAtATime(() => this.changeAlias(id, change)),
      removeAlias: (id) => oneAtATime(() => this.removeAlias(id)),
    }
  }

  /** Of an external group those whose mount says so. Somebody who was merged into another is that other one. */
  private memberEntityIds({ memberEntityIds, alias }: Group): readonly string[] {
    const { entities } = this.deps
    const named = memberEntityIds.flatMap((id) => entities.behind(id) ?? [])
    const said = alias === undefined ? [] : entities.belongingTo(alias)
    return sorted([...named, ...said].map(({ id }) => id))
  }

  private async create(change: GroupChange): Promise<Group> {
    const group = this.newGroup(change.type ?? 'internal')
    return this.keep(undefined, this.changed(group, change))
  }

  private async change(id: string, change: GroupChange): Promise<Group> {
    const before = this.known.byId(id) ?? refuse('invalid group ID')
    return this.keep(before, this.changed(before, change))
  }

  private changed(group: Group, change: GroupChange): Group {
    if (change.type !== undefined && change.type !== group.type) refuse('group type cannot be changed')
    if (change.name !== undefined) {
      requireName(change.name)
      const named = this.known.byName(change.name)
      if (named !== undefined && named.id !== group.id) refuse('group name is already in use')
    }
    if (change.metadata !== undefined) requireMetadata(change.metadata)
    return { ...group, ...change, ...this.members(group, change) }
  }

  private members(group: Group, { memberEntityIds, memberGroupIds }: GroupChange) {
    if (group.type === 'external' && memberEntityIds !== undefined)
      refuse("member entities can't be set manually for external groups")
    if (group.type === 'external' && memberGroupIds !== undefined)
      refuse("member groups can't be set for external groups")
    const { entities } = this.deps
    for (const id of memberEntityIds ?? [])
      if (entities.byId(id) === undefined) refuse(`invalid entity ID "${id}"`)
    for (const id of memberGroupIds ?? []) this.requireMember(group, id)
    return {
      memberEntityIds: sorted(memberEntityIds ?? group.memberEntityIds),
      memberGroupIds: sorted(memberGroupIds ?? group.memberGroupIds),
    }
  }

  private requireMember(group: Group, id: string): void {
    if (id === group.id) refuse(`member group ID "${id}" is same as the ID of the group`)
    const member = this.known.byId(id) ?? refuse(`invalid member group ID "${id}"`)
    const before = this.known.byId(group.id)
    if (before !== undefined && isBelow(before, member, this.known))
      refuse(`cyclic relationship detected for member group ID "${id}"`)
  }

  private async remove(id: string): Promise<void> {
    const before = this.known.byId(id)
    if (before !== undefined) await this.write([{ before, after: undefined }])
  }

  private async createAlias(change: GroupAliasChange): Promise<FoundGroup> {
    this.requireFree(change, undefined)
    const owner = change.groupId === undefined ? undefined : this.external(change.groupId)
    const group = owner ?? this.newGroup('external')
    const alias = this.aliasAs(this.newAlias(change), change)
    return { group: await this.keep(owner, { ...group, alias }), alias }
  }

  private async changeAlias(id: string, change: GroupAliasChange): Promise<FoundGroup> {
    const found = this.known.byAliasId(id) ?? refuse('invalid group alias ID')
    this.requireFree(change, id)
    const next = change.groupId === undefined ? found.group : this.external(change.groupId)
    const alias = this.aliasAs(found.alias, change)
    if (next === found.group) return { group: await this.keep(next, { ...next, alias }), alias }
    const [group = next] = await this.write([
      { before: next, after: { ...next, alias } },
      { before: found.group, after: { ...found.group, alias: undefined } },
    ])
    return { group, alias }
  }

  private async removeAlias(id: string): Promise<void> {
    const found = this.known.byAliasId(id)
    if (found !== undefined) await this.keep(found.group, { ...found.group, alias: undefined })
  }

  private requireFree(alias: AliasName, id: string | undefined): void {
    const other = this.known.byAlias(alias)
    if (other !== undefined && other.alias.id !== id)
      refuse('combination of mount and group alias name is already in use')
  }

  private external(id: string): Group {
    const group = this.known.byId(id) ?? refuse("invalid group ID given in 'canonical_id'")
    return group.type === 'external' ? group : refuse("alias can't be set on an internal group")
  }

  private newGroup(type: Group['type']): Group {
    const { clock, random } = this.deps
    const nowMs = clock.now()
    return {
      id: newUuid(random),
      name: `group_${Buffer.from(random.bytes(4)).toString('hex')}`,
      type,
      metadata: new Map(),
      policies: [],
      memberEntityIds: [],
      memberGroupIds: [],
      alias: undefined,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      version: 0,
    }
  }

  private newAlias({ name, mountAccessor }: AliasName): GroupAlias {
    const nowMs = this.deps.clock.now()
    return { id: newUuid(this.deps.random), name, mountAccessor, createdAtMs: nowMs, updatedAtMs: nowMs }
  }

  private aliasAs(alias: GroupAlias, { name, mountAccessor }: AliasName): GroupAlias {
    requireName(name)
    return { ...alias, name, mountAccessor, updatedAtMs: this.deps.clock.now() }
  }

  private async keep(before: Group | undefined, after: Group): Promise<Group> {
    const [kept = after] = await this.write([{ before, after }])
    return kept
  }

  /** Writes all steps or none, and knows them afterwards. @returns what is kept, in the order of the steps */
  private async write(steps: readonly Step[]): Promise<readonly Group[]> {
    const updatedAtMs = this.deps.clock.now()
    const marked = steps.map(({ before, after }) => ({
      before,
      after: after && this.withoutGone({ ...after, updatedAtMs, version: after.version + 1 }),
    }))
    await this.deps.kv.batch(marked.map(writeOf))
    for (const { before } of marked) this.known.replace(before, undefined)
    for (const { after } of marked) this.known.replace(undefined, after)
    this.belonging.changed()
    return marked.flatMap(({ after }) => after ?? [])
  }

  /** Rows must not grow for ever by those who are gone. */
  private withoutGone(group: Group): Group {
    const { entities } = this.deps
    return {
      ...group,
      memberEntityIds: sorted(group.memberEntityIds.flatMap((id) => entities.behind(id)?.id ?? [])),
      memberGroupIds: sorted(group.memberGroupIds.filter((id) => this.known.byId(id) !== undefined)),
    }
  }
}

const sorted = (ids: readonly string[]) => [...new Set(ids)].sort()

function writeOf({ before, after }: Step): Write {
  const key = prefix + (after ?? before)?.id
  return after === undefined
    ? { kind: 'delete', key, expected: 'anything' }
    : { kind: 'put', key, value: groupToBytes(after), expected: before === undefined ? 'absent' : 'anything' }
}
