// Leases for the mount `sys` (spec/vault.md 7.7): those of secrets, and those that tokens are. The id of a token's is the
// path that made it and what it is kept under.

import { SentinelError, toNanoTimestamp } from '../../../base/index.ts'
import type { Leases, Limits, TokenEntry, Tokens } from '../../../token/index.ts'
import type { Data, Response } from '../../door.ts'
import { type Call, type Context, type Path, path } from '../path.ts'

export type LeasePathsDeps = {
  readonly tokens: Tokens
  readonly leases: Leases
  /** How long leases live that were made at this path. */
  limitsOf(path: string): Limits
}

const lookupFields = { lease_id: { type: 'string', help: 'the lease' } } as const
const renewFields = {
  ...lookupFields,
  increment: { type: 'seconds', help: 'how long it shall last from now on' },
} as const
const revokeFields = {
  ...lookupFields,
  sync: { type: 'bool', help: 'whether to wait until it was taken back' },
} as const

/** The paths of leases, those with old names too. */
export function leasePaths(deps: LeasePathsDeps): readonly Path[] {
  return [...pathsOfOne(deps), ...pathsOfMany(deps)]
}

function pathsOfOne(deps: LeasePathsDeps): readonly Path[] {
  const revoke = async (_context: Context, call: Call<typeof revokeFields>): Promise<Response> => {
    await end(deps, idOf(call), call.fields.sync === true)
    return {}
  }
  const renew = (_context: Context, call: Call<typeof renewFields>) =>
    renewed(deps, idOf(call), call.fields.increment ?? 0)
  return [
    path({
      pattern: 'leases/lookup',
      summary: 'Shows what is known of a lease',
      fields: lookupFields,
      operations: {
        write: async ({ clock }, call) => ({ data: await shown(deps, idOf(call), clock.now()) }),
        list(_context, { holder }) {
          // Only to show one needs no sudo, and a path has one rule for all operations.
          if (holder?.hasSudo() !== true) throw new SentinelError('POLICY_DENIED', denied)
          return names(deps, '')
        },
      },
    }),
    ...['leases/renew', 'leases/renew/:id*', 'renew', 'renew/:id*'].map((pattern) =>
      path({ pattern, summary: 'Renews a lease', fields: renewFields, operations: { write: renew } }),
    ),
    ...['leases/revoke', 'leases/revoke/:id*', 'revoke', 'revoke/:id*'].map((pattern) =>
      path({ pattern, summary: 'Ends a lease', fields: revokeFields, operations: { write: revoke } }),
    ),
  ]
}

function pathsOfMany(deps: LeasePathsDeps): readonly Path[] {
  const { leases, tokens } = deps
  return [
    path({
      pattern: 'leases/lookup/:prefix*',
      summary: 'Lists the leases below a path',
      access: 'sudo',
      fields: {},
      operations: { list: (_context, { params }) => names(deps, params.prefix ?? '') },
    }),
    ...['leases/revoke-prefix/:prefix*', 'revoke-prefix/:prefix*'].map((pattern) =>
      path({
        pattern,
        summary: 'Ends all leases below a path',
        access: 'sudo',
        fields: revokeFields,
        operations: {
          async write(_context, { params, fields }) {
            for (const id of await meantBy(deps, params.prefix)) await end(deps, id, fields.sync === true)
            return {}
          },
        },
      }),
    ),
    ...['leases/revoke-force/:prefix*', 'revoke-force/:prefix*'].map((pattern) =>
      path({
        pattern,
        summary: 'Ends all leases below a path and forgets them, taken back or not',
        access: 'sudo',
        fields: {},
        operations: {
          async write(_context, { params }) {
            for (const id of await meantBy(deps, params.prefix)) await forget(deps, id)
            return {}
          },
        },
      }),
    ),
    path({
      pattern: 'leases/tidy',
      summary: 'Takes back what is over',
      fields: {},
      operations: {
        async write() {
          await leases.tick()
          await tokens.tick()
          return { status: 202, warnings: ['Tidy operation finished'] }
        },
      },
    }),
  ]
}

