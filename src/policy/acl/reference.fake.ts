// Which rule applies, written straight from spec/vault.md 4.3 and 4.4 and without a thought for time: what lookup.ts and
// compile.ts are held against. It shares nothing with them.

/** A pattern and whether it denies. */
export type ReferenceRule = { readonly pattern: string; readonly isDeny: boolean }

const isSegments = (pattern: string) => pattern === '+' || pattern.startsWith('+/') || pattern.includes('/+')
const isExact = (pattern: string) => !isSegments(pattern) && !pattern.endsWith('*')
const bare = (pattern: string) => pattern.replace(/\*$/, '')

/** Whether a pattern that is not exact matches. */
function matches(pattern: string, path: string): boolean {
  if (!isSegments(pattern)) return path.startsWith(bare(pattern))
  const wanted = bare(pattern).split('/')
  const given = path.split('/')
  const isPrefix = pattern.endsWith('*')
  if (isPrefix ? given.length < wanted.length : given.length !== wanted.length) return false
  return wanted.every((segment, at) => {
    if (segment === '+') return true
    return isPrefix && at === wanted.length - 1
      ? (given[at] ?? '').startsWith(segment)
      : given[at] === segment
  })
}

const bytes = (text: string) => Buffer.from(text)
const plusses = (pattern: string) =>
  isSegments(pattern)
    ? bare(pattern)
        .split('/')
        .filter((each) => each === '+').length
    : 0
/** The first wildcard: a `+` of a pattern with segments, otherwise the `*` at the end. */
const first = (pattern: string) =>
  bytes(pattern.slice(0, isSegments(pattern) ? pattern.indexOf('+') : -1)).length

/** Whether `x` is lower than `y`. */
function isLower(x: string, y: string): boolean {
  if (first(x) !== first(y)) return first(x) < first(y)
  if (x.endsWith('*') !== y.endsWith('*')) return x.endsWith('*')
  if (plusses(x) !== plusses(y)) return plusses(x) > plusses(y)
  const [a, b] = [bytes(bare(x)), bytes(bare(y))]
  return a.length === b.length ? a.compare(b) < 0 : a.length < b.length
}

function bestOf(rules: readonly ReferenceRule[], path: string): ReferenceRule | undefined {
  const matching = rules.filter(({ pattern }) => !isExact(pattern) && matches(pattern, path))
  const prefixes = matching.filter(({ pattern }) => !isSegments(pattern))
  const longest = prefixes.reduce<ReferenceRule | undefined>(
    (best, rule) => (best !== undefined && best.pattern.length > rule.pattern.length ? best : rule),
    undefined,
  )
  return [longest, ...matching.filter(({ pattern }) => isSegments(pattern))]
    .filter((rule) => rule !== undefined)
    .reduce<ReferenceRule | undefined>(
      (best, rule) => (best !== undefined && isLower(rule.pattern, best.pattern) ? best : rule),
      undefined,
    )
}

/** The rule that decides. Of rules of one pattern there is one. */
export function decisive(
  rules: readonly ReferenceRule[],
  path: string,
  isList: boolean,
): ReferenceRule | undefined {
  const exact = (wanted: string) => rules.find(({ pattern }) => isExact(pattern) && pattern === wanted)
  const without = isList && path.endsWith('/') ? path.slice(0, -1) : undefined
  const found = exact(path) ?? (without === undefined ? undefined : exact(without))
  if (found !== undefined) return found
  const best = bestOf(rules, path)
  const bestWithout = without === undefined ? undefined : bestOf(rules, without)
  if (best === undefined || bestWithout === undefined) return best ?? bestWithout
  // Ours: no list slips past a deny that is more specific.
  return bestWithout.isDeny && isLower(best.pattern, bestWithout.pattern) ? bestWithout : best
}
