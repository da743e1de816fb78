// Runs of characters of one kind, such as the letters of a word, however long they are.

/** So much of a text is looked at at once. */
const partLength = 4096

/** No word of a policy or of a configuration is longer, in UTF-16 code units. */
export const maxWord = 65_536

/**
 * Where the run ends that begins at an offset; the offset itself where there is none. `kind` is sticky and matches a run.
 * It is given the text in parts: where a character may be two code units, V8 keeps each one that it has matched, on a
 * stack that has room for some millions.
 */
export function endOfRun(text: string, start: number, kind: RegExp): number {
  for (let at = start; ; ) {
    const part = text.slice(at, endOfPart(text, at))
    kind.lastIndex = 0
    const length = kind.test(part) ? kind.lastIndex : 0
    at += length
    if (length < part.length || length === 0) return at
  }
}

/** A pair of surrogates is not parted. */
function endOfPart(text: string, at: number): number {
  const end = at + partLength
  const last = text.charCodeAt(end - 1)
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end
}
