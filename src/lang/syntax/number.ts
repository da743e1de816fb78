// Number literals: decimal, octal (a leading zero) and hexadecimal integers of 64 bits, and floats.

import { type Int, toInt } from '../values/int.ts'

/** A number at a place: its kind, where it ends, and what is wrong with it. */
export type ScannedNumber = {
  readonly kind: 'int' | 'float'
  readonly end: number
  readonly problem?: string | undefined
}

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
  const value = BigInt(/^0[0-7]/.test(literal) ? `0o${literal.slice(1)}` : literal)
  return value <= 0x7fffffffffffffffn ? toInt(value) : undefined
}

/** The double that a float literal without sign stands for, undefined when it is none or out of range. */
export function readFloat(literal: string): number | undefined {
  if (!/^(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$/.test(literal)) return undefined
  const value = Number(literal)
  return Number.isFinite(value) ? value : undefined
}

function intProblem(literal: string): string | undefined {
  if (readInt(literal) !== undefined) return undefined
  if (/^0\d*[89]/.test(literal)) return `\`${literal}\` is not an octal number`
  if (/^0[xX]$/.test(literal)) return `\`${literal}\` has no digits`
  return `\`${literal}\` does not fit into 64 bits`
}

function floatProblem(literal: string): string | undefined {
  if (readFloat(literal) !== undefined) return undefined
  return /[eE][+-]?$/.test(literal) ? `\`${literal}\` has no exponent` : `\`${literal}\` is out of range`
}
