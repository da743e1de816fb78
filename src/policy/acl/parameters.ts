// What a rule says about the parameters of a request (spec/vault.md 4.5), as they were sent: before any handler makes
// numbers of strings, or lists of strings with commas. Since a handler may do so, a denied value is denied in each of
// its spellings.

import type { Conditions, ParameterRules } from './rule.ts'

/** What JSON holds, as the server reads it: objects have no prototype. */
export type Parameter = null | boolean | string | number | WrittenNumber | readonly Parameter[] | Parameters

/** The body of a request, or its query. */
export type Parameters = { readonly [name: string]: Parameter }

/** A number that a double would change, as it was written. An object of a class, where those of JSON have no prototype. */
export type WrittenNumber = { readonly text: string }

/** What is wrong with the parameters of a request; undefined: nothing. */
export function parameterFault(
  { allowed, denied, required }: Conditions,
  data: Parameters,
): string | undefined {
  if (allowed.size === 0 && denied.size === 0 && required.length === 0) return undefined
  const sent = Object.entries(data).map(([name, value]) => [name.toLowerCase(), value] as const)
  // A handler reads the very name, so no other spelling of it is what was required.
  const missing = required.find((name) => !Object.hasOwn(data, name))
  if (missing !== undefined) return `the parameter \`${missing}\` is required`
  if (sent.length === 0) return undefined
  return deniedFault(denied, sent) ?? allowedFault(allowed, sent)
}

type Sent = readonly (readonly [name: string, value: Parameter])[]

function deniedFault(denied: ParameterRules, sent: Sent): string | undefined {
  if (denied.has('*')) return 'every parameter is denied'
  const fault = sent.find(([name, value]) => {
    const values = denied.get(name)
    return values !== undefined && (values.length === 0 || isAnyOf(values, value))
  })
  return fault && `the parameter \`${fault[0]}\` is denied, or this value of it`
}

function allowedFault(allowed: ParameterRules, sent: Sent): string | undefined {
  if (allowed.size === 0 || (allowed.size === 1 && allowed.has('*'))) return undefined
  const fault = sent.find(([name, value]) => {
    const values = allowed.get(name)
    if (values === undefined) return !allowed.has('*')
    return values.length > 0 && !isAllOf(values, value)
  })
  return fault && `the parameter \`${fault[0]}\` is not allowed, or not this value of it`
}

/** The value is denied: as a whole, as one of its elements, or as another spelling of it. */
function isAnyOf(values: readonly unknown[], value: Parameter): boolean {
  const whole = values.some((each) => isSame(each, value) || isSpeltLike(each, value))
  return whole || elementsOf(value).some((element) => isAnyOf(values, element))
}

/** The value is allowed: as a whole, or each of its elements. An empty list has none that could be. */
function isAllOf(values: readonly unknown[], value: Parameter): boolean {
  if (values.some((each) => isSame(each, value))) return true
  const elements = elementsOf(value)
  return elements.length > 0 && elements.every((element) => values.some((each) => isSame(each, element)))
}

/** The elements of a list, and of a string with commas, which handlers read as one. */
function elementsOf(value: Parameter): readonly Parameter[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'string' || !value.includes(',')) return []
  return value.split(',').map((part) => part.trim())
}

/** Both strings: the policy's may have a `*` first, last, or both. Otherwise equal all the way down. */
function isSame(wanted: unknown, value: unknown): boolean {
  if (typeof wanted === 'string') return typeof value === 'string' && globMatches(wanted, value)
  return isEqual(wanted, value)
}

function globMatches(glob: string, text: string): boolean {
  if (glob === '*') return true
  const [isOpenStart, isOpenEnd] = [glob.startsWith('*'), glob.endsWith('*')]
  const part = glob.slice(isOpenStart ? 1 : 0, isOpenEnd ? -1 : undefined)
  if (isOpenStart && isOpenEnd) return text.includes(part)
  if (isOpenStart) return text.endsWith(part)
  return isOpenEnd ? text.startsWith(part) : text === part
}

function isEqual(wanted: unknown, value: unknown): boolean {
  if (typeof wanted === 'number' || typeof wanted === 'bigint') return isSameNumber(wanted, value)
  if (Array.isArray(wanted))
    return (
      Array.isArray(value) &&
      wanted.length === value.length &&
      wanted.every((each, at) => isEqual(each, value[at]))
    )
  if (!(wanted instanceof Map)) return wanted === value
  if (!isObject(value)) return false
  const names = Object.keys(value)
  return (
    names.length === wanted.size &&
    names.every((name) => wanted.has(name) && isEqual(wanted.get(name), value[name]))
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null

function isSameNumber(wanted: number | bigint, value: unknown): boolean {
  if (typeof value === 'number') return Number(wanted) === value
  const text = numberText(value)
  if (text === undefined) return false
  if (typeof wanted === 'bigint' && /^-?\d+$/.test(text)) return BigInt(text) === wanted
  return Number(text) === Number(wanted)
}

/** The text of a number that was kept as it was written. */
function numberText(value: unknown): string | undefined {
  const isKept = typeof value === 'object' && value !== null && !Array.isArray(value) && !isObject(value)
  return isKept && 'text' in value && typeof value.text === 'string' ? value.text : undefined
}

/** A number for its digits, a truth value for its word, a name in any case: what a handler makes of one another. */
function isSpeltLike(wanted: unknown, value: Parameter): boolean {
  const [a, b] = [spelt(wanted), spelt(value)]
  if (a === undefined || b === undefined) return false
  return globMatches(a, b) || (isDecimal(a) && isDecimal(b) && Number(a) === Number(b))
}

const isDecimal = (text: string) => /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text)

function spelt(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim().toLowerCase()
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value)
  return numberText(value)
}
