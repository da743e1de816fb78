// The paths of aliases, and those that look somebody up by whatever is known of them.

import type { Entity, Found } from '../../../entity/index.ts'
import type { Response } from '../../door.ts'
import type { ValuesOf } from '../fields.ts'
import { type Path, path } from '../path.ts'
import {
  aliasInfo,
  aliasToData,
  entityToData,
  type Finders,
  type IdentityDeps,
  invalid,
  listed,
  lookedUp,
  mountAt,
  selectorFields,
} from './forms.ts'

const fields = {
  id: { type: 'string', help: 'the id of the alias' },
  name: { type: 'string', help: 'what the mount calls whoever logs in' },
  mount_accessor: { type: 'string', help: 'the accessor of the auth mount' },
  canonical_id: { type: 'string', help: 'the id of the entity; one is made where it is missing' },
  entity_id: { type: 'string', help: 'an old name of `canonical_id`' },
  custom_metadata: { type: 'map', help: 'texts that templates can ask for' },
} as const

type Sent = ValuesOf<typeof fields>

/** The paths of aliases. */
export function aliasPaths(deps: IdentityDeps): readonly Path[] {
  const { entities } = deps
  return [
    path({
      pattern: 'entity-alias',
      summary: 'Makes an alias, or changes the one that is named',
      fields,
      operations: { write: (_context, call) => written(deps, call.fields.id ?? '', call.fields) },
    }),
    path({
      pattern: 'entity-alias/id',
      summary: 'Lists the aliases',
      fields: {},
      pure: true,
      operations: {
        list() {
          const all = entities.all().flatMap((entity) => entity.aliases.map((alias) => ({ entity, alias })))
          const info = all.map(({ entity, alias }) => {
            const { id: _, ...rest } = aliasInfo(deps, alias)
            return [alias.id, { ...rest, canonical_id: entity.id }] as const
          })
          return listed(all.map(({ alias }) => alias.id).sort(), info)
        },
      },
    }),
    path({
      pattern: 'entity-alias/id/:id',
      summary: 'Shows, changes and deletes an alias',
      fields,
      pure: true,
      operations: {
        read(_context, { params }) {
          const found = entities.byAliasId(params.id ?? '')
          return found === undefined ? { status: 404 } : { data: aliasToData(deps, found) }
        },
        write: (_context, call) => written(deps, call.params.id ?? '', call.fields),
        async delete(_context, { params }) {
          await entities.removeAlias(params.id ?? '')
          return {}
        },
      },
    }),
    path({
      pattern: 'lookup/entity',
      summary: 'Finds an entity by what is known of it',
      fields: selectorFields,
      operations: {
        write(_context, call) {
          const found = lookedUp(findersOf(deps), call.fields)
          return found === undefined ? {} : { data: entityToData(deps, found) }
        },
      },
    }),
  ]
}

async function written(deps: IdentityDeps, id: string, sent: Sent): Promise<Response> {
  const before = beforeOf(deps, id, sent)
  const name = sent.name ?? before?.alias.name ?? ''
  const mountAccessor = sent.mount_accessor ?? before?.alias.mountAccessor ?? ''
  if (name === '' || mountAccessor === '')
    throw invalid("'id' or 'mount_accessor' and 'name' must be provided")
  if (mountAt(deps, mountAccessor) === undefined) throw invalid(`invalid mount accessor "${mountAccessor}"`)
  const [entityId, customMetadata] = [canonicalIn(sent), sent.custom_metadata]
  const change = {
    name,
    mountAccessor,
    ...(entityId !== undefined && { entityId }),
    ...(customMetadata !== undefined && { customMetadata }),
  }
  if (before === undefined) return told(await deps.entities.createAlias(change))
  if (isAsBefore(before, change)) return {}
  return told(await deps.entities.changeAlias(before.alias.id, change))
}

/** The alias that is meant: by its id, or by what it is called where. */
function beforeOf({ entities }: IdentityDeps, id: string, sent: Sent): Found | undefined {
  if (id === '') return entities.byAlias({ name: sent.name ?? '', mountAccessor: sent.mount_accessor ?? '' })
  const found = entities.byAliasId(id)
  if (found === undefined) throw invalid('invalid alias ID')
  return found
}

type Change = Parameters<IdentityDeps['entities']['changeAlias']>[1]

function isAsBefore({ entity, alias }: Found, { name, mountAccessor, entityId, customMetadata }: Change) {
  const isSameWhere = alias.name === name && alias.mountAccessor === mountAccessor
  return isSameWhere && (entityId === undefined || entityId === entity.id) && customMetadata === undefined
}

function canonicalIn({ canonical_id: canonical, entity_id: old }: Sent): string | undefined {
  const id = canonical === undefined || canonical === '' ? old : canonical
  return id === '' ? undefined : id
}

const told = ({ entity, alias }: Found): Response => ({ data: { id: alias.id, canonical_id: entity.id } })

function findersOf({ entities }: IdentityDeps): Finders<Entity> {
  return {
    ...entities,
    byAliasId: (id) => entities.byAliasId(id)?.entity,
    byAlias: (alias) => entities.byAlias(alias)?.entity,
  }
}
