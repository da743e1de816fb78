// The book of break-glass events: lists, and which of a list are in force. How one is opened is in opening.ts, what it takes to be in force in event-place.ts.

import { SentinelError } from '../base/index.ts'
import { type EventDoc, type EventDocs, inForce } from './event-place.ts'
import { type Emergency, type EventStatus, eventStatusAt, type Usable } from './events.ts'
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

/**
 * Why those of a list that say that they are active are not in force, by their ids; what is in force is not named. Only
 * these few are asked for their places. Throws as `inForce`, but for a place that nobody can read, which permits nothing.
 */
export async function notInForce(
  docs: Pick<EventDocs, 'slots'>,
  listed: readonly EventDoc[],
  nowMs: number,
): Promise<ReadonlyMap<string, string>> {
  const look = async (doc: EventDoc): Promise<readonly [string, string][]> => {
    const usable = await inForce(docs, doc, nowMs).catch(unreadablePlace)
    return 'because' in usable ? [[doc.id, usable.because]] : []
  }
  const active = listed.filter(({ body }) => eventStatusAt(body, nowMs) === 'active')
  return new Map((await Promise.all(active.map(look))).flat())
}

function unreadablePlace(thrown: unknown): Usable {
  if (thrown instanceof SentinelError && thrown.code === 'STORE_CORRUPT') return { because: thrown.message }
  throw thrown
}
