// Making tokens: under oneself, as an orphan, or by a role.

import { Secret } from '../../../base/index.ts'
import { planToken, type Role, requireSeconds, type TokenRequest } from '../../../token/index.ts'
import type { Response } from '../../door.ts'
import type { ValuesOf } from '../fields.ts'
import { type Context, type Path, path } from '../path.ts'
import { authOf } from '../token-auth.ts'
import { holderOf, invalid, type TokenMountDeps } from './deps.ts'

const fields = {
  id: { type: 'string', help: 'the token itself; needs sudo' },
  policies: { type: 'list', help: 'its policies; those of the caller where it is missing' },
  meta: { type: 'map', help: 'texts that are shown and logged with it' },
  no_parent: { type: 'bool', help: 'whether it lives on when the caller ends; needs sudo' },
  no_default_policy: { type: 'bool', help: 'whether it is without the policy `default`' },
  renewable: { type: 'bool', help: 'whether it may be renewed' },
  ttl: { type: 'seconds', help: 'how long it lives' },
  lease: { type: 'seconds', help: 'an old name of `ttl`' },
  explicit_max_ttl: { type: 'seconds', help: 'how long it lives at most, with all renewals' },
  display_name: { type: 'string', help: 'what it is called in lists and logs' },
  num_uses: { type: 'int', help: 'how often it may be used; 0 for any number' },
  period: { type: 'seconds', help: 'how long each renewal lasts, without an end; needs sudo' },
  type: { type: 'string', help: 'service or batch' },
  entity_alias: { type: 'string', help: 'for whom a role makes it' },
} as const

type Sent = ValuesOf<typeof fields>

/** The paths that make tokens. */
export function createPaths(deps: TokenMountDeps): readonly Path[] {
  return [
    path({
      pattern: 'create',
      summary: 'Makes a token under the one that asks',
      fields,
      operations: {
        write: (context, call) => create(deps, context, { ...call, role: undefined, isOrphanPath: false }),
      },
    }),
    path({
      pattern: 'create-orphan',
      summary: 'Makes a token that ends with no other',
      fields,
      operations: {
        write: (context, call) => create(deps, context, { ...call, role: undefined, isOrphanPath: true }),
      },
    }),
    path({
      pattern: 'create/:role',
      summary: 'Makes a token as a role says',
      fields,
      operations: {
        async write(context, call) {
          const name = call.params.role ?? ''
          const role = await deps.tokens.roles.get(name)
          if (role === undefined) throw invalid(`unknown role ${name}`)
          return create(deps, context, { ...call, role, isOrphanPath: false })
        },
      },
    }),
  ]
}

type Asked = Parameters<typeof holderOf>[0] & {
  readonly fields: Sent
  readonly role: Role | undefined
  readonly isOrphanPath: boolean
}

async function create(deps: TokenMountDeps, { mount }: Context, asked: Asked): Promise<Response> {
  const { fields: sent, role, isOrphanPath } = asked
  const holder = holderOf(asked)
  const entityId = await entityIdOf(deps, mount, sent.entity_alias, role)
  const asker = { entry: holder.entry, hasSudo: holder.hasSudo(), isOrphanPath, entityId }
  const limits = deps.limitsOf(mount.path)
  const { plan, warnings } = planToken(requestOf(sent), asker, role, limits)
  const { token, entry } = await deps.tokens.issue(plan)
  const unknown = entry.policies
    .filter((name) => !deps.policyExists(name))
    .map((name) => `Policy "${name}" does not exist`)
  const identityPolicies = await deps.identities.policiesOf(entry.entityId)
  return {
    auth: authOf(entry, token, identityPolicies, entry.ttlSeconds),
    warnings: [...warnings, ...unknown],
  }
}

function requestOf(sent: Sent): TokenRequest {
  return {
    id: sent.id === undefined || sent.id === '' ? undefined : new Secret(sent.id),
    policies: sent.policies ?? [],
    meta: sent.meta ?? new Map(),
    noParent: sent.no_parent ?? false,
    noDefaultPolicy: sent.no_default_policy ?? false,
    renewable: sent.renewable ?? true,
    ttlSeconds: requireSeconds('ttl', sent.ttl ?? sent.lease ?? 0),
    explicitMaxSeconds: sent.explicit_max_ttl ?? 0,
    displayName: sent.display_name ?? '',
    numUses: sent.num_uses ?? 0,
    periodSeconds: sent.period ?? 0,
    type: typeOf(sent.type ?? ''),
  }
}

function typeOf(text: string): TokenRequest['type'] {
  if (text === '') return undefined
  if (text === 'service' || text === 'batch') return text
  throw invalid(`invalid 'token_type' value "${text}"`)
}

/** Only a role can let somebody speak for another one, and only for those that it lists. */
async function entityIdOf(
  { identities }: TokenMountDeps,
  mount: Context['mount'],
  alias: string | undefined,
  role: Role | undefined,
): Promise<string | undefined> {
  if (alias === undefined || alias === '') return undefined
  if (role === undefined) throw invalid("'entity_alias' is only allowed in combination with token role")
  const name = alias.toLowerCase()
  const isAllowed = role.allowedEntityAliases.some((each) => {
    const allowed = each.toLowerCase()
    return allowed.endsWith('*') ? name.startsWith(allowed.slice(0, -1)) : allowed === name
  })
  if (!isAllowed) throw invalid("invalid 'entity_alias' value")
  const { id, isDisabled } = await identities.entityFor(mount, { name, metadata: new Map() })
  if (isDisabled) throw invalid('entity of this alias is disabled')
  return id
}
