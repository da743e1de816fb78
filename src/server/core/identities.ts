// Who stands behind tokens, as the road and the mounts ask for it. Groups will be asked here too: what they give adds to
// what the entity gives, and their version to its version.

import { type Clock, type Secret, type Soon, soon } from '../../base/index.ts'
import type { Entities } from '../../entity/index.ts'
import type { TokenEntry, Tokens } from '../../token/index.ts'
import type { Identities } from '../mounts/identities.ts'
import { allPolicies } from '../mounts/token-auth.ts'
import type { Policies, VersionedIdentity } from './policies.ts'
import type { Entered } from './road.ts'

/** Whoever stands behind a token, as they are now. */
type Behind = {
  readonly policies: readonly string[]
  /** So is one that is gone: nobody acts for them any more. */
  readonly isDisabled: boolean
  /** What templates are filled in from. */
  readonly who: VersionedIdentity | undefined
}

const nobody: Behind = { policies: [], isDisabled: false, who: undefined }

/** Finds them by what a token says. */
function behindToken(entities: Entities, entityId: string): Behind {
  if (entityId === '') return nobody
  const entity = entities.behind(entityId)
  if (entity === undefined) return { ...nobody, isDisabled: true }
  const { policies, isDisabled, version } = entity
  return { policies, isDisabled, who: { identity: { entity, groups: [] }, version } }
}

/** The same as mounts ask for it. */
export const identitiesOf = (entities: Entities): Identities => ({
  policiesOf: async (entityId) => behindToken(entities, entityId).policies,
  entityFor: ({ accessor: mountAccessor }, { name, metadata }) =>
    entities.admit({ mountAccessor, name, metadata }),
})

/** What tells what the holder of a token may do. */
export type AclDeps = { readonly entities: Entities; readonly policies: Policies }

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
export function mayDo({ entities, policies }: AclDeps, entry: TokenEntry, nowMs: number): Entered {
  const { policies: identityPolicies, isDisabled, who } = behindToken(entities, entry.entityId)
  const acl = policies.acl(allPolicies(entry, identityPolicies), who, nowMs)
  return { entry, acl, identityPolicies, isEntityDisabled: isDisabled }
}
