// Reads HCL 1, the language of Vault's policies and configuration, and the JSON that says the same.
//
// In HCL 1 a block is short for objects in objects: `path "a" { x = 1 }` says `path = { "a" = { x = 1 } }`, and a name
// may come again, which says more of it. So a file is one object whose names repeat. What the two forms of writing do
// not share with HCL 2: line breaks mean nothing, commas between items are allowed, numbers may be hexadecimal or octal,
// strings are not templates. The reader never throws: whatever it cannot read it reports, and goes on behind it.

import type { Diagnostic, Source } from '../source/index.ts'
import { heredocOfHcl1, quotedOfHcl1 } from './hcl1-text.ts'
import { readJsonKeepingAll } from './json.ts'
import { type Letters, numberOf, Scanner, Unreadable, wholeNumber } from './scanner.ts'
import { skipItem, space } from './space.ts'
import type { Attribute, Name, ObjectValue, Value } from './tree.ts'

/** What a file says, as far as it could be read. Usable only if no diagnostic is an error. */
export type Hcl1 = { readonly root: ObjectValue; readonly diagnostics: readonly Diagnostic[] }

/** Reads a file of HCL 1, or of JSON where it begins with a brace. */
export function readHcl1(source: Source): Hcl1 {
  if (/^\ufeff?\s*\{/.test(source.text)) return readInJson(source)
  const reader = new Reader(source.text)
  const entries = reader.file()
  const root = { kind: 'object', entries, span: { start: 0, end: source.text.length } } as const
  return { root, diagnostics: reader.scanner.diagnostics }
}

function readInJson(source: Source): Hcl1 {
  const { value, diagnostics } = readJsonKeepingAll(source)
  if (value?.kind === 'object') return { root: value, diagnostics }
  return { root: { kind: 'object', entries: [], span: { start: 0, end: 0 } }, diagnostics }
}

/** The objects of a value that is one, or a list of them as JSON writes repeated blocks; undefined for others. */
export function objectsOf(value: Value): readonly ObjectValue[] | undefined {
  if (value.kind === 'object') return [value]
  if (value.kind !== 'list') return undefined
  const objects = value.elements.filter((element) => element.kind === 'object')
  return objects.length === value.elements.length ? objects : undefined
}

/** `path "a" { … }` needs two. */
const maxNames = 16
const letters: Letters = {
  plain: /[a-zA-Z_][\w.-]*/y,
  first: /[\p{L}_]/uy,
  others: /[\p{L}\p{Nd}_.-]+/uy,
}
const digits = /-?(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)/y

class Reader {
  readonly scanner: Scanner

  constructor(text: string) {
    this.scanner = new Scanner(text)
  }

  file(): readonly Attribute[] {
    return this.items('end')
  }

  private items(until: '}' | 'end'): readonly Attribute[] {
    const { scanner } = this
    const entries: Attribute[] = []
    for (;;) {
      space(scanner)
      if (scanner.atEnd || (until === '}' && scanner.char === '}')) return entries
      const start = scanner.at
      try {
        entries.push(this.item(start))
        space(scanner)
        scanner.take(',')
      } catch (thrown) {
        if (!(thrown instanceof Unreadable)) throw thrown
        skipItem(scanner, start)
      }
    }
  }

  private item(start: number): Attribute {
    const { scanner } = this
    if (scanner.take('}')) scanner.fail(scanner.from(start), 'there is no open `{` for this `}`')
    const first = this.name() ?? scanner.expected('a name')
    const more: Name[] = []
    for (;;) {
      space(scanner)
      if (scanner.char === '{') scanner.made(start, 'block')
      if (scanner.char === '{') return folded(first, more, this.object(first))
      if (scanner.char === '=') {
        if (more.length > 0) scanner.expected('`{`')
        scanner.at++
        space(scanner)
        return { name: first, value: this.value() }
      }
      const name = this.name() ?? scanner.expected('`=` or `{`')
      if (more.length >= maxNames) scanner.fail(name.span, 'a block has too many names')
      more.push(name)
    }
  }

  private name(): Name | undefined {
    const { scanner } = this
    const start = scanner.at
    scanner.made(start)
    const text = scanner.char === '"' ? quotedOfHcl1(scanner) : scanner.word(letters)
    return text === undefined ? undefined : { text, span: scanner.from(start) }
  }

  private value(): Value {
    const { scanner } = this
    const { at: start, char } = scanner
    scanner.made(start)
    if (char === '"') return { kind: 'string', value: quotedOfHcl1(scanner), span: scanner.from(start) }
    if (char === '<') return { kind: 'string', value: heredocOfHcl1(scanner), span: scanner.from(start) }
    if (char === '[') return scanner.deeper(start, () => this.list(start))
    if (char === '{') return this.object(undefined)
    const number = scanner.match(digits)
    if (number !== undefined)
      return { kind: 'number', value: this.number(number, start), span: scanner.from(start) }
    return this.keyword(start)
  }

  private number(text: string, start: number): number | bigint {
    const { scanner } = this
    if (scanner.word(letters) !== undefined) scanner.fail(scanner.from(start), 'this is no number')
    const [, sign = '', whole = ''] = /^(-?)(0[xX].+|0\d+)$/.exec(text) ?? []
    if (whole === '') return numberOf(text)
    if (/^0[0-7]*[89]/.test(whole)) scanner.fail(scanner.from(start), 'this is no octal number')
    const value = wholeNumber(whole.replace(/^0(?=\d)/, '0o'))
    return sign === '-' ? -value : value
  }

  private keyword(start: number): Value {
    const { scanner } = this
    const name = scanner.word(letters)
    const span = scanner.from(start)
    if (name === 'true' || name === 'false') return { kind: 'bool', value: name === 'true', span }
    if (name === undefined)
      return scanner.expected('a value', scanner.char === "'" ? 'write strings in double quotes' : undefined)
    return scanner.fail(span, `\`${name}\` is no value`, `write "${name}" for the text`)
  }

  private list(start: number): Value {
    const { scanner } = this
    const elements: Value[] = []
    scanner.at++
    for (;;) {
      space(scanner)
      if (scanner.take(']')) return { kind: 'list', elements, span: scanner.from(start) }
      elements.push(this.value())
      space(scanner)
      if (!scanner.take(',') && scanner.char !== ']') scanner.expected('`,` or `]`')
    }
  }

  /** The inside of braces; of a block where it has a name. */
  private object(block: Name | undefined): ObjectValue {
    const { scanner } = this
    const start = scanner.at
    return scanner.deeper(start, () => {
      scanner.at++
      const entries = this.items('}')
      if (scanner.take('}')) return { kind: 'object', entries, span: scanner.from(start) }
      const what = block === undefined ? 'the object' : `the block \`${block.text}\``
      return scanner.fail({ start, end: start + 1 }, `${what} is not closed`, 'end it with `}`')
    })
  }
}

/** `a "b" "c" { … }` as `a = { b = { c = { … } } }`. */
function folded(first: Name, more: readonly Name[], inside: ObjectValue): Attribute {
  const value = more.reduceRight<ObjectValue>(
    (value, name) => ({
      kind: 'object',
      entries: [{ name, value }],
      span: { start: name.span.start, end: inside.span.end },
    }),
    inside,
  )
  return { name: first, value }
}
