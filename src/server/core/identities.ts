// Who stands behind tokens, as the road and the mounts ask for it. Groups will be asked here too: what they give adds to
// what the entity gives, and their version to its version.

import type { Entities } from '../../entity/index.ts'
import type { Identities } from '../mounts/identities.ts'
import type { VersionedIdentity } from './policies.ts'

/** Whoever stands behind a token, as they are now. */
export type Behind = {
  readonly policies: readonly string[]
  /** So is one that is gone: nobody acts for them any more. */
  readonly isDisabled: boolean
  /** What templates are filled in from. */
  readonly who: VersionedIdentity | undefined
}

const nobody: Behind = { policies: [], isDisabled: false, who: undefined }

/** Finds them by what a token says. */
export function behindToken(entities: Entities, entityId: string): Behind {
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
