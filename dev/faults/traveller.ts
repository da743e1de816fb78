// The side of a process that travels for another one, one journey after the other.

import type { Order, Report } from './crew.ts'
import { travel } from './drive.ts'
import { journeys } from './journeys.ts'

/** Travels whatever the parent orders, until it is gone. */
export function travelForParent(): void {
  process.on('disconnect', () => process.exit())
  process.on('message', ({ name, place, plan, means }: Order) => {
    const journey = journeys.find((one) => one.name === name)
    const run = journey === undefined ? Promise.reject(new Error(name)) : travel(means, journey, place, plan)
    void run
      .then((run): Report => ({ run }))
      .catch(
        (thrown): Report => ({ failed: thrown instanceof Error ? String(thrown.stack) : String(thrown) }),
      )
      .then((report) => process.send?.(report))
  })
}
