import type { CompiledWindow, CompiledZone } from './compiled.ts'
import { dayMs, minuteMs } from './window.ts'

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
