// Lines with columns. A cell that ends in a tab is as wide as the widest of its neighbours right above and
// below; a line without that cell, a blank line, another indentation or a section's end parts neighbours.

type Line = { readonly indent: number; readonly cells: readonly string[]; readonly endsSection: boolean }

/** Collects text line by line and aligns its columns in the end. */
export class Sheet {
  private readonly lines: Line[] = []
  private cells: string[] = ['']
  private indent = 0

  get isEmpty(): boolean {
    return this.lines.length === 0 && this.lineIsEmpty
  }

  /** The line that is being written, counted from 0. */
  get line(): number {
    return this.lines.length
  }

  private get lineIsEmpty(): boolean {
    return this.cells.length === 1 && this.cells[0] === ''
  }

  /** Adds text to the line. The indentation is that of the line's first text. */
  write(text: string, indent: number): void {
    if (this.lineIsEmpty) this.indent = indent
    this.cells.push((this.cells.pop() ?? '') + text)
  }

  /** Ends a cell: what follows stands in the next column. */
  tab(): void {
    this.cells.push('')
  }

  newline(endsSection: boolean): void {
    this.lines.push({ indent: this.indent, cells: this.cells, endsSection })
    this.cells = ['']
  }

  /** All lines aligned, without trailing blanks, with one newline at the end. */
  toText(): string {
    const lines = [...this.lines, { indent: this.indent, cells: this.cells, endsSection: true }]
    const widths = lines.map(() => new Map<number, number>())
    const columns = Math.max(...lines.map(({ cells }) => cells.length)) - 1
    for (let column = 0; column < columns; column++) measure(lines, column, widths)
    const texts = lines.map((line, at) => draw(line, widths[at] ?? new Map()))
    return `${texts.join('\n').trimEnd()}\n`
  }
}

/** Sets the width of one column in every run of neighbouring lines that have it. */
function measure(lines: readonly Line[], column: number, widths: readonly Map<number, number>[]): void {
  for (let from = 0; from < lines.length; from++) {
    if (!hasColumn(lines[from], column)) continue
    let to = from
    while (areNeighbours(lines[to], lines[to + 1], column)) to++
    const run = lines.slice(from, to + 1)
    const width = Math.max(...run.map(({ cells }) => widthOf(cells[column] ?? ''))) + 1
    for (let at = from; at <= to; at++) widths[at]?.set(column, width)
    from = to
  }
}

const hasColumn = (line: Line | undefined, column: number): boolean =>
  line !== undefined && line.cells.length > column + 1

const areNeighbours = (line: Line | undefined, next: Line | undefined, column: number): boolean =>
  line !== undefined && !line.endsSection && hasColumn(next, column) && next?.indent === line.indent

function draw({ indent, cells }: Line, widths: ReadonlyMap<number, number>): string {
  const drawn = cells.map((cell, at) => {
    const width = widths.get(at)
    return width === undefined ? cell : cell + ' '.repeat(width - widthOf(cell))
  })
  const text = drawn.join('').trimEnd()
  return text === '' ? '' : '\t'.repeat(indent) + text
}

const widthOf = (text: string) => [...text].length
