// The vocabulary of the language: what the lexer tells the parser and the formatter.

import type { Diagnostic, Span } from '../../source/index.ts'

const words = [
  ...([
    'all',
    'and',
    'any',
    'as',
    'break',
    'case',
    'contains',
    'continue',
    'default',
    'else',
    'empty',
  ] as const),
  ...(['filter', 'for', 'func', 'if', 'import', 'in', 'is', 'map', 'matches', 'not', 'or', 'param'] as const),
  ...(['return', 'rule', 'when', 'xor'] as const),
]

type Keyword = (typeof words)[number]

/** Whether a word cannot name a variable. After a `.` it is an ordinary name all the same. */
export const isKeyword = (word: string): word is Keyword => keywords.has(word)
const keywords: ReadonlySet<string> = new Set(words)

/** Operators and delimiters, longest first. */
export const marks = [
  ...(['==', '!=', '<=', '>=', '+=', '-=', '*=', '/=', '%='] as const),
  ...([
    '+',
    '-',
    '*',
    '/',
    '%',
    '<',
    '>',
    '=',
    '!',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    '.',
    ':',
    ';',
  ] as const),
]

/**
 * What a token is: a keyword or a mark is its own kind (`'rule'`, `'<='`), the others are classes.
 * `end` stands once, behind everything.
 */
export type TokenKind = 'identifier' | 'int' | 'float' | 'string' | 'end' | (typeof marks)[number] | Keyword

/** Offsets in the text. */
export type Offsets = { readonly [index: number]: number; readonly length: number }

const allKinds: readonly TokenKind[] = ['identifier', 'int', 'float', 'string', 'end', ...marks, ...words]
const codeOf: ReadonlyMap<TokenKind, number> = new Map(allKinds.map((kind, code) => [kind, code] as const))

/** Kinds of tokens, a byte each: a large source has a million. */
export class Kinds {
  private codes = new Uint8Array(256)
  private count = 0

  get length(): number {
    return this.count
  }

  push(kind: TokenKind): void {
    if (this.count === this.codes.length) this.codes = grown(this.codes, new Uint8Array(this.count * 2))
    this.codes[this.count++] = codeOf.get(kind) ?? 0
  }

  at(index: number): TokenKind | undefined {
    return index >= 0 && index < this.count ? allKinds[this.codes[index] ?? 0] : undefined
  }

  /** Where a kind stands first, from an index on; -1 where it does not. */
  indexOf(kind: TokenKind, from = 0): number {
    return this.codes.subarray(0, this.count).indexOf(codeOf.get(kind) ?? 0, from)
  }

  clear(): void {
    this.count = 0
  }

  *[Symbol.iterator](): Generator<TokenKind> {
    for (let at = 0; at < this.count; at++) yield this.at(at) ?? 'end'
  }
}

/** The same numbers in an array with more room. */
export function grown<T extends Uint8Array | Int32Array>(numbers: T, larger: T): T {
  larger.set(numbers)
  return larger
}

/** How large a source is. A comment takes what two tokens take. */
export const sizeOf = ({ kinds, comments }: Pick<Tokens, 'kinds' | 'comments'>): number =>
  kinds.length + 2 * comments.length

/**
 * How large a source may be, so that reading, formatting and checking it stays below 300 MiB; the largest file of the
 * public libraries, a mock of 420 kB, has 45,000.
 */
export const maxTokens = 900_000

/** How many diagnostics a source gets at most: who has a hundred needs no more. */
export const maxDiagnostics = 100

/**
 * The tokens of a source as three columns of equal length, in order, ending with `end`.
 * A semicolon that the lexer put in at a line's end is a `;` of no width.
 * Between two tokens lies nothing but blanks and the comments listed here.
 */
export type Tokens = {
  readonly text: string
  readonly kinds: Kinds
  readonly starts: Offsets
  readonly ends: Offsets
  readonly comments: readonly Span[]
  readonly diagnostics: readonly Diagnostic[]
}

/** At a newline after one of these kinds a statement ends (the specification's automatic semicolons). */
export const endsStatement = new Set<TokenKind>([
  ...([
    'identifier',
    'int',
    'float',
    'string',
    'break',
    'continue',
    'return',
    ')',
    ']',
    '}',
    'empty',
  ] as const),
])
