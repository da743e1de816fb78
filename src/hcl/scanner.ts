// The letters of HCL: blanks and comments, names, numbers, strings and heredocs, and the memory of what was wrong.
// The two readers (hcl.ts, json.ts) stand on it. Each takes what it needs from left to right.

import { type Diagnostic, endOfRun, maxWord, type Span } from '../source/index.ts'
import type { Attribute } from './tree.ts'

/** Leaves the item that cannot be read; the body around it goes on behind it. */
export class Unreadable extends Error {}

/** How deep brackets and blocks may nest. */
export const maxDepth = 250
/** How many values, names and lines of heredocs a file may have, a block counting for four: what takes some 150 MiB. */
export const maxItems = 400_000
const itemsOfBlock = 4
/** How many errors, and how many warnings, are told of a file. */
const maxDiagnostics = 100

/** So much is said of a mistake, however long the names in it are. */
const maxMessage = 1000
/** So much is shown of what was not expected. */
const maxShown = 40

/**
 * What words are made of: those of ASCII, and beyond it the first letter and all others. Most are ASCII, and expressions
 * for all letters take milliseconds to compile.
 */
export type Letters = { readonly plain: RegExp; readonly first: RegExp; readonly others: RegExp }

/** A place in a text. */
export class Scanner {
  readonly text: string
  readonly diagnostics: Diagnostic[] = []
  at = 0
  private depth = 0
  items = 0
  private readonly most: number
  private readonly told = { error: 0, warning: 0 }

  /** The text may make so many items. */
  constructor(text: string, most = maxItems) {
    this.text = text
    this.most = Math.min(most, maxItems)
    if (text.startsWith('\ufeff')) this.at = 1
  }

  get char(): string {
    return this.text[this.at] ?? ''
  }

  get atEnd(): boolean {
    return this.at >= this.text.length
  }

  /** Steps over a text, if it is here. */
  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  /** Steps over what a sticky pattern matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    this.at += found?.length ?? 0
    return found
  }

  /** Steps over a word. */
  word({ plain, first, others }: Letters): string | undefined {
    const start = this.at
    this.match(plain)
    if (this.char > '\u007f') {
      if (this.at === start) this.match(first)
      if (this.at > start) this.at = endOfRun(this.text, this.at, others)
    }
    if (this.at - start > maxWord) this.fail(this.from(start), `a name of more than ${maxWord} letters`)
    return this.at === start ? undefined : this.text.slice(start, this.at)
  }

  from(start: number): Span {
    return { start, end: this.at }
  }

  /** Notes what is wrong and goes on. */
  report(span: Span, message: string, hint?: string): void {
    this.note('error', span, message, hint)
  }

  warn(span: Span, message: string): void {
    this.note('warning', span, message, undefined)
  }

  private note(
    severity: Diagnostic['severity'],
    span: Span,
    message: string,
    hint: string | undefined,
  ): void {
    if (this.told[severity]++ >= maxDiagnostics) {
      // What stands behind so much wrong is not looked at: there may be a million more.
      if (severity === 'error') this.at = this.text.length
      return
    }
    const end = Math.min(Math.max(span.end, span.start), this.text.length)
    const start = Math.min(span.start, end)
    const said = message.length > maxMessage ? `${message.slice(0, maxMessage)}…` : message
    this.diagnostics.push({ severity, message: said, span: { start, end }, hint })
  }

  /** Notes what is wrong and gives the item up. */
  fail(span: Span, message: string, hint?: string): never {
    this.report(span, message, hint)
    throw new Unreadable()
  }

  /** What was expected is not here. */
  expected(what: string, hint?: string): never {
    const found = this.found()
    return this.fail(
      { start: this.at, end: this.at + found.length },
      `expected ${what}, found ${called(found)}`,
      hint,
    )
  }

  /** Reads one level deeper. */
  deeper<T>(start: number, read: () => T): T {
    if (this.depth >= maxDepth) {
      // There may be 100,000 more of them: whatever stands behind is not looked at.
      this.report({ start, end: start + 1 }, `brackets and blocks nest more than ${maxDepth} deep`)
      this.at = this.text.length
      throw new Unreadable()
    }
    this.depth++
    try {
      return read()
    } finally {
      this.depth--
    }
  }

  /** Counts something that was made of the text. Of a file with too much the rest is not looked at. */
  made(start: number, what: 'block' | 'item' = 'item'): void {
    this.items += what === 'block' ? itemsOfBlock : 1
    if (this.items <= this.most) return
    this.at = this.text.length
    const span = { start, end: start + 1 }
    if (this.most === maxItems)
      this.fail(span, `the file is too large: more than ${maxItems} names and values`)
    this.fail(span, 'the files of the configuration are too large together', 'leave out what is not needed')
  }

  private found(): string {
    const here = this.text.slice(this.at, this.at + maxShown)
    return /^(?:[\p{L}\p{Nd}_-]+|\r?\n|[\s\S])/u.exec(here)?.[0] ?? ''
  }
}

function called(found: string): string {
  if (found === '') return 'the end of the file'
  return /\n$/.test(found) ? 'the end of the line' : `\`${found}\``
}

/** The number that digits spell: exact where it is whole. */
export function numberOf(digits: string): number | bigint {
  const value = Number(digits)
  const isWhole = /^-?\d{1,4000}$/.test(digits)
  return isWhole && !Number.isSafeInteger(value) ? BigInt(digits) : value
}

/** The whole number that a text spells to `BigInt`, also `0x1f`: exact. */
export function wholeNumber(text: string): number | bigint {
  const value = BigInt(text)
  const double = Number(value)
  return Number.isSafeInteger(double) ? double : value
}

/** The entries of an object. Of two equal names the last value counts, as HCL and Go's JSON do, with a warning. */
export function lastOfEach(scanner: Scanner, entries: readonly Attribute[]): readonly Attribute[] {
  const last = new Map<string, Attribute>()
  for (const entry of entries) {
    if (last.has(entry.name.text))
      scanner.warn(entry.name.span, `\`${entry.name.text}\` is given twice: this one counts`)
    last.set(entry.name.text, entry)
  }
  return [...last.values()]
}
