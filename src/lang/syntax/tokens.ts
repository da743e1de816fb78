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

/** How many diagnostics a source gets at most: who has a hundred needs no more. */
export const maxDiagnostics = 100

/**
 * The tokens of a source as three columns of equal length, in order, ending with `end`.
 * A semicolon that the lexer put in at a line's end is a `;` of no width.
 * Between two tokens lies nothing but blanks and the comments listed here.
 */
export type Tokens = {
  readonly text: string
  readonly kinds: readonly TokenKind[]
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
