// Reads HCL 2 as far as configuration needs it: attributes, blocks with labels, and values that are plain data.
// References, functions, operators and templates are refused where they stand. The reader never throws: whatever it
// cannot read it reports, and goes on behind it.

import { type Diagnostic, maxWord, type Source } from '../source/index.ts'
import { type Letters, lastOfEach, numberOf, Scanner, Unreadable } from './scanner.ts'
import { blanks, skipItem, space } from './space.ts'
import { heredoc, quoted } from './text.ts'
import type { Attribute, Block, Body, Name, ObjectValue, Value } from './tree.ts'

/** What a file says, as far as it could be read. Usable only if no diagnostic is an error. */
export type Hcl = {
  readonly body: Body
  readonly diagnostics: readonly Diagnostic[]
  /** How many names, values and lines of heredocs there are, a block counting for four. */
  readonly items: number
}

/** Reads a file of HCL; it may have so many items. */
export function readHcl({ text }: Source, most?: number): Hcl {
  const reader = new Reader(text, most)
  const body = reader.file()
  const { diagnostics, items } = reader.scanner
  return { body, diagnostics, items }
}

const letters: Letters = {
  plain: /[a-zA-Z_][\w-]*/y,
  first: /[\p{L}_]/uy,
  others: /[\p{L}\p{M}\p{Nd}_-]+/uy,
}
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const plainData = 'write a string in double quotes, a number, true, false, null, a list or an object'

class Reader {
  readonly scanner: Scanner

  constructor(text: string, most: number | undefined) {
    this.scanner = new Scanner(text, most)
  }

  file(): Body {
    return this.items('end')
  }

  /** Attributes and blocks, up to the closing brace or the end of the file. */
  private items(until: '}' | 'end'): Body {
    const { scanner } = this
    const attributes: Attribute[] = []
    const blocks: Block[] = []
    for (;;) {
      space(scanner)
      if (scanner.atEnd || (until === '}' && scanner.char === '}'))
        return { attributes: unique(scanner, attributes), blocks }
      const start = scanner.at
      try {
        const item = this.item(start)
        if ('value' in item) attributes.push(item)
        else blocks.push(item)
        this.endOfItem(until)
      } catch (thrown) {
        if (!(thrown instanceof Unreadable)) throw thrown
        skipItem(scanner, start)
      }
    }
  }

  private item(start: number): Attribute | Block {
    const { scanner } = this
    if (scanner.char === '}') {
      scanner.at++
      return scanner.fail(scanner.from(start), 'there is no open `{` for this `}`')
    }
    const name = scanner.char === '"' ? this.quotedName() : this.word('the name of an attribute or block')
    blanks(scanner)
    if (scanner.char === '=' && scanner.text[scanner.at + 1] !== '=') {
      scanner.at++
      blanks(scanner)
      return { name, value: this.value() }
    }
    if (scanner.char === ':') return scanner.expected('`=`', `write \`${name.text} = …\``)
    return this.block(name, start)
  }

  private block(type: Name, start: number): Block {
    const { scanner } = this
    const labels: Name[] = []
    scanner.made(start, 'block')
    while (scanner.char !== '{') {
      if (scanner.char === '"') labels.push(this.quotedName())
      else if (this.startsWord()) labels.push(this.word('a label'))
      else scanner.expected(labels.length === 0 ? '`=` or a block' : '`{`')
      blanks(scanner)
    }
    const open = scanner.at
    scanner.at++
    const body = scanner.deeper(open, () => this.items('}'))
    if (!scanner.take('}'))
      scanner.fail(
        { start: open, end: open + 1 },
        `the block \`${type.text}\` is not closed`,
        'end it with `}`',
      )
    return { type, labels, body, span: scanner.from(start) }
  }

  /** An item ends with its line; in a block of one line also with the brace. */
  private endOfItem(until: '}' | 'end'): void {
    const { scanner } = this
    blanks(scanner)
    if (scanner.atEnd || scanner.char === '\n' || (until === '}' && scanner.char === '}')) return
    if (scanner.char === ',')
      scanner.expected('the end of the line', 'write each attribute on a line of its own, without a comma')
    scanner.expected('the end of the line')
  }

