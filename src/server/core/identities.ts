// Who stands behind tokens, as the road and the mounts ask for it: entities, with what their groups give to them.

import { type Clock, type Secret, type Soon, soon } from '../../base/index.ts'
import type { Entities, Groups } from '../../entity/index.ts'
import type { TokenEntry, Tokens } from '../../token/index.ts'
import type { Identities } from '../mounts/identities.ts'
import { allPolicies } from '../mounts/token-auth.ts'
import type { Policies } from './policies.ts'
import type { Entered } from './road.ts'

const nothing: readonly string[] = []

/** The same as mounts ask for it. */
export const identitiesOf = (entities: Entities, groups: Groups): Identities => ({
  policiesOf: async (entityId) => groups.identityOf(entityId)?.policies ?? nothing,
  entityFor: ({ accessor: mountAccessor }, { name, metadata, groups: said = nothing }) =>
    entities.admit({ mountAccessor, name, metadata, groups: said }),
})

/** What tells what the holder of a token may do. */
export type AclDeps = { readonly groups: Groups; readonly policies: Policies }

type EntranceDeps = AclDeps & { readonly tokens: Tokens; readonly clock: Clock }

/** Finds a token, spends one of its uses, and says what its holder may do as everything stands now. */
export function entered(deps: EntranceDeps, token: Secret): Soon<Entered | undefined> {
  return soon(deps.tokens.enter(token), (entry) =>
    entry === undefined ? undefined : mayDo(deps, entry, deps.clock.now()),
  )
}

/** The same without spending a use. */
export async function recognised(deps: EntranceDeps, token: Secret): Promise<Entered | undefined> {
  const entry = await deps.tokens.lookup(token)
  return entry === undefined ? undefined : mayDo(deps, entry, deps.clock.now())
}

/** What the holder of a token may do as everything stands at a moment. */
export function mayDo({ groups, policies }: AclDeps, entry: TokenEntry, nowMs: number): Entered {
  const identity = entry.entityId === '' ? undefined : groups.identityOf(entry.entityId)
  const identityPolicies = identity?.policies ?? nothing
  const acl = policies.acl(allPolicies(entry, identityPolicies), identity, nowMs)
  // Of one that is gone too: nobody acts for them any more.
  const isEntityDisabled = entry.entityId !== '' && identity?.entity.isDisabled !== false
  return { entry, acl, identityPolicies, isEntityDisabled }
}
