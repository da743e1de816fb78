// The paths of what auth mounts call groups.

import type { FoundGroup } from '../../../entity/index.ts'
import type { Response } from '../../door.ts'
import type { ValuesOf } from '../fields.ts'
import { type Path, path } from '../path.ts'
import {
  groupAliasInfo,
  groupAliasToData,
  type IdentityDeps,
  invalid,
  isSaid,
  listed,
  mountAt,
} from './forms.ts'

const fields = {
  id: { type: 'string', help: 'the id of the alias' },
  name: { type: 'string', help: 'what the mount calls the group' },
  mount_accessor: { type: 'string', help: 'the accessor of the auth mount' },
  canonical_id: { type: 'string', help: 'the id of the external group; one is made where it is missing' },
} as const

type Sent = ValuesOf<typeof fields>

/** The paths of the aliases of groups. */
export function groupAliasPaths(deps: IdentityDeps): readonly Path[] {
  const { groups } = deps
  return [
    path({
      pattern: 'group-alias',
      summary: 'Makes an alias of a group, or changes the one that is named',
      fields,
      operations: { write: (_context, call) => written(deps, call.fields.id ?? '', call.fields) },
    }),
    path({
      pattern: 'group-alias/id',
      summary: 'Lists the aliases of groups',
      fields: {},
      pure: true,
      operations: { list: () => list(deps) },
    }),
    path({
      pattern: 'group-alias/id/:id',
      summary: 'Shows, changes and deletes an alias of a group',
      fields,
      pure: true,
      operations: {
        read(_context, { params }) {
          const found = groups.byAliasId(params.id ?? '')
          return found === undefined ? { status: 404 } : { data: groupAliasToData(deps, found) }
        },
        write: (_context, call) => written(deps, call.params.id ?? '', call.fields),
        async delete(_context, { params }) {
          await groups.removeAlias(params.id ?? '')
          return {}
        },
      },
    }),
  ]
}

function list(deps: IdentityDeps): Response {
  const info = deps.groups.all().flatMap(({ id: groupId, alias }) => {
    if (alias === undefined) return []
    const { id: _, ...rest } = groupAliasInfo(deps, alias)
    return [[alias.id, { ...rest, canonical_id: groupId }] as const]
  })
  return listed(info.map(([id]) => id).sort(), info)
}

async function written(deps: IdentityDeps, id: string, sent: Sent): Promise<Response> {
  const { groups } = deps
  const before = id === '' ? undefined : groups.byAliasId(id)
  if (id !== '' && before === undefined) throw invalid('invalid group alias ID')
  const name = sent.name ?? before?.alias.name ?? ''
  const mountAccessor = sent.mount_accessor ?? before?.alias.mountAccessor ?? ''
  const groupId = isSaid(sent.canonical_id) ? sent.canonical_id : undefined
  if (name === '') throw invalid('missing alias name')
  if (mountAccessor === '') throw invalid('missing mount_accessor')
  if (mountAt(deps, mountAccessor) === undefined) throw invalid(`invalid mount accessor "${mountAccessor}"`)
  const change = { name, mountAccessor, ...(groupId !== undefined && { groupId }) }
  if (before === undefined) return told(await groups.createAlias(change))
  const isSameName = before.alias.name === name && before.alias.mountAccessor === mountAccessor
  if (isSameName && (groupId ?? before.group.id) === before.group.id) return {}
  return told(await groups.changeAlias(before.alias.id, change))
}

const told = ({ group, alias }: FoundGroup): Response => ({ data: { id: alias.id, canonical_id: group.id } })
