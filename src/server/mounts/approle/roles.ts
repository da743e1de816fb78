// The paths of roles: a whole role, each of its fields by itself, and its role id.

import type { Response } from '../../door.ts'
import { type Fields, readFields } from '../fields.ts'
import { foldersOf } from '../folders.ts'
import { type Context, type Path, path } from '../path.ts'
import {
  changedRole,
  invalid,
  newRole,
  type Role,
  roleFields,
  roleToData,
  type SentRole,
  said,
} from './role.ts'
import { approleStorage } from './storage.ts'

/** Whatever its case, a name means one role. */
export const nameIn = (params: Readonly<Record<string, string>>) => params.name ?? ''

const roleOf = async (context: Context, params: Readonly<Record<string, string>>) =>
  (await approleStorage(context)).role(nameIn(params))

/** @throws SentinelError REQUEST_INVALID where there is no such role */
export async function requireRole(context: Context, params: Readonly<Record<string, string>>): Promise<Role> {
  return (await roleOf(context, params)) ?? noRole(nameIn(params))
}

function noRole(name: string): never {
  throw invalid(`role "${name}" does not exist`)
}

/** The paths of roles. */
export const rolePaths = (): readonly Path[] => [
  path({
    pattern: 'role',
    summary: 'Lists the roles',
    fields: {},
    pure: true,
    operations: { list: ({ store }) => foldersOf(store, 'role/') },
  }),
  path({
    pattern: 'role/:name',
    anyCase: ['name'],
    summary: 'Says who may log in with a role and what they get, makes and deletes roles',
    fields: roleFields,
    pure: true,
    exists: async (context, { params }) => (await roleOf(context, params)) !== undefined,
    operations: {
      async read(context, { params }) {
        const role = await roleOf(context, params)
        return role === undefined ? { status: 404 } : { data: roleToData(role) }
      },
      async write(context, { params, fields }) {
        const fresh = newRole(context.random, nameIn(params))
        const storage = await approleStorage(context)
        await storage.changeRole(nameIn(params), (before) => written(fields, before, fresh))
        return {}
      },
      async delete(context, { params }) {
        await (await approleStorage(context)).removeRole(nameIn(params))
        return {}
      },
    },
  }),
  roleIdPath(),
  ...parts.map(partPath),
]

function written(sent: SentRole, before: Role | undefined, fresh: Role): Role {
  const { local_secret_ids: isLocal } = sent
  if (before !== undefined && isLocal !== undefined && isLocal !== before.localSecretIds)
    throw invalid('local_secret_ids can only be modified during role creation')
  return { ...changedRole(sent, before ?? fresh), localSecretIds: before?.localSecretIds ?? isLocal ?? false }
}

const roleIdPath = (): Path =>
  path({
    pattern: 'role/:name/role-id',
    anyCase: ['name'],
    summary: 'Shows and sets what the holders of a role log in with',
    fields: { role_id: roleFields.role_id },
    operations: {
      async read(context, { params }) {
        const role = await roleOf(context, params)
        return role === undefined ? { status: 404 } : { data: { role_id: role.roleId } }
      },
      write: (context, { params, fields }) =>
        changed(context, params, { role_id: said('role_id', fields.role_id) }),
    },
  })

/** A field of a role with a path of its own: its names, the first of which a read shows, and what a delete sets. */
type Part = {
  readonly segment: string
  readonly names: readonly (keyof typeof roleFields)[]
  readonly initially?: SentRole
}

const parts: readonly Part[] = [
  { segment: 'policies', names: ['token_policies', 'policies'], initially: { token_policies: [] } },
  { segment: 'bind-secret-id', names: ['bind_secret_id'], initially: { bind_secret_id: true } },
  {
    segment: 'secret-id-bound-cidrs',
    names: ['secret_id_bound_cidrs'],
    initially: { secret_id_bound_cidrs: [] },
  },
  {
    segment: 'bound-cidr-list',
    names: ['secret_id_bound_cidrs', 'bound_cidr_list'],
    initially: { secret_id_bound_cidrs: [] },
  },
  { segment: 'secret-id-num-uses', names: ['secret_id_num_uses'], initially: { secret_id_num_uses: 0 } },
  { segment: 'secret-id-ttl', names: ['secret_id_ttl'], initially: { secret_id_ttl: 0 } },
  { segment: 'local-secret-ids', names: ['local_secret_ids'] },
  { segment: 'period', names: ['token_period', 'period'], initially: { token_period: 0 } },
  { segment: 'token-bound-cidrs', names: ['token_bound_cidrs'], initially: { token_bound_cidrs: [] } },
  { segment: 'token-num-uses', names: ['token_num_uses'], initially: { token_num_uses: 0 } },
  { segment: 'token-ttl', names: ['token_ttl'], initially: { token_ttl: 0 } },
  { segment: 'token-max-ttl', names: ['token_max_ttl'], initially: { token_max_ttl: 0 } },
]

function partPath({ segment, names: [shown = 'role_id', ...old], initially }: Part): Path {
  const fields: Fields = Object.fromEntries([shown, ...old].map((name) => [name, roleFields[name]]))
  const read = async (context: Context, params: Readonly<Record<string, string>>): Promise<Response> => {
    const role = await roleOf(context, params)
    return role === undefined ? { status: 404 } : { data: { [shown]: roleToData(role)[shown] ?? null } }
  }
  return path({
    pattern: `role/:name/${segment}`,
    anyCase: ['name'],
    summary: `Shows${initially === undefined ? '' : ', sets and resets'} \`${shown}\` of a role`,
    fields,
    operations: {
      read: (context, { params }) => read(context, params),
      ...(initially !== undefined && {
        write(context: Context, { params, request }) {
          const sent = readFields(fields, request.data)
          if (Object.values(sent).every((value) => value === undefined)) throw invalid(`missing ${shown}`)
          return changed(context, params, sent)
        },
        delete: (context: Context, { params }) => changed(context, params, initially),
      }),
    },
  })
}

async function changed(
  context: Context,
  params: Readonly<Record<string, string>>,
  sent: SentRole,
): Promise<Response> {
  const storage = await approleStorage(context)
  const after = await storage.changeRole(nameIn(params), (before) =>
    before === undefined ? undefined : changedRole(sent, before),
  )
  return after === undefined ? noRole(nameIn(params)) : {}
}
