// Text to tree. Both halves report all that they find, and a tree comes out in any case: the statements that
// could be read. Only a tree without errors may be evaluated or printed.

import type { Diagnostic, Source } from '../../source/index.ts'
import { lex } from './lexer.ts'
import { NoSource, type SourceLike, toSource } from './source.ts'
import { ProgramParser } from './statements.ts'
import type { Tokens } from './tokens.ts'
import type { Program } from './tree.ts'

/** A source as a tree, with what is wrong in it, in the order of the text. */
export type Parsed = {
  readonly source: Source
  readonly program: Program
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads a policy or module. The tree holds what could be read; it is whole when there are no diagnostics.
 * What the grammar allows and the language does not is found by `check`.
 *
 * @param most how many words, marks and comments it may have: 900,000 by default, and not more
 */
export function parse(given: SourceLike, most?: number): Parsed {
  const source = toSource(given)
  return parseTokens(source, lex(source.text, most))
}

const noSource: Diagnostic = {
  severity: 'error',
  message: 'a source is a text, or an object with `name` and `text`',
  span: { start: 0, end: 0 },
  hint: undefined,
}

/** The same from tokens, for whoever needs these too. */
export function parseTokens(source: Source, tokens: Tokens): Parsed {
  const parser = new ProgramParser(tokens)
  const program = parser.program()
  const missing = source instanceof NoSource ? [noSource] : []
  const diagnostics = [...missing, ...tokens.diagnostics, ...parser.diagnostics]
  return { source, program, diagnostics: diagnostics.sort((a, b) => a.span.start - b.span.start) }
}
