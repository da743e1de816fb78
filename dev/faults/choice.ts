// What `npm run faults` is told to try, by parts of names. A part that fits nothing is a slip of the pen, not a wish to try
// nothing.

import { journeys } from './journeys.ts'
import { places } from './places.ts'
import { faults } from './proxy.ts'

/** Parts of names; an empty one fits every name. */
export type Parts = { readonly journey: string; readonly place: string; readonly fault: string }

/** Why nothing at all would be tried, with what there is; undefined where something would. */
export function nothingFits({ journey, place, fault }: Parts): string | undefined {
  const named = journeys.filter(({ name }) => name.includes(journey))
  if (named.length === 0)
    return unknown(
      'journey',
      journey,
      journeys.map(({ name }) => name),
    )
  if (!places.some((name) => name.includes(place))) return unknown('place', place, places)
  if (!faults.some((name) => name.includes(fault))) return unknown('fault', fault, faults)
  const there = [...new Set(named.flatMap((one) => one.places))]
  if (there.some((name) => name.includes(place))) return undefined
  return `no journey with \`${journey}\` in its name goes to \`${place}\`, only to: ${there.join('; ')}`
}

const unknown = (what: string, part: string, names: readonly string[]) =>
  `no ${what} has \`${part}\` in its name; there are: ${names.join('; ')}`
