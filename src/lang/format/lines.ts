// Offsets to lines, for many offsets of one text.

type Ascending = { readonly [index: number]: number; readonly length: number }

/** How many of some ascending numbers are at most this large. */
export function countUpTo(limit: number, numbers: Ascending): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low
}

/** A function from an offset to its line, counted from 1. */
export function linesOf(text: string): (offset: number) => number {
  let count = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  const starts = new Int32Array(count)
  for (let [at, line] = [text.indexOf('\n'), 1]; at !== -1; at = text.indexOf('\n', at + 1))
    starts[line++] = at + 1
  return (offset) => countUpTo(offset, starts)
}
