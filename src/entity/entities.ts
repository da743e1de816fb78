// Entities and their aliases (spec/vault.md 5.6): found in memory, changed one after the other, each change written
// before it is known. Rows, below the room's own part of the storage: `id/<id>`, an entity with its aliases.
//
// INVARIANT: an alias has one entity. Changes take turns, so of two logins by the same new name the second finds what
// the first has made.
//
// Groups lie beside them and find entities by id: nothing here knows of groups, but what a mount said of its own.

import { type Clock, inTurn, newUuid, type Random } from '../base/index.ts'
import { batchLimit, everyEntry, type Kv, type Write } from '../store/index.ts'
import type { Alias, Entity, Found } from './entity.ts'
import { type AliasName, Known } from './known.ts'
import { requireMetadata, requireName } from './limits.ts'
import { type Merging, mergedInto } from './merging.ts'
import { refuse } from './refuse.ts'
import { bytesToEntity, entityToBytes } from './stored.ts'

export type EntitiesDeps = { readonly kv: Kv; readonly clock: Clock; readonly random: Random }

/** What may be said of an entity. What is missing stays as it is, or is as for a new one. */
export type EntityChange = Partial<Pick<Entity, 'name' | 'metadata' | 'policies' | 'isDisabled'>>

/** What may be said of an alias. */
export type AliasChange = AliasName & {
  /** Whose it is to be; a new entity where it is missing, or whose it is. */
  readonly entityId?: string
  readonly customMetadata?: ReadonlyMap<string, string>
}

/** What a mount says of whoever logs in, besides their name. */
export type Said = Pick<Alias, 'metadata'> & Partial<Pick<Alias, 'groups'>>

export interface Entities {
  byId(id: string): Entity | undefined
  /** Whoever a token that was made for this id speaks for: another one, where the two were merged. */
  behind(id: string): Entity | undefined
  /** In any case. */
  byName(name: string): Entity | undefined
  byAlias(alias: AliasName): Found | undefined
  byAliasId(id: string): Found | undefined
  /** Those whose mount says that they belong to a group of its own, by the mount's name of it. Sorted by id. */
  belongingTo(group: AliasName): readonly Entity[]
  /** Sorted by id. */
  all(): readonly Entity[]
  /** Finds whom a mount knows by a name, or makes them; keeps what the mount says about them. */
  admit(login: AliasName & Said): Promise<Entity>
  /** @throws SentinelError REQUEST_INVALID where the name is taken, or the change is none that can be kept */
  create(change: EntityChange): Promise<Entity>
  /** @throws SentinelError REQUEST_INVALID where there is none, the name is taken, or the change cannot be kept */
  change(id: string, change: EntityChange): Promise<Entity>
  /** Deletes entities with their aliases. Nothing happens for those that are not there. */
  remove(ids: readonly string[]): Promise<void>
  /**
   * Makes entities one. Their tokens, policies, metadata and aliases become those of `toId`.
   *
   * @throws SentinelError REQUEST_INVALID where one is unknown, or two have an alias of the same mount and none was chosen
   */
  merge(merging: Merging): Promise<Entity>
  /** @throws SentinelError REQUEST_INVALID where the entity is unknown or has another alias of the mount */
  createAlias(change: AliasChange): Promise<Found>
  /** The same for one that is there. @throws SentinelError REQUEST_INVALID also where the name is another's */
  changeAlias(id: string, change: AliasChange): Promise<Found>
  /** Nothing happens where there is none. */
  removeAlias(id: string): Promise<void>
}

const prefix = 'id/'

/** Reads all entities of a storage. */
export async function openEntities(deps: EntitiesDeps): Promise<Entities> {
  const known = new Known()
  for await (const { value } of everyEntry(deps.kv, prefix)) known.replace(undefined, bytesToEntity(value))
  return new StoredEntities(deps, known).face()
}

/** One entity before and after. */
type Step = { readonly before: Entity | undefined; readonly after: Entity | undefined }

class StoredEntities {
  private readonly deps: EntitiesDeps
  private readonly known: Known
  private readonly oneAtATime = inTurn()

  constructor(deps: EntitiesDeps, known: Known) {
    this.deps = deps
    this.known = known
  }

