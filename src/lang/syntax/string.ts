// String literals to bytes. `\ooo` and `\xHH` are raw bytes, `\u` and `\U` the UTF-8 of a code point.

import type { Diagnostic } from '../../source/index.ts'
import { type Bytes, textToBytes } from '../values/bytes.ts'
import { maxDiagnostics } from './tokens.ts'

/** What a string literal holds, and what is wrong inside it, at offsets from its beginning. */
export type ReadString = { readonly value: Bytes; readonly diagnostics: readonly Diagnostic[] }

const simple = new Map<string, Bytes>([
  ...([
    ['a', '\x07'],
    ['b', '\b'],
    ['f', '\f'],
    ['n', '\n'],
    ['r', '\r'],
  ] as const),
  ...([
    ['t', '\t'],
    ['v', '\v'],
    ['\\', '\\'],
    ['"', '"'],
  ] as const),
])
const escapes = /\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]?))/gu

/** Reads a literal in double quotes or back quotes, as the lexer found it. */
export function readString(literal: string): ReadString {
  if (literal.startsWith('`'))
    return { value: textToBytes(inside(literal, '`').replaceAll('\r', '')), diagnostics: [] }
  const body = inside(literal, '"')
  if (!body.includes('\\')) return { value: textToBytes(body), diagnostics: [] }
  return readEscapes(body)
}

const inside = (literal: string, close: string) =>
  literal.slice(1, literal.length > 1 && literal.endsWith(close) ? -1 : undefined)

function readEscapes(body: string): ReadString {
  const diagnostics: Diagnostic[] = []
  const [pieces, parts]: [Bytes[], Bytes[]] = [[], []]
  let done = 0
  for (const match of body.matchAll(escapes)) {
    const bytes = readEscape(match)
    if (bytes === undefined && diagnostics.length < maxDiagnostics) diagnostics.push(unknownEscape(match))
    parts.push(textToBytes(body.slice(done, match.index)), bytes ?? '')
    done = match.index + match[0].length
    // Millions of parts would take far more than the text.
    if (parts.length > partsAtOnce) pieces.push(parts.splice(0).join(''))
  }
  return { value: [...pieces, ...parts, textToBytes(body.slice(done))].join(''), diagnostics }
}

const partsAtOnce = 4096

function readEscape([, octal, hex, short, long, letter = '']: RegExpMatchArray): Bytes | undefined {
  if (octal !== undefined) return byte(Number.parseInt(octal, 8))
  if (hex !== undefined) return byte(Number.parseInt(hex, 16))
  const point = short ?? long
  return point === undefined ? simple.get(letter) : codePoint(Number.parseInt(point, 16))
}

const byte = (code: number) => (code <= 0xff ? String.fromCharCode(code) : undefined)
const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff
const codePoint = (code: number) =>
  code > 0x10ffff || isSurrogate(code) ? undefined : textToBytes(String.fromCodePoint(code))

function unknownEscape(match: RegExpMatchArray): Diagnostic {
  const start = (match.index ?? 0) + 1
  const isLetter = match[5] !== undefined && !/[xuU0-7]/.test(match[5])
  return {
    severity: 'error',
    message: isLetter ? 'unknown escape sequence' : 'escape sequence stands for no character',
    span: { start, end: start + Math.max(1, match[0].length) },
    hint: isLetter ? 'write `\\\\` for a backslash' : 'write `\\ooo`, `\\xHH`, `\\uHHHH` or `\\UHHHHHHHH`',
  }
}
