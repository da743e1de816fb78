/**
 * The word that a person most likely meant: the one with the fewest edits, if they are few for its length.
 * Case is not an edit. Undefined when nothing is near.
 */
export function closest(typed: string, words: Iterable<string>): string | undefined {
  const text = typed.toLowerCase()
  let [best, least]: [string | undefined, number] = [undefined, Number.POSITIVE_INFINITY]
  for (const word of words) {
    const edits = distance(text, word.toLowerCase())
    if (edits < least && edits <= Math.max(1, Math.floor(word.length / 3))) [best, least] = [word, edits]
  }
  return best
}

/** Edits between two words, a swap of neighbours counting as one (optimal string alignment). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8 || a.length > 64) return Number.POSITIVE_INFINITY
  const table = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => table[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= a.length; row++) {
    table[row] = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const swap = swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY
      table[row]?.push(Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, replaced, swap))
    }
  }
  return at(a.length, b.length)
}
