// Number literals: decimal, octal (a leading zero) and hexadecimal integers of 64 bits, and floats.

import { type Int, toInt } from '../values/int.ts'

/** A number at a place: its kind, where it ends, and what is wrong with it. */
export type ScannedNumber = {
  readonly kind: 'int' | 'float'
  readonly end: number
  readonly problem?: string | undefined
}

/** No literal of 64 bits is longer, but for zeros at its start: reading digits takes the square of their number. */
const maxLength = 24

const hex = /0[xX][0-9a-fA-F]*/y
const float = /(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d*)?/y
const digits = /\d+/y

/** Reads the number literal that begins at an offset. */
export function scanNumber(text: string, at: number): ScannedNumber {
  const endOf = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.test(text) ? pattern.lastIndex : at
  }
  const hexEnd = endOf(hex)
  if (hexEnd > at) return { kind: 'int', end: hexEnd, problem: intProblem(text.slice(at, hexEnd)) }
  const floatEnd = endOf(float)
  if (floatEnd > at) return { kind: 'float', end: floatEnd, problem: floatProblem(text.slice(at, floatEnd)) }
  const end = endOf(digits)
  return { kind: 'int', end, problem: intProblem(text.slice(at, end)) }
}

/** The integer that a literal without sign stands for, undefined when it is none or needs more than 64 bits. */
export function readInt(literal: string): Int | undefined {
  if (!/^(?:[1-9]\d*|0[0-7]*|0[xX][0-9a-fA-F]+)$/.test(literal)) return undefined
  const short = literal.length <= maxLength ? literal : literal.replace(/^(0[xX]?)0+(?=.)/, '$1')
  if (short.length > maxLength) return undefined
  const value = BigInt(/^0[0-7]/.test(short) ? `0o${short.slice(1)}` : short)
  return value <= 0x7fffffffffffffffn ? toInt(value) : undefined
}

/** The double that a float literal without sign stands for, undefined when it is none or out of range. */
export function readFloat(literal: string): number | undefined {
  if (!/^(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$/.test(literal)) return undefined
  const value = Number(literal)
  return Number.isFinite(value) ? value : undefined
}

const shown = (literal: string) => (literal.length <= 60 ? literal : `${literal.slice(0, 60)}…`)

function intProblem(whole: string): string | undefined {
  if (readInt(whole) !== undefined) return undefined
  const literal = shown(whole)
  if (/^0\d*[89]/.test(whole)) return `\`${literal}\` is not an octal number`
  if (/^0[xX]$/.test(literal)) return `\`${literal}\` has no digits`
  return `\`${literal}\` does not fit into 64 bits`
}

function floatProblem(whole: string): string | undefined {
  if (readFloat(whole) !== undefined) return undefined
  const literal = shown(whole)
  return /[eE][+-]?$/.test(whole) ? `\`${literal}\` has no exponent` : `\`${literal}\` is out of range`
}
