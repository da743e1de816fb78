// The formatter: one canonical form for every source that can be read.

import type { Diagnostic } from '../../source/index.ts'
import { lex } from '../syntax/lexer.ts'
import { parseTokens } from '../syntax/parser.ts'
import { type SourceLike, toSource } from '../syntax/source.ts'
import { print } from './printer.ts'

/** The canonical text, or why there is none. A source that does not parse is never touched. */
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
  return { kind: 'formatted', text: print(program, tokens) }
}
