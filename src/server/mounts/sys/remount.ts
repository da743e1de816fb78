// Moving a mount (spec/vault.md 8.6). Clients ask afterwards whether it is done, since other servers do it later; here it
// is done when it is answered.

import { newUuid, SentinelError } from '../../../base/index.ts'
import type { MountTable } from '../../core/mount-table.ts'
import type { Data } from '../../door.ts'
import { type Path, path } from '../path.ts'

/** Moves that are remembered, at most. */
const maxRemembered = 1000

/** `sys/remount` and `sys/remount/status`. */
export function remountPaths({ table }: { readonly table: () => MountTable }): readonly Path[] {
  const done = new Map<string, Data>()
  return [
    path({
      pattern: 'remount',
      summary: 'Moves a mount to another path, with all that it keeps; what it lent and let in ends',
      access: 'sudo',
      fields: {
        from: { type: 'string', help: 'where it lies' },
        to: { type: 'string', help: 'where it is to lie' },
      },
      operations: {
        async write({ random }, { fields: { from = '', to = '' } }) {
          if (from === '' || to === '')
            throw new SentinelError('REQUEST_INVALID', 'both `from` and `to` are needed')
          await table().move(withSlash(from), withSlash(to))
          const id = newUuid(random)
          if (done.size === maxRemembered) done.clear()
          done.set(id, { source_mount: withSlash(from), target_mount: withSlash(to), status: 'success' })
          return { data: { migration_id: id }, isAlsoTopLevel: true }
        },
      },
    }),
    path({
      pattern: 'remount/status/:id',
      summary: 'Says how far a move is',
      fields: {},
      operations: {
        read(_context, { params: { id = '' } }) {
          const info = done.get(id)
          if (info === undefined) return { status: 404 }
          return { data: { migration_id: id, migration_info: info } }
        },
      },
    }),
  ]
}

const withSlash = (text: string) => `${text.replace(/^\/|\/$/g, '')}/`
