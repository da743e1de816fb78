// Which regular expressions JavaScript's own engine may run. RE2 takes time linear in the text whatever the pattern;
// a backtracking engine does so only where it never has much to go back to. This file reads the plain part of RE2's
// syntax, and proves of a pattern that at each character there is one way to go on, or few ways in all. The RegExp
// is written from what was read, not from the pattern. Whatever is not proved is left to the linear engine.

/** A pattern that JavaScript's engine may run: the same matches, in linear time. */
export type PlainPattern = {
  readonly regex: RegExp
  /** How many states RE2 would have for it, more or less: what a match costs for each character. */
  readonly size: number
}

import { type CharacterSet, type Node, readPattern } from './pattern-reader.ts'

const maxPositions = 200
const maxWays = 64

/** The pattern for JavaScript's engine; undefined where it is not proved to do the same in linear time. */
export function plainPattern(pattern: string): PlainPattern | undefined {
  const read = readPattern(pattern)
  if (read === undefined) return undefined
  const { hasStart, hasEnd } = read
  const tree = withoutEnds(read.tree, hasStart, hasEnd)
  const shape = new Shape()
  const whole = shape.pieceOf(tree)
  if (whole === undefined || !isLinear(shape, whole, tree, hasStart)) return undefined
  const text = `${hasStart ? '^' : ''}(?:${written(tree)})${hasEnd ? '$' : ''}`
  return { regex: new RegExp(text, 'u'), size: shape.positions.length + 2 }
}

/** Only whether there is a match counts, so what may repeat for ever at an open end need not. */
function withoutEnds(tree: Node, hasStart: boolean, hasEnd: boolean): Node {
  const bounded = (node: Node): Node =>
    node.kind === 'repeat' && node.max === Number.POSITIVE_INFINITY ? { ...node, max: node.min } : node
  if (tree.kind !== 'all') return hasStart && hasEnd ? tree : bounded(tree)
  const last = tree.parts.length - 1
  const isOpen = (at: number) => (at === 0 && !hasStart) || (at === last && !hasEnd)
  return { ...tree, parts: tree.parts.map((part, at) => (isOpen(at) ? bounded(part) : part)) }
}

/** No loops and few ways; or one way at each character, and no loop that every start would run through again. */
function isLinear(shape: Shape, whole: Piece, tree: Node, hasStart: boolean): boolean {
  const ways = waysOf(tree)
  if (ways <= maxWays) return true
  if (shape.isAmbiguous || (ways === Number.POSITIVE_INFINITY && !hasStart)) return false
  const isOneWay = (next: ReadonlySet<number>) => {
    const sets = [...next].map((at) => shape.positions[at]).filter((set) => set !== undefined)
    return sets.every((a, at) => sets.slice(at + 1).every((b) => !haveCommon(a, b)))
  }
  return isOneWay(whole.first) && shape.follow.every(isOneWay)
}

/** How many ways there are through a pattern. */
function waysOf(node: Node): number {
  switch (node.kind) {
    case 'set':
      return 1
    case 'all':
      return node.parts.reduce((product, part) => product * waysOf(part), 1)
    case 'one':
      return node.parts.reduce((sum, part) => sum + waysOf(part), 0)
    default:
      return node.max === Number.POSITIVE_INFINITY
        ? node.max
        : waysOf(node.inner) ** node.max * (node.max - node.min + 1)
  }
}

/** A piece of a pattern: the positions where a match of it may begin and end, and whether it may be empty. */
type Piece = {
  readonly first: ReadonlySet<number>
  readonly last: ReadonlySet<number>
  readonly isNullable: boolean
}

const nothing: Piece = { first: new Set(), last: new Set(), isNullable: true }

/** Where a match may go on, in positions: the sets of a pattern, repeated ones each by itself. */
class Shape {
  readonly positions: CharacterSet[] = []
  readonly follow: Set<number>[] = []
  /** Whether a loop goes back where another one goes too, as in `(a+)+`. */
  isAmbiguous = false

  /** Undefined for too many positions, and where there would be several ways to match nothing. */
  pieceOf(node: Node): Piece | undefined {
    if (node.kind === 'set') return this.position(node.set)
    if (node.kind === 'one') return this.choice(node.parts)
    return node.kind === 'all' ? this.sequence(node.parts) : this.repetition(node.inner, node.min, node.max)
  }

  private position(set: CharacterSet): Piece | undefined {
    if (this.positions.length >= maxPositions) return undefined
    const at = new Set([this.positions.push(set) - 1])
    this.follow.push(new Set())
    return { first: at, last: at, isNullable: false }
  }

  private link(from: ReadonlySet<number>, to: ReadonlySet<number>): void {
    for (const one of from) {
      const next = this.follow[one]
      for (const other of to) {
        this.isAmbiguous ||= next?.has(other) === true
        next?.add(other)
      }
    }
  }

  private joined(a: Piece, b: Piece): Piece {
    this.link(a.last, b.first)
    return {
      first: a.isNullable ? union(a.first, b.first) : a.first,
      last: b.isNullable ? union(a.last, b.last) : b.last,
      isNullable: a.isNullable && b.isNullable,
    }
  }

  private sequence(nodes: readonly Node[]): Piece | undefined {
    let whole: Piece | undefined = nothing
    for (const node of nodes) {
      const piece = this.pieceOf(node)
      whole = whole && piece && this.joined(whole, piece)
    }
    return whole
  }

  private choice(nodes: readonly Node[]): Piece | undefined {
    let [first, last]: [ReadonlySet<number>, ReadonlySet<number>] = [new Set(), new Set()]
    for (const node of nodes) {
      const piece = this.pieceOf(node)
      if (piece === undefined || piece.isNullable) return undefined
      first = union(first, piece.first)
      last = union(last, piece.last)
    }
    return { first, last, isNullable: false }
  }

  /** As often as it must be there, then as often as it may be; the last one goes back to itself if it is endless. */
  private repetition(inner: Node, min: number, max: number): Piece | undefined {
    const isEndless = max === Number.POSITIVE_INFINITY
    const times = isEndless ? Math.max(min, 1) : max
    let whole: Piece = nothing
    for (let time = 1; time <= times; time++) {
      const piece = this.pieceOf(inner)
      if (piece === undefined || piece.isNullable) return undefined
      if (isEndless && time === times) this.link(piece.last, piece.first)
      whole = this.joined(whole, { ...piece, isNullable: time > min })
    }
    return whole
  }
}

const union = (a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> => new Set([...a, ...b])

const haveCommon = (a: CharacterSet, b: CharacterSet) =>
  (a.ascii & b.ascii) !== 0n ||
  (a.others && (b.others || b.few !== '')) ||
  (b.others && a.few !== '') ||
  [...a.few].some((one) => b.few.includes(one))

/** The pattern as JavaScript writes it, with flag `u`. */
function written(node: Node): string {
  switch (node.kind) {
    case 'set':
      return writtenSet(node.set)
    case 'all':
      return node.parts.map(written).join('')
    case 'one':
      return `(?:${node.parts.map(written).join('|')})`
    default: {
      const max = node.max === Number.POSITIVE_INFINITY ? '' : String(node.max)
      return `(?:${written(node.inner)}){${node.min},${max}}`
    }
  }
}

function writtenSet({ ascii, others, few }: CharacterSet): string {
  const codes = Array.from({ length: 128 }, (_, code) => code)
  const listed = codes.filter((code) => ((ascii >> BigInt(code)) & 1n) === (others ? 0n : 1n))
  const text = listed.map((code) => `\\x${code.toString(16).padStart(2, '0')}`).join('')
  return `[${others ? '^' : ''}${text}${few}]`
}
