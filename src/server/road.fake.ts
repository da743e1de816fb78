// A server without its door: tokens, policies and mounts over a storage in memory, and requests that walk the road.

import { type FakeClock, fakeClock } from '../base/clock.fake.ts'
import { newUuid, type Secret, systemRandom } from '../base/index.ts'
import { type Entities, openEntities, openGroups, openOidc } from '../entity/index.ts'
import { usualBudget } from '../policy/index.ts'
import { type Kv, kvUnder, memoryKv } from '../store/index.ts'
import {
  isInNetworks,
  openLeases,
  openTokens,
  rootPlan,
  systemLimits,
  type TokenEntry,
} from '../token/index.ts'
import { openGoverning } from './core/governing.ts'
import { openGovernance } from './core/governs.ts'
import { entered, identitiesOf, recognised } from './core/identities.ts'
import { openLockouts } from './core/lockouts.ts'
import { admitted, settingsNow } from './core/login.ts'
import { type MountTable, openMountTable, type TypeOf } from './core/mount-table.ts'
import { openPolicies } from './core/policies.ts'
import { type RoadDeps, walk } from './core/road.ts'
import { wrapped } from './core/wrapping.ts'
import type { Data, Json, Login, Request, Response } from './door.ts'
import { responseToReply } from './http/envelope.ts'
import { isObject, jsonToText, textToJson } from './http/json.ts'
import { approleMount } from './mounts/approle/approle.ts'
import { cubbyholeMount } from './mounts/cubbyhole/cubbyhole.ts'
import { identityMount } from './mounts/identity/identity.ts'
import { kvOf } from './mounts/kv/kv.ts'
import { type MountType, path } from './mounts/path.ts'
import { leasePaths } from './mounts/sys/leases.ts'
import { wrappingPaths } from './mounts/sys/wrapping.ts'
import { tokenMount } from './mounts/token/token.ts'
import { userpassMount } from './mounts/userpass/userpass.ts'

/** What a test asks: the path as a client writes it, the body as JSON. */
export type Asked = {
  readonly token?: Secret | undefined
  readonly data?: string | Record<string, unknown>
  readonly wrapSeconds?: number
  readonly address?: string
  readonly policyOverride?: boolean
}

/** What a test adds: paths of `sys`, and where entries go. */
export type Added = { readonly paths: MountType['paths']; readonly record: RoadDeps['record'] }

const nothingAdded = async (): Promise<Added> => ({ paths: [], record: async () => {} })

export type RoadKit = Awaited<ReturnType<typeof roadKit>>

/** Opens one, with KV version 1 at `secret/`, version 2 at `kv2/` and logins at `auth/door/`. */
export async function roadKit(
  adding: (parts: { readonly kv: Kv; readonly clock: FakeClock }) => Promise<Added> = nothingAdded,
) {
  const [kv, clock, random] = [memoryKv(), fakeClock('2026-03-01T00:00:00Z'), systemRandom]
  const added = await adding({ kv, clock })
  const parts = await openParts(kv, clock)
  const { tokens, policies, entities, groups, oidc } = parts
  const logins = new Map<string, Login>()
  const limitsOf = () => systemLimits
  /** What is not mounted any more was taken away while it answered. */
  const mounting = { isMounted: true }
  const policyExists = (name: string) => policies.exists(name)
  const deps = {
    lockouts: openLockouts(clock),
    isMounted: () => mounting.isMounted,
    ...parts,
    limitsOf,
    policyExists,
    settingsNow: (entry: TokenEntry) => settingsNow(table.router(), entry),
  }
  const types = new Map<string, MountType>([
    ['token', tokenMount(deps)],
    ['cubbyhole', cubbyholeMount(deps)],
    ['system', ofPaths('system', 'system', [...wrappingPaths(deps), ...leasePaths(deps), ...added.paths])],
    ['identity', identityMount({ entities, groups, oidc, table: () => table })],
    ['userpass', userpassMount({ cost: { N: 1024, r: 8, p: 1 }, lockouts: deps.lockouts })],
    ['approle', approleMount(deps)],
    ['door', ofPaths('door', 'auth', [loginPath(logins)])],
  ])
  const typeOf: TypeOf = (type, options) => (type === 'kv' ? kvOf(options) : types.get(type))
  const log = () => {}
  const typeNames = ['kv', ...types.keys()]
  const table = await openMountTable({ kv, clock, random, typeOf, typeNames, endAllBelow: nothing, log })
  const enable = (at: string, type: string, options = new Map<string, string>()) =>
    table.enable({ path: at, type, options, description: '', defaultLeaseSeconds: 0, maxLeaseSeconds: 0 })
  await enable('secret/', 'kv')
  await enable('kv2/', 'kv', new Map([['version', '2']]))
  await enable('auth/door/', 'door')
  const alice = await known(entities, table)
  const entrance = { ...parts, clock }
  const road: RoadDeps = {
    clock,
    router: () => table.router(),
    enter: (token) => entered(entrance, token),
    recognise: (token) => recognised(entrance, token),
    leave: ({ key }) => tokens.leave(key),
    isAddressAllowed: ({ boundCidrs }, address) => isInNetworks(boundCidrs, address),
    record: added.record,
    governance: governanceOf(parts, clock, () => table.router()),
    factors: noFactors,
    admitted: (request, response, route) => admitted(deps, request, response, route),
    wrapped: (request, response, route) => wrapped(deps, request, response, route),
  }
  const root = (await tokens.issue(rootPlan)).token
  const ask = async (operation: Request['operation'], at: string, asked: Asked = {}): Promise<Response> =>
    walk(road, requestOf(operation, at, { token: root, ...asked }), new AbortController().signal)
  /** The same as a client sees it: the body read as JSON. */
  const body = async (operation: Request['operation'], at: string, asked: Asked = {}): Promise<Data> => {
    const request = requestOf(operation, at, asked)
    const { text } = responseToReply(request, await ask(operation, at, asked), 'test')
    const read: Json = text === undefined ? null : textToJson(text)
    return isObject(read) ? read : {}
  }
  /** Makes a token; its `auth` as a client sees it. */
  const made = async (data: Record<string, unknown>, asked: Asked = {}, at = 'create') => {
    const { auth } = await ask('update', `auth/token/${at}`, { data, ...asked })
    if (auth === undefined) throw new Error('no token was made')
    return { token: auth.clientToken, auth }
  }
  return { ...parts, kv, clock, table, root, logins, alice, enable, mounting, ask, body, made }
}

