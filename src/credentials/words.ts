// Splits a command line into words without a shell, as botocore does for `credential_process` and for section
// headers: POSIX quoting (Python's shlex), or the rules of Windows' C runtime. Nothing is expanded.

/** How a command line quotes: POSIX, or Windows, where a backslash is an ordinary character. */
export type Quoting = 'posix' | 'windows'

/** The words of a command line; undefined when a quote or an escape is left open. */
export function splitWords(line: string, quoting: Quoting): readonly string[] | undefined {
  return quoting === 'posix' ? posixWords(line) : windowsWords(line)
}

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one state machine, one case per state
function posixWords(line: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? ''
    if (quote === "'") {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '\\') {
      const next = line[++at]
      if (next === undefined) return undefined
      word = (word ?? '') + (quote === '"' && next !== '"' && next !== '\\' ? `\\${next}` : next)
    } else if (quote === '"') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + char
    }
  }
  if (quote !== '') return undefined
  return word === undefined ? words : [...words, word]
}

/** Backslashes count only before a double quote: 2n of them are n, one more makes the quote a character. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one state machine, one case per state
function windowsWords(line: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quoted = false
  for (const [part] of line.matchAll(/\\*"|\\+|\s+|[^\s"\\]+/g)) {
    const slashes = part.endsWith('"') ? part.length - 1 : 0
    if (!part.endsWith('"') && (quoted || part.trim() !== '')) {
      word = (word ?? '') + part
    } else if (part.endsWith('"')) {
      word = (word ?? '') + '\\'.repeat(slashes >> 1) + (slashes % 2 === 1 ? '"' : '')
      quoted = slashes % 2 === 1 ? quoted : !quoted
    } else {
      if (word !== undefined) words.push(word)
      word = undefined
    }
  }
  if (quoted) return undefined
  return word === undefined ? words : [...words, word]
}
