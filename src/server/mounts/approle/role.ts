// What an AppRole is, in our words and in those of the API (spec/vault.md 5.5, approle).

import { newUuid, type Random, SentinelError } from '../../../base/index.ts'
import { plainSettings, readNetworks, requireSeconds, type TokenSettings } from '../../../token/index.ts'
import type { Data } from '../../door.ts'
import type { ValuesOf } from '../fields.ts'
import { readTokenSettings, tokenFields, tokenSettingsData } from '../token-settings.ts'

/** A role as it is kept. 0 and empty mean that nothing is said. */
export type Role = {
  readonly name: string
  /** What its secret ids are kept under: another role of the same name has none of them. */
  readonly uuid: string
  /** What its holders log in with. */
  readonly roleId: string
  /** Whether that takes a secret id too. */
  readonly bindSecretId: boolean
  readonly secretIdBoundCidrs: readonly string[]
  readonly secretIdNumUses: number
  readonly secretIdTtlSeconds: number
  readonly localSecretIds: boolean
  readonly settings: TokenSettings
}

export const roleFields = {
  ...tokenFields,
  role_id: { type: 'string', help: 'what its holders log in with; one is made where it is missing' },
  bind_secret_id: { type: 'bool', help: 'whether they need a secret id too' },
  secret_id_bound_cidrs: { type: 'list', help: 'the networks that they may log in from' },
  secret_id_num_uses: { type: 'int', help: 'how often a secret id may be used; 0 for any number' },
  secret_id_ttl: { type: 'seconds', help: 'how long a secret id counts; 0 for ever' },
  local_secret_ids: { type: 'bool', help: 'kept as it is sent when the role is made' },
  policies: { type: 'list', help: 'an old name of `token_policies`' },
  period: { type: 'seconds', help: 'an old name of `token_period`' },
  bound_cidr_list: { type: 'list', help: 'an old name of `secret_id_bound_cidrs`' },
} as const

export type SentRole = Partial<ValuesOf<typeof roleFields>>

/** A role of which nothing was said. */
export const newRole = (random: Random, name: string): Role => ({
  name,
  uuid: newUuid(random),
  roleId: newUuid(random),
  bindSecretId: true,
  secretIdBoundCidrs: [],
  secretIdNumUses: 0,
  secretIdTtlSeconds: 0,
  localSecretIds: false,
  settings: plainSettings,
})

/**
 * The role after a write: what was sent, and the rest as it was.
 *
 * @throws SentinelError REQUEST_INVALID naming the field, or where nothing would be needed to log in
 */
export function changedRole(sent: SentRole, before: Role): Role {
  const cidrs = sent.secret_id_bound_cidrs ?? sent.bound_cidr_list
  const role: Role = {
    ...before,
    roleId: sent.role_id === undefined ? before.roleId : said('role_id', sent.role_id),
    bindSecretId: sent.bind_secret_id ?? before.bindSecretId,
    secretIdBoundCidrs: cidrs === undefined ? before.secretIdBoundCidrs : readNetworks(cidrs),
    secretIdNumUses: usesIn('secret_id_num_uses', sent.secret_id_num_uses) ?? before.secretIdNumUses,
    secretIdTtlSeconds: requireSeconds('secret_id_ttl', sent.secret_id_ttl ?? before.secretIdTtlSeconds),
    settings: readTokenSettings(
      {
        ...sent,
        token_policies: sent.token_policies ?? sent.policies,
        token_period: sent.token_period ?? sent.period,
      },
      before.settings,
    ),
  }
  const isOpen = role.secretIdBoundCidrs.length + role.settings.boundCidrs.length === 0
  if (!role.bindSecretId && isOpen) throw invalid('at least one constraint should be enabled on the role')
  return role
}

/** A role in the words of a read. */
export function roleToData(role: Role): Data {
  return {
    bind_secret_id: role.bindSecretId,
    secret_id_bound_cidrs: role.secretIdBoundCidrs.length === 0 ? null : role.secretIdBoundCidrs,
    secret_id_num_uses: role.secretIdNumUses,
    secret_id_ttl: role.secretIdTtlSeconds,
    local_secret_ids: role.localSecretIds,
    ...tokenSettingsData(role.settings),
  }
}

/** @throws SentinelError REQUEST_INVALID for fewer than none */
export function usesIn(name: string, sent: number | undefined): number | undefined {
  if (sent !== undefined && sent < 0) throw invalid(`${name} cannot be negative`)
  return sent
}

/** @throws SentinelError REQUEST_INVALID where nothing was sent */
export function said(name: string, text: string | undefined): string {
  if (text === undefined || text === '') throw invalid(`missing ${name}`)
  return text
}

export const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
