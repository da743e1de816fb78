// Tokens, breaks and comments to lines. The printer says what comes next and where lines may break; this puts
// the comments in between, at the places where they stood. White space waits until it is known whether a
// comment comes first: a comment behind a token belongs before the break, one above a token behind it.
//
// The rules are those of go/printer before Go 1.10, which the canonical style of the language goes back to.

import type { Span } from '../../source/index.ts'
import { Sheet } from './sheet.ts'

type Space = 'blank' | 'column' | 'newline' | 'section' | 'indent' | 'unindent'

/** A token as the printer sees it: its text and its place in the source. */
export type Placed = {
  readonly text: string
  readonly start: number
  readonly line: number
  readonly endLine: number
  /** Whether a line break behind it would end the statement. */
  readonly endsStatement: boolean
}

/** The source's text and where its lines and comments are. */
export type Ground = {
  readonly text: string
  readonly comments: readonly Span[]
  readonly lineOf: (offset: number) => number
}

/** A line of what is written. */
export type Mark = { line: number }

/** At most one blank line stays. */
const atMost = (breaks: number) => Math.min(Math.max(breaks, 0), 2)

/** Writes a formatted source, token by token. */
export class Layout {
  private readonly sheet = new Sheet()
  private readonly ground: Ground
  private readonly waiting: Space[] = []
  private indent = 0
  private nextComment = 0
  private mayBreak = false
  private waitingMark: Mark | undefined
  /** The line of the source that has been reached. */
  line: number

  constructor(ground: Ground, line = 1) {
    this.ground = ground
    this.line = line
  }

  get isEmpty(): boolean {
    return this.sheet.isEmpty
  }

  space(...spaces: readonly Space[]): void {
    this.waiting.push(...spaces)
    if (spaces.includes('newline') || spaces.includes('section')) this.mayBreak = true
  }

  /**
   * Breaks the line as often as the source does up to `line`, at least `min` times.
   * Gives whether it did; `before` is then applied in front of the break.
   */
  break(line: number, min: number, kind: 'newline' | 'section', before: readonly Space[] = []): boolean {
    const count = Math.max(atMost(line - this.line), min)
    if (count === 0) return false
    this.space(...before, kind)
    for (let more = 1; more < count; more++) this.space('newline')
    return true
  }

  /** Marks the line of what is written that the next token will stand on. */
  mark(): Mark {
    this.waitingMark = { line: this.sheet.line }
    return this.waitingMark
  }

  /** How many lines below a mark the last token stands: in what is written, whatever the source looks like. */
  breaksSince({ line }: Mark): number {
    return this.sheet.line - line
  }

  token(token: Placed): void {
    const breaksAlready = this.waiting.some(isBreak)
    const hadComments = this.flush(token.start, token)
    const missing = atMost(token.line - this.line)
    if (hadComments) this.writeBreaks(this.mayBreak ? Math.min(missing, 1) : 0, false)
    else if (this.mayBreak && !breaksAlready) this.writeBreaks(missing, false)
    if (this.waitingMark !== undefined) this.waitingMark.line = this.sheet.line
    this.waitingMark = undefined
    this.sheet.place = token.start
    this.sheet.write(token.text, this.indent)
    this.line = token.endLine
    this.mayBreak = !token.endsStatement
  }

  /** The text, with the comments that stand behind the last token. */
  finish(): string {
    this.flush(Number.POSITIVE_INFINITY, undefined)
    return this.sheet.toText()
  }

  /** Writes the comments before an offset, else only what waits. Gives whether there were comments. */
  private flush(before: number, next: Placed | undefined): boolean {
    const first = this.nextComment
    for (let comment = this.comment(before); comment !== undefined; comment = this.comment(before)) {
      this.writeComment(comment, next, this.nextComment === first)
      this.nextComment++
    }
    if (this.nextComment === first) this.writeWaiting(this.waiting.length)
    else this.afterComments(next)
    return this.nextComment > first
  }

