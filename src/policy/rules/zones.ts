// What a time zone does between two instants, as a table, found by asking `Intl` (whose start costs more than the
// whole everyday path of `sentinel credentials`; so it is asked here, once per compiled policy, and nowhere else).

import { zoneOffsets } from '../../base/index.ts'
import type { CompiledZone, Offset } from './compiled.ts'

const dayMs = 86_400_000

/** A zone's offsets from `fromMs` to before `untilMs`. */
export function zoneTable(name: string, fromMs: number, untilMs: number): CompiledZone {
  const offsetAt = zoneOffsets(name)
  let before = offsetAt(fromMs)
  const table: Offset[] = [[fromMs, before]]
  // No zone changes twice within a day, so looking once a day misses nothing.
  for (let from = fromMs; from < untilMs; from += dayMs) {
    const to = Math.min(from + dayMs, untilMs)
    const after = offsetAt(to)
    if (after !== before) {
      const at = changeBetween(offsetAt, from, to)
      if (at < untilMs) table.push([at, offsetAt(at)])
    }
    before = after
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
