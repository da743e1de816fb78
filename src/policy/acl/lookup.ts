// Finds the pattern that decides about a path, among ten as among ten thousand, without looking at each.
//
// Exact patterns are keys of a Map. Prefixes are a sorted list in which every entry knows the longest entry that it
// begins with. Patterns with `+` are a tree of segments; behind its last `+` a pattern is a text again, exact or prefix.

import { kindOf, ordered, withoutStar } from './pattern.ts'

/** The pattern that decides about a path; none: undefined. */
export type Lookup<T> = {
  exact(path: string): T | undefined
  /** Of those that match and are not exact the one that goes first. */
  best(path: string): Found<T> | undefined
}

/** The higher rank goes first. */
export type Found<T> = { readonly value: T; readonly rank: number }

/** Prepares patterns, each of which occurs once. */
export function lookupOf<T>(patterns: ReadonlyMap<string, T>): Lookup<T> {
  const exact = new Map<string, T>()
  const prefixes: Entry<T>[] = []
  const tree = new Node<T>()
  const wild = [...patterns].filter(
    ([pattern, value]) => kindOf(pattern) !== 'exact' || !exact.set(pattern, value),
  )
  ordered(wild).forEach(([pattern, value], rank) => {
    const found = { value, rank }
    if (kindOf(pattern) === 'prefix') prefixes.push([withoutStar(pattern), found])
    else tree.add(pattern, found)
  })
  const table = new Prefixes(prefixes)
  tree.finish()
  return {
    exact: (path) => exact.get(path),
    best: (path) => tree.best(path, 0, table.longest(path)),
  }
}

type Entry<T> = readonly [text: string, found: Found<T>]

/** Texts, and which of them is the longest that another text begins with. */
class Prefixes<T> {
  private readonly texts: readonly string[]
  private readonly found: readonly Found<T>[]
  /** For each text the index of the longest one that it begins with; -1: none. */
  private readonly shorter: readonly number[]

  constructor(entries: readonly Entry<T>[]) {
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
    this.texts = sorted.map(([text]) => text)
    this.found = sorted.map(([, found]) => found)
    const open: number[] = []
    this.shorter = this.texts.map((text, index) => {
      while (open.length > 0 && !text.startsWith(this.texts[open.at(-1) ?? 0] ?? '')) open.pop()
      const shorter = open.at(-1) ?? -1
      open.push(index)
      return shorter
    })
  }

  longest(path: string): Found<T> | undefined {
    let low = 0
    let high = this.texts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.texts[middle] ?? '') <= path) low = middle + 1
      else high = middle
    }
    // Whatever the path begins with is the greatest text that is not greater than the path, or that text begins with it.
    let at = low - 1
    while (at >= 0 && !path.startsWith(this.texts[at] ?? '')) at = this.shorter[at] ?? -1
    return this.found[at]
  }
}

/** A place between the segments of patterns with `+`. Most have one way on, hence nothing is made before it is needed. */
class Node<T> {
  private end: Found<T> | undefined
  private exact: Map<string, Found<T>> | undefined
  private stars: Entry<T>[] | undefined
  private prefixes: Prefixes<T> | undefined
  private segments: Map<string, Node<T>> | undefined
  private plus: Node<T> | undefined

  add(pattern: string, found: Found<T>): void {
    const segments = pattern.split('/')
    const last = segments.lastIndexOf('+')
    let node: Node<T> = this
    for (const segment of segments.slice(0, last + 1)) node = node.behind(segment)
    const rest = segments.slice(last + 1).join('/')
    node.put(last === segments.length - 1 ? undefined : rest, found)
  }

  private put(rest: string | undefined, found: Found<T>): void {
    if (rest === undefined) this.end = found
    else if (rest.endsWith('*')) {
      this.stars ??= []
      this.stars.push([withoutStar(rest), found])
    } else {
      this.exact ??= new Map()
      this.exact.set(rest, found)
    }
  }

  private behind(segment: string): Node<T> {
    if (segment === '+') {
      this.plus ??= new Node()
      return this.plus
    }
    this.segments ??= new Map()
    const node = this.segments.get(segment) ?? new Node<T>()
    this.segments.set(segment, node)
    return node
  }

  finish(): void {
    if (this.stars !== undefined) this.prefixes = new Prefixes(this.stars)
    this.stars = undefined
    this.plus?.finish()
    for (const node of this.segments?.values() ?? []) node.finish()
  }

  /**
   * The better of what was found before and of what is found from here on.
   *
   * @param at where the next segment begins; behind the end where there is none
   */
  best(path: string, at: number, before: Found<T> | undefined): Found<T> | undefined {
    if (at > path.length) return better(before, this.end)
    let found = before
    if (this.exact !== undefined || this.prefixes !== undefined) {
      const rest = path.slice(at)
      found = better(better(found, this.exact?.get(rest)), this.prefixes?.longest(rest))
    }
    if (this.segments === undefined && this.plus === undefined) return found
    const slash = path.indexOf('/', at)
    const next = (slash === -1 ? path.length : slash) + 1
    const literal = slash === -1 ? undefined : this.segments?.get(path.slice(at, slash))
    if (literal !== undefined) found = literal.best(path, next, found)
    return this.plus === undefined ? found : this.plus.best(path, next, found)
  }
}

function better<T>(a: Found<T> | undefined, b: Found<T> | undefined): Found<T> | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a.rank > b.rank ? a : b
}
