// Reading the blocks of an ACL policy: which keys there may be, what kind of value each has, and what is wrong, all of it.

import { parseVaultDuration } from '../../base/index.ts'
import { type ObjectValue, objectsOf, type Value } from '../../hcl/index.ts'
import { type Diagnostic, positionOf, type Source, type Span } from '../../source/index.ts'

/** More errors are never told, nor more warnings. */
const maxTold = 100

/** A policy while it is read. */
export class Reading {
  readonly diagnostics: Diagnostic[]
  private readonly source: Source
  private readonly told: Record<Diagnostic['severity'], number>

  constructor(source: Source, diagnostics: readonly Diagnostic[]) {
    this.source = source
    this.diagnostics = [...diagnostics]
    this.told = { error: diagnostics.filter(({ severity }) => severity === 'error').length, warning: 0 }
  }

  /** What stands in one block; messages begin with `where`. */
  block(where: string): Block {
    return new Block(this, where)
  }

  /** So much is wrong that nothing more has to be found out. */
  get isHopeless(): boolean {
    return this.told.error >= maxTold
  }

  note(severity: Diagnostic['severity'], span: Span, message: string, hint: string | undefined): void {
    if (this.told[severity]++ < maxTold) this.diagnostics.push({ severity, message, span, hint })
  }

  lineOf({ start }: Span): number {
    return positionOf(this.source.text, start).line
  }
}

/** What each key of a block does with its value. */
export type Fields = Readonly<Record<string, (value: Value) => void>>

/** One block of a policy while it is read. */
export class Block {
  private readonly reading: Reading
  private readonly where: string

  constructor(reading: Reading, where: string) {
    this.reading = reading
    this.where = where
  }

  report(span: Span, message: string, hint?: string): void {
    this.reading.note('error', span, `${this.where}${message}`, hint)
  }

  warn(span: Span, message: string, hint: string): void {
    this.reading.note('warning', span, `${this.where}${message}`, hint)
  }

  /** Reads each key; those in `often` may come again. */
  fields(objects: readonly ObjectValue[], fields: Fields, often: readonly string[]): void {
    const seen = new Set<string>()
    for (const { name, value } of objects.flatMap(({ entries }) => entries)) {
      if (this.reading.isHopeless) return
      const read = Object.hasOwn(fields, name.text) ? fields[name.text] : undefined
      if (read === undefined) {
        const line = this.reading.lineOf(name.span)
        this.report(
          name.span,
          `invalid key ${JSON.stringify(name.text)} on line ${line}`,
          `known are ${Object.keys(fields).join(', ')}`,
        )
      } else if (seen.has(name.text) && !often.includes(name.text)) {
        this.report(name.span, `${JSON.stringify(name.text)} is given twice`, 'say it once')
      } else read(value)
      seen.add(name.text)
    }
  }

  /** A block, or several as JSON writes them. */
  objects(value: Value, what: string): readonly ObjectValue[] {
    const objects = objectsOf(value)
    if (objects !== undefined && objects.length > 0) return objects
    this.report(value.span, `${what} must be a block`, 'write it like name { … }')
    return []
  }

  string(value: Value, what: string): string | undefined {
    if (value.kind === 'string') return value.value
    this.report(value.span, `${what} must be a string`)
    return undefined
  }

  list(value: Value, what: string): readonly Value[] {
    if (value.kind === 'list') return value.elements
    this.report(value.span, `${what} must be a list`, 'write it in brackets')
    return []
  }

  strings(value: Value, what: string): readonly string[] {
    return this.list(value, what).flatMap((element) => this.string(element, `each of ${what}`) ?? [])
  }

  /** Whole seconds, 0 where it is none: 90, `90`, `90s`, `1h30m`, `2d`. */
  seconds(value: Value, what: string): number {
    const seconds = secondsOf(value)
    if (seconds !== undefined && seconds >= 0) return seconds
    this.report(value.span, `${what} must be a duration`, 'write it like 90, 90s, 1h30m or 2d')
    return 0
  }

  count(value: Value, what: string): number {
    if (value.kind === 'number' && Number.isSafeInteger(value.value) && Number(value.value) > 0)
      return Number(value.value)
    this.report(value.span, `${what} must be a number above 0`)
    return 1
  }
}

function secondsOf(value: Value): number | undefined {
  if (value.kind === 'number') return Number.isSafeInteger(value.value) ? Number(value.value) : undefined
  if (value.kind !== 'string') return undefined
  try {
    return parseVaultDuration(value.value)
  } catch {
    return undefined
  }
}
