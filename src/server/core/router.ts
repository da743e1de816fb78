// Which mount a path belongs to. Mounts never lie inside each other, so at most one prefix of a path is a mount.

import { type Kv, kvUnder } from '../../store/index.ts'
import type { Operation } from '../door.ts'
import { type Matched, type Matcher, matcherOf } from '../mounts/match.ts'
import type { Context, Mount, MountType } from '../mounts/path.ts'

/** A mount that answers: its paths, and what their handlers are given. */
export type Mounted = { readonly type: MountType; readonly context: Context; readonly matcher: Matcher }

/** Where a request goes. `matched` is missing where the mount has no such path. */
export type Route = {
  readonly mounted: Mounted
  readonly matched: Matched | undefined
  /** The path as the mount understands it, which the ACL is asked for. */
  readonly path: string
  /** Behind so many segments of it every case means the same, where a name in it does. */
  readonly anyCaseBehind: number | undefined
}

/** The mounts as they are now; a change makes another router. */
export type Router = {
  /** All of them, by path. */
  readonly mounts: ReadonlyMap<string, Mounted>
  find(path: string, operation: Operation): Route | undefined
  /** The mount alone. */
  mountOf(path: string): Mounted | undefined
}

/** Makes a router of mounts. */
export function routerOf(mounts: readonly Mounted[]): Router {
  const byPath = new Map(mounts.map((mounted) => [mounted.context.mount.path, mounted]))
  const mountOf = (path: string) => {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const mounted = byPath.get(path.slice(0, slash + 1))
      if (mounted !== undefined) return mounted
    }
    return undefined
  }
  return {
    mounts: byPath,
    mountOf,
    find(path, operation) {
      const mounted = mountOf(path)
      if (mounted === undefined) return undefined
      const own = mounted.context.mount.path
      const rest = path.slice(own.length)
      const matched = mounted.matcher(rest, operation)
      const isAsWritten = matched === undefined || matched.rest === rest
      const anyCaseBehind = matched?.path.anyCase === undefined ? undefined : own.split('/').length - 1
      return { mounted, matched, path: isAsWritten ? path : own + matched.rest, anyCaseBehind }
    },
  }
}

/** Mounts a type: its handlers see only their own part of the storage. */
export function mounted(
  deps: Pick<Context, 'clock' | 'random'> & { readonly kv: Kv },
  type: MountType,
  mount: Mount,
): Mounted {
  const prefix = `${type.class === 'auth' ? 'auth' : 'logical'}/${mount.uuid}/`
  const { clock, random } = deps
  return {
    type,
    context: { mount, store: kvUnder(deps.kv, prefix), clock, random },
    matcher: matcherOf(type),
  }
}
