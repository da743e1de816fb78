// The door to what is needed only where a cache has no answer.

import type { Machine } from './machine.ts'
import type { NamedTexts } from './sealed.ts'
import type { Flight } from './single-flight.ts'

/**
 * The thing: read, or made by this process, or by another one while this waits.
 *
 * @throws SentinelError what `make` threw, here or in another process a moment ago; LOCK_TIMEOUT after two minutes
 */
export async function singleFlight<T>(
  deps: Machine & { readonly notes: NamedTexts },
  flight: Flight<T>,
): Promise<T> {
  const flights = await import('./single-flight.ts')
  return flights.singleFlight(deps, flight)
}
