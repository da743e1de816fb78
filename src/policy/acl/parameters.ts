// What a rule says about the parameters of a request (spec/vault.md 4.5), as they were sent and as the handler reads them:
// it makes numbers of strings, and lists of strings with commas. A value is denied if it is in either form, and allowed
// if it is in both.

import type { Conditions, ParameterRules } from './rule.ts'

/** What JSON holds, as the server reads it: objects have no prototype. */
export type Parameter = null | boolean | string | number | WrittenNumber | readonly Parameter[] | Parameters

/** The body of a request, or its query. */
export type Parameters = { readonly [name: string]: Parameter }

/** A number that a double would change, as it was written. An object of a class, where those of JSON have no prototype. */
export type WrittenNumber = { readonly text: string }

/**
 * What the handler of a path makes of a value that is sent under a name: a list of what stands between commas, seconds of a
 * duration. undefined where it takes the value as it is, or refuses it.
 */
export type Reading = (name: string, value: Parameter) => Parameter | undefined

const asItIs: Reading = () => undefined

/** What is wrong with the parameters of a request; undefined: nothing. */
export function parameterFault(
  { allowed, denied, required }: Conditions,
  data: Parameters,
  read: Reading = asItIs,
): string | undefined {
  if (allowed.size === 0 && denied.size === 0 && required.length === 0) return undefined
  const sent = Object.entries(data).map(([name, value]) => [name.toLowerCase(), value] as const)
  // A handler reads the very name, so no other spelling of it is what was required.
  const missing = required.find((name) => !Object.hasOwn(data, name))
  if (missing !== undefined) return `the parameter \`${missing}\` is required`
  if (sent.length === 0) return undefined
  return deniedFault(denied, sent, read) ?? allowedFault(allowed, sent, read)
}

type Sent = readonly (readonly [name: string, value: Parameter])[]

function deniedFault(denied: ParameterRules, sent: Sent, read: Reading): string | undefined {
  if (denied.has('*')) return 'every parameter is denied'
  const fault = sent.find(([name, value]) => {
    const values = denied.get(name)
    if (values === undefined) return false
    return values.length === 0 || isAnyOf(values, value) || isReadAsOneOf(values, name, value, read)
  })
  return fault && `the parameter \`${fault[0]}\` is denied, or this value of it`
}

function allowedFault(allowed: ParameterRules, sent: Sent, read: Reading): string | undefined {
  if (allowed.size === 0 || (allowed.size === 1 && allowed.has('*'))) return undefined
  const fault = sent.find(([name, value]) => {
    const values = allowed.get(name)
    if (values === undefined) return !allowed.has('*')
    return values.length > 0 && !isAllOf(values, value, read(name, value))
  })
  return fault && `the parameter \`${fault[0]}\` is not allowed, or not this value of it`
}

/** The value is denied: as a whole, as one of its elements, or as another spelling of it. */
function isAnyOf(values: readonly unknown[], value: Parameter): boolean {
  const whole = values.some((each) => isSame(each, value) || isSpeltLike(each, value))
  return whole || elementsOf(value).some((element) => isAnyOf(values, element))
}

/** The handler reads the value as the same that it reads a denied one as, or as a list with one of those in it. */
function isReadAsOneOf(values: readonly unknown[], name: string, value: Parameter, read: Reading): boolean {
  const meaning = read(name, value)
  if (meaning === undefined) return false
  return values.some((each) => {
    if (isEqual(each, meaning)) return true
    const wanted = read(name, toParameter(each))
    return wanted !== undefined && (isSpeltLike(wanted, meaning) || isAnyOf(listOf(wanted), meaning))
  })
}

const listOf = (value: Parameter): readonly Parameter[] => (Array.isArray(value) ? value : [value])

/** A value of a policy as a request would have sent it. */
function toParameter(value: unknown): Parameter {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toParameter)
  if (!(value instanceof Map)) return value as Parameter
  const object: Record<string, Parameter> = Object.create(null)
  for (const [name, each] of value) object[String(name)] = toParameter(each)
  return object
}

/**
 * The value is allowed: as it is, or each of its elements. A pattern never holds for a list as a whole: `dev*` is not
 * `dev,admin`. An empty list has no elements that could be allowed.
 */
function isAllOf(values: readonly unknown[], value: Parameter, meaning: Parameter | undefined): boolean {
  if (values.some((each) => each === value || isEqual(each, value))) return true
  const elements = Array.isArray(meaning) ? meaning : typeof meaning === 'string' ? [] : elementsOf(value)
  if (elements.length === 0) return values.some((each) => isSame(each, value))
  return elements.every((element) => values.some((each) => isSame(each, element)))
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
