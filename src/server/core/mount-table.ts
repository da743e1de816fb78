// Which mounts there are, kept in the storage, and the router that is made of them. A change is written first and routed
// by afterwards; a mount that is gone takes its storage with it.
//
// INVARIANT: no mount lies inside another, so that one path has one mount and an ACL on it one meaning.

import { asSentinelError, closest, inTurn, newUuid, SentinelError } from '../../base/index.ts'
import type { Kv } from '../../store/index.ts'
import type { Context, Mount, MountType } from '../mounts/path.ts'
import { emptied, type MountRows, readRows, writeRows } from './mount-rows.ts'
import { type Mounted, mounted, type Router, routerOf } from './router.ts'

/** What somebody asks to be mounted. */
export type MountRequest = Pick<Mount, 'path' | 'type' | 'description' | 'options'> & Told & Lifetimes

/** What is told of it where, and how it lets people in. */
type Told = Pick<Mount, 'plainRequestKeys' | 'plainResponseKeys' | 'visibility' | 'tokenType' | 'lockout'>
type Lifetimes = Pick<Mount, 'defaultLeaseSeconds' | 'maxLeaseSeconds'>

/** What may be changed of a mount while it answers. */
export type MountChange = Partial<Pick<Mount, 'description' | 'options'> & Told & Lifetimes>

/** Chooses what answers for a mount: by its type, and for KV by its options. */
export type TypeOf = (type: string, options: Mount['options']) => MountType | undefined

export type MountTableDeps = Pick<Context, 'clock' | 'random'> & {
  readonly kv: Kv
  readonly typeOf: TypeOf
  /** Every type that can be mounted, for the message about one that cannot. */
  readonly typeNames: readonly string[]
  /** Ends the tokens and leases that were made below a path. */
  endAllBelow(path: string): Promise<void>
  /** Says something to whoever runs the server. */
  log(message: string): void
}

/** The mounts of a server. */
export interface MountTable {
  /** As the mounts are now. */
  router(): Router
  /** @throws SentinelError REQUEST_INVALID where the path is taken, illegal, or the type unknown */
  enable(request: MountRequest): Promise<Mount>
  /**
   * Takes a mount away, with all that it keeps and all that was made there. Nothing happens where there is none; what was
   * cut short goes on with the next call, and with the next unsealing.
   */
  disable(path: string): Promise<void>
  /** @throws SentinelError REQUEST_INVALID where nothing is mounted there */
  tune(path: string, change: MountChange): Promise<void>
  /** @throws SentinelError REQUEST_INVALID where nothing is mounted at `from`, or `to` is taken, be it by itself */
  move(from: string, to: string): Promise<void>
}

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
  const stored = await readRows(deps.kv)
  const first = { mounts: firstMounts.map((each) => firstMount(deps, each)), leaving: [] }
  const table = new Table(deps, stored ?? first)
  if (stored === undefined) await table.lay(first)
  await table.goOn()
  const oneAtATime = inTurn()
  return {
    router: () => table.router,
    enable: (request) => oneAtATime(() => table.enable(request)),
    disable: (path) => oneAtATime(() => table.disable(path)),
    tune: (path, changes) => oneAtATime(() => table.tune(path, changes)),
    move: (from, to) => oneAtATime(() => table.move(from, to)),
  }
}

/** Of a mount that says both. @throws SentinelError REQUEST_INVALID */
function requireLifetimes({ defaultLeaseSeconds: first, maxLeaseSeconds: most }: Lifetimes): void {
  if (first === 0 || most === 0 || first <= most) return
  const message = `backend max lease TTL of ${most} would be less than backend default lease TTL of ${first}`
  throw new SentinelError('REQUEST_INVALID', message)
}

/** The mounts as they are now. One change at a time. */
class Table {
  router: Router
  private readonly deps: MountTableDeps
  private rows: MountRows

  constructor(deps: MountTableDeps, rows: MountRows) {
    this.deps = deps
    this.rows = rows
    this.router = routerFor(deps, rows.mounts)
  }

