// Strings of HCL 1. They are not templates: what stands in `${…}` is kept as it was written, quotes and line breaks too.

import type { Scanner } from './scanner.ts'
import { heredocLines } from './text.ts'

const plain = /[^"\\$\n]+/y
const escapes = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['"', '"'],
  ['\\', '\\'],
])
/** A code in octal or hexadecimal digits. */
const code = /[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y

/** The string that begins here with a quote. */
export function quotedOfHcl1(scanner: Scanner): string {
  const start = scanner.at
  scanner.at++
  let value = ''
  for (;;) {
    value += scanner.match(plain) ?? ''
    const { at } = scanner
    if (scanner.take('"')) return value
    if (scanner.take('\\')) value += escaped(scanner, at)
    else if (scanner.take('${')) value += interpolation(scanner, at)
    else if (scanner.take('$')) value += '$'
    else
      return scanner.fail(
        scanner.from(start),
        'the string has no closing quote',
        'end it on its line with `"`',
      )
  }
}

function escaped(scanner: Scanner, start: number): string {
  const spelt = scanner.match(code)
  if (spelt !== undefined) return character(scanner, spelt, start)
  const { char } = scanner
  const value = escapes.get(char)
  scanner.at += char.length
  if (value !== undefined) return value
  return scanner.fail(scanner.from(start), `unknown escape \`\\${char}\``, 'write a backslash as `\\\\`')
}

/** Codes of one byte are characters up to 7f only: what several of them spell together is not looked for. */
function character(scanner: Scanner, spelt: string, start: number): string {
  const isOctal = /^\d/.test(spelt)
  const point = Number.parseInt(isOctal ? spelt : spelt.slice(1), isOctal ? 8 : 16)
  const limit = isOctal || spelt.startsWith('x') ? 0x7f : 0x10ffff
  if (point <= limit && (point < 0xd800 || point > 0xdfff)) return String.fromCodePoint(point)
  return scanner.fail(scanner.from(start), `\`\\${spelt}\` is no character`, 'write it like \\u00e9')
}

function interpolation(scanner: Scanner, start: number): string {
  for (let depth = 1; depth > 0; ) {
    if (scanner.match(/[^{}]+/y) !== undefined) continue
    if (scanner.atEnd) scanner.fail({ start, end: start + 2 }, 'the `${` in the string is not closed')
    depth += scanner.char === '{' ? 1 : -1
    scanner.at++
  }
  return scanner.text.slice(start, scanner.at)
}

/** The heredoc that begins here with `<<`. Of `<<-` the closing word says how much each line is indented. */
export function heredocOfHcl1(scanner: Scanner): string {
  const { lines, form, closingIndent: indent } = heredocLines(scanner)
  const text = lines.map((line) => line.text.replace(/\r\n$/, '\n'))
  if (form === 'flush') return text.join('') + indent
  if (!text.every((line) => line.startsWith(indent))) return text.join('')
  return text.map((line) => line.slice(indent.length)).join('')
}