  face(): Entities {
    const { known, oneAtATime } = this
    return {
      byId: (id) => known.byId(id),
      behind: (id) => known.byId(id) ?? known.byMergedId(id),
      byName: (name) => known.byName(name),
      byAlias: (alias) => known.byAlias(alias),
      byAliasId: (id) => known.byAliasId(id),
      belongingTo: (group) => known.belongingTo(group),
      all: () => known.all(),
      admit: (alias) => this.admit(alias),
      create: (change) => oneAtATime(() => this.create(change)),
      change: (id, change) => oneAtATime(() => this.change(id, change)),
      remove: (ids) => oneAtATime(() => this.remove(ids)),
      merge: (merging) => oneAtATime(() => this.merge(merging)),
      createAlias: (change) => oneAtATime(() => this.createAlias(change)),
      changeAlias: (id, change) => oneAtATime(() => this.changeAlias(id, change)),
      removeAlias: (id) => oneAtATime(() => this.removeAlias(id)),
    }
  }

  /** A login of somebody who is known, and of whom the mount says the same as last time, waits for nobody. */
  private async admit({ metadata, groups: unordered = [], ...name }: AliasName & Said): Promise<Entity> {
    const groups = [...new Set(unordered)].sort()
    const before = this.known.byAlias(name)
    if (before !== undefined && isSame(before.alias.metadata, metadata) && isSameList(before.alias, groups))
      return before.entity
    return this.oneAtATime(async () => {
      const found = this.known.byAlias(name)
      const alias = { ...(found?.alias ?? this.newAlias(name)), metadata, groups }
      const entity = found?.entity ?? this.newEntity()
      return this.keep(found?.entity, withAlias(entity, { ...alias, updatedAtMs: this.deps.clock.now() }))
    })
  }

  private async create(change: EntityChange): Promise<Entity> {
    return this.keep(undefined, this.changed({ ...this.newEntity() }, change))
  }

  private async change(id: string, change: EntityChange): Promise<Entity> {
    const before = this.known.byId(id) ?? refuse('entity not found from id')
    return this.keep(before, this.changed(before, change))
  }

  private changed(entity: Entity, change: EntityChange): Entity {
    if (change.name !== undefined) {
      requireName(change.name)
      const named = this.known.byName(change.name)
      if (named !== undefined && named.id !== entity.id) refuse('entity name is already in use')
    }
    if (change.metadata !== undefined) requireMetadata(change.metadata)
    return { ...entity, ...change }
  }

  private async remove(ids: readonly string[]): Promise<void> {
    const doomed = new Set(ids.flatMap((id) => this.known.byId(id) ?? []))
    for (const before of doomed) await this.write([{ before, after: undefined }])
  }

  private async merge(merging: Merging): Promise<Entity> {
    const to = this.known.byId(merging.toId) ?? refuse('entity id to merge to is invalid')
    const ids = [...new Set(merging.fromIds)]
    if (ids.length >= batchLimit) refuse(`at most ${batchLimit - 1} entities can be merged at once`)
    const from = ids.map((id) => {
      if (id === to.id) refuse('to_entity_id should not be present in from_entity_ids')
      const from = this.known.byId(id) ?? refuse('entity id to merge from is invalid')
      // Their tokens would be those of somebody who is not disabled.
      if (from.isDisabled && !to.isDisabled) refuse(`the entity ${id} is disabled`, 'enable it, or delete it')
      return from
    })
    const after = from.reduce((into, each) => mergedInto(into, each, merging), to)
    const gone = from.map((before) => ({ before, after: undefined }))
    const [kept = after] = await this.write([{ before: to, after }, ...gone])
    return kept
  }

  private async createAlias(change: AliasChange): Promise<Found> {
    if (this.known.byAlias(change) !== undefined) refuse('alias already exists')
    const owner = change.entityId === undefined ? undefined : this.entity(change.entityId)
    return this.putAlias(owner, owner ?? this.newEntity(), this.newAlias(change), change)
  }