  private comment(before: number): Span | undefined {
    const comment = this.ground.comments[this.nextComment]
    return comment !== undefined && comment.start < before ? comment : undefined
  }

  private writeComment(comment: Span, next: Placed | undefined, isFirst: boolean): void {
    const line = this.ground.lineOf(comment.start)
    if (!this.sheet.isEmpty) {
      if (line === this.line) this.besideLast(line, next, isFirst)
      else this.aboveNext(comment, line, next, isFirst)
    }
    const text = this.ground.text.slice(comment.start, comment.end).trimEnd()
    const end = text.indexOf('\n')
    this.sheet.place = comment.start
    this.sheet.write(end === -1 ? text : text.slice(0, end).trimEnd(), this.indent)
    if (end !== -1) this.sheet.addLines(text.slice(end + 1))
    this.line = this.ground.lineOf(comment.end - 1)
  }

  /** A comment on the line of the token before it: in a column of its own, unless the line goes on. */
  private besideLast(line: number, next: Placed | undefined, isFirst: boolean): void {
    const stop = this.waiting.findIndex((space) => space === 'unindent' || isBreak(space))
    const count = stop === -1 ? this.waiting.length : stop
    const kept = isFirst ? this.waiting.splice(0, count).filter((space) => space !== 'blank') : []
    this.waiting.unshift(...kept)
    this.writeWaiting(kept.length)
    if (kept.includes('column')) return
    if (next?.line === line && !this.waiting.some(isBreak)) this.sheet.write(' ', this.indent)
    else this.sheet.tab()
  }

  /** A comment on a line of its own: at the depth of what it is above. */
  private aboveNext(comment: Span, line: number, next: Placed | undefined, isFirst: boolean): void {
    if (isFirst) {
      const isAligned = next !== undefined && this.column(comment.start) === this.column(next.start)
      const stop = this.waiting.findIndex((space, at) => {
        const staysInside = next?.text === '}' || !isAligned
        return isBreak(space) || (space === 'unindent' && this.waiting[at + 1] !== 'unindent' && staysInside)
      })
      const spaces = this.waiting.splice(0, stop === -1 ? this.waiting.length : stop).filter(isIndentation)
      if (isBreak(this.waiting[0])) this.waiting.shift()
      this.waiting.unshift(...spaces)
      this.writeWaiting(spaces.length)
    }
    this.writeBreaks(Math.max(atMost(line - this.line), 1), true)
  }

  private column(offset: number): number {
    return offset - this.ground.text.lastIndexOf('\n', offset - 1)
  }

  /** What still waits behind a comment: one line break where one is needed, and the indentation. */
  private afterComments(next: Placed | undefined): void {
    const last = this.ground.comments[this.nextComment - 1]
    const isBlock = last !== undefined && this.ground.text.startsWith('/*', last.start)
    const firstBreak = this.waiting.find(isBreak)
    const spaces = this.waiting.splice(0).filter(isIndentation)
    this.waiting.push(...spaces)
    this.writeWaiting(spaces.length)
    if (isBlock && next?.line === this.line && firstBreak === undefined) {
      if (!/^[,)\]]/.test(next.text)) this.sheet.write(' ', this.indent)
      return
    }
    this.writeBreaks(1, firstBreak === 'section')
    this.mayBreak = true
  }

  private writeWaiting(count: number): void {
    for (const space of this.waiting.splice(0, count)) {
      if (space === 'indent') this.indent++
      else if (space === 'unindent') this.indent--
      else if (space === 'blank') this.sheet.write(' ', this.indent)
      else if (space === 'column') this.sheet.tab()
      else this.writeBreaks(1, space === 'section')
    }
  }

  private writeBreaks(count: number, endsSection: boolean): void {
    for (let done = 0; done < count; done++) this.sheet.newline(endsSection)
    this.line += count
  }
}

const isBreak = (space: Space | undefined) => space === 'newline' || space === 'section'
const isIndentation = (space: Space) => space === 'indent' || space === 'unindent'
