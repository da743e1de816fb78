// Looking at tokens.

import { Secret, SentinelError, toNanoTimestamp } from '../../../base/index.ts'
import type { TokenEntry } from '../../../token/index.ts'
import type { Data, Json, Response } from '../../door.ts'
import { type Call, type Context, type Path, path } from '../path.ts'
import { metaOf } from '../token-auth.ts'
import { byAccessor, holderOf, type TokenMountDeps } from './deps.ts'

const token = { type: 'string', help: 'the token to look at; the own one where it is missing' } as const
const accessor = { type: 'string', help: 'the accessor of the token to look at' } as const

/** The paths that show tokens. */
export function lookupPaths(deps: TokenMountDeps): readonly Path[] {
  const self = (context: Context, call: Call): Promise<Response> =>
    shown(deps, context, holderOf(call).entry, call.request.token?.reveal() ?? '')
  const lookup = async (context: Context, call: Call<{ token: typeof token }>): Promise<Response> => {
    const text = call.fields.token ?? ''
    if (text === '' || text === call.request.token?.reveal()) return self(context, call)
    const entry = await deps.tokens.lookup(new Secret(text))
    if (entry === undefined) throw new SentinelError('POLICY_DENIED', 'bad token')
    return shown(deps, context, entry, text)
  }
  return [
    path({
      pattern: 'lookup',
      summary: 'Shows what is known of a token',
      fields: { token },
      operations: { read: lookup, write: lookup },
    }),
    path({
      pattern: 'lookup-self',
      summary: 'Shows what is known of the own token',
      fields: {},
      pure: true,
      operations: { read: self, write: self },
    }),
    path({
      pattern: 'lookup-accessor',
      summary: 'Shows what is known of a token, without it',
      fields: { accessor },
      operations: {
        write: async (context, { fields }) =>
          shown(deps, context, await byAccessor(deps, fields.accessor), ''),
      },
    }),
    path({
      pattern: 'accessors',
      summary: 'Lists the accessors of all tokens',
      access: 'sudo',
      fields: {},
      operations: {
        async list() {
          const keys = await deps.tokens.accessors()
          return keys.length === 0 ? { status: 404 } : { data: { keys } }
        },
      },
    }),
  ]
}

/** A token in the words of a lookup; `id` is the token itself, if whoever asks has it. */
async function shown(
  { identities }: TokenMountDeps,
  { clock }: Context,
  entry: TokenEntry,
  id: string,
): Promise<Response> {
  const identityPolicies = await identities.policiesOf(entry.entityId)
  return { data: { ...alwaysShown(entry, id, clock.now()), ...shownWhereSet(entry, identityPolicies) } }
}

function alwaysShown(entry: TokenEntry, id: string, nowMs: number): Data {
  const { expiresAtMs } = entry
  return {
    id,
    accessor: entry.accessor,
    policies: entry.policies,
    path: entry.path,
    meta: metaOf(entry.meta),
    display_name: entry.displayName,
    num_uses: entry.usesLeft ?? 0,
    orphan: entry.parent === undefined,
    creation_time: Math.floor(entry.createdAtMs / 1000),
    creation_ttl: entry.ttlSeconds,
    expire_time: expiresAtMs === undefined ? null : toNanoTimestamp(expiresAtMs),
    issue_time: toNanoTimestamp(entry.createdAtMs),
    ttl: expiresAtMs === undefined ? 0 : Math.max(0, Math.floor((expiresAtMs - nowMs) / 1000)),
    explicit_max_ttl: entry.explicitMaxSeconds,
    entity_id: entry.entityId,
    type: entry.type,
    renewable: entry.renewable,
  }
}

function shownWhereSet(entry: TokenEntry, identityPolicies: readonly string[]): Data {
  const { role, periodSeconds, boundCidrs, renewedAtMs } = entry
  const some: Record<string, Json> = {}
  if (role !== undefined) some.role = role
  if (periodSeconds > 0) some.period = periodSeconds
  if (boundCidrs.length > 0) some.bound_cidrs = boundCidrs
  if (identityPolicies.length > 0) some.identity_policies = identityPolicies
  if (renewedAtMs !== undefined) {
    some.last_renewal = toNanoTimestamp(renewedAtMs)
    some.last_renewal_time = Math.floor(renewedAtMs / 1000)
  }
  return some
}
