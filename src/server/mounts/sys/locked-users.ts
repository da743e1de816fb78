// Names that are locked since they were tried too often, and unlocking them.

import type { Lockouts } from '../../core/lockouts.ts'
import type { MountTable } from '../../core/mount-table.ts'
import { type Path, path } from '../path.ts'

type Deps = { readonly lockouts: Lockouts; readonly table: () => MountTable }

/** `sys/locked-users`. */
export const lockedUserPaths = ({ lockouts, table }: Deps): readonly Path[] => [
  path({
    pattern: 'locked-users',
    summary: 'Lists the names that are locked, since they were tried too often',
    fields: { mount_accessor: { type: 'string', help: 'of one auth mount only' } },
    operations: {
      read(_context, { fields: { mount_accessor: only = '' } }) {
        const mounts = [...table().router().mounts.values()].map(({ context }) => context.mount)
        const locked = [...lockouts.locked(mounts)].filter(([accessor]) => only === '' || accessor === only)
        const total = locked.reduce((sum, [, names]) => sum + names.length, 0)
        const accessors = locked.map(([accessor, names]) => ({
          mount_accessor: accessor,
          counts: names.length,
          alias_identifiers: names,
        }))
        const root = { namespace_id: 'root', namespace_path: '', counts: total, mount_accessors: accessors }
        return { data: { by_namespace: total === 0 ? [] : [root], total } }
      },
    },
  }),
  path({
    pattern: 'locked-users/:accessor/unlock/:name',
    anyCase: ['name'],
    summary: 'Unlocks a name of an auth mount',
    fields: {},
    operations: {
      write(_context, { params: { accessor = '', name = '' } }) {
        lockouts.unlock(accessor, name)
        return {}
      },
    },
  }),
]
