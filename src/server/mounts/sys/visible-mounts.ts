// Which mounts somebody may see (spec/vault.md 8.6): those that their policies reach into, and without a token those that
// are shown to everybody. The `kv` commands of clients ask here which version they talk to.

import { SentinelError } from '../../../base/index.ts'
import { isInNetworks, type Tokens } from '../../../token/index.ts'
import { type AclDeps, mayDo } from '../../core/identities.ts'
import type { MountTable } from '../../core/mount-table.ts'
import type { Entered } from '../../core/road.ts'
import type { Data, Json, Request } from '../../door.ts'
import { type Mount, type Path, path } from '../path.ts'
import { mountToData } from './mounts.ts'

type Deps = AclDeps & { readonly tokens: Tokens; readonly table: () => MountTable }

/** `sys/internal/ui/mounts`. */
export function visibleMountPaths(deps: Deps): readonly Path[] {
  return [
    path({
      pattern: 'internal/ui/mounts',
      summary: 'Lists the mounts that whoever asks may see',
      access: 'unauthenticated',
      fields: {},
      operations: {
        async read({ clock }, { request }) {
          const holder = await holderOf(deps, request, clock.now())
          return { data: mountsFor(deps, holder) }
        },
      },
    }),
    path({
      pattern: 'internal/ui/mounts/:path*',
      summary: 'Shows the mount that a path belongs to, if whoever asks may see it',
      access: 'unauthenticated',
      fields: {},
      operations: {
        async read({ clock }, { request, params }) {
          const asked = `${(params.path ?? '').replace(/\/$/, '')}/`
          const holder = await holderOf(deps, request, clock.now())
          const mount = deps.table().router().mountOf(asked)?.context.mount
          // Whether it is not there or not for them, they are told the same.
          if (mount === undefined || holder === undefined || !holder.acl.reaches(mount.path))
            throw unseen(asked)
          return { data: { ...mountToData(mount), path: mount.path } }
        },
      },
    }),
  ]
}

/**
 * A path that needs no token spends no use of one.
 *
 * @throws SentinelError POLICY_DENIED where a token came that lets nobody in
 */
async function holderOf(deps: Deps, { token, remote }: Request, nowMs: number): Promise<Entered | undefined> {
  if (token === undefined) return undefined
  const entry = await deps.tokens.lookup(token)
  if (entry === undefined || !isInNetworks(entry.boundCidrs, remote.address)) throw denied()
  const holder = mayDo(deps, entry, nowMs)
  if (holder.isEntityDisabled) throw denied()
  return holder
}

const denied = () => new SentinelError('POLICY_DENIED', 'permission denied')

function mountsFor({ table }: Deps, holder: Entered | undefined): Data {
  const mounts = [...table().router().mounts.values()].map(({ context }) => context.mount)
  const mayReach = ({ path: at }: Mount) => holder?.acl.reaches(at) === true
  const seen = mounts.filter((mount) => mount.visibility === 'unauth' || mayReach(mount))
  const of = (isAuth: boolean): Data => {
    const ours = seen
      .filter(({ path: at }) => at.startsWith('auth/') === isAuth)
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    const named = ours.map((mount) => [
      mount.path.slice(isAuth ? 'auth/'.length : 0),
      mayReach(mount) ? mountToData(mount) : shown(mount),
    ])
    return Object.assign(Object.create(null), Object.fromEntries(named)) as Record<string, Json>
  }
  return { secret: of(false), auth: of(true) }
}

/** Strangers learn what a page for logging in needs. */
function shown(mount: Mount): Data {
  const { type = '', description = '', options = null } = mountToData(mount)
  return { type, description, options }
}

const unseen = (asked: string) =>
  new SentinelError(
    'POLICY_DENIED',
    `preflight capability check returned 403, please ensure client's policies grant access to path "${asked}"`,
  )
