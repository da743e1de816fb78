// The book of break-glass events: lists. How one is opened is in opening.ts, what it takes to be in force in event-place.ts.

import type { EventDocs } from './event-place.ts'
import { type Emergency, type EventStatus, eventStatusAt } from './events.ts'
import { type Listed, listed, type Paging } from './listed.ts'

/** Which events; all that are given must fit. */
export type EventFilter = {
  readonly status?: EventStatus | undefined
  readonly profile?: string | undefined
  readonly invoker?: string | undefined
}

/** Up to `limit` events, newest first. Throws as `listed`. */
export function listEvents(
  { events }: Pick<EventDocs, 'events'>,
  { status, profile, invoker }: EventFilter,
  paging: Paging,
  nowMs: number,
): Promise<Listed<Emergency>> {
  const fits = (event: Emergency) =>
    (status === undefined || eventStatusAt(event, nowMs) === status) &&
    (profile === undefined || event.profile === profile) &&
    (invoker === undefined || event.invoker === invoker)
  // What has expired, or was left half-way, stands there as active.
  const written = status === 'closed' ? 'closed' : 'active'
  const index =
    invoker !== undefined
      ? { index: 'gsi-invoker', value: invoker }
      : profile !== undefined
        ? { index: 'gsi-profile', value: profile }
        : { index: 'gsi-status', value: written }
  return listed(events, index, fits, paging)
}
