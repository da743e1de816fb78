// What generated code knows of a value before it runs. Data of the host is read where it lies: as long as a policy
// only reads it, the code works on the host's own objects, strings and numbers, and makes values of the language of
// them where something needs these.
//
// INVARIANT: a string of the host's is used as it is only by what stands here and by `ready`, and only if it is short:
// that is paid for where it is read. A long one is heeded first (host.ts), or made into the language's, which pays too.

import { shortText } from '../run/border.ts'
import { type Bytes, bytesToText, textToBytes } from '../values/bytes.ts'
import { Float } from '../values/float.ts'
import type { Value } from '../values/value.ts'
import { quoted } from './writer.ts'

/**
 * `truth` is true, false or undefined; `any` any value of the language; `host` any value of the host. A host's
 * undefined, booleans, whole numbers and strings of ASCII are the language's.
 */
export type Kind = 'any' | 'truth' | 'host'

/** A value in generated code: a name or a literal, which nothing can change any more. */
export type Operand = {
  readonly code: string
  readonly kind: Kind
  /** The value, where it is a literal. */
  readonly literal?: Value
  /** The variable that says whether it is an object of the host's whose fields can be read directly. */
  readonly plain?: string
  /** Whether a long text was paid for where it was looked at before. */
  readonly heeded?: true
  /** What finds it, with an error where it is not there; `code` is only good where `plain` is true. */
  readonly found?: string
}

export const any = (code: string): Operand => ({ code, kind: 'any' })
export const truth = (code: string): Operand => ({ code, kind: 'truth' })
export const host = (code: string): Operand => ({ code, kind: 'host' })

/** Whether bytes are the UTF-8 of a text. */
export const isText = (bytes: Bytes): boolean => textToBytes(bytesToText(bytes)) === bytes

/** A literal as the host would write it. */
export const literalForHost = ({ code, literal }: Operand): string =>
  typeof literal === 'string' ? quoted(bytesToText(literal)) : code

/** The names that every object has. */
export const objectNames: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Whether a value is an object with Object.prototype right above it. */
export const isPlain = (value: string): string =>
  `typeof ${value} === "object" && ${value} !== null && ${value}.__proto__ === $plain`

/**
 * `value.name` of a host's value. What has Object.prototype right above it and not that name in it is read directly;
 * all else is left to a function that looks closely.
 */
export function hostField({ code, plain, found }: Operand, name: string): string {
  const slow = `$hostSelect(${found ?? code}, ${quoted(name)}, $meter)`
  if (objectNames.has(name)) return slow
  return `${plain ?? isPlain(code)} ? ${code}[${quoted(name)}] : ${slow}`
}

/** What stands under a name in an object or a Map of the host's, `$absent` where nothing does; see `isPlain`. */
export function hostGiven(all: string, name: string): string {
  const slow = `$given(${all}, ${quoted(name)})`
  if (objectNames.has(name)) return slow
  const field = `${all}[${quoted(name)}]`
  const direct = `${field} !== undefined || ${quoted(name)} in ${all} ? ${field} : $absent`
  return `isPlain ? ${direct} : ${slow}`
}

/** Comparisons that JavaScript makes as the language does, where both sides are numbers. */
const numberOrder: ReadonlyMap<string, string> = new Map([
  ...(['<', '<=', '>', '>='] as const).map((sign) => [sign, sign] as const),
])
const equality: ReadonlyMap<string, boolean> = new Map([
  ...(['==', 'is'] as const).map((sign) => [sign, true] as const),
  ...(['!=', 'is not'] as const).map((sign) => [sign, false] as const),
])

/** The short way of a comparison: when it may be taken, and its value then. */
export type Shortcut = { readonly when: string; readonly value: string }

/** The short way to compare what is most often compared: numbers, and strings with a literal. */
export function shortcut(operator: string, a: Operand, b: Operand): Shortcut | undefined {
  const order = numberOrder.get(operator)
  if (order !== undefined) return areNumbers(a, b, order)
  const wanted = equality.get(operator)
  if (wanted === undefined) return undefined
  const sign = wanted ? '===' : '!=='
  const value = `${a.code} ${sign} ${b.code}`
  const [text, literal] = isLiteralOf('string', b) ? [a, b] : [b, a]
  if (isLiteralOf('string', literal)) return sameText(text, [literal], wanted)
  if (b.code === 'true' || b.code === 'false') return { when: `typeof ${a.code} === "boolean"`, value }
  return areNumbers(a, b, sign)
}

/** Literal numbers, and strings of ASCII: they are the same for the host. */
function isLiteralOf(type: 'string' | 'number', { literal }: Operand): boolean {
  return typeof literal === type && (typeof literal !== 'string' || /^[\0-\x7f]*$/.test(literal))
}

function areNumbers(a: Operand, b: Operand, sign: string): Shortcut | undefined {
  const [x, y] = [numberIn(a), numberIn(b)]
  const tests = [x === undefined ? a : [], y === undefined ? b : []].flat()
  if (tests.some(({ kind, literal }) => kind === 'truth' || literal !== undefined)) return undefined
  return {
    when: tests.map(({ code }) => `typeof ${code} === "number"`).join(' && ') || 'true',
    value: `${x ?? a.code} ${sign} ${y ?? b.code}`,
  }
}

/** A literal number: the host's numbers, and integers, compare with it by their value. */
function numberIn({ literal }: Operand): string | undefined {
  const number = literal instanceof Float ? literal.value : literal
  return typeof number === 'number' && Number.isFinite(number) ? `${number}` : undefined
}

/** The short way to look for a value among literals: all strings of ASCII, or all numbers. */
export function shortcutIn(one: Operand, among: readonly Operand[]): Shortcut | undefined {
  for (const type of ['string', 'number'] as const) {
    if (among.length === 0 || !among.every((element) => isLiteralOf(type, element))) continue
    if (type === 'string') return sameText(one, among, true)
    const value = among.map(({ code }) => `${one.code} === ${code}`).join(' || ')
    return { when: `typeof ${one.code} === "${type}"`, value }
  }
  return undefined
}

/** Whether a text is one of these. One that is none of them may be long. */
function sameText({ code, kind, heeded }: Operand, among: readonly Operand[], wanted: boolean): Shortcut {
  const same = among.map((one) => `${code} === ${one.code}`).join(' || ')
  const isPaid = kind !== 'host' || heeded === true
  const value = isPaid ? same : `${same} || (${code}.length > ${shortText} && $heed(${code}, $meter))`
  return { when: `typeof ${code} === "string"`, value: wanted ? value : `!(${value})` }
}

/** Whether a value is a string of the host's that needs no payment. */
export const isShortText = ({ code, kind }: Operand): string =>
  `typeof ${code} === "string"${kind === 'host' ? ` && ${code}.length <= ${shortText}` : ''}`

/** The value, undefined for what of the host's the language does not have. */
export function present(value: Operand): string {
  const { code, kind, heeded } = value
  if (kind !== 'host') return code
  const isThere = heeded === true ? `typeof ${code} === "string"` : isShortText(value)
  return `(${isThere} || ${code} === undefined ? ${code} : $present(${code}, $meter))`
}
