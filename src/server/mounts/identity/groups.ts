// The paths of groups: made, read, changed, listed, deleted and looked up, by id and by name.

import type { Group, GroupChange } from '../../../entity/index.ts'
import type { Response } from '../../door.ts'
import type { ValuesOf } from '../fields.ts'
import { type Path, path } from '../path.ts'
import {
  type Finders,
  groupInfo,
  groupToData,
  type IdentityDeps,
  invalid,
  isSaid,
  listed,
  lookedUp,
  policiesIn,
  selectorFields,
} from './forms.ts'

const settings = {
  type: { type: 'string', help: '`internal`, or `external` for a group that an auth method knows' },
  metadata: { type: 'map', help: 'texts that templates and policies can ask for' },
  policies: { type: 'list', help: 'policies of all tokens of its members' },
  member_entity_ids: { type: 'list', help: 'the entities that belong to it; not of an external one' },
  member_group_ids: {
    type: 'list',
    help: 'the groups whose members belong to it too; not of an external one',
  },
} as const
const id = { type: 'string', help: 'the id of the group' } as const
const name = { type: 'string', help: 'the name of the group' } as const

type Settings = ValuesOf<typeof settings>

/** The paths of groups. */
export function groupPaths(deps: IdentityDeps): readonly Path[] {
  return [writing(deps), ...byId(deps), ...byName(deps), lookup(deps)]
}

const writing = (deps: IdentityDeps): Path =>
  path({
    pattern: 'group',
    summary: 'Makes a group, or changes the one that is named',
    fields: { ...settings, id, name },
    operations: {
      write(_context, { fields }) {
        const named = isSaid(fields.name) ? deps.groups.byName(fields.name)?.id : undefined
        return written(deps, isSaid(fields.id) ? fields.id : named, changeIn(fields, fields.name))
      },
    },
  })

const byId = (deps: IdentityDeps): readonly Path[] => [
  path({
    pattern: 'group/id',
    summary: 'Lists the groups by id',
    fields: {},
    pure: true,
    operations: { list: () => list(deps, (group) => group.id) },
  }),
  path({
    pattern: 'group/id/:id',
    summary: 'Shows, changes and deletes a group by its id',
    fields: { ...settings, name },
    pure: true,
    operations: {
      read: (_context, { params }) => shown(deps, deps.groups.byId(params.id ?? '')),
      write: (_context, { params, fields }) => written(deps, params.id ?? '', changeIn(fields, fields.name)),
      async delete(_context, { params }) {
        await deps.groups.remove(params.id ?? '')
        return {}
      },
    },
  }),
]

const byName = (deps: IdentityDeps): readonly Path[] => [
  path({
    pattern: 'group/name',
    summary: 'Lists the groups by name',
    fields: {},
    pure: true,
    operations: { list: () => list(deps, (group) => group.name) },
  }),
  path({
    pattern: 'group/name/:name',
    anyCase: ['name'],
    summary: 'Shows, makes, changes and deletes a group by its name',
    fields: settings,
    pure: true,
    operations: {
      read: (_context, { params }) => shown(deps, deps.groups.byName(params.name ?? '')),
      write(_context, { params, fields, request: { path: asked } }) {
        const before = deps.groups.byName(params.name ?? '')
        // It is found in any case, and shown as it was written.
        return written(deps, before?.id, changeIn(fields, asked.slice(asked.lastIndexOf('/') + 1)))
      },
      async delete(_context, { params }) {
        const found = deps.groups.byName(params.name ?? '')
        if (found !== undefined) await deps.groups.remove(found.id)
        return {}
      },
    },
  }),
]

const lookup = (deps: IdentityDeps): Path =>
  path({
    pattern: 'lookup/group',
    summary: 'Finds a group by what is known of it',
    fields: selectorFields,
    operations: {
      write(_context, { fields }) {
        const found = lookedUp(findersOf(deps), fields)
        return found === undefined ? {} : { data: groupToData(deps, found) }
      },
    },
  })

function findersOf({ groups }: IdentityDeps): Finders<Group> {
  return {
    ...groups,
    byAliasId: (aliasId) => groups.byAliasId(aliasId)?.group,
    byAlias: (alias) => groups.byAlias(alias)?.group,
  }
}

function changeIn(fields: Settings, called: string | undefined): GroupChange {
  const { metadata, policies, member_entity_ids: memberEntityIds, member_group_ids: memberGroupIds } = fields
  return {
    ...(isSaid(called) && { name: called }),
    ...(isSaid(fields.type) && { type: typeIn(fields.type) }),
    ...(metadata !== undefined && { metadata }),
    ...(policies !== undefined && { policies: policiesIn(policies) }),
    ...(memberEntityIds !== undefined && { memberEntityIds }),
    ...(memberGroupIds !== undefined && { memberGroupIds }),
  }
}

function typeIn(text: string): Group['type'] {
  if (text === 'internal' || text === 'external') return text
  throw invalid(`invalid group type "${text}"`)
}

/** Whoever makes a group is told its id; a change of one that is known is answered with nothing. */
async function written(
  { groups }: IdentityDeps,
  groupId: string | undefined,
  change: GroupChange,
): Promise<Response> {
  if (groupId !== undefined) {
    await groups.change(groupId, change)
    return {}
  }
  const made = await groups.create(change)
  return { data: { id: made.id, name: made.name } }
}

const shown = (deps: IdentityDeps, group: Group | undefined): Response =>
  group === undefined ? { status: 404 } : { data: groupToData(deps, group) }

function list(deps: IdentityDeps, keyOf: (group: Group) => string): Response {
  const all = deps.groups.all()
  const info = all.map((group) => [keyOf(group), groupInfo(deps, group)] as const)
  return listed(all.map(keyOf).sort(), info)
}
