// Reads the plain part of RE2's syntax into a tree: sets of characters, sequences, choices, repetitions.

/** A set of characters: some of ASCII, and all or a few of the others. */
export type CharacterSet = { readonly ascii: bigint; readonly others: boolean; readonly few: string }

export type Node =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'all'; readonly parts: readonly Node[] }
  | { readonly kind: 'one'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly inner: Node; readonly min: number; readonly max: number }

/** A pattern of the plain part: what stands between its ends, and whether these are the ends of the text. */
export type ReadPattern = { readonly tree: Node; readonly hasStart: boolean; readonly hasEnd: boolean }

/** The tree of a pattern, undefined for what is beyond the plain part. */
export function readPattern(pattern: string): ReadPattern | undefined {
  if (pattern.length > 1000) return undefined
  const [, fold, start, text = '', end] = /^(\(\?i\))?(\^)?([\0-\x7f]*?)(\$)?$/.exec(pattern) ?? []
  if (text === '' || text.endsWith('\\')) return undefined
  const tree = new PatternReader(text, fold !== undefined).read()
  const [hasStart, hasEnd] = [start !== undefined, end !== undefined]
  // In a choice an end belongs to one alternative alone.
  if (tree === undefined || (tree.kind === 'one' && (hasStart || hasEnd))) return undefined
  return { tree, hasStart, hasEnd }
}

/** How often `*`, `+`, `?`, `{2}`, `{2,}`, `{2,3}` mean. */
function timesOf(sign: string): readonly [min: number, max: number] {
  const endless = Number.POSITIVE_INFINITY
  if (!sign.startsWith('{')) return [sign === '+' ? 1 : 0, sign === '?' ? 1 : endless]
  const [min, max] = sign.slice(1, -1).split(',')
  return [Number(min), max === undefined ? Number(min) : max === '' ? endless : Number(max)]
}

const none: CharacterSet = { ascii: 0n, others: false, few: '' }
const every = 2n ** 128n - 1n
const oneCode = (code: number) => 1n << BigInt(code)
const range = (from: string, to: string) => (oneCode(to.charCodeAt(0)) << 1n) - oneCode(from.charCodeAt(0))
const [digits, lower, upper] = [range('0', '9'), range('a', 'z'), range('A', 'Z')]
const blanks = [9, 10, 12, 13, 32].reduce((set, code) => set | oneCode(code), 0n)
const setOf = (ascii: bigint): CharacterSet => ({ ...none, ascii })
const notIn = (ascii: bigint): CharacterSet => ({ ascii: every & ~ascii, others: true, few: '' })

const classes: ReadonlyMap<string, bigint> = new Map([
  ['d', digits],
  ['w', digits | lower | upper | oneCode('_'.charCodeAt(0))],
  ['s', blanks],
])
const controls: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['t', 9],
  ['r', 13],
  ['f', 12],
])

/** Reads the plain part of RE2's syntax; gives undefined at the first thing beyond it. */
class PatternReader {
  private readonly text: string
  private readonly folds: boolean
  private at = 0
  private isPlain = true

  constructor(text: string, folds: boolean) {
    this.text = text
    this.folds = folds
  }

  read(): Node | undefined {
    const node = this.choice(0)
    return this.isPlain && this.at === this.text.length ? node : undefined
  }

  private get next(): string {
    return this.text.charAt(this.at)
  }

  private take(): string {
    return this.text.charAt(this.at++)
  }

  private beyond<T>(value: T): T {
    this.isPlain = false
    return value
  }

  private choice(depth: number): Node {
    const parts = [this.sequence(depth)]
    while (this.isPlain && this.next === '|') {
      this.at++
      parts.push(this.sequence(depth))
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'one', parts }
  }

  private sequence(depth: number): Node {
    const parts: Node[] = []
    while (this.isPlain && this.at < this.text.length && this.next !== '|' && this.next !== ')') {
      parts.push(this.repeated(depth))
    }
    return parts.length === 0 ? this.beyond({ kind: 'all', parts }) : { kind: 'all', parts }
  }

