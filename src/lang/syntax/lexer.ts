// Text to tokens. Go's rules: a newline ends a statement when the token before it could end one, a comment is
// a blank unless it holds a newline. The lexer never stops: what it cannot read it reports and steps over.

import { type Diagnostic, endOfRun, maxWord, type Span } from '../../source/index.ts'
import { scanNumber } from './number.ts'
import {
  endsStatement,
  grown,
  isKeyword,
  Kinds,
  marks,
  maxDiagnostics,
  maxTokens,
  sizeOf,
  type TokenKind,
  type Tokens,
} from './tokens.ts'

/** Every token of a text that is not larger than this, with the comments and with what could not be read. */
export function lex(text: string, most: number = maxTokens): Tokens {
  return new Lexer(text, Math.min(most, maxTokens)).run()
}

const letter = /[\p{L}_]/uy
const letters = /[\p{L}\p{Nd}_]+/uy
const plainWord = /[a-zA-Z_]\w*/y
const blanks = /[ \t\r]+/y
const foreign =
  /[^\s\p{L}\p{Nd}_"'`#()[\]{},.:;+\-*/%<>=!\u2013\u2014\u2212\u2018-\u201e\u00ab]+|[^\S \t\r\n]+/uy
const isDigit = (code: number) => code >= 48 && code <= 57
const [newline, quote, backQuote, hash, slash, star, point, backslash] = [10, 34, 96, 35, 47, 42, 46, 92]

const marksByFirst = new Map<number, readonly (typeof marks)[number][]>()
for (const mark of marks) {
  const first = mark.charCodeAt(0)
  marksByFirst.set(first, [...(marksByFirst.get(first) ?? []), mark])
}

// What people bring along from other languages and from word processors, and what they mean by it where it is clear:
// the parser goes on with that, so that one slip is one error.
type Slip = { readonly hint: string; readonly meant?: TokenKind }
// biome-ignore format: table
const slips: readonly (readonly [string, Slip])[] = [
  ['&&', { hint: 'write `and`', meant: 'and' }],
  ['&',  { hint: 'write `and`', meant: 'and' }],
  ['||', { hint: 'write `or`', meant: 'or' }],
  ['|',  { hint: 'write `or`', meant: 'or' }],
  ['\u2013', { hint: 'write `-`', meant: '-' }],
  ['\u2014', { hint: 'write `-`', meant: '-' }],
  ['\u2212', { hint: 'write `-`', meant: '-' }],
  ['\u2260', { hint: 'write `!=`', meant: '!=' }],
  ['\u2264', { hint: 'write `<=`', meant: '<=' }],
  ['\u2265', { hint: 'write `>=`', meant: '>=' }],
  ['?',  { hint: 'write an `if` statement, or `else` for a default' }],
  ['@',  { hint: 'names are letters, digits and `_`' }],
  ['$',  { hint: 'names are letters, digits and `_`' }],
  ['^',  { hint: 'write `xor` for truths; powers are in the import `decimal`' }],
  ['~',  { hint: 'write `not`' }],
  ['\\', { hint: 'a line goes on by itself after an operator or a comma' }],
]
const insteadOf: ReadonlyMap<string, Slip> = new Map(slips)
const blankHint = 'it looks like a blank: write a plain one'
/** Quotes that open a string elsewhere, with those that close it. */
const otherQuotes: ReadonlyMap<string, RegExp> = new Map([
  ["'", /'/g],
  ['\u201c', /[\u201d\u201c"]/g],
  ['\u201d', /[\u201d\u201c"]/g],
  ['\u201e', /[\u201c\u201d"]/g],
  ['\u2018', /[\u2019\u2018']/g],
  ['\u2019', /[\u2019\u2018']/g],
  ['\u00ab', /\u00bb/g],
])

/** A text of so many letters takes no room from its words. */
export const freeLetters = 4 * 1024 * 1024

const together = `a policy and all its modules may have ${maxTokens} together`

class Lexer {
  readonly text: string
  readonly kinds = new Kinds()
  private starts = new Int32Array(256)
  private ends = new Int32Array(256)
  readonly comments: Span[] = []
  readonly diagnostics: Diagnostic[] = []
  at: number

  private readonly most: number
  /** As many of them as there is room for beside the text itself, where that is long. */
  private readonly room: number

  constructor(text: string, most: number) {
    this.text = text
    this.most = most
    this.room = most - (Math.max(0, text.length - freeLetters) >> 5)
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  }

  run(): Tokens {
    while (this.at < this.text.length) {
      if (sizeOf(this) < this.room) this.step(this.text.charCodeAt(this.at))
      else this.stop()
    }
    this.endLine()
    this.add('end', this.at)
    const { text, kinds, comments, diagnostics } = this
    const [starts, ends] = [this.starts, this.ends].map((all) => all.subarray(0, kinds.length)) as [
      Int32Array,
      Int32Array,
    ]
    return { text, kinds, starts, ends, comments, diagnostics }
  }

  /** Leaves the rest of a text unread that is too long for the host. */
  stop(): void {
    this.diagnostics.length = 0
    this.kinds.clear()
    this.comments.length = 0
    const length = this.room < this.most ? ` in a text of ${this.text.length} letters` : ''
    const message = `the source is too large: more than ${this.room} words, marks and comments${length}`
    const isAlone = this.most === maxTokens
    this.report(message, this.at + 1, isAlone ? 'split the file into modules' : together)
    this.at = this.text.length
  }

  step(code: number): void {
    if (code === newline) this.newline()
    else if (code === 32 || code === 9 || code === 13) this.at = this.endOf(blanks)
    else if (code === quote) this.string()
    else if (isDigit(code) || (code === point && isDigit(this.text.charCodeAt(this.at + 1)))) this.number()
    else if (code === hash || (code === slash && this.startsComment())) this.comment(code)
    else if (code === backQuote) this.rawString()
    else this.wordOrMark(code)
  }

  newline(): void {
    this.endLine()
    this.at++
  }

  /** Puts in the semicolon that a newline here stands for. */
  endLine(): void {
    const last = this.kinds.at(this.kinds.length - 1)
    if (last !== undefined && endsStatement.has(last)) this.add(';', this.at)
  }

  add(kind: TokenKind, end: number): void {
    const at = this.kinds.length
    if (at === this.starts.length) {
      this.starts = grown(this.starts, new Int32Array(at * 2))
      this.ends = grown(this.ends, new Int32Array(at * 2))
    }
    this.kinds.push(kind)
    this.starts[at] = this.at
    this.ends[at] = end
    this.at = end
  }

  endOf(pattern: RegExp): number {
    pattern.lastIndex = this.at
    return pattern.test(this.text) ? pattern.lastIndex : this.at
  }

  wordOrMark(code: number): void {
    const end = this.endOfWord()
    const mark = marksByFirst.get(code)?.find((candidate) => this.text.startsWith(candidate, this.at))
    if (end > this.at) this.word(end)
    else if (mark === undefined) this.foreign()
    else this.add(mark, this.at + mark.length)
  }

  /** Most words are ASCII, and the expression for all letters takes longer to compile than a small policy to run. */
  endOfWord(): number {
    const end = this.endOf(plainWord)
    if (!(this.text.charCodeAt(end) > 127)) return end
    const begun = end > this.at ? end : this.endOf(letter)
    return begun > this.at ? endOfRun(this.text, begun, letters) : begun
  }

  word(end: number): void {
    if (end - this.at > maxWord) this.report(`a name of more than ${maxWord} letters`, end)
    const text = this.text.slice(this.at, end)
    this.add(isKeyword(text) && this.kinds.at(this.kinds.length - 1) !== '.' ? text : 'identifier', end)
  }

  number(): void {
    const { kind, end, problem } = scanNumber(this.text, this.at)
    if (problem !== undefined) this.report(problem, end)
    this.add(kind, end)
  }

  string(): void {
    let end = this.at + 1
    for (; end < this.text.length; end++) {
      const code = this.text.charCodeAt(end)
      if (code === quote || code === newline) break
      if (code === backslash && this.text.charCodeAt(end + 1) !== newline) end++
    }
    end = Math.min(end, this.text.length)
    if (this.text.charCodeAt(end) === quote) this.add('string', end + 1)
    else this.unclosed(end)
  }

  unclosed(end: number): void {
    this.report('string is not closed', end, 'close it with `"` on the same line')
    this.add('string', end)
  }

  rawString(): void {
    const close = this.text.indexOf('`', this.at + 1)
    if (close === -1) this.report('raw string is not closed', this.at + 1, 'close it with a back quote')
    this.add('string', close === -1 ? this.text.length : close + 1)
  }

  startsComment(): boolean {
    const next = this.text.charCodeAt(this.at + 1)
    return next === slash || next === star
  }

  comment(code: number): void {
    if (code === slash && this.text.charCodeAt(this.at + 1) === star) this.blockComment()
    else this.lineComment()
  }

  lineComment(): void {
    const lineEnd = this.text.indexOf('\n', this.at)
    const end = lineEnd === -1 ? this.text.length : lineEnd
    // The semicolon belongs before the comment, so that it ends where the statement does.
    this.endLine()
    this.comments.push({ start: this.at, end: this.text.charCodeAt(end - 1) === 13 ? end - 1 : end })
    this.at = end
  }

  blockComment(): void {
    const close = this.text.indexOf('*/', this.at + 2)
    if (close === -1) this.report('comment is not closed', this.at + 2, 'close it with `*/`')
    const end = close === -1 ? this.text.length : close + 2
    if (this.text.slice(this.at, end).includes('\n')) this.endLine()
    this.comments.push({ start: this.at, end })
    this.at = end
  }

  foreign(): void {
    const first = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0)
    const closing = otherQuotes.get(first)
    if (closing !== undefined) this.otherString(first, closing)
    else this.foreignCharacters()
  }

  foreignCharacters(): void {
    const end = Math.max(endOfRun(this.text, this.at, foreign), this.at + 1)
    const text = this.text.slice(this.at, end)
    const known = insteadOf.get(text)
    const hint = /^\s/.test(text) ? blankHint : known?.hint
    this.report(`unexpected character ${shown(text)}`, end, hint)
    if (known?.meant === undefined) this.at = end
    else this.add(known.meant, end)
  }

  /** A string in the quotes of another language, or of a word processor. */
  otherString(open: string, closing: RegExp): void {
    closing.lastIndex = this.at + 1
    const close = closing.exec(this.text)?.index ?? -1
    const lineEnd = this.text.indexOf('\n', this.at)
    const isClosed = close !== -1 && (lineEnd === -1 || close < lineEnd)
    this.report(
      `unexpected character ${shown(open)}`,
      this.at + 1,
      'write strings in plain double quotes: `"`',
    )
    if (isClosed) this.add('string', close + 1)
    else this.at++
  }

  report(message: string, end: number, hint?: string): void {
    if (this.diagnostics.length >= maxDiagnostics) return
    this.diagnostics.push({ severity: 'error', message, span: { start: this.at, end }, hint })
  }
}

const shown = (text: string) => (/^[\x21-\x7e]+$/.test(text) ? `\`${text}\`` : codePoint(text))
const codePoint = (text: string) =>
  `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
