// The auth method of machines: a role id says which role, a secret id proves it (spec/vault.md 5.5, approle).

import type { Limits } from '../../../token/index.ts'
import type { Lockouts } from '../../core/lockouts.ts'
import type { MountType } from '../path.ts'
import { loginPath } from './login.ts'
import { invalid } from './role.ts'
import { rolePaths } from './roles.ts'
import { secretIdPaths } from './secret-ids.ts'
import { approleStorage } from './storage.ts'

export type ApproleDeps = { readonly lockouts: Lockouts; limitsOf(path: string): Limits }

/** The mount type `approle`. */
export const approleMount = ({ limitsOf, lockouts }: ApproleDeps): MountType => ({
  type: 'approle',
  class: 'auth',
  help: 'Lets machines in by the id of a role and a secret id of it.',
  paths: [
    loginPath(lockouts),
    ...rolePaths(),
    ...secretIdPaths({ maxSecondsOf: (path) => limitsOf(path).maxSeconds }),
  ],
  async settingsNow(context, { meta }) {
    const role = await (await approleStorage(context)).role(meta.get('role_name') ?? '')
    if (role === undefined) throw invalid('role does not exist')
    return role.settings
  },
})
