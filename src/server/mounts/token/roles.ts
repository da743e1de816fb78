// Token roles, in the words of the API (spec/vault.md 5.4).

import { plainRole, policyNames, type Role, readNetworks, requireSeconds } from '../../../token/index.ts'
import type { Data } from '../../door.ts'
import type { ValuesOf } from '../fields.ts'
import { type Path, path } from '../path.ts'
import { readTokenType, tokenFields, usesOf } from '../token-settings.ts'
import type { TokenMountDeps } from './deps.ts'

const fields = {
  allowed_policies: { type: 'list', help: 'policies that its tokens may have' },
  disallowed_policies: { type: 'list', help: 'policies that its tokens never have' },
  allowed_policies_glob: { type: 'list', help: 'the same, with `*` for any text' },
  disallowed_policies_glob: { type: 'list', help: 'the same, with `*` for any text' },
  orphan: { type: 'bool', help: 'whether its tokens end with no other' },
  renewable: { type: 'bool', help: 'whether its tokens may be renewed' },
  path_suffix: { type: 'string', help: 'what stands behind its name in the path of its tokens' },
  allowed_entity_aliases: { type: 'list', help: 'for whom its tokens may speak' },
  token_type: tokenFields.token_type,
  token_period: tokenFields.token_period,
  token_explicit_max_ttl: tokenFields.token_explicit_max_ttl,
  token_num_uses: tokenFields.token_num_uses,
  token_bound_cidrs: tokenFields.token_bound_cidrs,
  token_no_default_policy: tokenFields.token_no_default_policy,
  period: { type: 'seconds', help: 'an old name of `token_period`' },
  explicit_max_ttl: { type: 'seconds', help: 'an old name of `token_explicit_max_ttl`' },
  bound_cidrs: { type: 'list', help: 'an old name of `token_bound_cidrs`' },
} as const

/** The paths of roles. */
export function rolePaths({ tokens: { roles } }: TokenMountDeps): readonly Path[] {
  return [
    path({
      pattern: 'roles',
      summary: 'Lists the roles',
      fields: {},
      pure: true,
      operations: {
        async list() {
          const keys = await roles.names()
          return keys.length === 0 ? { status: 404 } : { data: { keys } }
        },
      },
    }),
    path({
      pattern: 'roles/:name',
      summary: 'Says what the tokens of a role are like',
      fields,
      pure: true,
      exists: async (_context, { params }) => (await roles.get(params.name ?? '')) !== undefined,
      operations: {
        async read(_context, { params }) {
          const role = await roles.get(params.name ?? '')
          return role === undefined ? { status: 404 } : { data: roleData(role) }
        },
        async write(_context, { params, fields: sent }) {
          const name = params.name ?? ''
          const before = await roles.get(name)
          await roles.put(written(sent, before ?? plainRole(name)))
          return {}
        },
        async delete(_context, { params }) {
          await roles.remove(params.name ?? '')
          return {}
        },
      },
    }),
  ]
}

/** What was sent, and the rest as it was. */
function written(sent: ValuesOf<typeof fields>, before: Role): Role {
  const names = (list: readonly string[] | undefined, old: readonly string[]) =>
    list === undefined ? old : policyNames(list)
  const networks = sent.token_bound_cidrs ?? sent.bound_cidrs
  const period = sent.token_period ?? sent.period ?? before.periodSeconds
  const explicitMax = sent.token_explicit_max_ttl ?? sent.explicit_max_ttl ?? before.explicitMaxSeconds
  return {
    name: before.name,
    allowedPolicies: names(sent.allowed_policies, before.allowedPolicies),
    disallowedPolicies: names(sent.disallowed_policies, before.disallowedPolicies),
    allowedPoliciesGlob: names(sent.allowed_policies_glob, before.allowedPoliciesGlob),
    disallowedPoliciesGlob: names(sent.disallowed_policies_glob, before.disallowedPoliciesGlob),
    isOrphan: sent.orphan ?? before.isOrphan,
    renewable: sent.renewable ?? before.renewable,
    pathSuffix: sent.path_suffix ?? before.pathSuffix,
    allowedEntityAliases: sent.allowed_entity_aliases ?? before.allowedEntityAliases,
    tokenType: typeOf(sent.token_type, before.tokenType),
    periodSeconds: requireSeconds('token_period', period),
    explicitMaxSeconds: requireSeconds('token_explicit_max_ttl', explicitMax),
    numUses: usesOf(sent.token_num_uses, before.numUses),
    boundCidrs: networks === undefined ? before.boundCidrs : readNetworks(networks),
    noDefaultPolicy: sent.token_no_default_policy ?? before.noDefaultPolicy,
  }
}

function typeOf(sent: string | undefined, before: Role['tokenType']): Role['tokenType'] {
  if (sent === undefined) return before
  return sent === 'default' || sent === '' ? 'default-service' : readTokenType(sent)
}

function roleData(role: Role): Data {
  return {
    name: role.name,
    allowed_policies: role.allowedPolicies,
    disallowed_policies: role.disallowedPolicies,
    allowed_policies_glob: role.allowedPoliciesGlob,
    disallowed_policies_glob: role.disallowedPoliciesGlob,
    orphan: role.isOrphan,
    renewable: role.renewable,
    path_suffix: role.pathSuffix,
    allowed_entity_aliases: role.allowedEntityAliases,
    token_type: role.tokenType,
    token_period: role.periodSeconds,
    token_explicit_max_ttl: role.explicitMaxSeconds,
    token_num_uses: role.numUses,
    token_bound_cidrs: role.boundCidrs,
    token_no_default_policy: role.noDefaultPolicy,
    period: role.periodSeconds,
    explicit_max_ttl: role.explicitMaxSeconds,
    bound_cidrs: role.boundCidrs,
  }
}
