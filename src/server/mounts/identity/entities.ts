// The paths of entities: made, read, changed, listed, deleted and merged, by id and by name.

import type { Entity, EntityChange } from '../../../entity/index.ts'
import type { Response } from '../../door.ts'
import type { ValuesOf } from '../fields.ts'
import { type Path, path } from '../path.ts'
import { aliasInfo, entityToData, type IdentityDeps, invalid, isSaid, listed, policiesIn } from './forms.ts'

const settings = {
  metadata: { type: 'map', help: 'texts that templates and policies can ask for' },
  policies: { type: 'list', help: 'policies of all tokens of the entity' },
  disabled: { type: 'bool', help: 'whether its tokens are refused' },
} as const
const id = { type: 'string', help: 'the id of the entity' } as const
const name = { type: 'string', help: 'the name of the entity' } as const

type Settings = ValuesOf<typeof settings>

/** The paths of entities. */
export function entityPaths(deps: IdentityDeps): readonly Path[] {
  return [writing(deps), ...byId(deps), ...byName(deps), merging(deps), deleting(deps)]
}

const writing = (deps: IdentityDeps): Path =>
  path({
    pattern: 'entity',
    summary: 'Makes an entity, or changes the one that is named',
    fields: { ...settings, id, name },
    operations: {
      async write(_context, { fields }) {
        const change = { ...changeIn(fields), ...(isSaid(fields.name) && { name: fields.name }) }
        const named = isSaid(fields.name) ? deps.entities.byName(fields.name)?.id : undefined
        return written(deps, isSaid(fields.id) ? fields.id : named, change)
      },
    },
  })

const byId = (deps: IdentityDeps): readonly Path[] => [
  path({
    pattern: 'entity/id',
    summary: 'Lists the entities by id',
    fields: {},
    pure: true,
    operations: {
      list() {
        const all = deps.entities.all()
        const info = all.map((entity) => [entity.id, entityInfo(deps, entity)] as const)
        return listed(
          all.map((entity) => entity.id),
          info,
        )
      },
    },
  }),
  path({
    pattern: 'entity/id/:id',
    summary: 'Shows, changes and deletes an entity by its id',
    fields: { ...settings, name },
    pure: true,
    operations: {
      read: (_context, { params }) => shown(deps, deps.entities.byId(params.id ?? '')),
      write(_context, { params, fields }) {
        const change = { ...changeIn(fields), ...(isSaid(fields.name) && { name: fields.name }) }
        return written(deps, params.id ?? '', change)
      },
      async delete(_context, { params }) {
        await deps.entities.remove([params.id ?? ''])
        return {}
      },
    },
  }),
]

const byName = (deps: IdentityDeps): readonly Path[] => [
  path({
    pattern: 'entity/name',
    summary: 'Lists the entities by name',
    fields: {},
    pure: true,
    operations: {
      list() {
        const all = deps.entities.all()
        const info = all.map((entity) => [entity.name, entityInfo(deps, entity)] as const)
        return listed(all.map((entity) => entity.name).sort(), info)
      },
    },
  }),
  path({
    pattern: 'entity/name/:name',
    anyCase: ['name'],
    summary: 'Shows, makes, changes and deletes an entity by its name',
    fields: settings,
    pure: true,
    operations: {
      read: (_context, { params }) => shown(deps, deps.entities.byName(params.name ?? '')),
      write(_context, { params, fields, request: { path: asked } }) {
        const before = deps.entities.byName(params.name ?? '')
        // It is found in any case, and shown as it was written.
        return written(deps, before?.id, {
          ...changeIn(fields),
          name: asked.slice(asked.lastIndexOf('/') + 1),
        })
      },
      async delete(_context, { params }) {
        const found = deps.entities.byName(params.name ?? '')
        if (found !== undefined) await deps.entities.remove([found.id])
        return {}
      },
    },
  }),
]

const merging = ({ entities }: IdentityDeps): Path =>
  path({
    pattern: 'entity/merge',
    summary: 'Makes several entities one',
    fields: {
      from_entity_ids: { type: 'list', help: 'those that are to be the other one' },
      to_entity_id: { type: 'string', help: 'the one that stays' },
      conflicting_alias_ids_to_keep: { type: 'list', help: 'of two aliases at one mount those that stay' },
      force: {
        type: 'bool',
        help: 'whether of two aliases at one mount that of the one that stays does too',
      },
    },
    operations: {
      async write(_context, { fields }) {
        await entities.merge({
          fromIds: fields.from_entity_ids ?? [],
          toId: fields.to_entity_id ?? '',
          aliasIdsToKeep: fields.conflicting_alias_ids_to_keep ?? [],
          isForced: fields.force ?? false,
        })
        return {}
      },
    },
  })

const deleting = ({ entities }: IdentityDeps): Path =>
  path({
    pattern: 'entity/batch-delete',
    summary: 'Deletes several entities',
    fields: { entity_ids: { type: 'list', help: 'their ids' } },
    operations: {
      async write(_context, { fields: { entity_ids: ids = [] } }) {
        if (ids.length === 0) throw invalid('missing entity ids to delete')
        await entities.remove(ids)
        return {}
      },
    },
  })

function changeIn({ metadata, policies, disabled }: Settings): EntityChange {
  return {
    ...(metadata !== undefined && { metadata }),
    ...(policies !== undefined && { policies: policiesIn(policies) }),
    ...(disabled !== undefined && { isDisabled: disabled }),
  }
}

/** Whoever makes an entity is told its id; a change of one that is known is answered with nothing. */
async function written(
  { entities }: IdentityDeps,
  id: string | undefined,
  change: EntityChange,
): Promise<Response> {
  if (id !== undefined) {
    await entities.change(id, change)
    return {}
  }
  const made = await entities.create(change)
  return { data: { id: made.id, name: made.name, aliases: null } }
}

const shown = (deps: IdentityDeps, entity: Entity | undefined): Response =>
  entity === undefined ? { status: 404 } : { data: entityToData(deps, entity) }

const entityInfo = (deps: IdentityDeps, { id: entityId, name: entityName, aliases }: Entity) => ({
  id: entityId,
  name: entityName,
  aliases: aliases.map((alias) => aliasInfo(deps, alias)),
})
