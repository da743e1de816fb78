// Ending tokens, and clearing away what is left of them.

import { Secret } from '../../../base/index.ts'
import type { TokenEntry } from '../../../token/index.ts'
import type { Response } from '../../door.ts'
import { type Path, path } from '../path.ts'
import { holderOf, invalid, type TokenMountDeps } from './deps.ts'

const token = { type: 'string', help: 'the token to end' } as const
const accessor = { type: 'string', help: 'the accessor of the token to end' } as const

/** The paths that end tokens. */
export function revokePaths(deps: TokenMountDeps): readonly Path[] {
  const { tokens } = deps
  return [
    path({
      pattern: 'revoke',
      summary: 'Ends a token and all that was made with it',
      fields: { token },
      operations: {
        write: async (_context, { fields }) => ended(await meant(deps, fields.token), tokens.revoke),
      },
    }),
    path({
      pattern: 'revoke-self',
      summary: 'Ends the own token and all that was made with it',
      fields: {},
      operations: { write: (_context, call) => ended(holderOf(call).entry, tokens.revoke) },
    }),
    path({
      pattern: 'revoke-accessor',
      summary: 'Ends a token and all that was made with it, without it',
      fields: { accessor },
      operations: {
        async write(_context, { fields }) {
          if ((fields.accessor ?? '') === '') throw invalid('missing accessor')
          const entry = await tokens.byAccessor(fields.accessor ?? '')
          // Whoever tidies up says it again and again.
          return entry === undefined
            ? { warnings: ['No token found with this accessor'] }
            : ended(entry, tokens.revoke)
        },
      },
    }),
    path({
      pattern: 'revoke-orphan',
      summary: 'Ends a token; what was made with it lives on',
      access: 'sudo',
      fields: { token },
      operations: {
        async write(_context, { fields }) {
          const entry = await meant(deps, fields.token)
          if (entry === undefined) throw invalid('token to revoke not found')
          return ended(entry, tokens.revokeOrphan)
        },
      },
    }),
    path({
      pattern: 'tidy',
      summary: 'Clears away what is left of tokens that are over',
      fields: {},
      operations: {
        async write() {
          const cleared = await tokens.tidy()
          return { status: 202, warnings: [`Tidy operation finished: ${cleared} cleared away`] }
        },
      },
    }),
  ]
}

async function meant({ tokens }: TokenMountDeps, text = ''): Promise<TokenEntry | undefined> {
  if (text === '') throw invalid('missing token')
  return tokens.lookup(new Secret(text))
}

/** A token that is unknown is over already. */
async function ended(entry: TokenEntry | undefined, end: (key: string) => Promise<void>): Promise<Response> {
  if (entry?.type === 'batch') throw invalid('batch tokens cannot be revoked')
  if (entry !== undefined) await end(entry.key)
  return {}
}
