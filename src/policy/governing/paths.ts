// Which EGPs govern a path: those written for exactly it, and those written for a beginning of it. All of them count,
// there is no most specific one (spec/vault.md 1.7).
//
// INVARIANT: what a look-up costs depends on the path that is asked for and on what governs it, not on how many policies
// there are.

import type { GoverningPolicy } from './policy.ts'

/** What is wrong with the paths of an EGP; undefined where they can be used. */
export function pathsComplaint(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return 'paths must be supplied'
  for (const path of paths) {
    if (path === '') return 'a path of the policy is empty'
    const star = path.indexOf('*')
    if (star !== -1 && star < path.length - 1)
      return `glob character is only allowed as the last character of a path: "${path}"`
  }
  return undefined
}

/** Paths whose answer is remembered, and how long they may be. */
const [maxRemembered, maxLength] = [4096, 512]

/** Finds what governs a path. */
export class PathIndex {
  private readonly exact = new Map<string, readonly GoverningPolicy[]>()
  /** What stands before the star, with its policies. */
  private readonly beginnings = new Map<string, readonly GoverningPolicy[]>()
  /** How many beginnings there are of each length. */
  private readonly lengths = new Map<number, number>()
  private readonly known = new Map<string, readonly GoverningPolicy[]>()
  private readonly fold: (path: string) => string

  /** @param fold makes the same of all spellings of a path: of those of the policies, and of those that are asked for */
  constructor(fold: (path: string) => string = (path) => path) {
    this.fold = fold
  }

  add(policy: GoverningPolicy): void {
    this.change(policy, (before) => (before.includes(policy) ? before : [...before, policy]))
  }

  remove(policy: GoverningPolicy): void {
    this.change(policy, (before) => before.filter((each) => each !== policy))
  }

  /** The policies of a path in the order of their evaluation: the same list as long as no policy changes. */
  find(asked: string): readonly GoverningPolicy[] {
    const path = this.fold(asked)
    const before = this.known.get(path)
    if (before !== undefined) return before
    const found = this.look(path)
    if (path.length <= maxLength) {
      if (this.known.size === maxRemembered) this.known.clear()
      this.known.set(path, found)
    }
    return found
  }

  private look(path: string): readonly GoverningPolicy[] {
    // A list is asked for with a slash at the end, which the policy need not have, and the other way round.
    const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
    const found = [...(this.exact.get(path) ?? none), ...(this.exact.get(other) ?? none)]
    for (const length of this.lengths.keys()) {
      if (length <= path.length) found.push(...(this.beginnings.get(path.slice(0, length)) ?? none))
    }
    return found.length === 0 ? none : Object.freeze([...new Set(found)].sort(byPlace))
  }

  private change(policy: GoverningPolicy, to: (before: Policies) => Policies): void {
    this.known.clear()
    for (const written of policy.paths) {
      const path = this.fold(written.replace(/^\/+/, ''))
      if (!path.endsWith('*')) replace(this.exact, path, to)
      else {
        const beginning = path.slice(0, -1)
        const change = replace(this.beginnings, beginning, to)
        const count = (this.lengths.get(beginning.length) ?? 0) + change
        if (count === 0) this.lengths.delete(beginning.length)
        else this.lengths.set(beginning.length, count)
      }
    }
  }
}

type Policies = readonly GoverningPolicy[]

const none: Policies = Object.freeze([])

/** @returns 1 where something stands there now that did not, -1 the other way round */
function replace(lists: Map<string, Policies>, key: string, to: (before: Policies) => Policies): number {
  const before = lists.get(key)
  const after = to(before ?? none)
  if (after.length === 0) lists.delete(key)
  else lists.set(key, after)
  return Number(after.length > 0) - Number(before !== undefined)
}

/** The order in which policies are evaluated: those of namespaces further out first, then by name. */
export function byPlace(a: GoverningPolicy, b: GoverningPolicy): number {
  const depth = ({ namespace }: GoverningPolicy) => namespace.split('/').length
  return depth(a) - depth(b) || compared(a.namespace, b.namespace) || compared(a.name, b.name)
}

const compared = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
