// Patterns of paths and which of them goes before which (spec/vault.md 4.3 and 4.4).

import { byteLength } from '../../source/index.ts'

/** `exact`: no wildcard. `prefix`: ends in `*`. `segments`: has a `+`, and may end in `*`. */
export type PatternKind = 'exact' | 'prefix' | 'segments'

/** What kind of pattern a text is. */
export function kindOf(pattern: string): PatternKind {
  // A `+` that only begins a segment is no wildcard, but Vault counts the pattern among these.
  if (pattern === '+' || pattern.startsWith('+/') || pattern.includes('/+')) return 'segments'
  return pattern.endsWith('*') ? 'prefix' : 'exact'
}

/** The pattern without its last `*`. */
export const withoutStar = (pattern: string): string =>
  pattern.endsWith('*') ? pattern.slice(0, -1) : pattern

/** What the order looks at. */
type Weight = {
  readonly firstWildcard: number
  readonly isPrefix: boolean
  readonly wildcards: number
  readonly length: number
  readonly text: string
}

/** The patterns, each with what is known by it, from the one that goes behind all others to the one that goes first. */
export function ordered<T>(patterns: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return patterns
    .map((each) => ({ each, weight: weightOf(each[0]) }))
    .sort((a, b) => compared(a.weight, b.weight))
    .map(({ each }) => each)
}

function weightOf(pattern: string): Weight {
  const text = withoutStar(pattern)
  const isSegments = kindOf(pattern) === 'segments'
  return {
    firstWildcard: isSegments ? pattern.indexOf('+') : text.length,
    isPrefix: pattern.endsWith('*'),
    wildcards: isSegments ? text.split('/').filter((segment) => segment === '+').length : 0,
    length: byteLength(text),
    text,
  }
}

/** Below zero where the first one is the lower. */
function compared(a: Weight, b: Weight): number {
  return (
    a.firstWildcard - b.firstWildcard ||
    Number(b.isPrefix) - Number(a.isPrefix) ||
    b.wildcards - a.wildcards ||
    a.length - b.length ||
    // Where patterns of one path differ, one has a `+` and the other what the path has: any order of letters will do.
    (a.text < b.text ? -1 : 1)
  )
}
