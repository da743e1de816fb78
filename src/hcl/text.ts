// Strings of HCL: quoted ones with escapes, and heredocs. `${` and `%{` begin a template, which would have to be
// evaluated; configuration is plain data here, so a template is an error that says how to write the letters themselves.

import type { Span } from '../source/index.ts'
import type { Letters, Scanner } from './scanner.ts'

const escapes = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
])

const plain = /[^"\\$%\r\n]+/y
const unicode = /u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y

/** The string that begins here with a quote. */
export function quoted(scanner: Scanner): string {
  const start = scanner.at
  scanner.at++
  const [pieces, parts]: [string[], string[]] = [[], []]
  for (;;) {
    parts.push(scanner.match(plain) ?? '')
    const { char, at } = scanner
    if (scanner.take('"')) return [...pieces, ...parts].join('')
    if (scanner.atEnd || char === '\n' || char === '\r') {
      return scanner.fail(
        scanner.from(start),
        'the string has no closing quote',
        'end it on its line with `"`',
      )
    }
    parts.push(scanner.take('\\') ? escaped(scanner, at) : templateOr(scanner))
    // Millions of parts would take far more than the text.
    if (parts.length > partsAtOnce) pieces.push(parts.splice(0).join(''))
  }
}

const partsAtOnce = 4096

function escaped(scanner: Scanner, start: number): string {
  const code = scanner.match(unicode)
  if (code !== undefined) {
    const point = Number.parseInt(code.slice(1), 16)
    if (point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) return String.fromCodePoint(point)
    scanner.report(scanner.from(start), `\`\\${code}\` is no character`)
    return ''
  }
  const { char } = scanner
  const value = escapes.get(char)
  if (value === undefined) {
    scanner.report(
      { start, end: start + 1 + char.length },
      `unknown escape \`\\${char}\``,
      'write a backslash as `\\\\`; known are \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN',
    )
    return ''
  }
  scanner.at++
  return value
}

/** A `$` or `%` that stands for itself, also `$${` for `${`. A template is reported. */
function templateOr(scanner: Scanner): string {
  const start = scanner.at
  for (const sign of ['$', '%']) {
    if (scanner.take(`${sign}${sign}{`)) return `${sign}{`
    if (scanner.take(`${sign}{`)) {
      scanner.report(
        scanner.from(start),
        'templates are not evaluated here',
        `write \`${sign}${sign}{\` for the text \`${sign}{\``,
      )
      return `${sign}{`
    }
  }
  scanner.at++
  return scanner.text[start] ?? ''
}

const letters: Letters = {
  plain: /[a-zA-Z_][\w-]*/y,
  first: /[\p{L}_]/uy,
  others: /[\p{L}\p{Nd}_-]+/uy,
}
const endOfOpening = /[ \t]*\r?\n/y
const anyLine = /[^\n]*(?:\n|$)/y

/** The heredoc that begins here with `<<`. */
export function heredoc(scanner: Scanner): string {
  const { lines, form } = heredocLines(scanner)
  return joined(scanner, lines, form)
}

/** A heredoc as it stands there; each line has its break. */
export type Heredoc = {
  readonly lines: readonly Line[]
  readonly form: 'indented' | 'flush'
  /** The blanks before the closing word. */
  readonly closingIndent: string
}

type Line = { readonly text: string; readonly at: number }

/** The lines of the heredoc that begins here with `<<`. */
export function heredocLines(scanner: Scanner): Heredoc {
  const start = scanner.at
  scanner.take('<<')
  const form = scanner.take('-') ? 'indented' : 'flush'
  const word = scanner.word(letters)
  const headEnd = scanner.at
  if (word === undefined || scanner.match(endOfOpening) === undefined) {
    scanner.at = start
    return scanner.fail(
      { start, end: start + 2 },
      'a heredoc begins with a word at the end of its line',
      'write it like <<EOT',
    )
  }
  const lines: Line[] = []
  while (!scanner.atEnd) {
    const at = scanner.at
    const line = scanner.match(anyLine) ?? ''
    if (line.trim() === word) {
      // The line break behind the closing word ends the attribute.
      scanner.at = at + line.trimEnd().length
      const closingIndent = line.slice(0, line.length - line.trimStart().length)
      return { lines, form, closingIndent }
    }
    scanner.made(at)
    lines.push({ text: line, at })
  }
  return scanner.fail({ start, end: headEnd }, `the heredoc has no closing line \`${word}\``)
}

function joined(scanner: Scanner, lines: readonly Line[], form: 'indented' | 'flush'): string {
  const indents = lines
    .filter(({ text }) => text.trim() !== '')
    .map(({ text }) => /^[ \t]*/.exec(text)?.[0].length ?? 0)
  const indent = form === 'indented' ? indents.reduce((least, each) => Math.min(least, each), Infinity) : 0
  return lines
    .map(({ text, at }) => {
      reportTemplates(scanner, text, at)
      const line = text.trim() === '' && indent > 0 ? text.replace(/^[ \t]+/, '') : text.slice(indent)
      return line.replace(/([$%])\1\{/g, '$1{')
    })
    .join('')
}

function reportTemplates(scanner: Scanner, line: string, at: number): void {
  for (const found of line.matchAll(/(\$\$|%%)?([$%])?\{/g)) {
    const [, doubled, sign] = found
    if (doubled !== undefined || sign === undefined) continue
    const span: Span = { start: at + found.index, end: at + found.index + 2 }
    scanner.report(
      span,
      'templates are not evaluated here',
      `write \`${sign}${sign}{\` for the text \`${sign}{\``,
    )
  }
}