  private async changeAlias(id: string, change: AliasChange): Promise<Found> {
    const { entity, alias } = this.known.byAliasId(id) ?? refuse('invalid alias ID')
    const named = this.known.byAlias(change)
    if (named !== undefined && named.alias.id !== id)
      refuse('alias with this name and mount accessor already exists')
    const next = change.entityId === undefined ? entity : this.entity(change.entityId)
    if (next === entity) return this.putAlias(entity, entity, alias, change)
    const left = { ...entity, aliases: entity.aliases.filter((each) => each !== alias) }
    const moved = this.aliasAs(next, alias, change)
    const [after] = await this.write([
      { before: next, after: withAlias(next, moved) },
      { before: entity, after: left },
    ])
    return { entity: after ?? next, alias: moved }
  }

  private async putAlias(
    before: Entity | undefined,
    entity: Entity,
    alias: Alias,
    change: AliasChange,
  ): Promise<Found> {
    const next = this.aliasAs(entity, alias, change)
    return { entity: await this.keep(before, withAlias(entity, next)), alias: next }
  }

  /** An alias as an entity may have it. */
  private aliasAs(entity: Entity, alias: Alias, change: AliasChange): Alias {
    const { name, mountAccessor, customMetadata = alias.customMetadata } = change
    requireName(name)
    requireMetadata(customMetadata)
    const other = entity.aliases.find((each) => each.mountAccessor === mountAccessor && each.id !== alias.id)
    if (other !== undefined) refuse('Alias already exists for requested entity and mount accessor')
    // What the mount said of one name it did not say of another.
    const isSameName = alias.name === name && alias.mountAccessor === mountAccessor
    const groups = isSameName ? alias.groups : []
    return { ...alias, name, mountAccessor, groups, customMetadata, updatedAtMs: this.deps.clock.now() }
  }

  private async removeAlias(id: string): Promise<void> {
    const found = this.known.byAliasId(id)
    if (found === undefined) return
    const { entity, alias } = found
    await this.keep(entity, { ...entity, aliases: entity.aliases.filter((each) => each !== alias) })
  }

  private entity(id: string): Entity {
    return this.known.byId(id) ?? refuse('invalid canonical ID')
  }

  private newEntity(): Entity {
    const { clock, random } = this.deps
    const nowMs = clock.now()
    return {
      id: newUuid(random),
      name: `entity_${Buffer.from(random.bytes(4)).toString('hex')}`,
      metadata: new Map(),
      policies: [],
      isDisabled: false,
      aliases: [],
      mergedIds: [],
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      version: 0,
    }
  }

  private newAlias({ name, mountAccessor }: AliasName): Alias {
    const nowMs = this.deps.clock.now()
    return {
      id: newUuid(this.deps.random),
      name,
      mountAccessor,
      metadata: new Map(),
      groups: [],
      customMetadata: new Map(),
      mergedFrom: [],
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    }
  }

  private async keep(before: Entity | undefined, after: Entity): Promise<Entity> {
    const [kept = after] = await this.write([{ before, after }])
    return kept
  }

  /** Writes all steps or none, and knows them afterwards. @returns what is kept, in the order of the steps */
  private async write(steps: readonly Step[]): Promise<readonly Entity[]> {
    const updatedAtMs = this.deps.clock.now()
    const marked = steps.map(({ before, after }) => ({
      before,
      after: after && { ...after, updatedAtMs, version: after.version + 1 },
    }))
    await this.deps.kv.batch(marked.map(writeOf))
    for (const { before } of marked) this.known.replace(before, undefined)
    for (const { after } of marked) this.known.replace(undefined, after)
    return marked.flatMap(({ after }) => after ?? [])
  }
}

function writeOf({ before, after }: Step): Write {
  const key = prefix + (after ?? before)?.id
  return after === undefined
    ? { kind: 'delete', key, expected: 'anything' }
    : {
        kind: 'put',
        key,
        value: entityToBytes(after),
        expected: before === undefined ? 'absent' : 'anything',
      }
}

function withAlias(entity: Entity, alias: Alias): Entity {
  const others = entity.aliases.filter(({ id }) => id !== alias.id)
  return { ...entity, aliases: [...others, alias] }
}

const isSameList = ({ groups }: Alias, others: readonly string[]) =>
  groups.length === others.length && groups.every((name, at) => others[at] === name)

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value)
}
