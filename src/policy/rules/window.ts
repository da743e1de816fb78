import type { CompiledWindow, CompiledZone } from './compiled.ts'

export const [minuteMs, dayMs] = [60_000, 86_400_000] as const

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
