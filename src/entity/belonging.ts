// To which groups an entity belongs (spec/vault.md 5.7): those that name it, those that its mounts say, and all that
// these are members of. Nothing of it is stored: it follows from the entities and groups as they are now.
//
// It is asked for every request, so it is worked out once for each state of an entity and of all groups. What is made of
// an identity can be kept as long as its version stays: that does not change with who else is in a group.

import type { Entity } from './entity.ts'
import type { Group } from './group.ts'
import type { KnownGroups } from './known-groups.ts'

/** Somebody behind tokens, with all that they are given. The same value until the entity or any group changes. */
export type Identity = {
  readonly entity: Entity
  /** Those that the entity belongs to: directly, then through these. Each once; each part sorted by id. */
  readonly groups: readonly Group[]
  /** How many of them come first, to which it belongs directly. */
  readonly directCount: number
  /** Of the entity and of its groups, sorted, each once. Never `root`. The same list as long as the version is. */
  readonly policies: readonly string[]
  /**
   * Another one whenever the entity changes, or to which groups it belongs, or a name, the metadata or the policies of
   * one of them. No two entities ever have the same.
   */
  readonly version: number
}

/** Works out identities, and keeps them. */
export class Belonging {
  private readonly groups: KnownGroups
  private readonly kept = new WeakMap<Entity, { readonly state: number; readonly identity: Identity }>()
  private state = 0
  private versions = 0

  constructor(groups: KnownGroups) {
    this.groups = groups
  }

  /** To be called after each change of any group. */
  changed(): void {
    this.state++
  }

  of(entity: Entity): Identity {
    const kept = this.kept.get(entity)
    if (kept?.state === this.state) return kept.identity
    const { direct, inherited } = groupsOf(entity, this.groups)
    const groups = [...direct, ...inherited]
    const isAsBefore = kept !== undefined && meansTheSame(kept.identity.groups, groups)
    const identity = {
      entity,
      groups,
      directCount: direct.length,
      policies: isAsBefore ? kept.identity.policies : policiesOf(entity, groups),
      version: isAsBefore ? kept.identity.version : ++this.versions,
    }
    this.kept.set(entity, { state: this.state, identity })
    return identity
  }
}

function policiesOf(entity: Entity, groups: readonly Group[]): readonly string[] {
  const given = [entity, ...groups].flatMap(({ policies }) => policies)
  return [...new Set(given)].filter((name) => name !== 'root').sort()
}

/** For whoever belongs to them: who else does, does not matter. */
function meansTheSame(before: readonly Group[], after: readonly Group[]): boolean {
  return (
    before.length === after.length &&
    after.every((group, at) => {
      const old = before[at]
      if (old === group) return true
      return (
        old?.id === group.id &&
        old.name === group.name &&
        old.metadata === group.metadata &&
        old.policies === group.policies
      )
    })
  )
}

function groupsOf(entity: Entity, known: KnownGroups) {
  const direct = new Set<Group>()
  for (const id of [entity.id, ...entity.mergedIds]) for (const group of known.naming(id)) direct.add(group)
  for (const { mountAccessor, groups } of entity.aliases) {
    for (const name of groups) {
      const found = known.byAlias({ mountAccessor, name })
      if (found !== undefined) direct.add(found.group)
    }
  }
  const inherited = new Set<Group>()
  for (const group of above(direct, known)) if (!direct.has(group)) inherited.add(group)
  return { direct: sortedById(direct), inherited: sortedById(inherited) }
}

/** All groups that these are members of, directly or through others. */
function above(groups: Iterable<Group>, known: KnownGroups): ReadonlySet<Group> {
  const found = new Set<Group>()
  const open = [...groups]
  for (let group = open.pop(); group !== undefined; group = open.pop()) {
    for (const parent of known.parents(group.id)) {
      if (found.has(parent)) continue
      found.add(parent)
      open.push(parent)
    }
  }
  return found
}

/** Whether a group is a member of another, directly or through others. */
export function isBelow(group: Group, other: Group, known: KnownGroups): boolean {
  return above([group], known).has(other)
}

const sortedById = (groups: Iterable<Group>) => [...groups].sort((a, b) => (a.id < b.id ? -1 : 1))
