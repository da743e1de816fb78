// Which mounts there are, kept in the storage, and the router that is made of them. A change is written first and routed
// by afterwards; a mount that is gone takes its storage with it.
//
// INVARIANT: no mount lies inside another, so that one path has one mount and an ACL on it one meaning.

import { closest, inTurn, newUuid, SentinelError } from '../../base/index.ts'
import { batchLimit, type Kv } from '../../store/index.ts'
import type { Context, Mount, MountType } from '../mounts/path.ts'
import { type Mounted, mounted, type Router, routerOf } from './router.ts'

/** What somebody asks to be mounted. */
export type MountRequest = Pick<Mount, 'path' | 'type' | 'description' | 'options'> &
  Pick<Mount, 'plainRequestKeys' | 'plainResponseKeys'> &
  Lifetimes

type Lifetimes = Pick<Mount, 'defaultLeaseSeconds' | 'maxLeaseSeconds'>

/** What may be changed of a mount while it answers. */
export type MountChange = Partial<
  Pick<Mount, 'description' | 'options' | 'plainRequestKeys' | 'plainResponseKeys'> & Lifetimes
>

/** Chooses what answers for a mount: by its type, and for KV by its options. */
export type TypeOf = (type: string, options: Mount['options']) => MountType | undefined

export type MountTableDeps = Pick<Context, 'clock' | 'random'> & {
  readonly kv: Kv
  readonly typeOf: TypeOf
  /** Every type that can be mounted, for the message about one that cannot. */
  readonly typeNames: readonly string[]
}

/** The mounts of a server. */
export interface MountTable {
  /** As the mounts are now. */
  router(): Router
  /** @throws SentinelError REQUEST_INVALID where the path is taken, illegal, or the type unknown */
  enable(request: MountRequest): Promise<Mount>
  /** Takes a mount away, with all that it keeps. Nothing happens where there is none. */
  disable(path: string): Promise<void>
  /** @throws SentinelError REQUEST_INVALID where nothing is mounted there */
  tune(path: string, change: MountChange): Promise<void>
  /** @throws SentinelError REQUEST_INVALID where nothing is mounted at `from`, or `to` is taken */
  move(from: string, to: string): Promise<void>
}

const tableKey = 'sys/mounts'

/** Mounted when the server begins, and never taken away. */
const firstMounts = [
  ['cubbyhole/', 'cubbyhole', 'storage of each token, and gone with it'],
  ['identity/', 'identity', 'who stands behind tokens'],
  ['sys/', 'system', 'the server itself'],
  ['auth/token/', 'token', 'tokens'],
] as const

const fixed = new Set<string>(firstMounts.map(([path]) => path))

/** Reads the mounts from the storage; the first time, makes those that every server has. */
export async function openMountTable(deps: MountTableDeps): Promise<MountTable> {
  let mounts = (await readTable(deps.kv)) ?? firstMounts.map((each) => firstMount(deps, each))
  let router = routerFor(deps, mounts)
  const oneAtATime = inTurn()
  const change = async (next: readonly Mount[]): Promise<void> => {
    const made = routerFor(deps, next)
    const begun = [...made.mounts.values()].filter(
      ({ type, context }) => router.mounts.get(context.mount.path)?.type !== type,
    )
    await writeTable(deps.kv, next)
    mounts = next
    router = withBusy(made, begun)
    for (const { type, context } of begun) await type.prepare?.(context)
    router = made
  }
  if ((await deps.kv.get(tableKey)) === undefined) await change(mounts)
  // What was ended while it prepared a mount goes on.
  for (const { type, context } of router.mounts.values()) await type.prepare?.(context)
  const at = (path: string) => mounts.find((mount) => mount.path === path) ?? nothingAt(path)
  return {
    router: () => router,
    enable: (request) =>
      oneAtATime(async () => {
        requireMountable(deps, request)
        requireFree(mounts, request.path)
        const mount = { ...request, ...named(deps, request.type) }
        await change([...mounts, mount])
        return mount
      }),
    disable: (path) =>
      oneAtATime(async () => {
        requireMovable(path)
        const gone = router.mounts.get(path)
        if (gone === undefined) return
        await change(mounts.filter((mount) => mount.path !== path))
        await emptied(gone.context.store)
      }),
    tune: (path, changes) =>
      oneAtATime(async () => {
        const before = at(path)
        const next = { ...before, ...changes, options: changedOptions(before, changes) }
        await change(mounts.map((mount) => (mount.path === path ? next : mount)))
      }),
    move: (from, to) =>
      oneAtATime(async () => {
        requireMovable(from)
        const moved = { ...at(from), path: to }
        requirePlace(requireType(deps, moved), to)
        requireFree(
          mounts.filter(({ path }) => path !== from),
          to,
        )
        await change(mounts.map((mount) => (mount.path === from ? moved : mount)))
      }),
  }
}

