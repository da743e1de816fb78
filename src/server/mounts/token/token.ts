// The mount of tokens, at `auth/token/`: every path of spec/vault.md 5.2.

import type { MountType } from '../path.ts'
import { createPaths } from './create.ts'
import type { TokenMountDeps } from './deps.ts'
import { lookupPaths } from './lookup.ts'
import { renewPaths } from './renew.ts'
import { revokePaths } from './revoke.ts'
import { rolePaths } from './roles.ts'

/** The mount type `token`. */
export const tokenMount = (deps: TokenMountDeps): MountType => ({
  type: 'token',
  class: 'auth',
  help: 'Makes, shows, renews and ends tokens, and says what those of a role are like.',
  paths: [
    ...createPaths(deps),
    ...lookupPaths(deps),
    ...renewPaths(deps),
    ...revokePaths(deps),
    ...rolePaths(deps),
  ],
})
