// Lines with columns. A cell that ends in a tab is as wide as the widest of its neighbours right above and
// below; a line without that cell, a blank line, another indentation or a section's end parts neighbours.

type Line = { readonly indent: number; readonly cells: readonly string[]; readonly endsSection: boolean }

/** Collects text line by line and aligns its columns in the end. */
export class Sheet {
  private readonly lines: Line[] = []
  private cells: string[] = []
  /** What the last cell is made of so far. */
  private parts: string[] = []
  private indent = 0

  get isEmpty(): boolean {
    return this.lines.length === 0 && this.lineIsEmpty
  }

  /** The line that is being written, counted from 0. */
  get line(): number {
    return this.lines.length
  }

  private get lineIsEmpty(): boolean {
    return this.cells.length === 0 && this.parts.length === 0
  }

  /** Adds text to the line. The indentation is that of the line's first text. */
  write(text: string, indent: number): void {
    if (this.lineIsEmpty) this.indent = indent
    if (text !== '') this.parts.push(text)
  }

  /** Ends a cell: what follows stands in the next column. */
  tab(): void {
    // Joined it takes less than as a text that is put together bit by bit: there may be a million.
    this.cells.push(this.parts.join(''))
    this.parts = []
  }

  newline(endsSection: boolean): void {
    this.tab()
    this.lines.push({ indent: this.indent, cells: this.cells, endsSection })
    this.cells = []
  }

  /** All lines aligned, without trailing blanks, with one newline at the end. */
  toText(): string {
    this.newline(true)
    const { lines } = this
    const widths: Widths = new Map()
    let left = lines.map((_, at) => at)
    for (let column = 0; left.length > 0; column++) {
      left = left.filter((at) => hasColumn(lines[at], column))
      measure(lines, column, left, widths)
    }
    const texts = lines.map((line, at) => draw(line, widths.get(at) ?? []))
    return `${texts.join('\n').trimEnd()}\n`
  }
}

/** The widths of a line's columns, by the line: most have none. */
type Widths = Map<number, number[]>

/** Sets the width of one column in every run of neighbouring lines that have it; `having` are those lines. */
function measure(lines: readonly Line[], column: number, having: readonly number[], widths: Widths): void {
  let run: number[] = []
  for (const [place, at] of having.entries()) {
    run.push(at)
    const next = having[place + 1]
    if (next === at + 1 && areNeighbours(lines[at], lines[next], column)) continue
    const width = run.reduce((most, one) => Math.max(most, widthOf(lines[one]?.cells[column] ?? '')), 0) + 1
    for (const one of run) add(widths, one, width)
    run = []
  }
}

function add(widths: Widths, line: number, width: number): void {
  const known = widths.get(line)
  if (known === undefined) widths.set(line, [width])
  else known.push(width)
}

const hasColumn = (line: Line | undefined, column: number): boolean =>
  line !== undefined && line.cells.length > column + 1

const areNeighbours = (line: Line | undefined, next: Line | undefined, column: number): boolean =>
  line !== undefined && !line.endsSection && hasColumn(next, column) && next?.indent === line.indent

function draw({ indent, cells }: Line, widths: readonly number[]): string {
  const drawn = cells.map((cell, at) => {
    const width = widths[at]
    return width === undefined ? cell : cell + ' '.repeat(width - widthOf(cell))
  })
  const text = drawn.join('').trimEnd()
  return text === '' ? '' : '\t'.repeat(indent) + text
}

const widthOf = (text: string) => [...text].length