  /** Writes the mounts, and routes by them. */
  async lay(next: MountRows): Promise<void> {
    const made = routerFor(this.deps, next.mounts)
    const begun = [...made.mounts.values()].filter(
      ({ type, context }) => this.router.mounts.get(context.mount.path)?.type !== type,
    )
    await writeRows(this.deps.kv, next)
    this.rows = next
    this.router = withBusy(made, begun)
    for (const { type, context } of begun) await type.prepare?.(context)
    this.router = made
  }

  /** Takes up what was ended while it was done. */
  async goOn(): Promise<void> {
    for (const { type, context } of this.router.mounts.values()) await type.prepare?.(context)
    for (const gone of this.rows.leaving) {
      await this.clearAway(gone).catch((thrown) => {
        const { message } = asSentinelError(thrown)
        this.deps.log(`what was mounted at ${gone.path} is not all gone yet: ${message}`)
      })
    }
  }

  async enable(request: MountRequest): Promise<Mount> {
    const { mounts } = this.rows
    requireMountable(this.deps, request)
    requireFree(this.taken(), request.path)
    requireLifetimes(request)
    const mount = { ...request, ...named(this.deps, request.type) }
    await this.lay({ ...this.rows, mounts: [...mounts, mount] })
    return mount
  }

  async disable(path: string): Promise<void> {
    requireMovable(path)
    const { mounts, leaving } = this.rows
    const gone = [...mounts, ...leaving].find((mount) => mount.path === path)
    if (gone === undefined) return
    const isOther = (each: Mount) => each !== gone
    await this.lay({ mounts: mounts.filter(isOther), leaving: [...leaving.filter(isOther), gone] })
    await this.clearAway(gone)
  }

  async tune(path: string, changes: MountChange): Promise<void> {
    const before = this.at(path)
    const after = { ...before, ...changes, options: changedOptions(before, changes) }
    requireLifetimes(after)
    await this.replace(before, after)
  }

  async move(from: string, to: string): Promise<void> {
    requireMovable(from)
    const before = this.at(from)
    const moved = { ...before, path: to, stay: newUuid(this.deps.random) }
    requirePlace(requireType(this.deps, moved), to)
    requireFree(this.taken(), to)
    await this.replace(before, moved)
    // Ids of leases and tokens name the old path: nobody could end them by the new one.
    await this.deps.endAllBelow(from)
  }

  private replace(before: Mount, after: Mount): Promise<void> {
    const mounts = this.rows.mounts.map((mount) => (mount === before ? after : mount))
    return this.lay({ ...this.rows, mounts })
  }

  private async clearAway(gone: Mount): Promise<void> {
    await this.deps.endAllBelow(gone.path)
    await emptied(mountedOf(this.deps, gone).context.store)
    await this.lay({ ...this.rows, leaving: this.rows.leaving.filter((each) => each !== gone) })
  }

  private at(path: string): Mount {
    return this.rows.mounts.find((mount) => mount.path === path) ?? nothingAt(path)
  }

  /** What has a path already. */
  private taken(): readonly Mount[] {
    return [...this.rows.mounts, ...this.rows.leaving]
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
  return routerOf(mounts.map((mount) => mountedOf(deps, mount)))
}

const mountedOf = (deps: MountTableDeps, mount: Mount): Mounted =>
  mounted(deps, requireType(deps, mount), mount)

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

function named({ random }: Pick<Context, 'random'>, type: string): Pick<Mount, 'accessor' | 'uuid' | 'stay'> {
  const accessor = `${type}_${Buffer.from(random.bytes(4)).toString('hex')}`
  return { accessor, uuid: newUuid(random), stay: newUuid(random) }
}

function firstMount(deps: MountTableDeps, [path, type, description]: (typeof firstMounts)[number]): Mount {
  const settings = { options: new Map(), defaultLeaseSeconds: 0, maxLeaseSeconds: 0 }
  return { path, type, description, ...settings, ...named(deps, type) }
}
