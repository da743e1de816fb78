// Tokens one after the other, and lists of things between brackets: what the printer of trees stands on.

import type { Span } from '../../source/index.ts'
import { endsStatement, type TokenKind, type Tokens } from '../syntax/tokens.ts'
import { textToBytes } from '../values/bytes.ts'
import { Layout, type Placed } from './layout.ts'
import { countUpTo, linesOf } from './lines.ts'
import { type ItemPlan, planList, type Shape } from './list.ts'

/** Something between two commas: an expression, a name, or a key with its value. */
export type Item = {
  readonly span: Span
  /** Prints a key and its colon; keys of neighbouring lines are aligned. */
  readonly key?: () => void
  /** Prints the item, or what stands behind its key. */
  readonly value: () => void
}

/** Items, each made when it is wanted: there may be a million. */
export type Items = { readonly length: number; readonly at: (index: number) => Item }

/** The lines of the brackets around a list; `case` has no closing one. */
type Brackets = { readonly open: number; readonly close: number | undefined }

/** Prints the tokens of a source in their order, each when it is asked to. */
export class TokenPrinter {
  private readonly tokens: Tokens
  protected layout: Layout
  protected readonly lineOf: (offset: number) => number
  private readonly commentStarts: Int32Array
  private index = 0

  constructor(tokens: Tokens) {
    this.tokens = tokens
    this.lineOf = linesOf(tokens.text)
    this.commentStarts = Int32Array.from(tokens.comments, ({ start }) => start)
    this.layout = new Layout({ text: tokens.text, comments: tokens.comments, lineOf: this.lineOf })
  }

  /** Steps over semicolons to the next token of the source. */
  protected peek(): Placed {
    while (this.tokens.kinds.at(this.index) === ';') this.index++
    const start = this.tokens.starts[this.index] ?? 0
    const end = this.tokens.ends[this.index] ?? 0
    const kind = this.tokens.kinds.at(this.index) ?? 'end'
    return {
      text:
        kind === 'string'
          ? this.tokens.text.slice(start, end).replaceAll('\r', '')
          : this.tokens.text.slice(start, end),
      start,
      line: this.lineOf(start),
      endLine: this.lineOf(Math.max(start, end - 1)),
      endsStatement: endsStatement.has(kind),
    }
  }

  /** Prints the next token of the source. */
  protected next(): void {
    this.layout.token(this.peek())
    this.index++
  }

  /** Prints this many tokens with blanks in between. */
  protected words(count: number): void {
    for (let word = 0; word < count; word++) {
      if (word > 0) this.layout.space('blank')
      this.next()
    }
  }

  /** The line of the next token of a kind. */
  protected lineOfNext(kind: TokenKind): number {
    return this.lineOf(this.tokens.starts[this.tokens.kinds.indexOf(kind, this.index)] ?? 0)
  }

  protected blank(): void {
    this.layout.space('blank')
  }

  /** Steps over a comma of the source that the style may leave out. */
  protected takeComma(): Placed | undefined {
    const comma = this.peek()
    if (comma.text !== ',') return undefined
    this.index++
    return comma
  }

  /** Items between brackets, with a comma behind the last when the closing bracket stands on a later line. */
  protected bracketed(items: Items, close: number): void {
    const open = this.peek()
    this.next()
    if (items.length > 0) this.list(items, { open: open.line, close })
    this.next()
  }

  protected list(items: Items, { open, close }: Brackets): void {
    const [start, end] = [items.at(0).span.start, items.at(items.length - 1).span.end]
    // Nothing to decide, and nothing to measure: else each level would measure all those inside of it.
    const isOneLine = open === this.lineOf(start) && this.isOneLine({ start, end })
    const plan = isOneLine
      ? []
      : planList(
          Array.from(items, (_, at) => this.shapeOf(items.at(at))),
          open,
        )
    let isIndented = false
    for (let at = 0; at < items.length; at++) {
      const { line, breaks, aligned } = plan[at] ?? noPlan
      if (at > 0) this.next()
      const broke: boolean =
        breaks !== 'no' && this.layout.break(line, 0, breaks, isIndented ? [] : ['indent'])
      isIndented ||= broke
      if (at > 0 && !broke) this.blank()
      this.item(items.at(at), aligned)
    }
    this.endList(isIndented, close)
  }

  private item({ key, value }: Item, aligned: boolean): void {
    if (key !== undefined) {
      key()
      this.layout.space(aligned ? 'column' : 'blank')
    }
    value()
  }

  private endList(isIndented: boolean, close: number | undefined): void {
    const comma = this.takeComma()
    const closesBelow = close !== undefined && this.layout.line < close
    if (comma !== undefined && closesBelow) this.layout.token(comma)
    if (isIndented) this.layout.space('unindent')
    if (closesBelow) this.layout.space('section')
  }

  private shapeOf({ span, key, value }: Item): Shape {
    const line = this.lineOf(span.start)
    const endLine = this.lineOf(span.end - 1)
    if (line !== endLine) return { line, endLine, isPair: key !== undefined, size: 0 }
    // Without the colon.
    const size = this.measured(span.start, () => key?.()) - 1
    const whole = this.measured(span.start, () => {
      key?.()
      value()
    })
    return { line, endLine, isPair: key !== undefined, size: whole === 0 || key === undefined ? whole : size }
  }

  /** How many bytes wide something gets on its line; 0 when it needs more lines. */
  protected measured(start: number, print: () => void): number {
    const { layout, index } = this
    this.layout = new Layout(
      { text: this.tokens.text, comments: [], lineOf: this.lineOf },
      this.lineOf(start),
    )
    this.index = countUpTo(start, this.tokens.starts) - 1
    print()
    const text = this.layout.finish().slice(0, -1)
    this.layout = layout
    this.index = index
    return text.includes('\n') ? 0 : textToBytes(text).length
  }

  /** How wide the comments between two offsets are, with a blank each. */
  protected widthOfComments({ start, end }: Span): number {
    let width = 0
    for (let at = countUpTo(start, this.commentStarts); (this.commentStarts[at] ?? end) < end; at++) {
      const comment = this.tokens.comments[at]
      if (comment !== undefined) width += comment.end - comment.start + 1
    }
    return width
  }

  protected tokensIn({ start, end }: Span): number {
    const { starts } = this.tokens
    return countUpTo(end, starts) - countUpTo(start, starts)
  }

  protected isOneLine({ start, end }: Span): boolean {
    return this.lineOf(start) === this.lineOf(end - 1)
  }
}

const noPlan: ItemPlan = { line: 0, breaks: 'no', aligned: false }
