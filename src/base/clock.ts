/** The time, as an argument: nothing but the program's root reads the machine's clock. */
export type Clock = {
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() }

/** Milliseconds with fractions that never go back, from some beginning: for how long something takes. */
export const stopwatch: Clock = { now: () => performance.now() }

/** An instant as RFC 3339 in UTC with whole seconds, as the decision log and AWS's documents write it. */
export function toTimestamp(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const days = Math.floor(seconds / 86_400)
  const time = seconds - days * 86_400
  const clock = [time / 3600, (time / 60) % 60, time % 60].map(twoDigits)
  return `${dateOf(days)}T${clock.join(':')}Z`
}

const twoDigits = (number: number) => String(Math.floor(number)).padStart(2, '0')

/**
 * A day since 1970-01-01 in the Gregorian calendar: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms",
 * civil_from_days. By hand, because the first Date that is written costs a hundredth of a warm call.
 */
function dateOf(days: number): string {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const year = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const shown = String(year + era * 400 + (month <= 2 ? 1 : 0)).padStart(4, '0')
  return `${shown}-${twoDigits(month)}-${twoDigits(day)}`
}