  private repeated(depth: number): Node {
    const inner = this.atom(depth)
    const sign = /^(?:[*+?]|\{\d{1,3}(?:,(?:\d{1,3})?)?\})/.exec(this.text.slice(this.at))?.[0]
    if (sign === undefined) return inner
    this.at += sign.length
    // Lazy or not: there is a match or there is none.
    if (this.next === '?') this.at++
    const [min, max] = timesOf(sign)
    const isOdd = /[*+?{]/.test(this.next) || max < min || max === 0
    return isOdd ? this.beyond(inner) : { kind: 'repeat', inner, min, max }
  }

  private atom(depth: number): Node {
    const one = this.take()
    if (one === '(') return this.group(depth)
    if (one === '[') return { kind: 'set', set: this.class() }
    if (one === '\\') return { kind: 'set', set: this.escaped() }
    if (one === '.') return { kind: 'set', set: notIn(oneCode(10)) }
    if (/[\^$*+?{}\])|]/.test(one)) return this.beyond({ kind: 'set', set: none })
    return { kind: 'set', set: this.letter(one.charCodeAt(0)) }
  }

  private group(depth: number): Node {
    if (this.text.startsWith('?:', this.at)) this.at += 2
    if (depth > 20) return this.beyond({ kind: 'set', set: none })
    const node = this.choice(depth + 1)
    return this.take() === ')' ? node : this.beyond(node)
  }

  /** A single character, both cases of it where case does not count: K and ſ are cases of k and s. */
  private letter(code: number): CharacterSet {
    const one = oneCode(code)
    return this.folds ? this.folded(setOf(one)) : setOf(one)
  }

  private folded({ ascii, others }: CharacterSet): CharacterSet {
    if (others) return this.beyond(none)
    const both = ascii | ((ascii & lower) >> 32n) | ((ascii & upper) << 32n)
    const has = (letter: string) => (both & oneCode(letter.charCodeAt(0))) !== 0n
    return { ascii: both, others: false, few: `${has('k') ? '\u212a' : ''}${has('s') ? '\u017f' : ''}` }
  }

  private escaped(): CharacterSet {
    const one = this.take()
    const [named, control] = [classes.get(one.toLowerCase()), controls.get(one)]
    if (named !== undefined && this.folds) return this.beyond(none)
    if (named !== undefined) return one === one.toLowerCase() ? setOf(named) : notIn(named)
    if (control !== undefined) return setOf(oneCode(control))
    return /[!-/:-@[-^`{-~]/.test(one) ? this.letter(one.charCodeAt(0)) : this.beyond(none)
  }

  /** `[…]`, behind its first bracket. */
  private class(): CharacterSet {
    const isNegated = this.next === '^'
    if (isNegated) this.at++
    let ascii = 0n
    const start = this.at
    while (this.isPlain && this.next !== ']') ascii |= this.classItem(start)
    this.at++
    if (this.at === start + 1) return this.beyond(none)
    if (isNegated) return this.folds ? this.beyond(none) : notIn(ascii)
    return this.folds ? this.folded(setOf(ascii)) : setOf(ascii)
  }

  /** A character, a range, or an escape in a class. */
  private classItem(start: number): bigint {
    if (this.at >= this.text.length || this.next === '[') return this.beyond(0n)
    const begun = this.at
    const one = this.take()
    if (one === '\\') {
      const { ascii, others } = this.escaped()
      return others || (this.next === '-' && this.text.charAt(this.at + 1) !== ']')
        ? this.beyond(ascii)
        : ascii
    }
    if (one === '-' && begun !== start && this.next !== ']') return this.beyond(0n)
    if (this.next !== '-' || this.text.charAt(this.at + 1) === ']') return oneCode(one.charCodeAt(0))
    this.at++
    const last = this.take()
    return last < one || /[\\[]/.test(last) ? this.beyond(0n) : range(one, last)
  }
}
