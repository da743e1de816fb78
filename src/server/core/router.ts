// Which mount a path belongs to. Mounts never lie inside each other, so at most one prefix of a path is a mount.

import { type Kv, kvUnder } from '../../store/index.ts'
import { type Matched, type Matcher, matcherOf } from '../mounts/match.ts'
import type { Context, Mount, MountType } from '../mounts/path.ts'

/** A mount that answers: its paths, and what their handlers are given. */
export type Mounted = { readonly type: MountType; readonly context: Context; readonly matcher: Matcher }

/** Where a request goes. `matched` is missing where the mount has no such path. */
export type Route = { readonly mounted: Mounted; readonly matched: Matched | undefined }

/** The mounts as they are now; a change makes another router. */
export type Router = {
  /** All of them, by path. */
  readonly mounts: ReadonlyMap<string, Mounted>
  find(path: string): Route | undefined
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
    find(path) {
      const mounted = mountOf(path)
      if (mounted === undefined) return undefined
      return { mounted, matched: mounted.matcher(path.slice(mounted.context.mount.path.length)) }
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
