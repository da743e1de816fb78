// The mount of identities, at `identity/`: entities and groups, and what auth mounts call them (spec/vault.md 5.6, 5.7), and
// tokens that say so to others (7.5).

import type { MountType } from '../path.ts'
import { aliasPaths } from './aliases.ts'
import { entityPaths } from './entities.ts'
import type { IdentityDeps } from './forms.ts'
import { groupAliasPaths } from './group-aliases.ts'
import { groupPaths } from './groups.ts'
import { oidcPaths } from './oidc.ts'

/** The mount type `identity`. */
export const identityMount = (deps: IdentityDeps): MountType => ({
  type: 'identity',
  class: 'secret',
  help: 'Says who stands behind tokens: entities, the names that auth methods know them by, groups, and tokens that tell others.',
  paths: [
    ...entityPaths(deps),
    ...aliasPaths(deps),
    ...groupPaths(deps),
    ...groupAliasPaths(deps),
    ...oidcPaths(deps),
  ],
})
