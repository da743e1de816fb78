// What the evaluators of the tests have in common, written a second time from the specification alone, slowly and plainly:
// regular expressions for globs, `Intl` for the wall clock. It shares no code with the room, and must agree with it.

import fc from 'fast-check'

/** A time window as a document has it. */
export type Time = { days?: string[]; hours?: { start: string; end: string }; timezone?: string }

/** Whether a glob matches a text whole; `any` is what `*` and `?` stand for, as a regular expression. */
export function like(glob: string, text: string, any: string): boolean {
  const body = glob
    .replace(/[.+^$()|[\]{}\\]/g, '\\$&')
    .replace(/\*+/g, `${any}*`)
    .replaceAll('?', any)
  return new RegExp(`^${body}$`, 'su').test(text)
}

/** Whether a pattern of users names one (decision 20). */
export function names(glob: string, user: string, trusted: string[]): boolean {
  // Bare names, `Role/session` and `:special` are three kinds; a pattern of one kind names none of another.
  const kind = (text: string) => (text.startsWith(':') ? ':' : text.includes('/') ? '/' : '')
  if (kind(glob) === kind(user)) return like(glob, user, '[^/]')
  const [role = ''] = user.split('/')
  const session = user.slice(role.length + 1)
  return kind(glob) === '' && kind(user) === '/' && trusted.includes(role) && like(glob, session, '[^/]')
}

const week = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** Whether a window is open. */
export function during({ days, hours, timezone = 'UTC' }: Time, nowMs: number): boolean {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const part = (type: string) => format.formatToParts(nowMs).find((found) => found.type === type)?.value ?? ''
  const today = part('weekday').toLowerCase()
  const yesterday = week[(week.indexOf(today) + 6) % 7] ?? ''
  const clock = `${part('hour')}:${part('minute')}`
  const on = (day: string) => days === undefined || days.includes(day)
  if (hours === undefined) return on(today)
  if (hours.start < hours.end) return on(today) && hours.start <= clock && clock < hours.end
  return (on(today) && hours.start <= clock) || (on(yesterday) && clock < hours.end)
}

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
