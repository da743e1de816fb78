// The fields of a path: what a body may say, and how it is read. Clients send numbers as texts, lists with commas and
// durations as Go writes them (spec/vault.md 8.2), so every type has one reader that takes all of its forms.

import { parseVaultDuration, SentinelError } from '../../base/index.ts'
import { type Data, type Json, Numeral } from '../door.ts'
import { isList, isObject, textToJson } from '../http/json.ts'

type FieldBase = { readonly help: string }

/** One field of a path. */
export type Field =
  | (FieldBase & { readonly type: 'string' })
  | (FieldBase & { readonly type: 'int' })
  | (FieldBase & { readonly type: 'bool' })
  /** A number of seconds, or a text like `1h30m` or `2d`. */
  | (FieldBase & { readonly type: 'seconds' })
  /** A list, or a text with commas. */
  | (FieldBase & { readonly type: 'list' })
  /** An object, or a list of `key=value`, or a text that is JSON; its values are texts. */
  | (FieldBase & { readonly type: 'map' })
  /** As it was sent. */
  | (FieldBase & { readonly type: 'json' })

export type Fields = Readonly<Record<string, Field>>

type ValueOf<F extends Field> = {
  readonly string: string
  readonly int: number
  readonly bool: boolean
  readonly seconds: number
  readonly list: readonly string[]
  readonly map: ReadonlyMap<string, string>
  readonly json: Json
}[F['type']]

/** What a handler gets: undefined where a field was not sent. */
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> | undefined }

/**
 * Reads the fields of a path from a body. What is not a field is left alone.
 *
 * @throws SentinelError REQUEST_INVALID naming the field
 */
export function readFields<F extends Fields>(fields: F, data: Data): ValuesOf<F> {
  // Most reads say nothing.
  if (Object.keys(data).length === 0) return {} as ValuesOf<F>
  // An ACL takes `TTL` for `ttl` (spec/vault.md 4.5): what it saw is not what would be read.
  for (const name of Object.keys(data)) {
    if (Object.hasOwn(fields, name) || !Object.hasOwn(fields, name.toLowerCase())) continue
    throw new SentinelError('REQUEST_INVALID', `\`${name}\` must be written \`${name.toLowerCase()}\``)
  }
  const values: Record<string, unknown> = {}
  for (const [name, { type }] of Object.entries(fields)) {
    const value = data[name]
    values[name] = value === undefined || value === null ? undefined : readers[type](name, value)
  }
  return values as ValuesOf<F>
}

/**
 * What a handler gets for one value, as JSON: a list as a list, a map as an object, a duration in seconds. undefined where
 * there is no such field, where it is left as it is, and where it is refused.
 */
export function readAlone(fields: Fields, name: string, value: Json): Json | undefined {
  const type = Object.hasOwn(fields, name) ? fields[name]?.type : undefined
  if (type === undefined || type === 'json' || value === null) return undefined
  try {
    const read = readers[type](name, value)
    if (!(read instanceof Map)) return read as Json
    return Object.assign(Object.create(null), Object.fromEntries(read)) as Data
  } catch {
    return undefined
  }
}

const readers: { readonly [T in Field['type']]: (name: string, value: Json) => unknown } = {
  string: (name, value) => textOf(value) ?? refuse(name, 'a string'),
  int: intOf,
  bool: boolOf,
  seconds: secondsOf,
  list: listOf,
  map: mapOf,
  json: (_name, value) => value,
}

function intOf(name: string, value: Json): number {
  const text = textOf(value) ?? ''
  const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? number : refuse(name, 'a whole number')
}

const truths = new Map<string, boolean>([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False', ''].map((text) => [text, false] as const),
])

/** A flag as the command lines of Vault's clients write it; undefined where it is none. */
export const textToBool = (text: string): boolean | undefined => truths.get(text)

function boolOf(name: string, value: Json): boolean {
  return truths.get(textOf(value) ?? 'neither') ?? refuse(name, 'true or false')
}

function secondsOf(name: string, value: Json): number {
  return textToSeconds(textOf(value) ?? 'none') ?? refuse(name, 'a duration such as 3600, 90m or 2d')
}

/** Seconds of a duration as Vault's clients write it: whole seconds, Go's durations, and days (spec/vault.md 8.2). */
export function textToSeconds(text: string): number | undefined {
  if (text === '') return 0
  try {
    return parseVaultDuration(text)
  } catch {
    return undefined
  }
}

function listOf(name: string, value: Json): readonly string[] {
  if (isList(value)) return value.map((each) => textOf(each) ?? refuse(name, 'a list of strings'))
  const text = textOf(value) ?? refuse(name, 'a list of strings')
  return text === '' ? [] : text.split(',').map((each) => each.trim())
}

function mapOf(name: string, value: Json): ReadonlyMap<string, string> {
  const wanted = 'an object of strings'
  if (isObject(value)) {
    return new Map(Object.entries(value).map(([key, each]) => [key, textOf(each) ?? refuse(name, wanted)]))
  }
  if (typeof value === 'string' && /^\s*\{/.test(value)) return mapOf(name, textToJson(value))
  const pairs = listOf(name, value).map((pair) => /^([^=]+)=(.*)$/s.exec(pair) ?? refuse(name, wanted))
  return new Map(pairs.map(([, key = '', text = '']) => [key, text]))
}

/** A scalar as the text that a command line would have sent. */
function textOf(value: Json): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value instanceof Numeral ? value.text : undefined
}

function refuse(name: string, wanted: string): never {
  throw new SentinelError('REQUEST_INVALID', `\`${name}\` must be ${wanted}`)
}
