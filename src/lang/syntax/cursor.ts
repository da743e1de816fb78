// A place among the tokens: what stands there, what may be expected of it, and how to go on after an error.

import { type Diagnostic, positionOf, type Span } from '../../source/index.ts'
import { likelyFix, type Stuck } from './fixes.ts'
import { isKeyword, maxDiagnostics, type TokenKind, type Tokens } from './tokens.ts'
import { maxNesting, type Name } from './tree.ts'

/** Leaves the construct that cannot be parsed; the statement around it catches it. */
class Unparsable extends Error {}

const names: Readonly<Partial<Record<TokenKind, string>>> = {
  identifier: 'a name',
  int: 'a number',
  float: 'a number',
  string: 'a string',
  end: 'the end of the file',
}

/** How people call a kind of token. */
const called = (kind: TokenKind) => names[kind] ?? `\`${kind}\``

/** The parser's hands: it reads tokens, and remembers what was wrong. */
export class Cursor {
  readonly tokens: Tokens
  readonly diagnostics: Diagnostic[] = []
  private index = 0
  private depth = 0
  private gaveUp = false

  constructor(tokens: Tokens) {
    this.tokens = tokens
  }

  get kind(): TokenKind {
    return this.tokens.kinds.at(this.index) ?? 'end'
  }

  get start(): number {
    return this.tokens.starts[this.index] ?? this.tokens.text.length
  }

  get end(): number {
    return this.tokens.ends[this.index] ?? this.tokens.text.length
  }

  /** Where the token before this one ended. */
  get lastEnd(): number {
    return this.tokens.ends[this.index - 1] ?? 0
  }

  get text(): string {
    return this.tokens.text.slice(this.start, this.end)
  }

  /** Whether the token here is a semicolon that stands for a newline; at the end of the file there is none. */
  get atNewline(): boolean {
    return this.kind === ';' && this.start === this.end && this.start < this.tokens.text.length
  }

  kindAhead(distance: number): TokenKind {
    return this.tokens.kinds.at(this.index + distance) ?? 'end'
  }

  textAhead(distance: number): string {
    const at = this.index + distance
    return this.tokens.text.slice(this.tokens.starts[at], this.tokens.ends[at])
  }

  advance(): void {
    if (this.kind !== 'end') this.index++
  }

  /** Steps over a token of this kind, if it is here. */
  take(kind: TokenKind): boolean {
    if (this.kind !== kind) return false
    this.advance()
    return true
  }

  expect(kind: TokenKind, what: string = called(kind)): void {
    if (!this.take(kind)) this.fail(what)
  }

  name(what = 'a name'): Name {
    const { start, end, text } = this
    if (this.kind !== 'identifier') {
      this.fail(what, isKeyword(text) ? `\`${text}\` is a reserved word; choose another name` : undefined)
    }
    this.advance()
    return { text, span: { start, end } }
  }

  spanFrom(start: number): Span {
    return { start, end: this.lastEnd }
  }

  report(message: string, span: Span, hint?: string): void {
    if (this.isSilent()) return
    this.diagnostics.push({ severity: 'error', message, span, hint })
  }

  /** Reports what should stand here, and leaves the construct. */
  fail(what: string, hint?: string): never {
    // What is likely meant is looked for in the whole of the source, by each construct that is open.
    if (this.isSilent() || this.isReported(this.start)) throw new Unparsable(what)
    const found = this.atNewline ? 'a newline' : this.found()
    const end = this.atNewline ? this.start + 1 : this.end
    const fix = hint ?? likelyFix(this.stuck(what))
    return this.failWith(`expected ${what}, found ${found}`, { start: this.start, end }, fix)
  }

  private stuck(expected: string): Stuck {
    const isEnd = this.start >= this.tokens.text.length
    return {
      expected,
      found: this.atNewline ? '' : this.text,
      isTight: this.lastEnd === this.start,
      before: this.index === 0 ? '' : this.textAhead(-1),
      after: this.textAhead(1),
      openedIn: isEnd ? this.lineOfOpenBracket() : undefined,
    }
  }

  /** The line of the last bracket before here that nothing closes. */
  private lineOfOpenBracket(): number | undefined {
    let open = 0
    for (let at = this.index - 1; at >= 0; at--) {
      open += depthChange(this.tokens.kinds.at(at))
      if (open > 0) return positionOf(this.tokens.text, this.tokens.starts[at] ?? 0).line
    }
    return undefined
  }

  /** Reports, once for a place: what is open around it need not say so again. */
  failWith(message: string, span: Span, hint?: string): never {
    if (!this.isReported(span.start)) this.report(message, span, hint)
    throw new Unparsable(message)
  }

  /** Whether no more is reported. */
  private isSilent(): boolean {
    return this.gaveUp || this.diagnostics.length >= maxDiagnostics
  }

  private isReported(start: number): boolean {
    return this.diagnostics.at(-1)?.span.start === start
  }

  private found(): string {
    if (this.start >= this.tokens.text.length) return 'the end of the file'
    return this.text.length <= 40 && !this.text.includes('\n') ? `\`${this.text}\`` : called(this.kind)
  }

  /** Goes one level deeper for the length of `inner`. Who nests too deep has the rest of the file unread. */
  nested<T>(inner: () => T): T {
    if (this.depth >= maxNesting) this.giveUp(`nested more than ${maxNesting} levels deep`)
    this.depth++
    try {
      return inner()
    } finally {
      this.depth--
    }
  }

  protected giveUp(message: string): never {
    const { start, end } = this
    this.report(message, { start, end })
    this.skipAll()
    throw new Unparsable(message)
  }

  /** Leaves the rest unread. */
  private skipAll(): void {
    this.index = this.tokens.kinds.length - 1
    this.gaveUp = true
  }

  /** Runs `inner`; when that fails, goes on behind the statement that it was in. */
  recovering<T>(inner: () => T): T | undefined {
    const { index, depth } = this
    try {
      return inner()
    } catch (thrown) {
      if (!(thrown instanceof Unparsable)) throw thrown
      this.depth = depth
      if (this.diagnostics.length >= maxDiagnostics) this.skipAll()
      else if (!this.gaveUp) this.skipStatement(index)
      return undefined
    }
  }

  /**
   * Steps to the semicolon or brace that ends the broken statement. Brackets opened since its beginning are
   * counted, so that one broken line inside a rule does not spoil all that follows; a line that stands as far
   * left as the statement began ends it too, so that a bracket nobody closes does not either.
   */
  private skipStatement(from: number): void {
    const left = this.indentation(from)
    let open = 0
    for (let at = from; at < this.index; at++)
      open = Math.max(0, open + depthChange(this.tokens.kinds.at(at)))
    for (; this.kind !== 'end'; this.advance()) {
      if (open === 0 && (this.kind === ';' || this.kind === '}')) break
      const next = this.kindAhead(1)
      if (this.atNewline && depthChange(next) >= 0 && this.indentation(this.index + 1) <= left) break
      open = Math.max(0, open + depthChange(this.kind))
    }
    if (this.index === from) this.advance()
  }

  /** How many blanks stand before the line of a token. */
  private indentation(index: number): number {
    const { text, starts } = this.tokens
    const lineStart = text.lastIndexOf('\n', (starts[index] ?? 0) - 1) + 1
    let at = lineStart
    while (text[at] === ' ' || text[at] === '\t') at++
    return at - lineStart
  }
}

function depthChange(kind: TokenKind | undefined): number {
  if (kind === '{' || kind === '(' || kind === '[') return 1
  return kind === '}' || kind === ')' || kind === ']' ? -1 : 0
}
