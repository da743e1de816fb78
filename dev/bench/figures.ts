// Figures are ratios of things measured in turn, so that a machine whose speed drifts slows both sides alike.

/** One line of the table that the bench prints. */
export type Figure = {
  readonly name: string
  /** Ratio to what stands in `beside`. */
  readonly ratio: number
  /** The middle half of the ratios, pair by pair; absent where there is one pair. */
  readonly spread?: readonly [low: number, high: number]
  readonly beside: string
  /** What is asked for, at most or at least; absent for figures that only inform. */
  readonly target?: number | undefined
  readonly atLeast?: number | undefined
  readonly ms: number
}

/** Measures two things in turn. `before` runs before each round and is not counted. */
export async function inTurn(
  rounds: number,
  { before, measured, beside }: { before(): Promise<void>; measured(): number; beside(): number },
): Promise<Pick<Figure, 'ratio' | 'spread' | 'ms'>> {
  const pairs: { readonly a: number; readonly b: number }[] = []
  for (let round = 0; round < rounds; round++) {
    await before()
    // Who goes first changes, so that neither always follows the other's garbage.
    const [first, second] = round % 2 === 0 ? [measured, beside] : [beside, measured]
    const [x, y] = [first(), second()]
    pairs.push(round % 2 === 0 ? { a: x, b: y } : { a: y, b: x })
  }
  const [a, b] = [pairs.map((pair) => pair.a), pairs.map((pair) => pair.b)]
  const ratios = pairs.map((pair) => pair.a / pair.b)
  return {
    ratio: quantile(a, 0.5) / quantile(b, 0.5),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    ms: quantile(a, 0.5),
  }
}

/** The value below which a share of the numbers lies. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((x, y) => x - y)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN
}

/** The table, one line per figure. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, ratio, spread, beside, target, atLeast, ms }) => [
    name,
    `${ratio.toFixed(2)} x ${beside}`,
    spread === undefined ? '' : `${spread[0].toFixed(2)} to ${spread[1].toFixed(2)}`,
    `${ms < 1 ? ms.toPrecision(2) : ms.toFixed(0)} ms`,
    verdict({ ratio, target, atLeast }),
  ])
  const head = ['', 'median', 'middle half', 'median', 'target']
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return [head, ...rows].map(line).join('\n')
}

/** Whether a figure is as asked for. */
function verdict({ ratio, target, atLeast }: Pick<Figure, 'ratio' | 'target' | 'atLeast'>): string {
  if (target !== undefined) return `at most ${target}: ${ratio <= target ? 'met' : 'NOT MET'}`
  return atLeast === undefined ? '' : `at least ${atLeast}: ${ratio >= atLeast ? 'met' : 'NOT MET'}`
}

/** Ends the bench: a figure may be anything, but what was measured must have done what it says. */
export function check(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`not so: ${what}`)
}
