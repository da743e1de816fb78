// What tokens may do (spec/vault.md 3.6, 3.8): as the ACL says it, without parameters, and without the policies that
// restrict further.

import { Secret, SentinelError } from '../../../base/index.ts'
import type { TokenEntry, Tokens } from '../../../token/index.ts'
import { type AclDeps, mayDo } from '../../core/identities.ts'
import type { Data, Json, Response } from '../../door.ts'
import type { ValuesOf } from '../fields.ts'
import { type Call, type Path, path } from '../path.ts'

export type CapabilitiesDeps = AclDeps & { readonly tokens: Tokens }

const about = {
  paths: { type: 'list', help: 'which paths' },
  path: { type: 'list', help: 'an old name of `paths`' },
} as const

/** `sys/capabilities`, `-self`, `-accessor`, and `sys/internal/ui/resultant-acl`. */
export function capabilityPaths(deps: CapabilitiesDeps): readonly Path[] {
  return [
    path({
      pattern: 'capabilities',
      summary: 'Says what a token may do with paths',
      fields: { ...about, token: { type: 'string', help: 'which token' } },
      operations: {
        async write({ clock }, { fields }) {
          if (!isSaid(fields.token)) throw invalid('missing token')
          const entry = await deps.tokens.lookup(new Secret(fields.token))
          if (entry === undefined) throw invalid('invalid token')
          return told(deps, entry, clock.now(), fields)
        },
      },
    }),
    path({
      pattern: 'capabilities-accessor',
      summary: 'Says what a token may do with paths, without it',
      fields: { ...about, accessor: { type: 'string', help: 'the accessor of the token' } },
      operations: {
        async write({ clock }, { fields }) {
          if (!isSaid(fields.accessor)) throw invalid('missing accessor')
          const entry = await deps.tokens.byAccessor(fields.accessor)
          if (entry === undefined) throw invalid('invalid accessor')
          return told(deps, entry, clock.now(), fields)
        },
      },
    }),
    path({
      pattern: 'capabilities-self',
      summary: 'Says what the own token may do with paths',
      fields: about,
      operations: {
        write: ({ clock }, call) => told(deps, ownEntry(call), clock.now(), call.fields),
      },
    }),
    path({
      pattern: 'internal/ui/resultant-acl',
      summary: 'Says all that the own token may do',
      fields: {},
      operations: {
        read({ clock }, call) {
          const { acl } = mayDo(deps, ownEntry(call), clock.now())
          // It is JSON already, of objects without a prototype.
          return { data: acl.resultant() as unknown as Data }
        },
      },
    }),
  ]
}

function told(
  deps: CapabilitiesDeps,
  entry: TokenEntry,
  nowMs: number,
  { paths, path: old }: Partial<ValuesOf<typeof about>>,
): Response {
  const asked = (paths ?? old ?? []).filter((each) => each.replace(/^\//, '') !== '')
  if (asked.length === 0) throw invalid('paths must be supplied')
  const { acl, isEntityDisabled } = mayDo(deps, entry, nowMs)
  const data: Record<string, Json> = Object.create(null)
  // Under the name that was asked for, as whoever asked looks for it.
  for (const each of asked)
    data[each] = isEntityDisabled ? ['deny'] : acl.capabilities(each.replace(/^\//, ''))
  const [only = ''] = asked
  if (asked.length === 1) data.capabilities = data[only] ?? null
  return { data, isAlsoTopLevel: true }
}

function ownEntry({ holder }: Pick<Call, 'holder'>): TokenEntry {
  if (holder === undefined) throw new SentinelError('INTERNAL', 'a path of tokens was called without one')
  return holder.entry
}

const isSaid = (text: string | undefined): text is string => text !== undefined && text !== ''

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
