// The paths of response wrapping, for the mount `sys` (spec/vault.md 7.8).

import { Secret, SentinelError, toNanoTimestamp } from '../../../base/index.ts'
import {
  findWrapping,
  type Taken,
  takenToResponse,
  takeOwn,
  takeWrapped,
  type WrappingDeps,
  wrapAgain,
} from '../../core/wrapping.ts'
import type { Response } from '../../door.ts'
import { type Call, type Path, path } from '../path.ts'

const token = { type: 'string', help: 'the wrapping token; the own one where it is missing' } as const

/** The paths below `sys/wrapping/`. */
export function wrappingPaths(deps: WrappingDeps): readonly Path[] {
  const lookup = async ({ fields, request }: Call<{ token: typeof token }>): Promise<Response> => {
    const own = request.token ?? new Secret('')
    const entry = await findWrapping(deps, textOf(fields.token) ?? own)
    return {
      data: {
        creation_path: entry.path,
        creation_time: toNanoTimestamp(entry.createdAtMs),
        creation_ttl: entry.ttlSeconds,
      },
    }
  }
  return [
    path({
      pattern: 'wrapping/wrap',
      summary: 'Gives back what it is sent, wrapped',
      fields: {},
      operations: {
        write(_context, { request }) {
          if (request.wrapSeconds === undefined)
            throw new SentinelError('REQUEST_INVALID', 'endpoint requires response wrapping to be used', {
              hint: 'send the header X-Vault-Wrap-TTL',
            })
          return { data: request.data, isAlsoTopLevel: true }
        },
      },
    }),
    path({
      pattern: 'wrapping/lookup',
      summary: 'Shows what is known of a wrapping token',
      access: 'unauthenticated',
      fields: { token },
      operations: {
        read: (_context, call) => lookup(call),
        write: (_context, call) => lookup(call),
      },
    }),
    path({
      pattern: 'wrapping/unwrap',
      summary: 'Gives what is wrapped in a token, once',
      fields: { token },
      operations: { write: async (_context, call) => takenToResponse(await taken(deps, call)) },
    }),
    path({
      pattern: 'wrapping/rewrap',
      summary: 'Wraps what is wrapped in a token anew, in another one',
      fields: { token },
      operations: {
        write: async (_context, call) => ({ wrap: await wrapAgain(deps, await taken(deps, call)) }),
      },
    }),
  ]
}

/** From the token that is named, or from that which calls: its use is spent already. */
function taken(
  deps: WrappingDeps,
  { fields, holder, request }: Call<{ token: typeof token }>,
): Promise<Taken> {
  const named = textOf(fields.token)
  const isOwn = named === undefined || named.reveal() === request.token?.reveal()
  if (!isOwn) return takeWrapped(deps, named)
  if (holder === undefined) throw new SentinelError('INTERNAL', 'unwrapping was called without a token')
  return takeOwn(deps, holder.entry)
}

const textOf = (text: string | undefined) =>
  text === undefined || text === '' ? undefined : new Secret(text)
