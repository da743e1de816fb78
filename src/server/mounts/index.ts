// Every type that can be mounted, made of what an unsealed server has.

import type { AuditDevices } from '../../audit/index.ts'
import { inTurn } from '../../base/index.ts'
import type { Entities, Groups, Oidc } from '../../entity/index.ts'
import type { Mfa } from '../../mfa/index.ts'
import type { Leases, Limits, Tokens } from '../../token/index.ts'
import { exemptPaths } from '../core/exempt.ts'
import type { GoverningPolicies } from '../core/governing.ts'
import type { Lockouts } from '../core/lockouts.ts'
import type { MountTable, TypeOf } from '../core/mount-table.ts'
import type { Policies } from '../core/policies.ts'
import { approleMount } from './approle/approle.ts'
import { cubbyholeMount } from './cubbyhole/cubbyhole.ts'
import { foreignAuth } from './foreign.ts'
import { identityMount } from './identity/identity.ts'
import { kvOf } from './kv/kv.ts'
import type { MountType } from './path.ts'
import { auditPaths } from './sys/audit.ts'
import { capabilityPaths } from './sys/capabilities.ts'
import { governingPaths } from './sys/governing.ts'
import { type KeyPathsDeps, keyPaths } from './sys/keys.ts'
import { leasePaths } from './sys/leases.ts'
import { lockedUserPaths } from './sys/locked-users.ts'
import { mfaPaths } from './sys/mfa.ts'
import { mountPaths } from './sys/mounts.ts'
import { policyPaths } from './sys/policies.ts'
import type { PolicyMountDeps } from './sys/policy-names.ts'
import { remountPaths } from './sys/remount.ts'
import { toolPaths } from './sys/tools.ts'
import { visibleMountPaths } from './sys/visible-mounts.ts'
import { wrappingPaths } from './sys/wrapping.ts'
import type { TokenMountDeps } from './token/deps.ts'
import { tokenMount } from './token/token.ts'
import { usualCost } from './userpass/password.ts'
import { userpassMount } from './userpass/userpass.ts'

/** What mounts are made of. */
export type MountParts = TokenMountDeps & {
  readonly tokens: Tokens
  readonly entities: Entities
  readonly groups: Groups
  readonly oidc: Oidc
  readonly mfa: Mfa
  readonly leases: Leases
  readonly policies: Policies
  readonly governing: GoverningPolicies
  readonly devices: AuditDevices
  readonly lockouts: Lockouts
  readonly keys: KeyPathsDeps
  readonly limits: Limits
}

/** The types by name. The table of mounts is made of them, so `sys` gets it when it is asked. */
export function mountTypesOf(
  parts: MountParts,
  table: () => MountTable,
): { readonly typeOf: TypeOf; readonly typeNames: readonly string[] } {
  const types = new Map<string, MountType>([
    ['token', tokenMount(parts)],
    ['cubbyhole', cubbyholeMount(parts)],
    ['system', systemMount(parts, table)],
    ...foreignAuth,
    ['userpass', userpassMount({ cost: usualCost, lockouts: parts.lockouts })],
    ['approle', approleMount(parts)],
    ['identity', identityMount({ ...parts, table })],
  ])
  return {
    typeOf: (type, options) => (type === 'kv' || type === 'generic' ? kvOf(options) : types.get(type)),
    typeNames: ['kv', 'generic', 'userpass', 'approle', ...foreignAuth.map(([type]) => type)],
  }
}

const systemMount = (parts: MountParts, table: () => MountTable): MountType =>
  systemOf({ ...parts, oneAtATime: inTurn(), exempt: exemptPaths.map(({ path }) => path) }, table)

const systemOf = (parts: MountParts & PolicyMountDeps, table: () => MountTable): MountType => ({
  type: 'system',
  class: 'system',
  help: 'The server itself: policies, mounts, leases, wrapping, audit devices.',
  outside: exemptPaths,
  paths: [
    ...policyPaths(parts),
    ...governingPaths(parts),
    ...mfaPaths(parts),
    ...mountPaths({ table, limits: parts.limits }),
    ...remountPaths({ table }),
    ...lockedUserPaths({ ...parts, table }),
    ...visibleMountPaths({ ...parts, table }),
    ...capabilityPaths(parts),
    ...toolPaths(),
    ...wrappingPaths(parts),
    ...leasePaths(parts),
    ...auditPaths(parts),
    ...keyPaths(parts.keys),
  ],
})
