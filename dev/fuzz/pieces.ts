// Parts of programs as words, before anybody decides what stands between them. Some words are more than their text:
// `;` ends a statement, `?;` may, `?,` is the comma that may stand last, `{;` and `};` are the braces of blocks.

import type { BinaryOperator } from '../../src/lang/syntax/precedence.ts'
import { precedence } from '../../src/lang/syntax/precedence.ts'

export type Words = readonly string[]

/** An expression, and how tightly its outermost operator binds. */
export type Piece = { readonly words: Words; readonly level: number }

/** Levels above those of the binary operators. Numbers stand with prefix operators: `1.a` is no selection. */
export const [unaryLevel, operandLevel] = [7, 8]
/** `is empty` may stand under `and`, but not under another comparison. */
export const testLevel = 2.5

/** The parts in a row. */
export const words = (...parts: readonly (string | Words)[]): Words => parts.flat()
export const operand = (...parts: readonly (string | Words)[]): Piece => ({
  words: parts.flat(),
  level: operandLevel,
})
export const group = ({ words: inner }: Piece): Piece => operand('(', inner, ')')

/** The words of an expression where a level is wanted; in parentheses when it binds more loosely. */
export const at = (level: number, piece: Piece): Words => (piece.level >= level ? piece : group(piece)).words

/** Several with commas. */
export const commas = (all: readonly Words[]): Words =>
  all.flatMap((one, place) => [...one, place < all.length - 1 ? ',' : '?,'])

/** `left operator right`; all lean left. */
export function binary(left: Piece, operator: BinaryOperator, right: Piece): Piece {
  const level = precedence[operator]
  // `a is (not b)` without its parentheses would be `(a is not) b`.
  const clashes =
    (operator === 'is' || operator === 'is not') && /^(?:not|defined)$/.test(right.words[0] ?? '')
  const second = clashes ? group(right).words : at(level + 0.5, right)
  return { words: [...at(level, left), ...operator.split(' '), ...second], level }
}
