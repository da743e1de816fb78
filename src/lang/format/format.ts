// The formatter: one canonical form for every source that can be read.

import type { Diagnostic } from '../../source/index.ts'
import { lex } from '../syntax/lexer.ts'
import { parseTokens } from '../syntax/parser.ts'
import { type SourceLike, toSource } from '../syntax/source.ts'
import { print } from './printer.ts'
import { maxLetters, TooLong } from './sheet.ts'

/**
 * The canonical text, or why there is none: a source that does not parse is never touched, nor one whose text would grow
 * beyond 16 MiB by its columns and its indentation.
 */
export type Formatted =
  | { readonly kind: 'formatted'; readonly text: string }
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }

/**
 * A source in canonical style: tabs, single blanks around operators, aligned map values, at most one blank
 * line, one newline at the end. Line breaks and comments stay. Formatting twice changes nothing more.
 */
export function format(given: SourceLike): Formatted {
  const source = toSource(given)
  const tokens = lex(source.text)
  const { program, diagnostics } = parseTokens(source, tokens)
  if (diagnostics.length > 0) return { kind: 'invalid', diagnostics }
  try {
    return { kind: 'formatted', text: print(program, tokens) }
  } catch (thrown) {
    if (thrown instanceof TooLong) return { kind: 'invalid', diagnostics: [tooLong(thrown)] }
    throw thrown
  }
}

const tooLong = ({ place }: TooLong): Diagnostic => ({
  severity: 'error',
  message: `formatted, the source would have more than ${maxLetters} letters`,
  span: { start: place, end: place + 1 },
  hint: 'put what is long on lines of its own, between empty lines: columns are as wide as the widest in them',
})
