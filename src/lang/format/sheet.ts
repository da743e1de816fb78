// Lines with columns. A cell that ends in a tab is as wide as the widest of its neighbours right above and
// below; a line without that cell, a blank line, another indentation or a section's end parts neighbours.

type Line = {
  readonly indent: number
  readonly cells: readonly string[]
  readonly endsSection: boolean
  /** Where it stands in the source. */
  readonly place: number
}

/** Columns and indentation make a text longer than its source: a file of more letters could not be read again. */
export const maxLetters = 16 * 1024 * 1024

/** The text gets too long; `place` is where it does so in the source. */
export class TooLong extends Error {
  readonly place: number

  constructor(place: number) {
    super(`more than ${maxLetters} letters at ${place}`)
    this.place = place
  }
}

/** Collects text line by line and aligns its columns in the end. */
export class Sheet {
  /** Lines without columns are done, and are their texts: there may be a million. */
  private readonly lines: (Line | string)[] = []
  private cells: string[] = []
  /** What the last cell is made of so far. */
  private readonly parts: string[] = []
  /** Those before them, joined: a line may have a million. */
  private readonly pieces: string[] = []
  private count = 0
  private indent = 0
  /** How many letters there are at least. */
  private letters = 0
  /** Where what is written stands in the source. */
  place = 0
  /** The line that is being written, counted from 0. */
  line = 0

  get isEmpty(): boolean {
    return this.lines.length === 0 && this.lineIsEmpty
  }

  private get lineIsEmpty(): boolean {
    return this.cells.length === 0 && this.count === 0
  }

  /** Adds text to the line. The indentation is that of the line's first text. */
  write(text: string, indent: number): void {
    if (this.lineIsEmpty) this.indent = indent
    if (text === '') return
    if (this.count === partsAtOnce) {
      this.pieces.push(this.parts.join(''))
      this.count = 0
    }
    this.parts[this.count++] = text
  }

  /** Ends a cell: what follows stands in the next column. */
  tab(): void {
    this.cells.push(this.cell())
  }

  newline(endsSection: boolean): void {
    const { indent, place, cells } = this
    const last = this.cell()
    this.grow(indent + last.length, place)
    if (cells.length === 0) this.lines.push(drawn(indent, last))
    else {
      cells.push(last)
      this.lines.push({ indent, cells, endsSection, place })
      this.cells = []
    }
    this.line++
  }

  /** Ends the line and adds others as they are, but for blanks at their ends. The last one goes on. */
  addLines(text: string): void {
    this.newline(true)
    const last = text.lastIndexOf('\n')
    if (last !== -1) this.addWholeLines(text.slice(0, last))
    this.write(text.slice(last + 1).trimEnd(), 0)
  }

  /** They become one: there may be millions. */
  private addWholeLines(text: string): void {
    const [pieces, parts]: [string[], string[]] = [[], []]
    for (let start = 0; start <= text.length; this.line++) {
      const found = text.indexOf('\n', start)
      const end = found === -1 ? text.length : found
      const line = text.slice(start, end).trimEnd()
      this.grow(line.length, this.place)
      if (parts.push(line) === partsAtOnce) pieces.push(parts.splice(0).join('\n'))
      start = end + 1
    }
    if (parts.length > 0) pieces.push(parts.join('\n'))
    this.lines.push(pieces.join('\n'))
  }

  private grow(letters: number, place: number): void {
    this.letters += letters
    if (this.letters > maxLetters) throw new TooLong(place)
  }

  /** The text of the last cell. */
  private cell(): string {
    const { parts, count } = this
    this.count = 0
    const last = count < 2 ? (parts.slice(0, count)[0] ?? '') : parts.slice(0, count).join('')
    return this.pieces.length === 0 ? last : [...this.pieces.splice(0), last].join('')
  }

  /** All lines aligned, without trailing blanks, with one newline at the end. */
  toText(): string {
    this.newline(true)
    const { lines } = this
    const widths: Widths = new Map()
    let left = [...lines.keys()].filter((at) => typeof lines[at] !== 'string')
    for (let column = 0; left.length > 0; column++) {
      left = left.filter((at) => hasColumn(lines[at], column))
      this.measure(column, left, widths)
    }
    for (const [at, line] of lines.entries()) {
      if (typeof line !== 'string') lines[at] = aligned(line, widths.get(at) ?? [])
    }
    return `${lines.join('\n').trimEnd()}\n`
  }

  /** Sets the width of one column in every run of neighbouring lines that have it; `having` are those lines. */
  private measure(column: number, having: readonly number[], widths: Widths): void {
    const { lines } = this
    let run: number[] = []
    for (const [index, at] of having.entries()) {
      run.push(at)
      const next = having[index + 1]
      if (next === at + 1 && areNeighbours(lines[at], lines[next], column)) continue
      const width =
        run.reduce((most, one) => Math.max(most, widthOf(cellsOf(lines[one])[column] ?? '')), 0) + 1
      const first = lines[run[0] ?? at]
      this.grow(run.length * width, typeof first === 'object' ? first.place : 0)
      for (const one of run) add(widths, one, width)
      run = []
    }
  }
}

const partsAtOnce = 4096

/** The widths of a line's columns, by the line: most have none. */
type Widths = Map<number, number[]>

function add(widths: Widths, line: number, width: number): void {
  const known = widths.get(line)
  if (known === undefined) widths.set(line, [width])
  else known.push(width)
}

const cellsOf = (line: Line | string | undefined) => (typeof line === 'object' ? line.cells : [])
const hasColumn = (line: Line | string | undefined, column: number) => cellsOf(line).length > column + 1

const areNeighbours = (line: Line | string | undefined, next: Line | string | undefined, column: number) =>
  typeof line === 'object' &&
  typeof next === 'object' &&
  !line.endsSection &&
  hasColumn(next, column) &&
  next.indent === line.indent

function aligned({ indent, cells }: Line, widths: readonly number[]): string {
  const padded = cells.map((cell, at) => {
    const width = widths[at]
    return width === undefined ? cell : cell + ' '.repeat(width - widthOf(cell))
  })
  return drawn(indent, padded.join(''))
}

function drawn(indent: number, line: string): string {
  const text = line.trimEnd()
  return text === '' ? '' : '\t'.repeat(indent) + text
}

/** How many characters there are. */
function widthOf(text: string): number {
  if (!/[\ud800-\udbff]/.test(text)) return text.length
  let width = 0
  for (const _ of text) width++
  return width
}
