// From words to text: in the way that people write, or with any blank, line break and comment that the grammar allows.

import type { Dice } from './dice.ts'
import type { Words } from './pieces.ts'

/**
 * `neat` is one statement a line, `wild` is any layout, `commented` any with comments only where people put them,
 * `dense` as much on one line as goes there.
 */
export type Layout = 'neat' | 'wild' | 'commented' | 'dense'

const blanks = [' ', ' ', ' ', '  ', '\t', '\n', '\n\n\n', ' \n\t', '']
const comments = [' /* c */', ' # c\n', ' // c  \n\n', ' /* d\n  e */']
const ends = /^(?:["`\p{L}\p{Nd}_.].*|[)\]}]|\};)$/su
const denseBlanks = ['', '', '', '', '', ' ', '  ', ' /* c */']
const denseBreaks = ['', '', '', '', ' ', ' /* c */', '\n', ' # c\n']
const goesOn = new Set(
  'all and any as case contains default else filter for func if import in is map matches not or param rule when xor'.split(
    ' ',
  ),
)
const isWordly = /[\p{L}\p{Nd}_."`]/u

const isSeparator = (word: string) => word === ';' || word === '?;' || word === ',' || word === '?,'
/** Whether a line break behind a word would end the statement. */
const endsStatement = (word: string, before: string) =>
  ends.test(word) && (before === '.' || !goesOn.has(word))

/** The text of some words. */
export const laidOut = (words: Words, layout: Layout, dice: Dice): string =>
  layout === 'neat' ? neat(words) : loose(words, layout, dice)

function neat(words: Words): string {
  const written = words.filter((word) => word !== '?,' && word !== '?;')
  let [text, depth] = ['', 0]
  for (const [at, word] of written.entries()) {
    depth += depthChange(word)
    const isTightHere = text === '' || /\s$/.test(text) || isTight(written[at - 1] ?? '', word)
    text += neatWord(word, isTightHere ? '' : ' ', depth + Math.min(depthChange(written[at + 1] ?? ''), 0))
  }
  return text
}

const depthChange = (word: string) => (word === '{;' ? 1 : word === '};' ? -1 : 0)

function neatWord(word: string, gap: string, depthBelow: number): string {
  const below = `\n${'\t'.repeat(depthBelow)}`
  if (word === ';') return below
  return gap + plain(word) + (word === '{;' ? below : '')
}

const plain = (word: string) => (word === '{;' ? '{' : word === '};' ? '}' : word)
const isTight = (last: string, next: string) =>
  /^[,.)\]:]$/.test(next) ||
  /^[.([]$/.test(last) ||
  (/^[([]$/.test(next) && /[\p{L}\p{Nd}_)\]}]$/u.test(last))

function loose(words: Words, layout: Layout, dice: Dice): string {
  let text = ''
  for (const [at, word] of words.entries()) {
    const [last, before] = [words[at - 1] ?? '', words[at - 2] ?? '']
    if (isSeparator(word)) {
      text += separator(word, dice.pick(gapsAt(word, words[at + 1] ?? '', layout)))
      continue
    }
    const gap = dice.pick(isSeparator(last) ? [''] : gapsAt(last, word, layout))
    text += (isAllowed(last, before, word, gap) ? gap : ' ') + plain(word)
  }
  return text
}

function gapsAt(last: string, next: string, layout: Layout): readonly string[] {
  if (layout === 'wild') return [...blanks, ...comments]
  if (layout === 'dense') return isSeparator(last) ? denseBreaks : denseBlanks
  return isSeparator(last) && !isSeparator(next) ? [...blanks, '# c\n', '\n# c\n'] : blanks
}

function separator(word: string, gap: string): string {
  if (word === ',') return `,${gap}`
  const breaks = gap.includes('\n')
  if (word === '?,') return breaks ? `,${gap}` : gap
  if (word === '?;') return gap
  return breaks ? gap : `;${gap}`
}

function isAllowed(last: string, before: string, word: string, gap: string): boolean {
  if (gap.includes('\n') && endsStatement(last, before)) return false
  if (gap !== '' || last === '') return true
  const [end, start] = [last.at(-1) ?? '', word.at(0) ?? '']
  return (
    !(isWordly.test(end) && isWordly.test(start)) && !(/[-+*/%<>=!]/.test(end) && /[-+*/%<>=!]/.test(start))
  )
}
