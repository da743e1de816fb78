// import "time": one instant for the whole evaluation, in one zone, which the host gives: where there are tables of
// zones is the host's business. Instants are nanoseconds since the Unix epoch.

import { native } from '../run/native.ts'
import { type TimeZone, utc } from '../run/zone.ts'
import { textToBytes } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import { Float } from '../values/float.ts'
import { toInt } from '../values/int.ts'
import { typeOf } from '../values/types.ts'
import { isInt, isNumber, type Value } from '../values/value.ts'
import { table } from './table.ts'

const [second, minute, hour] = [1_000_000_000n, 60_000_000_000n, 3_600_000_000_000n]
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
// From the year 1 to the end of 9999.
const [first, last] = [-62_135_596_800n * second, 253_402_300_800n * second - 1n]

/** An instant as it shows in a zone. */
type Instant = { readonly nanos: bigint; readonly zone: TimeZone }

/** The members of the import at an instant, in a zone. */
export const time = (now: bigint, zone: TimeZone): ReadonlyMap<string, Value> =>
  new Map([...membersIn(zone), ['now', toDict({ nanos: now, zone })]])

const known = new WeakMap<TimeZone, ReadonlyMap<string, Value>>()

/** What does not depend on the instant: made once for a zone. */
function membersIn(zone: TimeZone): ReadonlyMap<string, Value> {
  const members = known.get(zone) ?? newMembers(zone)
  known.set(zone, members)
  return members
}

const newMembers = (zone: TimeZone): ReadonlyMap<string, Value> =>
  table(
    native('load', ['any'], (_, value) => toDict({ nanos: load(value), zone })),
    ['nanosecond', 1],
    ['microsecond', 1000],
    ['millisecond', 1_000_000],
    ['second', toInt(second)],
    ['minute', toInt(minute)],
    ['hour', toInt(hour)],
  )

const floorDivide = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b

function toDict(instant: Instant): Dict<Value> {
  const { nanos } = instant
  if (nanos < first || nanos > last) fail('the time lies outside of the years 1 to 9999')
  return Dict.later<Value>(() => fieldsOf(instant), instant, methods)
}

function fieldsOf({ nanos, zone }: Instant): readonly (readonly [string, Value])[] {
  const atMs = Number(floorDivide(nanos, 1_000_000n))
  const offset = zone.offsetSeconds(atMs)
  const date = new Date(atMs + offset * 1000)
  const [month, weekday] = [date.getUTCMonth(), date.getUTCDay()]
  return [
    ['year', date.getUTCFullYear()],
    ['month', month + 1],
    ['month_name', months[month]],
    ['day', date.getUTCDate()],
    ['hour', date.getUTCHours()],
    ['minute', date.getUTCMinutes()],
    ['second', date.getUTCSeconds()],
    ['weekday', weekday],
    ['weekday_name', days[weekday]],
    ['unix', toInt(floorDivide(nanos, second))],
    ['unix_nano', toInt(nanos)],
    ['zone', offset],
    ['zone_string', textToBytes(zone.name)],
  ]
}

function load(value: Value): bigint {
  if (isInt(value)) return BigInt(value) * second
  return typeof value === 'string'
    ? fromText(value)
    : fail(`cannot convert to time: ${typeOf(value).toUpperCase()}`)
}

const maxLength = 1024
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

function fromText(text: string): bigint {
  if (text.length > maxLength) fail(`a time of more than ${maxLength} bytes`)
  const [, year, month, day, hours, minutes, seconds, fraction = '', sign, zoneHours, zoneMinutes] =
    rfc3339.exec(text) ?? fail(`\`${text}\` is no time of RFC 3339`)
  const [y, mo, d, h, mi, s] = [year, month, day, hours, minutes, seconds].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const date = new Date(0)
  date.setUTCFullYear(y, mo - 1, d)
  date.setUTCHours(h, mi, s)
  const isReal = date.getUTCMonth() === mo - 1 && date.getUTCDate() === d && h < 24 && mi < 60 && s < 60
  const zone = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)
  if (!isReal || Number(zoneHours ?? 0) > 23 || Number(zoneMinutes ?? 0) > 59)
    fail(`\`${text}\` is no time of RFC 3339`)
  const local = BigInt(date.getTime()) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return local - BigInt(sign === '-' ? -zone : zone) * minute
}

/** The instant in what the import made, or in what it can read. */
const instantOf = (value: Value): bigint =>
  value instanceof Dict && value.methods === methods ? (value.hidden as Instant).nanos : load(value)

/** The zone in what the import made; methods are only called on that. */
const zoneOf = (value: Value): TimeZone => (value instanceof Dict ? (value.hidden as Instant).zone : utc)

const nanosOf = (value: Value): bigint =>
  isNumber(value)
    ? BigInt(value instanceof Float ? Math.trunc(finite(value.value)) : value)
    : fail(`cannot convert to int: ${typeOf(value).toUpperCase()}`)

const finite = (value: number) => (Number.isFinite(value) ? value : fail('a duration must be finite'))

const methods = table(
  native('before', ['any', 'any'], (_, a, b) => instantOf(a) < instantOf(b)),
  native('after', ['any', 'any'], (_, a, b) => instantOf(a) > instantOf(b)),
  native('equal', ['any', 'any'], (_, a, b) => instantOf(a) === instantOf(b)),
  native('sub', ['any', 'any'], (_, a, b) => difference(instantOf(a) - instantOf(b))),
  native('add', ['any', 'any'], (_, a, b) => toDict({ nanos: instantOf(a) + nanosOf(b), zone: zoneOf(a) })),
)

/** Go keeps a difference of more than 64 bits at the limit. */
const difference = (nanos: bigint): Value => {
  const limit = 2n ** 63n
  return toInt(nanos >= limit ? limit - 1n : nanos < -limit ? -limit : nanos)
}
