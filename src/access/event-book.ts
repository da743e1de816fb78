// The book of break-glass events: finds the one in force, closes, lists. How one is opened is in opening.ts.

import { SentinelError } from '../base/index.ts'
import type { Party } from '../policy/index.ts'
import type { Doc, Docs } from '../store/index.ts'
import { type LedgerBody, type Slot, slotId } from './event-rows.ts'
import {
  type Emergency,
  type EmergencyEvent,
  type EventStatus,
  eventStatusAt,
  eventStep,
  eventUsableUntil,
} from './events.ts'
import { type Listed, listed, type Paging } from './listed.ts'

/** An event under its id. */
export type EventDoc = Doc<Emergency>

/** A table of events: three kinds of rows in one place. */
export type EventDocs = {
  readonly events: Docs<Emergency>
  readonly slots: Docs<Slot>
  readonly ledgers: Docs<LedgerBody>
}

/** The event of a caller for a profile that is in force, if there is one: the slot names it, and it says so itself. */
export async function eventInForce(
  { slots, events }: Pick<EventDocs, 'slots' | 'events'>,
  caller: Party,
  profile: string,
  nowMs: number,
): Promise<{ readonly doc: EventDoc; readonly untilMs: number } | undefined> {
  const slot = await slots.get(slotId(caller, profile))
  const doc = slot === undefined ? undefined : await events.get(slot.body.eventId)
  if (doc === undefined) return undefined
  const answer = eventUsableUntil(doc.body, caller, profile, nowMs)
  return 'untilMs' in answer ? { doc, untilMs: answer.untilMs } : undefined
}

/** What became of an event. */
export type EventTurned =
  | { readonly kind: 'turned'; readonly doc: EventDoc }
  | { readonly kind: 'refused'; readonly because: string; readonly doc: EventDoc }

/**
 * Turns an event from one state to the next, where it still is as it was read; else it is looked at again. Of several
 * who close at once, one does.
 *
 * @throws SentinelError whatever the store throws; STORE_CONFLICT when the event is gone
 */
export async function turnEvent(
  { events }: Pick<EventDocs, 'events'>,
  first: EventDoc,
  happens: EmergencyEvent,
  nowMs: number,
): Promise<EventTurned> {
  // An event has few steps, so this ends.
  for (let doc = first; ; ) {
    const step = eventStep(doc.body, happens, nowMs)
    if (step.kind === 'refused') return { ...step, doc }
    try {
      return { kind: 'turned', doc: await events.update(doc, step.event) }
    } catch (thrown) {
      const now = isConflict(thrown) ? await events.get(doc.id) : undefined
      if (now === undefined || now.version <= doc.version) throw thrown
      doc = now
    }
  }
}

/** Whether somebody else was faster. */
export const isConflict = (thrown: unknown) =>
  thrown instanceof SentinelError && thrown.code === 'STORE_CONFLICT'

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
  // An event that has expired stands there as active.
  const written = status === undefined || status === 'expired' ? 'active' : status
  const index =
    invoker !== undefined
      ? { index: 'gsi-invoker', value: invoker }
      : profile !== undefined
        ? { index: 'gsi-profile', value: profile }
        : { index: 'gsi-status', value: written }
  return listed(events, index, fits, paging)
}
