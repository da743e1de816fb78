// What documents are made of: flat attributes under the reference's names. Times are written in UTC with a fixed width,
// because indexes sort them as texts; as read they may be any RFC 3339 time. Durations are whole nanoseconds.

import { printable, SentinelError } from '../base/index.ts'

/** One value: plain, a list of texts, or a list of flat maps. */
export type Attribute = Plain | readonly string[] | readonly Readonly<Record<string, Plain>>[]

type Plain = string | number | boolean

/** A row as the tables hold it. */
export type Attributes = Readonly<Record<string, Attribute>>

/** An instant as the tables write it: `2026-02-03T10:00:00.123000000Z`. */
export function msToTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000000Z`
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** Milliseconds since the epoch of an RFC 3339 time with at most nine fractional digits; undefined for anything else. */
export function timeToMs(text: string): number | undefined {
  // JavaScript knows milliseconds only: what is finer goes.
  const ms = rfc3339.test(text) ? Date.parse(text.replace(/(\.\d{3})\d+/, '$1')) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

const nanosecondsInSecond = 1_000_000_000

/** A duration as the tables write it. */
export const secondsToNanoseconds = (seconds: number): number => seconds * nanosecondsInSecond

/**
 * The attributes of a row, each with the type that the caller says it has. What is absent or an empty text counts as
 * missing: the reference writes empty texts.
 *
 * Every function throws SentinelError STORE_CORRUPT for another type, and those without `IfAny` where it is missing.
 */
export type AttributeReader = {
  text(name: string): string
  textIfAny(name: string): string | undefined
  /** One of these texts. */
  oneOf<Text extends string>(name: string, texts: readonly Text[]): Text
  /** A whole number. */
  number(name: string): number
  numberIfAny(name: string): number | undefined
  /** False where it is missing. */
  flag(name: string): boolean
  /** Milliseconds since the epoch. */
  timeMs(name: string): number
  timeMsIfAny(name: string): number | undefined
  /** From nanoseconds. */
  seconds(name: string): number
  /** None where it is missing. */
  texts(name: string): readonly string[]
  /** None where it is missing. */
  list(name: string): readonly AttributeReader[]
}

/** Reads the attributes of a row, for `fromAttributes` of a collection. */
export function readAttributes(attributes: Attributes): AttributeReader {
  return reader(new Map(Object.entries(attributes)), String(attributes.id), '')
}

function reader(attributes: ReadonlyMap<string, Attribute>, id: string, path: string): AttributeReader {
  const wrong = (name: string, what: string) => corrupt(id, `\`${path}${name}\` ${what}`)
  const ifAny = <Type extends Attribute>(
    name: string,
    what: string,
    is: (value: Attribute) => value is Type,
  ): Type | undefined => {
    const value = attributes.get(name)
    if (value === undefined || value === '') return undefined
    if (!is(value)) throw wrong(name, `is not ${what}`)
    return value
  }
  const needed = <Value>(name: string, value: Value | undefined): Value => {
    if (value === undefined) throw wrong(name, 'is missing')
    return value
  }
  const textIfAny = (name: string) => ifAny(name, 'a text', isText)
  const numberIfAny = (name: string) => ifAny(name, 'a whole number', isWholeNumber)
  const timeMsIfAny = (name: string) => {
    const text = textIfAny(name)
    if (text === undefined) return undefined
    const ms = timeToMs(text)
    if (ms === undefined) throw wrong(name, 'is not a time')
    return ms
  }
  return {
    textIfAny,
    numberIfAny,
    timeMsIfAny,
    text: (name) => needed(name, textIfAny(name)),
    number: (name) => needed(name, numberIfAny(name)),
    timeMs: (name) => needed(name, timeMsIfAny(name)),
    seconds: (name) => needed(name, numberIfAny(name)) / nanosecondsInSecond,
    oneOf(name, texts) {
      const text = needed(name, textIfAny(name))
      const found = texts.find((each) => each === text)
      if (found === undefined) throw wrong(name, `is none of ${texts.join(', ')}`)
      return found
    },
    flag: (name) => ifAny(name, 'true or false', isFlag) ?? false,
    texts: (name) => ifAny(name, 'a list of texts', isTexts) ?? [],
    list: (name) =>
      (ifAny(name, 'a list', isMaps) ?? []).map((each, at) =>
        reader(new Map(Object.entries(each)), id, `${path}${name}[${at}].`),
      ),
  }
}

const isText = (value: Attribute): value is string => typeof value === 'string'
const isFlag = (value: Attribute): value is boolean => typeof value === 'boolean'
const isWholeNumber = (value: Attribute): value is number => Number.isSafeInteger(value)
const isTexts = (value: Attribute): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')
const isMaps = (value: Attribute): value is readonly Readonly<Record<string, Plain>>[] =>
  Array.isArray(value) && value.every(isMap)
const isMap = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)

/** A row that cannot be understood. It is never guessed at. */
export function corrupt(id: string, what: string): SentinelError {
  const key = printable(JSON.stringify({ id: { S: id } }))
  return new SentinelError('STORE_CORRUPT', `the row \`${printable(id)}\` is damaged: ${printable(what)}`, {
    hint:
      `find out who else writes to the table. The row is evidence, so keep a copy: \`aws dynamodb get-item --table-name TABLE --key '${key}' > row.json\`; ` +
      `then restore it, or delete it: \`aws dynamodb delete-item --table-name TABLE --key '${key}'\``,
  })
}
