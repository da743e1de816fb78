// What the evaluators of the tests have in common, written a second time from the specification alone, slowly and plainly:
// regular expressions for globs, `Intl` for the wall clock. It shares no code with the room, and must agree with it.

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

/** The days, as documents have them, from Sunday on. */
export const week = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

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
