// Renewing tokens.

import { Secret } from '../../../base/index.ts'
import type { TokenEntry } from '../../../token/index.ts'
import type { Response } from '../../door.ts'
import { type Path, path } from '../path.ts'
import { authOf } from '../token-auth.ts'
import { byAccessor, holderOf, invalid, type TokenMountDeps } from './deps.ts'

const increment = { type: 'seconds', help: 'how long it shall live from now on' } as const
const token = { type: 'string', help: 'the token to renew; the own one where it is missing' } as const
const accessor = { type: 'string', help: 'the accessor of the token to renew' } as const

/** The paths that renew tokens. */
export function renewPaths(deps: TokenMountDeps): readonly Path[] {
  return [
    path({
      pattern: 'renew',
      summary: 'Renews a token',
      fields: { token, increment },
      operations: {
        async write(_context, { fields, request }) {
          const text = fields.token ?? ''
          const which = text === '' ? request.token : new Secret(text)
          const entry = which === undefined ? undefined : await deps.tokens.lookup(which)
          if (entry === undefined || which === undefined) throw invalid('token not found')
          return renewed(deps, entry, which, fields.increment)
        },
      },
    }),
    path({
      pattern: 'renew-self',
      summary: 'Renews the own token',
      fields: { increment },
      operations: {
        write: (_context, call) => {
          const { entry } = holderOf(call)
          return renewed(deps, entry, call.request.token ?? new Secret(''), call.fields.increment)
        },
      },
    }),
    path({
      pattern: 'renew-accessor',
      summary: 'Renews a token, without it',
      fields: { accessor, increment },
      operations: {
        // Whoever has only the accessor is not told the token.
        write: async (_context, { fields }) =>
          renewed(deps, await byAccessor(deps, fields.accessor), new Secret(''), fields.increment),
      },
    }),
  ]
}

async function renewed(
  deps: TokenMountDeps,
  { key, type, path: madeAt }: TokenEntry,
  which: Secret,
  incrementSeconds = 0,
): Promise<Response> {
  if (type === 'batch') throw invalid('batch tokens cannot be renewed')
  const before = await deps.tokens.byKey(key)
  if (before === undefined) throw invalid('token not found')
  const settings = await deps.settingsNow(before)
  const limits = deps.limitsOf(madeAt)
  const { entry, seconds, warnings } = await deps.tokens.renew(key, { incrementSeconds, limits, settings })
  const identityPolicies = await deps.identities.policiesOf(entry.entityId)
  return { auth: authOf(entry, which, identityPolicies, seconds), warnings }
}