const nothing = async () => {}

const noFactors: RoadDeps['factors'] = { ask: () => Promise.reject(new Error('there are no methods')) }

/** The governing policies of a server: nobody wrote any, as long as a test does not. */
function governanceOf(
  { governing: policies, entities, groups }: Awaited<ReturnType<typeof openParts>>,
  clock: FakeClock,
  router: MountTable['router'],
) {
  const settings = { stopwatch: clock, budget: usualBudget, http: false, log: () => {}, methods: () => [] }
  return openGovernance({ ...settings, policies, entities, groups, router, clock })
}

async function openParts(kv: Kv, clock: FakeClock) {
  const random = systemRandom
  const takenBack: string[] = []
  const takeBack = async ({ memo }: { readonly memo: string }) => {
    takenBack.push(memo)
  }
  const leases = await openLeases({ kv, clock, random, takeBack })
  const tokens = await openTokens({
    kv,
    clock,
    random,
    endLeases: (key) => leases.endOf(key),
    makerAt: () => 'mount',
  })
  const policies = await openPolicies(kvUnder(kv, 'sys/policy/acl/'))
  const governing = await openGoverning({ kv: kvUnder(kv, 'sys/policy/'), http: false })
  const entities = await openEntities({ kv: kvUnder(kv, 'entity/'), clock, random })
  const groups = await openGroups({ kv: kvUnder(kv, 'entity/'), clock, random, entities })
  const identities = identitiesOf(entities, groups)
  const oidcDeps = { kv: kvUnder(kv, 'entity/'), clock, random, entities, groups }
  const oidc = await openOidc({ ...oidcDeps, apiAddress: 'https://sentinel.example.com:8200' })
  return { tokens, leases, policies, governing, entities, groups, oidc, identities, takenBack }
}

function requestOf(operation: Request['operation'], at: string, asked: Asked): Request {
  const { token, data = {}, wrapSeconds, address = '127.0.0.1', policyOverride = false } = asked
  const read = textToJson(typeof data === 'string' ? data : JSON.stringify(data))
  if (!isObject(read)) throw new Error(`no object: ${jsonToText(read)}`)
  return {
    id: newUuid(systemRandom),
    operation,
    path: at,
    data: read,
    token,
    remote: { address, port: 1 },
    wrapSeconds,
    policyOverride,
    headers: new Map(),
  }
}

const ofPaths = (type: string, kind: MountType['class'], paths: MountType['paths']): MountType => ({
  type,
  class: kind,
  help: '',
  paths,
})

/** Whoever is known by name gets in; `both` is known and refused. */
function loginPath(logins: ReadonlyMap<string, Login>) {
  return path({
    pattern: 'login/:name',
    summary: 'Lets people in',
    access: 'unauthenticated',
    fields: {},
    operations: {
      write(_context, { params }) {
        const login = logins.get(params.name ?? '')
        if (params.name === 'both') return { status: 400, ...(login !== undefined && { login }) }
        return login === undefined ? { status: 404 } : { login }
      },
    },
  })
}

/** Somebody whom both auth mounts know; that they are said to be root helps nobody. @returns their id */
async function known(entities: Entities, table: MountTable): Promise<string> {
  const { id: entityId } = await entities.create({ name: 'alice', policies: ['root', 'team'] })
  for (const { context } of table.router().mounts.values()) {
    const { path: at, accessor: mountAccessor } = context.mount
    if (at.startsWith('auth/')) await entities.createAlias({ name: 'alice', mountAccessor, entityId })
  }
  return entityId
}
