// One line of a story into words: blanks separate, '…' is literal, "…" and bare text have their $NAME replaced.

export type Word = {
  readonly text: string /** The same with regular-expression signs from variables escaped. */
  readonly pattern: string
}

export type Line = { readonly number: number; readonly text: string }

/** The lines of a script that do something: no comments, no blank lines; a final backslash joins the next line. */
export function scriptLines(script: string): readonly Line[] {
  const lines: { number: number; text: string }[] = []
  let joins = false
  for (const [at, raw] of script.split('\n').entries()) {
    const text = raw.replace(/\\$/, ' ')
    const last = lines.at(-1)
    if (joins && last !== undefined) last.text += text.trim()
    else if (!/^\s*(#|$)/.test(raw)) lines.push({ number: at + 1, text })
    joins = raw.endsWith('\\')
  }
  return lines
}

/** @throws Error on an unclosed quote or an unknown variable */
export function splitWords(line: string, variables: ReadonlyMap<string, string>): readonly Word[] {
  const words: { text: string; pattern: string }[] = []
  let open = false
  const pieces = /\s+|'((?:[^']|'')*)'|"([^"]*)"|[^\s'"]+|['"]/gy
  for (const [piece, literal, quoted] of line.trim().matchAll(pieces)) {
    if (/^\s/.test(piece)) {
      open = false
      continue
    }
    if (piece === "'" || piece === '"') throw new Error(`unclosed ${piece}`)
    if (!open) words.push({ text: '', pattern: '' })
    open = true
    const word = words.at(-1)
    if (word === undefined) continue
    word.text += literal?.replaceAll("''", "'") ?? expand(quoted ?? piece, variables, (value) => value)
    word.pattern += literal?.replaceAll("''", "'") ?? expand(quoted ?? piece, variables, escapePattern)
  }
  return words
}

/** Replaces `$NAME` and `${NAME}`. @throws Error on a variable that is not set */
export function expand(
  text: string,
  variables: ReadonlyMap<string, string>,
  write: (value: string) => string,
): string {
  return text.replace(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? ''
    const value = variables.get(name)
    if (value === undefined) throw new Error(`$${name} is not set`)
    return write(value)
  })
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