  private value(): Value {
    const { scanner } = this
    const start = scanner.at
    const value = this.operand(start)
    blanks(scanner)
    // Nothing that would have to be evaluated.
    const operator = /[-+*/%?<>.&|(]|[!=]=|\[/y
    const at = scanner.at
    if (scanner.match(operator) !== undefined) {
      scanner.fail({ start: at, end: scanner.at }, 'expressions are not evaluated here', plainData)
    }
    return value
  }

  private operand(start: number): Value {
    const { scanner } = this
    const { char } = scanner
    scanner.made(start)
    if (char === '"') return { kind: 'string', value: quoted(scanner), span: scanner.from(start) }
    if (char === '[') return scanner.deeper(start, () => this.list(start))
    if (char === '{') return scanner.deeper(start, () => this.object(start))
    if (char === '(') return scanner.deeper(start, () => this.group(start))
    if (scanner.text.startsWith('<<', start)) {
      return { kind: 'string', value: heredoc(scanner), span: scanner.from(start) }
    }
    const digits = scanner.match(number)
    if (digits !== undefined) {
      if (this.startsWord() || /\d/.test(scanner.char))
        scanner.fail(scanner.from(start), 'this is no number', plainData)
      return { kind: 'number', value: numberOf(digits), span: scanner.from(start) }
    }
    return this.keyword(start)
  }

  private keyword(start: number): Value {
    const { scanner } = this
    const name = scanner.word(letters)
    const span = scanner.from(start)
    if (name === 'true' || name === 'false') return { kind: 'bool', value: name === 'true', span }
    if (name === 'null') return { kind: 'null', span }
    if (name === undefined)
      return scanner.expected('a value', scanner.char === "'" ? 'write strings in double quotes' : plainData)
    const hint = scanner.char === '(' ? plainData : `write "${name}" for the text; ${plainData}`
    return scanner.fail(
      span,
      `\`${name}\` has no meaning here: there are no variables and no functions`,
      hint,
    )
  }

  private group(start: number): Value {
    const { scanner } = this
    scanner.at++
    space(scanner)
    const value = this.value()
    space(scanner)
    if (!scanner.take(')')) scanner.expected('`)`')
    return { ...value, span: scanner.from(start) }
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

  private object(start: number): ObjectValue {
    const { scanner } = this
    const entries: Attribute[] = []
    scanner.at++
    for (;;) {
      space(scanner)
      if (scanner.take('}'))
        return { kind: 'object', entries: lastOfEach(scanner, entries), span: scanner.from(start) }
      entries.push(this.entry())
      blanks(scanner)
      if (scanner.take(',') || scanner.char === '}' || scanner.char === '\n') continue
      scanner.expected('`,`, `}` or the end of the line')
    }
  }

  /** `name = value`, `"name" : value`, also with a number or a name in parentheses. */
  private entry(): Attribute {
    const { scanner } = this
    const start = scanner.at
    let name: Name
    if (scanner.char === '"') name = this.quotedKey()
    else if (scanner.take('(')) name = this.nameInParentheses(start)
    else if (this.startsWord()) name = this.word('a name')
    else {
      const digits = scanner.match(number) ?? scanner.expected('a name or `}`')
      name = { text: String(numberOf(digits)), span: scanner.from(start) }
    }
    blanks(scanner)
    if (!scanner.take('=') && !scanner.take(':')) scanner.expected('`=`')
    blanks(scanner)
    return { name, value: this.value() }
  }

  private nameInParentheses(start: number): Name {
    const { scanner } = this
    space(scanner)
    if (scanner.char !== '"') scanner.expected('a string')
    const { text } = this.quotedKey()
    space(scanner)
    if (!scanner.take(')')) scanner.expected('`)`')
    return { text, span: scanner.from(start) }
  }

  /** The name of an attribute or block, or a label. */
  private quotedName(): Name {
    const name = this.quotedKey()
    if (name.text.length <= maxWord) return name
    return this.scanner.fail(name.span, `a name of more than ${maxWord} letters`)
  }

  private quotedKey(): Name {
    const start = this.scanner.at
    this.scanner.made(start)
    return { text: quoted(this.scanner), span: this.scanner.from(start) }
  }

  private startsWord(): boolean {
    const { char, at, text } = this.scanner
    if (char <= '\u007f') return /[a-zA-Z_]/.test(char)
    letters.first.lastIndex = at
    return letters.first.test(text)
  }

  private word(what: string): Name {
    const start = this.scanner.at
    this.scanner.made(start)
    const text = this.scanner.word(letters) ?? this.scanner.expected(what)
    return { text, span: this.scanner.from(start) }
  }
}

function unique(scanner: Scanner, attributes: readonly Attribute[]): readonly Attribute[] {
  const seen = new Set<string>()
  return attributes.filter(({ name }) => {
    if (!seen.has(name.text)) return seen.add(name.text)
    scanner.report(name.span, `\`${name.text}\` is given twice`)
    return false
  })
}
