// Writes the text of generated code. INVARIANT: nothing of a policy's text gets into it but through `quoted`, which
// spells every character out that is not harmless; names are made here, and all other values are constants that
// the code is handed.

/** A block of code that counts its own steps: it pays for all of them when it is entered. */
type Block = {
  readonly lines: string[]
  readonly indent: number
  readonly turns: Turns | undefined
  steps: number
  bytes: number
}

/** The turns of a loop, in generated code: the number of the one at hand, and how many there are. */
export type Turns = { readonly at: string; readonly length: string }

/** For so many turns a loop pays at once: a power of two. */
const turnsPaidAhead = 64

/** A string as a literal of JavaScript: anything but plain ASCII is escaped. */
export function quoted(text: string): string {
  const safe = text.replace(/[^ !#-[\]-~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `"${safe}"`
}

/** Text of code, line by line. */
export class Writer {
  /** What the code is handed: values that cannot be written down. */
  readonly constants: unknown[] = []
  /** Variables that each evaluation begins with, and what they hold then. */
  readonly resets = new Map<string, string>()
  /** Fields of the host's objects that are read directly. */
  readonly fields = new Set<string>()
  private names = 0
  private block: Block = { lines: [], indent: 0, turns: undefined, steps: 0, bytes: 0 }
  private indent = 0

  /** A name that nothing else has. */
  name(start: string): string {
    this.names++
    return `${start}${this.names}`
  }

  line(text: string): void {
    this.block.lines.push('  '.repeat(this.indent) + text)
  }

  /** Puts a value into a name, and gives the name. */
  put(code: string): string {
    const name = this.name('t')
    this.line(`const ${name} = ${code}`)
    return name
  }

  /** A variable that holds this whenever an evaluation begins. */
  reset(value: string): string {
    const name = this.name('q')
    this.resets.set(name, value)
    return name
  }

  /** A value that the code is handed. */
  constant(value: unknown): string {
    return `$k[${this.constants.push(value) - 1}]`
  }

  /** Lines inside of others: `head {`, what `inner` writes, `}`. */
  inside(head: string, inner: () => void): void {
    this.line(`${head} {`)
    this.indent++
    inner()
    this.indent--
    this.line('}')
  }

  /** What the block at hand costs: steps, and bytes of values. */
  charge(steps: number, bytes = 0): void {
    this.block.steps += steps
    this.block.bytes += bytes
  }

  /** Lines that are run by themselves, and pay for themselves at their start; a loop for some turns at once. */
  metered(head: string, inner: () => void, turns?: Turns): void {
    this.line(`${head} {`)
    const outer = this.block
    this.block = { lines: [], indent: this.indent + 1, turns, steps: 0, bytes: 0 }
    this.indent++
    inner()
    this.indent--
    for (const line of paidFor(this.block)) outer.lines.push(line)
    this.block = outer
    this.line('}')
  }

  /** Writes somewhere else for a while, and gives the lines. */
  apart(inner: () => void): readonly string[] {
    const [outer, indent] = [this.block, this.indent]
    this.block = { lines: [], indent: 0, turns: undefined, steps: 0, bytes: 0 }
    this.indent = 0
    inner()
    const { lines } = this.block
    this.block = outer
    this.indent = indent
    return lines
  }

  /** All lines so far. */
  text(): string {
    return this.block.lines.join('\n')
  }
}

function* paidFor({ lines, indent, turns, steps, bytes }: Block): Generator<string> {
  const start = '  '.repeat(indent)
  const times = turns && ` * Math.min(${turnsPaidAhead}, ${turns.length} - ${turns.at})`
  const payment = [
    steps > 0 ? `if (($steps -= ${steps}${times ?? ''}) < 0) $moreSteps()` : '',
    bytes > 0 ? `if (($bytes -= ${bytes}${times ?? ''}) < 0) $moreBytes()` : '',
  ].filter((line) => line !== '')
  if (turns === undefined || payment.length === 0) for (const line of payment) yield `${start}${line}`
  else yield `${start}if ((${turns.at} & ${turnsPaidAhead - 1}) === 0) { ${payment.join('; ')} }`
  yield* lines
}
