// Which path of a mount a request means. Patterns are sorted when a mount is made: those that begin with a word lie under
// that word, and among them the more exact comes first, so the order in which a mount lists its paths means nothing.

import type { Operation } from '../door.ts'
import type { MountType, Path } from './path.ts'

/** A path of a mount and what its names stand for. */
export type Matched = {
  readonly path: Path
  /** Those that mean the same in every case are in lower case. */
  readonly params: Readonly<Record<string, string>>
  /** What stands behind the mount's own path, with such names in lower case: the ACL is asked for this. */
  readonly rest: string
}

/** Finds the path for what stands behind the mount's own. */
export type Matcher = (rest: string, operation: Operation) => Matched | undefined

type Pattern = { readonly path: Path; readonly segments: readonly string[]; readonly parts: readonly Part[] }

/** One segment of a pattern: a word, or a name for one segment, for the rest, or for a rest that ends in a name. */
type Part = { readonly kind: 'word' | 'one' | 'rest' | 'more'; readonly text: string }

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
  return (rest, operation) => {
    const segments = rest.split('/')
    const asksForFolder = operation === 'list' || operation === 'help'
    const patterns = byWord.get(segments[0] ?? '') ?? open
    const found = patterns.find(({ parts }) => fits(parts, segments, asksForFolder))
    return found && matchedAs(found, segments, rest)
  }
}

function matchedAs({ path, parts }: Pattern, segments: readonly string[], rest: string): Matched {
  if (path.anyCase === undefined) return { path, params: paramsOf(parts, segments), rest }
  const folded = inLowerCase(parts, segments, path.anyCase)
  return { path, params: paramsOf(parts, folded), rest: folded.join('/') }
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
  if (!isRest(segment)) return { kind: 'one', text: segment.slice(1) }
  return { kind: segment.endsWith('*') ? 'rest' : 'more', text: segment.slice(1, -1) }
}

function fits(parts: readonly Part[], segments: readonly string[], asksForFolder: boolean): boolean {
  const last = parts.at(-1)?.kind
  // Only who asks for a folder means it by an empty last segment: `x/` must not be another spelling of `x`.
  const isFolder = asksForFolder && segments.length === parts.length + 1 && segments.at(-1) === ''
  const isWhole = segments.length === parts.length || isFolder || last === 'rest' || last === 'more'
  return isWhole && parts.every((part, at) => fitsAt(part, segments, at))
}

function fitsAt({ kind, text }: Part, segments: readonly string[], at: number): boolean {
  const segment = segments[at]
  if (segment === undefined) return false
  switch (kind) {
    case 'word':
      return segment === text
    case 'one':
      return segment !== ''
    case 'rest':
      return true
    case 'more':
      return segments.at(-1) !== ''
  }
}

/** With the segments of these names in lower case. */
function inLowerCase(
  parts: readonly Part[],
  segments: readonly string[],
  names: readonly string[],
): readonly string[] {
  return segments.map((segment, at) => {
    const part = parts[at] ?? parts.at(-1)
    return part !== undefined && part.kind !== 'word' && names.includes(part.text)
      ? segment.toLowerCase()
      : segment
  })
}

function paramsOf(parts: readonly Part[], segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = Object.create(null)
  for (const [at, { kind, text }] of parts.entries()) {
    if (kind === 'one') params[text] = segments[at] ?? ''
    else if (kind !== 'word') params[text] = segments.slice(at).join('/')
  }
  return params
}

const isRest = (part: string) => part.startsWith(':') && (part.endsWith('*') || part.endsWith('+'))