/** In the path, or in the body. */
function idOf({ params, fields }: Pick<Call<typeof lookupFields>, 'params' | 'fields'>): string {
  const inPath = params.id ?? ''
  const id = inPath === '' ? (fields.lease_id ?? '') : inPath
  if (id === '') throw invalid('lease_id must be specified')
  return id
}

async function shown({ tokens, leases }: LeasePathsDeps, id: string, nowMs: number): Promise<Data> {
  const key = keyIn(id)
  const entry = key === undefined ? undefined : await tokens.byKey(key)
  const found = entry === undefined ? await leases.lookup(id) : leaseOf(entry, id)
  if (found === undefined) throw invalid('invalid lease')
  const { issuedAtMs, expiresAtMs, renewedAtMs, renewable } = found
  return {
    id,
    issue_time: toNanoTimestamp(issuedAtMs),
    expire_time: toNanoTimestamp(expiresAtMs),
    last_renewal: renewedAtMs === undefined ? null : toNanoTimestamp(renewedAtMs),
    renewable,
    ttl: Math.floor((expiresAtMs - nowMs) / 1000),
  }
}

/** The lease that a token is; one that never ends is none, nor is one that was made elsewhere. */
function leaseOf(entry: TokenEntry, id: string) {
  const { createdAtMs: issuedAtMs, expiresAtMs, renewedAtMs, renewable } = entry
  if (expiresAtMs === undefined || leaseIdOf(entry) !== id) return undefined
  return { issuedAtMs, expiresAtMs, renewedAtMs, renewable }
}

const leaseIdOf = ({ path: madeAt, key }: TokenEntry) => `${madeAt}/h${key}`

/** What a token is kept under, where an id is that of a token. */
const keyIn = (id: string) => /\/h([0-9a-f]{64})$/.exec(id)?.[1]

async function renewed(
  { leases, limitsOf }: LeasePathsDeps,
  id: string,
  incrementSeconds: number,
): Promise<Response> {
  if (keyIn(id) !== undefined) throw invalid('tokens cannot be renewed through this endpoint')
  const limits = limitsOf(id)
  const { lease, seconds, warnings } = await leases.renew(id, { incrementSeconds, limits })
  return { lease: { id, renewable: lease.renewable, seconds }, warnings }
}

async function end({ leases, tokens }: LeasePathsDeps, id: string, waits: boolean): Promise<void> {
  const key = keyIn(id)
  const entry = key === undefined ? undefined : await tokens.byKey(key)
  if (entry !== undefined && leaseOf(entry, id) !== undefined) return tokens.revoke(entry.key)
  return waits ? leases.revokeNow(id) : leases.revoke(id)
}

/** A token is taken back by its end alone. */
const forget = (deps: LeasePathsDeps, id: string) =>
  keyIn(id) === undefined ? deps.leases.forget(id) : end(deps, id, true)

/** The ids below a path, or the one that it is: `aws/creds/a` is not around `aws/creds/ab`. */
async function meantBy(deps: LeasePathsDeps, prefix = ''): Promise<readonly string[]> {
  if (prefix === '') throw invalid('a prefix must be specified')
  const entry = await deps.leases.lookup(prefix)
  return entry === undefined ? idsBelow(deps, prefix) : [entry.id]
}

async function idsBelow({ leases, tokens }: LeasePathsDeps, prefix: string): Promise<readonly string[]> {
  const made = await tokens.madeAt(prefix)
  return [...(await leases.idsBelow(prefix)), ...made.map(leaseIdOf)]
}

async function names(deps: LeasePathsDeps, folder: string): Promise<Response> {
  const ids = await idsBelow(deps, folder)
  const keys = new Set(ids.map((id) => /^[^/]*\/?/.exec(id.slice(folder.length))?.[0] ?? ''))
  return keys.size === 0 ? { status: 404 } : { data: { keys: [...keys].sort() } }
}

const denied = '1 error occurred:\n\t* permission denied\n\n'

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
