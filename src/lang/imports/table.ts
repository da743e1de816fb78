// How the members of an import are written down.

import type { Getter, Native } from '../run/native.ts'
import type { Value } from '../values/value.ts'

type Named<T> = readonly [string, T]

/** Members by name: functions by their own, values by the name that stands with them. */
export function table(...members: readonly (Native | Named<Value>)[]): ReadonlyMap<string, Value>
export function table(...members: readonly (Native | Named<Getter>)[]): ReadonlyMap<string, Native | Getter>
export function table(
  ...members: readonly (Native | Named<Value | Getter>)[]
): ReadonlyMap<string, Value | Getter> {
  return new Map(members.map((one) => ('run' in one ? ([one.name, one] as const) : one)))
}

/** One function under several names. */
export const alias = (names: readonly string[], make: (name: string) => Native): readonly Native[] =>
  names.map(make)
