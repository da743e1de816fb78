// The mount of identities, at `identity/`: entities and their aliases (spec/vault.md 5.6). Groups will be paths beside
// these.

import type { MountType } from '../path.ts'
import { aliasPaths } from './aliases.ts'
import { entityPaths } from './entities.ts'
import type { IdentityDeps } from './forms.ts'

/** The mount type `identity`. */
export const identityMount = (deps: IdentityDeps): MountType => ({
  type: 'identity',
  class: 'secret',
  help: 'Says who stands behind tokens: entities, and the names that auth methods know them by.',
  paths: [...entityPaths(deps), ...aliasPaths(deps)],
})
