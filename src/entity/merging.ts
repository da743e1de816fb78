// Two entities as one: policies and metadata add up, what both say the one that stays says, and of two aliases at one
// mount one stays, because a mount knows nobody twice.

import type { Alias, Entity } from './entity.ts'
import { refuse } from './refuse.ts'

/** Which entities become which, and of aliases at the same mount those that stay. */
export type Merging = {
  readonly fromIds: readonly string[]
  readonly toId: string
  readonly aliasIdsToKeep: readonly string[]
  /** Of two aliases at one mount that of `toId` stays. */
  readonly isForced: boolean
}

/** @throws SentinelError REQUEST_INVALID where both have an alias of one mount, and nothing says which stays */
export function mergedInto(to: Entity, from: Entity, merging: Merging): Entity {
  return {
    ...to,
    metadata: new Map([...from.metadata, ...to.metadata]),
    policies: [...new Set([...to.policies, ...from.policies])].sort(),
    aliases: from.aliases.reduce((aliases, alias) => joined(aliases, alias, from, merging), to.aliases),
    mergedIds: [...to.mergedIds, from.id, ...from.mergedIds],
  }
}

function joined(
  aliases: readonly Alias[],
  alias: Alias,
  from: Entity,
  { aliasIdsToKeep, isForced }: Merging,
): readonly Alias[] {
  const moved = { ...alias, mergedFrom: [...alias.mergedFrom, from.id] }
  const other = aliases.find(({ mountAccessor }) => mountAccessor === alias.mountAccessor)
  if (other === undefined) return [...aliases, moved]
  const without = aliases.filter((each) => each !== other)
  if (aliasIdsToKeep.includes(alias.id)) return [...without, moved]
  if (isForced || aliasIdsToKeep.includes(other.id)) return aliases
  return refuse(
    `toEntity and at least one fromEntity have aliases with the same mount accessor ${alias.mountAccessor}`,
    'name those that stay in conflicting_alias_ids_to_keep',
  )
}