/** While these are prepared, nobody is let in; their type is another than the one that is to come. */
function withBusy(router: Router, begun: readonly Mounted[]): Router {
  const busy = new Set(begun.filter(({ type }) => type.prepare !== undefined))
  if (busy.size === 0) return router
  const matcher: Mounted['matcher'] = () => {
    throw new SentinelError(
      'REQUEST_INVALID',
      'Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume service shortly.',
      { hint: 'ask again in a moment' },
    )
  }
  return routerOf(
    [...router.mounts.values()].map((each) =>
      busy.has(each) ? { ...each, type: { ...each.type }, matcher } : each,
    ),
  )
}

/** An empty text takes an option away. What has versions cannot do without them again. */
function changedOptions(before: Mount, { options = new Map() }: MountChange): Mount['options'] {
  const both = new Map([...before.options, ...options])
  const next = new Map([...both].filter(([, value]) => value !== ''))
  if (before.options.get('version') === '2' && next.get('version') !== '2')
    throw new SentinelError('REQUEST_INVALID', 'cannot downgrade mount from version 2')
  return next
}

function routerFor(deps: MountTableDeps, mounts: readonly Mount[]): Router {
  return routerOf(mounts.map((mount): Mounted => mounted(deps, requireType(deps, mount), mount)))
}

/** What every server has once is not mounted again, and auth methods lie apart from secrets engines. */
function requireMountable(deps: MountTableDeps, request: MountRequest): void {
  const type = requireType(deps, request)
  if (!deps.typeNames.includes(request.type))
    throw new SentinelError('REQUEST_INVALID', `mount type of "${request.type}" is not mountable`)
  requirePlace(type, request.path)
}

function requirePlace({ class: kind, type }: MountType, wanted: string): void {
  if ((kind === 'auth') === wanted.startsWith('auth/')) return
  const what = kind === 'auth' ? 'an auth method' : 'no auth method'
  throw new SentinelError('REQUEST_INVALID', `\`${type}\` is ${what}: it cannot be mounted at \`${wanted}\``)
}

function requireType(deps: MountTableDeps, { type, options }: Pick<Mount, 'type' | 'options'>): MountType {
  const found = deps.typeOf(type, options)
  if (found !== undefined) return found
  const near = closest(type, deps.typeNames)
  throw new SentinelError('REQUEST_INVALID', `plugin not found in the catalog: ${type}`, {
    hint: near === undefined ? `one of ${deps.typeNames.join(', ')}` : `did you mean ${near}`,
  })
}

/** Neither the same, nor inside, nor around: each would make two mounts of one path. */
function requireFree(mounts: readonly Mount[], wanted: string): void {
  if (!/^[^\s/*+]+(?:\/[^\s/*+]+)*\/$/.test(wanted) || wanted === 'auth/' || wanted === 'audit/')
    throw new SentinelError('REQUEST_INVALID', `\`${wanted}\` cannot be the path of a mount`)
  const taken = mounts.find(({ path }) => path.startsWith(wanted) || wanted.startsWith(path))
  if (taken !== undefined)
    throw new SentinelError('REQUEST_INVALID', `path is already in use at ${taken.path}`)
}

function requireMovable(path: string): void {
  if (fixed.has(path)) throw new SentinelError('REQUEST_INVALID', `cannot unmount \`${path}\``)
}

function nothingAt(path: string): never {
  throw new SentinelError('REQUEST_INVALID', `no matching mount at \`${path}\``)
}

function named({ random }: Pick<Context, 'random'>, type: string): Pick<Mount, 'accessor' | 'uuid'> {
  return { accessor: `${type}_${Buffer.from(random.bytes(4)).toString('hex')}`, uuid: newUuid(random) }
}

function firstMount(deps: MountTableDeps, [path, type, description]: (typeof firstMounts)[number]): Mount {
  const settings = { options: new Map(), defaultLeaseSeconds: 0, maxLeaseSeconds: 0 }
  return { path, type, description, ...settings, ...named(deps, type) }
}

async function readTable(kv: Kv): Promise<readonly Mount[] | undefined> {
  const entry = await kv.get(tableKey)
  if (entry === undefined) return undefined
  const stored = JSON.parse(Buffer.from(entry.value).toString()) as readonly StoredMount[]
  return stored.map((mount) => ({ ...mount, options: new Map(mount.options) }))
}

type StoredMount = Omit<Mount, 'options'> & { readonly options: readonly (readonly [string, string])[] }

async function writeTable(kv: Kv, mounts: readonly Mount[]): Promise<void> {
  const stored: readonly StoredMount[] = mounts.map((mount) => ({ ...mount, options: [...mount.options] }))
  const value = Buffer.from(JSON.stringify(stored))
  await kv.batch([{ kind: 'put', key: tableKey, value, expected: 'anything' }])
}

async function emptied(store: Kv): Promise<void> {
  for (;;) {
    const entries = await store.list({ prefix: '', limit: batchLimit })
    if (entries.length === 0) return
    await store.batch(entries.map(({ key }) => ({ kind: 'delete', key, expected: 'anything' })))
  }
}
