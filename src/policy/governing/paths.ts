// Which EGPs govern a path: those written for exactly it, and those written for a beginning of it. All of them count,
// there is no most specific one (spec/vault.md 1.7).
//
// INVARIANT: what a look-up costs depends on the path that is asked for and on what governs it, not on how many policies
// there are.

import type { GoverningPolicy } from './policy.ts'

/** Finds what governs a path. */
export type PathIndex = (path: string) => readonly GoverningPolicy[]

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

/**
 * Makes the index of policies, which may be in any order.
 *
 * @param fold makes the same of all spellings of a path: of those of the policies, and of those that are asked for
 */
export function pathIndexOf(
  policies: readonly GoverningPolicy[],
  fold: (path: string) => string = (path) => path,
): PathIndex {
  const exact = new Map<string, GoverningPolicy[]>()
  const beginnings = new Map<string, GoverningPolicy[]>()
  for (const policy of policies.toSorted(byPlace)) {
    for (const written of policy.paths) {
      const path = fold(written.replace(/^\/+/, ''))
      if (path.endsWith('*')) add(beginnings, path.slice(0, -1), policy)
      else add(exact, path, policy)
    }
  }
  const lengths = [...new Set([...beginnings.keys()].map(({ length }) => length))].sort((a, b) => a - b)
  const known = new Map<string, readonly GoverningPolicy[]>()
  const find = (path: string): readonly GoverningPolicy[] => {
    const found = new Set<GoverningPolicy>()
    const addAll = (more: readonly GoverningPolicy[] = []) => {
      for (const policy of more) found.add(policy)
    }
    addAll(exact.get(path))
    // A list is asked for with a slash at the end, which the policy need not have, and the other way round.
    addAll(exact.get(path.endsWith('/') ? path.slice(0, -1) : `${path}/`))
    for (const length of lengths) {
      if (length > path.length) break
      addAll(beginnings.get(path.slice(0, length)))
    }
    return found.size === 0 ? none : Object.freeze([...found].sort(byPlace))
  }
  return (asked) => {
    const path = fold(asked)
    const before = known.get(path)
    if (before !== undefined) return before
    const found = find(path)
    if (path.length <= maxLength) {
      if (known.size === maxRemembered) known.clear()
      known.set(path, found)
    }
    return found
  }
}

const none: readonly GoverningPolicy[] = Object.freeze([])

function add(lists: Map<string, GoverningPolicy[]>, key: string, policy: GoverningPolicy): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [policy])
  else if (list.at(-1) !== policy) list.push(policy)
}

/** The order in which policies are evaluated: those of namespaces further out first, then by name. */
export function byPlace(a: GoverningPolicy, b: GoverningPolicy): number {
  const depth = ({ namespace }: GoverningPolicy) => namespace.split('/').length
  return depth(a) - depth(b) || compared(a.namespace, b.namespace) || compared(a.name, b.name)
}

const compared = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
