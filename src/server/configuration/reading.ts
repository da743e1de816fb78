// Reading the blocks of a configuration: which keys there may be, what kind of value each has, and what is wrong, all of
// it. HCL and JSON give the same values; numbers and switches may be written as strings, as Vault's own files have them.

import { closest, parseVaultDuration } from '../../base/index.ts'
import { type Attribute, type ObjectValue, objectsOf, type Value } from '../../hcl/index.ts'
import type { Diagnostic, Span } from '../../source/index.ts'

/** What is found wrong while a configuration is read. */
export class Findings {
  readonly diagnostics: Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    this.diagnostics = [...diagnostics]
  }

  error(span: Span, message: string, hint?: string): void {
    this.diagnostics.push({ severity: 'error', message, span, hint })
  }
}

/** One block, or several of one name that say more of it. */
export class Block {
  readonly span: Span
  private readonly findings: Findings
  private readonly entries: readonly Attribute[]

  constructor(findings: Findings, objects: readonly ObjectValue[], span: Span) {
    this.findings = findings
    this.entries = objects.flatMap(({ entries }) => entries)
    this.span = span
  }

  /** Complains of keys that mean nothing, of those that this server does not have, and of those that come twice. */
  requireKnown(
    known: readonly string[],
    refused: ReadonlyMap<string, string>,
    often: readonly string[] = [],
  ): void {
    const seen = new Set<string>()
    for (const { name } of this.entries) {
      const hint = refused.get(name.text)
      if (hint !== undefined) this.findings.error(name.span, `\`${name.text}\` is not supported`, hint)
      else if (!known.includes(name.text))
        this.findings.error(name.span, `unknown key \`${name.text}\``, nearest(name.text, known))
      else if (seen.has(name.text) && !often.includes(name.text))
        this.findings.error(name.span, `\`${name.text}\` is given twice`, 'say it once')
      seen.add(name.text)
    }
  }

  /** The blocks of a name by their labels: `listener "tcp" { … }`, or several of them in a list. */
  labelled(
    key: string,
  ): readonly { readonly label: string; readonly labelSpan: Span; readonly block: Block }[] {
    return this.all(key).flatMap(({ name, value }) =>
      this.objects(name.text, value).flatMap(({ entries }) =>
        entries.flatMap((entry) =>
          this.objects(`${name.text} "${entry.name.text}"`, entry.value).map((object) => ({
            label: entry.name.text,
            labelSpan: entry.name.span,
            block: new Block(this.findings, [object], entry.name.span),
          })),
        ),
      ),
    )
  }

  /** A block without a label. */
  inner(key: string): Block | undefined {
    const [first] = this.all(key)
    if (first === undefined) return undefined
    return new Block(this.findings, this.objects(key, first.value), first.name.span)
  }

  has(key: string): boolean {
    return this.all(key).length > 0
  }

  /** Where a key stands, or the block where it does not. */
  spanOf(key: string): Span {
    return this.all(key)[0]?.value.span ?? this.span
  }

  error(key: string, message: string, hint?: string): void {
    this.findings.error(this.spanOf(key), message, hint)
  }

  text(key: string): string | undefined {
    const value = this.value(key)
    if (value === undefined) return undefined
    if (value.kind === 'string' && value.value !== '') return value.value
    this.findings.error(value.span, `\`${key}\` must be a string`)
    return undefined
  }

  switch(key: string): boolean {
    const value = this.value(key)
    if (value === undefined) return false
    const text =
      value.kind === 'string' || value.kind === 'number' || value.kind === 'bool' ? String(value.value) : ''
    if (/^(?:true|1)$/i.test(text)) return true
    if (!/^(?:false|0)$/i.test(text)) this.findings.error(value.span, `\`${key}\` must be true or false`)
    return false
  }

  /** Whole seconds, 1 at least: 3600, `3600`, `90m`, `2d`. */
  seconds(key: string): number | undefined {
    const value = this.value(key)
    if (value === undefined) return undefined
    const seconds = secondsOf(value)
    if (seconds !== undefined && Number.isSafeInteger(seconds) && seconds > 0) return seconds
    this.findings.error(
      value.span,
      `\`${key}\` must be a duration above 0`,
      'write it like 3600, 90m, 768h or 2d',
    )
    return undefined
  }

  texts(key: string): readonly string[] {
    const value = this.value(key)
    if (value === undefined) return []
    const elements = value.kind === 'list' ? value.elements : [value]
    return elements.flatMap((each) => {
      if (each.kind === 'string' && each.value !== '') return [each.value]
      this.findings.error(each.span, `\`${key}\` must be a list of strings`)
      return []
    })
  }

  /** One of a few words. */
  word<W extends string>(key: string, words: readonly W[]): W | undefined {
    const text = this.text(key)
    const word = words.find((each) => each === text)
    if (text !== undefined && word === undefined)
      this.error(key, `\`${key}\` must be one of ${words.join(', ')}`, nearest(text, words))
    return word
  }

  private value(key: string): Value | undefined {
    return this.all(key)[0]?.value
  }

  private all(key: string): readonly Attribute[] {
    return this.entries.filter(({ name }) => name.text === key)
  }

  private objects(what: string, value: Value): readonly ObjectValue[] {
    const objects = objectsOf(value)
    if (objects === undefined)
      this.findings.error(value.span, `\`${what}\` must be a block`, `write it like ${what} { … }`)
    return objects ?? []
  }
}

function nearest(text: string, known: readonly string[]): string {
  const near = closest(text, known)
  return near === undefined ? `known are ${known.join(', ')}` : `did you mean \`${near}\`?`
}

function secondsOf(value: Value): number | undefined {
  if (value.kind === 'number') return Number(value.value)
  if (value.kind !== 'string') return undefined
  try {
    return parseVaultDuration(value.value)
  } catch {
    return undefined
  }
}
