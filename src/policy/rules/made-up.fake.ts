// What random documents and requests are made of: patterns, windows, names and moments, chosen so that they often meet.

import fc from 'fast-check'
import { week } from './reference.fake.ts'

const zones = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Europe/Dublin',
  'Pacific/Auckland',
  'Asia/Kolkata',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'America/St_Johns',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
]
const clockTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
const hours = fc
  .record({ start: clockTime, end: fc.oneof(clockTime, fc.constant('24:00')) })
  .filter(({ start, end }) => start !== end)
/** Some of these, at least one. */
export const some = <T>(...items: T[]) => fc.subarray(items, { minLength: 1 })
/** Any time window. */
export const time = fc
  .record({ days: some(...week), hours, timezone: fc.constantFrom(...zones) }, { requiredKeys: [] })
  .filter((found) => found.days !== undefined || found.hours !== undefined)
/** Patterns of profiles. */
export const profiles = some('dev', 'prod', 'dev-*', 'd?v', '*', '*-1', '???')

/** Patterns of users. */
export const users = some(
  'alice',
  'bob',
  '*',
  'a*',
  '?ob',
  'Dev/*',
  'Dev/alice',
  '*/*',
  'Fed/b?b',
  ':root',
  ':federated/*',
  ':*',
  '*root',
)

/** Names of profiles, some of which the patterns match. */
export const profile = fc.constantFrom('dev', 'prod', 'dev-1', 'other', '__proto__', '💥💥💥')

/** Names of callers, some of which the patterns match. */
export const user = fc.constantFrom(
  'alice',
  'bob',
  'Dev/alice',
  'Dev/bob',
  'Fed/bob',
  'X/y/z',
  ':root',
  ':federated/bob',
  'root',
)

/** The moment for which random documents are compiled. */
export const compiledAtMs = Date.parse('2026-01-15T00:00:00Z')
// Changes of clocks within the horizon, where mistakes would be.
const changes = [
  '2026-02-15T02:00Z',
  '2026-03-08T07:00Z',
  '2026-03-22T02:00Z',
  '2026-03-29T01:00Z',
  '2026-04-04T15:00Z',
  '2026-09-26T14:00Z',
  '2026-10-25T01:00Z',
  '2026-11-01T06:00Z',
].map((at) => Date.parse(at))
const near = (at: number, spreadMs: number) => fc.integer({ min: at - spreadMs, max: at + spreadMs })
/** An instant of the horizon, often near a change of clocks. */
export const instant = fc.oneof(
  fc.integer({ min: compiledAtMs - 2 * 86_400_000, max: compiledAtMs + 400 * 86_400_000 - 1 }),
  fc.constantFrom(...changes).chain((at) => near(at, 36 * 3_600_000)),
  fc.constantFrom(...changes).chain((at) => near(at, 90 * 60_000)),
)
