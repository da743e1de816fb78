// Which path of a mount a request means. Patterns are sorted when a mount is made: those that begin with a word lie under
// that word, and among them the more exact comes first, so the order in which a mount lists its paths means nothing.

import type { MountType, Path } from './path.ts'

/** A path of a mount and what its names stand for. */
export type Matched = { readonly path: Path; readonly params: Readonly<Record<string, string>> }

/** Finds the path for what stands behind the mount's own. */
export type Matcher = (rest: string) => Matched | undefined

type Pattern = { readonly path: Path; readonly segments: readonly string[]; readonly parts: readonly Part[] }

/** One segment of a pattern: a word, or a name for one segment or for the rest. */
type Part = { readonly kind: 'word' | 'one' | 'rest'; readonly text: string }

/** Makes the matcher of a mount type. */
export function matcherOf({ paths }: MountType): Matcher {
  const patterns = paths
    .map((path) => ({ path, segments: path.pattern.split('/') }))
    .map((pattern): Pattern => ({ ...pattern, parts: pattern.segments.map(partOf) }))
    .toSorted((a, b) => moreExact(a.segments, b.segments))
  const byWord = new Map<string, readonly Pattern[]>()
  const [named, open] = [patterns.filter(beginsWithWord), patterns.filter((each) => !beginsWithWord(each))]
  for (const word of new Set(named.map(({ segments }) => segments[0] ?? ''))) {
    byWord.set(word, [...named.filter(({ segments }) => segments[0] === word), ...open])
  }
  return (rest) => {
    const segments = rest.split('/')
    for (const { path, parts } of byWord.get(segments[0] ?? '') ?? open) {
      const params = matched(parts, segments)
      if (params !== undefined) return { path, params }
    }
    return undefined
  }
}

const beginsWithWord = ({ segments: [first = ''] }: Pattern) => !first.startsWith(':')

/** Words before names, one segment before the rest. */
function moreExact(a: readonly string[], b: readonly string[]): number {
  const rank = (segment: string | undefined) =>
    segment === undefined ? 1 : !segment.startsWith(':') ? 0 : isRest(segment) ? 3 : 2
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = rank(a[index]) - rank(b[index])
    if (difference !== 0) return difference
  }
  return 0
}

function partOf(segment: string): Part {
  if (!segment.startsWith(':')) return { kind: 'word', text: segment }
  return isRest(segment)
    ? { kind: 'rest', text: segment.slice(1, -1) }
    : { kind: 'one', text: segment.slice(1) }
}

function matched(parts: readonly Part[], segments: readonly string[]): Record<string, string> | undefined {
  const fits = parts.every(({ kind, text }, at) => {
    const segment = segments[at]
    return segment !== undefined && (kind === 'rest' || (kind === 'one' ? segment !== '' : segment === text))
  })
  // A list asks for a folder: its empty last segment belongs to none of the names.
  const isFolder = segments.length === parts.length + 1 && segments.at(-1) === ''
  const isWhole = segments.length === parts.length || isFolder || parts.at(-1)?.kind === 'rest'
  if (!fits || !isWhole) return undefined
  const params: Record<string, string> = Object.create(null)
  for (const [at, { kind, text }] of parts.entries()) {
    if (kind === 'one') params[text] = segments[at] ?? ''
    else if (kind === 'rest') params[text] = segments.slice(at).join('/')
  }
  return params
}

const isRest = (part: string) => part.startsWith(':') && part.endsWith('*')
