// Logging in with a role id and a secret id.
//
// INVARIANT: an unknown role id and a wrong secret id are answered alike, after the same steps. Only whoever has both is
// told what else is wrong.

import { SentinelError } from '../../../base/index.ts'
import { isInNetworks } from '../../../token/index.ts'
import type { Lockouts } from '../../core/lockouts.ts'
import type { Response } from '../../door.ts'
import { type Call, type Context, type Path, path } from '../path.ts'
import { invalid, type Role, said } from './role.ts'
import { type ApproleStorage, approleStorage, type SecretId } from './storage.ts'

const fields = {
  role_id: { type: 'string', help: 'which role' },
  secret_id: { type: 'string', help: 'the secret id, where the role needs one' },
} as const

/** The path of logins. */
export const loginPath = (lockouts: Lockouts): Path =>
  path({
    pattern: 'login',
    summary: 'Lets in whoever has a role id and a secret id of it',
    access: 'unauthenticated',
    fields,
    lookahead: ({ data: { role_id: id } }) => (typeof id === 'string' ? id : undefined),
    operations: { write: (context, call) => login(lockouts, context, call) },
  })

/** Longer than any role id: nothing of such a length is remembered. */
const maxRoleId = 512

async function login(
  lockouts: Lockouts,
  context: Context,
  { fields: sent, request }: Call<typeof fields>,
): Promise<Response> {
  const storage = await approleStorage(context)
  const roleId = said('role_id', sent.role_id)
  const { address } = request.remote
  const tried = roleId.slice(0, maxRoleId).toLowerCase()
  lockouts.requireOpen(context.mount, tried)
  const wrong = () => {
    lockouts.failed(context.mount, tried)
    return invalid('invalid role or secret ID')
  }
  const role = await storage.roleById(roleId)
  const isSecretNeeded = role?.bindSecretId ?? true
  const secret = isSecretNeeded
    ? await spent(storage, role, said('secret_id', sent.secret_id), { address, wrong })
    : undefined
  if (role === undefined) throw wrong()
  lockouts.succeeded(context.mount, tried)
  if (!isInNetworks(role.secretIdBoundCidrs, address)) throw elsewhere(address)
  const { settings, name } = role
  const tokenCidrs = secret?.tokenCidrs ?? []
  const boundCidrs = tokenCidrs.length > 0 ? tokenCidrs : settings.boundCidrs
  if (!isInNetworks(boundCidrs, address)) throw new SentinelError('POLICY_DENIED', 'permission denied')
  const metadata = new Map([...(secret?.metadata ?? []), ['role_name', name] as const])
  return {
    login: {
      alias: { name: roleId, metadata: new Map() },
      displayName: '',
      metadata,
      settings: { ...settings, boundCidrs },
    },
  }
}

/** The secret id, with one of its uses spent. @throws SentinelError REQUEST_INVALID where it is not one of the role */
async function spent(
  storage: ApproleStorage,
  role: Role | undefined,
  text: string,
  { address, wrong }: { readonly address: string; readonly wrong: () => SentinelError },
): Promise<SecretId> {
  for (;;) {
    const found = await storage.secret(role ?? { uuid: 'nobody' }, text)
    if (found === undefined || role === undefined) throw wrong()
    const { secret } = found
    if (!isInNetworks(secret.cidrs, address) || !isInNetworks(role.secretIdBoundCidrs, address))
      throw elsewhere(address)
    if (secret.usesLeft === 0 || (await storage.spend(found))) return secret
  }
}

const elsewhere = (address: string) =>
  invalid(`source address "${address}" unauthorized by CIDR restrictions on the role or secret ID`)
