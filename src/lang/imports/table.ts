// How the members of an import are written down.

import type { Native } from '../run/native.ts'
import type { Value } from '../values/value.ts'

/** Members by name: functions by their own, values by the name that stands with them. */
export function table(
  ...members: readonly (Native | readonly [string, Value])[]
): ReadonlyMap<string, Value> {
  return new Map<string, Value>(members.map((one) => ('run' in one ? ([one.name, one] as const) : one)))
}

/** One function under several names. */
export const alias = (names: readonly string[], make: (name: string) => Native): readonly Native[] =>
  names.map(make)
