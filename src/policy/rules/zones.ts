// What a time zone does between two instants, as a table, found by asking `Intl` (whose start costs more than the
// whole everyday path of `sentinel credentials`; so it is asked here, once per compiled policy, and nowhere else).

import type { CompiledZone, Offset } from './compiled.ts'

const dayMs = 86_400_000

/** Whether a text names an IANA time zone. Offsets such as `+01:00`, which newer engines take, are none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The zones that can be suggested for a misspelt one. */
export function knownTimeZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')]
}

/** A zone's offsets from `fromMs` to before `untilMs`. */
export function zoneTable(name: string, fromMs: number, untilMs: number): CompiledZone {
  const offsetAt = offsets(name)
  const table: Offset[] = [[fromMs, offsetAt(fromMs)]]
  // No zone changes twice within a day, so looking once a day misses nothing.
  for (let from = fromMs; from < untilMs; from += dayMs) {
    const to = Math.min(from + dayMs, untilMs)
    if (offsetAt(from) !== offsetAt(to)) {
      const at = changeBetween(offsetAt, from, to)
      if (at < untilMs) table.push([at, offsetAt(at)])
    }
  }
  return { name, offsets: table }
}

/** The first whole second after `from` whose offset is that of `to`. */
function changeBetween(offsetAt: (ms: number) => number, from: number, to: number): number {
  const before = offsetAt(from)
  let [low, high] = [Math.floor(from / 1000), Math.ceil(to / 1000)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * 1000) === before) low = middle
    else high = middle
  }
  return high * 1000
}

/** A function from an instant to how far the zone's clock is ahead of UTC, in milliseconds. */
function offsets(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (ms) => {
    const second = Math.floor(ms / 1000) * 1000
    const parts = new Map(format.formatToParts(second).map(({ type, value }) => [type, Number(value)]))
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? Number.NaN
    const local = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    )
    return local - second
  }
}
