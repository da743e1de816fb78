// Lines with columns. A cell that ends in a tab is as wide as the widest of its neighbours right above and
// below; a line without that cell, a blank line, another indentation or a section's end parts neighbours.

type Line = { readonly indent: number; readonly cells: readonly string[]; readonly endsSection: boolean }

/** Collects text line by line and aligns its columns in the end. */
export class Sheet {
  /** Lines without columns are done, and are their texts: there may be a million. */
  private readonly lines: (Line | string)[] = []
  private cells: string[] = []
  /** What the last cell is made of so far. */
  private readonly parts: string[] = []
  private count = 0
  private indent = 0

  get isEmpty(): boolean {
    return this.lines.length === 0 && this.lineIsEmpty
  }

  /** The line that is being written, counted from 0. */
  get line(): number {
    return this.lines.length
  }

  private get lineIsEmpty(): boolean {
    return this.cells.length === 0 && this.count === 0
  }

  /** Adds text to the line. The indentation is that of the line's first text. */
  write(text: string, indent: number): void {
    if (this.lineIsEmpty) this.indent = indent
    if (text !== '') this.parts[this.count++] = text
  }

  /** Ends a cell: what follows stands in the next column. */
  tab(): void {
    this.cells.push(this.cell())
  }

  newline(endsSection: boolean): void {
    if (this.cells.length === 0) this.lines.push(drawn(this.indent, this.cell()))
    else {
      this.tab()
      this.lines.push({ indent: this.indent, cells: this.cells, endsSection })
      this.cells = []
    }
  }

  /** The text of the last cell. */
  private cell(): string {
    const { parts, count } = this
    this.count = 0
    return count < 2 ? (parts.slice(0, count)[0] ?? '') : parts.slice(0, count).join('')
  }

  /** All lines aligned, without trailing blanks, with one newline at the end. */
  toText(): string {
    this.newline(true)
    const { lines } = this
    const widths: Widths = new Map()
    let left = [...lines.keys()].filter((at) => typeof lines[at] !== 'string')
    for (let column = 0; left.length > 0; column++) {
      left = left.filter((at) => hasColumn(lines[at], column))
      measure(lines, column, left, widths)
    }
    for (const [at, line] of lines.entries()) {
      if (typeof line !== 'string') lines[at] = aligned(line, widths.get(at) ?? [])
    }
    return `${lines.join('\n').trimEnd()}\n`
  }
}

/** The widths of a line's columns, by the line: most have none. */
type Widths = Map<number, number[]>

/** Sets the width of one column in every run of neighbouring lines that have it; `having` are those lines. */
function measure(lines: Lines, column: number, having: readonly number[], widths: Widths): void {
  let run: number[] = []
  for (const [place, at] of having.entries()) {
    run.push(at)
    const next = having[place + 1]
    if (next === at + 1 && areNeighbours(lines[at], lines[next], column)) continue
    const width = run.reduce((most, one) => Math.max(most, widthOf(cellsOf(lines[one])[column] ?? '')), 0) + 1
    for (const one of run) add(widths, one, width)
    run = []
  }
}

function add(widths: Widths, line: number, width: number): void {
  const known = widths.get(line)
  if (known === undefined) widths.set(line, [width])
  else known.push(width)
}

type Lines = readonly (Line | string)[]

const cellsOf = (line: Line | string | undefined) => (typeof line === 'object' ? line.cells : [])
const hasColumn = (line: Line | string | undefined, column: number) => cellsOf(line).length > column + 1

const areNeighbours = (line: Lines[number] | undefined, next: Lines[number] | undefined, column: number) =>
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

const widthOf = (text: string) => [...text].length
