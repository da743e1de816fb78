// The auth method of names and passwords (spec/vault.md 5.5, userpass).

import { SentinelError } from '../../../base/index.ts'
import { isInNetworks, loginPolicies, plainSettings, type TokenSettings } from '../../../token/index.ts'
import type { Lockouts } from '../../core/lockouts.ts'
import type { Response } from '../../door.ts'
import type { ValuesOf } from '../fields.ts'
import { foldersOf } from '../folders.ts'
import { type Rows, rowsIn } from '../json-rows.ts'
import { type Context, type MountType, type Path, path } from '../path.ts'
import { readTokenSettings, tokenFields, tokenSettingsData } from '../token-settings.ts'
import { type Cost, type PasswordHash, type Passwords, passwords } from './password.ts'

type User = { readonly password: PasswordHash; readonly settings: TokenSettings }

const password = { type: 'string', help: 'the password' } as const
const oldFields = {
  policies: { type: 'list', help: 'an old name of `token_policies`' },
  ttl: { type: 'seconds', help: 'an old name of `token_ttl`' },
  max_ttl: { type: 'seconds', help: 'an old name of `token_max_ttl`' },
  bound_cidrs: { type: 'list', help: 'an old name of `token_bound_cidrs`' },
} as const
const userFields = { ...tokenFields, ...oldFields, password } as const

export type UserpassDeps = { readonly cost: Cost; readonly lockouts: Lockouts }

/** The mount type `userpass`. */
export function userpassMount({ cost, lockouts }: UserpassDeps): MountType {
  const checked = passwords(cost)
  return {
    type: 'userpass',
    class: 'auth',
    help: 'Lets people in by a name and a password.',
    paths: [list(), user(checked), passwordOf(checked), policiesOf(), login(checked, lockouts)],
    async settingsNow(context, { meta, policies }) {
      const found = await usersIn(context).get(meta.get('username') ?? '')
      if (found === undefined) return refuse('user does not exist')
      // Rights that were taken away since, or another user of the same name: they may log in again.
      if (loginPolicies(found.settings).join() !== policies.join())
        refuse('policies have changed, not renewing')
      return found.settings
    },
  }
}

const usersIn = ({ store }: Context): Rows<User> => rowsIn(store, 'user/')

/** Whatever its case, a name means one user. */
const nameIn = (params: Readonly<Record<string, string>>) => params.name ?? ''

function list(): Path {
  return path({
    pattern: 'users',
    summary: 'Lists the users',
    fields: {},
    pure: true,
    operations: { list: ({ store }) => foldersOf(store, 'user/') },
  })
}

function user(checked: Passwords): Path {
  return path({
    pattern: 'users/:name',
    anyCase: ['name'],
    summary: 'Says what a user may do, makes and deletes users',
    fields: userFields,
    pure: true,
    exists: async (context, { params }) => (await usersIn(context).get(nameIn(params))) !== undefined,
    operations: {
      async read(context, { params }) {
        const found = await usersIn(context).get(nameIn(params))
        return found === undefined ? { status: 404 } : { data: tokenSettingsData(found.settings) }
      },
      async write(context, { params, fields }) {
        const hash = isSaid(fields.password) ? await checked.hash(context.random, fields.password) : undefined
        await usersIn(context).change(nameIn(params), (before) => ({
          password: hash ?? before?.password ?? refuse('missing password'),
          settings: settingsIn(fields, before?.settings ?? plainSettings),
        }))
        return {}
      },
      async delete(context, { params }) {
        await usersIn(context).remove(nameIn(params))
        return {}
      },
    },
  })
}

function passwordOf(checked: Passwords): Path {
  return path({
    pattern: 'users/:name/password',
    anyCase: ['name'],
    summary: 'Gives a user another password',
    fields: { password },
    operations: {
      async write(context, { params, fields }) {
        if (!isSaid(fields.password)) refuse('missing password')
        const hash = await checked.hash(context.random, fields.password)
        return changed(context, nameIn(params), (before) => ({ ...before, password: hash }))
      },
    },
  })
}

function policiesOf(): Path {
  return path({
    pattern: 'users/:name/policies',
    anyCase: ['name'],
    summary: 'Gives a user other policies',
    fields: { token_policies: tokenFields.token_policies, policies: oldFields.policies },
    operations: {
      write: (context, { params, fields }) =>
        changed(context, nameIn(params), ({ settings, ...before }) => ({
          ...before,
          settings: settingsIn(fields, settings),
        })),
    },
  })
}

function login(checked: Passwords, lockouts: Lockouts): Path {
  return path({
    pattern: 'login/:name',
    anyCase: ['name'],
    summary: 'Lets a user in',
    access: 'unauthenticated',
    fields: { password },
    lookahead: ({ params }) => nameIn(params),
    operations: {
      async write(context, { params, fields, request }) {
        const name = nameIn(params)
        if (!isSaid(fields.password)) refuse('missing password')
        const mayTry = () => lockouts.requireOpen(context.mount, name)
        mayTry()
        const found = await usersIn(context).get(name)
        const isRight = await checked.is(found?.password, fields.password, {
          address: request.remote.address,
          name: `${context.mount.accessor} ${name}`,
          mayTry,
          tried: (right) => lockouts[right ? 'succeeded' : 'failed'](context.mount, name),
        })
        if (!isRight || found === undefined) return refuse('invalid username or password')
        if (!isInNetworks(found.settings.boundCidrs, request.remote.address))
          throw new SentinelError('POLICY_DENIED', 'permission denied')
        const metadata = new Map([['username', name]])
        return {
          login: {
            alias: { name, metadata: new Map() },
            displayName: name,
            metadata,
            settings: found.settings,
          },
        }
      },
    },
  })
}

async function changed(context: Context, name: string, next: (before: User) => User): Promise<Response> {
  const after = await usersIn(context).change(name, (before) =>
    before === undefined ? undefined : next(before),
  )
  return after === undefined ? refuse('username does not exist') : {}
}

/** What was sent, by its old names too where the new ones are missing. */
function settingsIn(sent: Partial<ValuesOf<typeof userFields>>, before: TokenSettings): TokenSettings {
  const { policies, ttl, max_ttl: maxTtl, bound_cidrs: cidrs } = sent
  return readTokenSettings(
    {
      ...sent,
      token_policies: sent.token_policies ?? policies,
      token_ttl: sent.token_ttl ?? ttl,
      token_max_ttl: sent.token_max_ttl ?? maxTtl,
      token_bound_cidrs: sent.token_bound_cidrs ?? cidrs,
    },
    before,
  )
}

const isSaid = (text: string | undefined): text is string => text !== undefined && text !== ''

function refuse(message: string): never {
  throw new SentinelError('REQUEST_INVALID', message)
}
