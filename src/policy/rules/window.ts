import type { CompiledWindow, CompiledZone } from './compiled.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** Whether a window is open. Purely by the wall clock of its zone: a skipped hour never comes, a repeated one twice. */
export function isOpen(window: CompiledWindow, zone: CompiledZone, nowMs: number): boolean {
  const local = nowMs + offsetAt(zone, nowMs)
  const day = Math.floor(local / dayMs)
  const minute = Math.floor((local - day * dayMs) / minuteMs)
  if (window.start < window.end) {
    return minute >= window.start && minute < window.end && startsOn(window, day)
  }
  return (
    (minute >= window.start && startsOn(window, day)) || (minute < window.end && startsOn(window, day - 1))
  )
}

/**
 * Every instant after `nowMs` and up to `untilMs` at which the window may open or close: its two ends and midnight
 * on each local day, and each change of the zone's offset. In no order. What is open stays so in between.
 */
export function edges(
  window: CompiledWindow,
  zone: CompiledZone,
  nowMs: number,
  untilMs: number,
): readonly number[] {
  return zone.offsets.flatMap(([from, offset], index) => {
    const start = Math.max(from, nowMs)
    const end = Math.min(zone.offsets[index + 1]?.[0] ?? untilMs, untilMs)
    if (start >= end) return []
    const found = [start]
    for (let day = Math.floor((start + offset) / dayMs) * dayMs; day <= end + offset; day += dayMs) {
      found.push(day - offset, day + window.start * minuteMs - offset, day + window.end * minuteMs - offset)
    }
    return found.filter((at) => at > nowMs && at >= start && at < end)
  })
}

/** 1970-01-01, day 0, was a Thursday (4). */
function startsOn(window: CompiledWindow, day: number): boolean {
  return ((window.days >> ((((day + 4) % 7) + 7) % 7)) & 1) === 1
}

function offsetAt(zone: CompiledZone, nowMs: number): number {
  let offset = 0
  for (const [from, ahead] of zone.offsets) {
    if (from > nowMs) break
    offset = ahead
  }
  return offset
}
