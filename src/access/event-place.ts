// The place of the one event of a caller for a profile that may be in force: one slot for each of the caller's keys.
//
// INVARIANT: an event permits something only while all slots of its invoker name it and say the same of it as its row,
// and no row says that it was closed. So neither a row that somebody edits, nor one that comes back, gives power by itself.
// Who closes an event writes that down under its id first, since its row may name other slots by then, and then in its
// slots: whatever lies between permits nothing. Who gives one up does so in its
// row first, since that is where it is decided whether it came into force after all.

import { SentinelError } from '../base/index.ts'
import { longestEmergencySeconds, type Party } from '../policy/index.ts'
import type { Doc, Docs } from '../store/index.ts'
import { closedId, differences, type LedgerBody, powerOf, type Slot, slotIds } from './event-rows.ts'
import { type Emergency, type EmergencyEvent, eventStep, inForceUntil, type Usable } from './events.ts'
import { isConflict, turnDoc } from './turn-doc.ts'
import { otherRole, type Use } from './use.ts'

/** An event under its id. */
export type EventDoc = Doc<Emergency>

/** A table of events: three kinds of rows in one place. */
export type EventDocs = {
  readonly events: Docs<Emergency>
  readonly slots: Docs<Slot>
  readonly ledgers: Docs<LedgerBody>
}

/** An event that a caller may use, one that should serve and does not, or none. */
export type Force =
  | { readonly kind: 'in force'; readonly doc: EventDoc; readonly untilMs: number }
  | { readonly kind: 'void'; readonly id: string; readonly because: string }
  | { readonly kind: 'none' }

type Found = Doc<Slot> | undefined

/** The event of a caller for a profile that is in force, if there is one. @throws SentinelError whatever the store throws */
export async function eventInForce(
  { slots, events }: Pick<EventDocs, 'slots' | 'events'>,
  caller: Party,
  profile: string,
  nowMs: number,
): Promise<Force> {
  const places = await slotsOf(slots, caller, profile)
  const [id, ...others] = new Set(places.map((place) => place?.body.eventId))
  if (id === undefined || others.length > 0) return { kind: 'none' }
  const [doc, closing] = await Promise.all([readable(events, id), slots.get(closedId(id))])
  if (doc === undefined) return { kind: 'none' }
  if (doc instanceof SentinelError) return { kind: 'void', id, because: doc.message }
  const { invokerArn, accountId, status, openedAtMs } = doc.body
  const isOwn = invokerArn === caller.arn && accountId === caller.accountId && doc.body.profile === profile
  const changed = changedIn(doc, places, closing)
  if (changed !== undefined && openedAtMs !== undefined && status === 'active')
    return { kind: 'void', id, because: changed }
  if (!isOwn) return { kind: 'none' }
  const usable = inForceUntil(doc.body, nowMs)
  if ('untilMs' in usable) return { kind: 'in force', doc, untilMs: usable.untilMs }
  return nowMs < doc.body.createdAtMs ? { kind: 'void', id, because: usable.because } : { kind: 'none' }
}

/**
 * The event that a caller may use for a profile as it is now: one that is in force, and was opened for the same role.
 *
 * @param roleArn the role that the profile gives by now; undefined where it gives none
 * @throws SentinelError whatever the store throws
 */
export async function eventServing(
  docs: Pick<EventDocs, 'slots' | 'events'>,
  { caller, profile, roleArn }: Omit<Use, 'walkId'>,
  nowMs: number,
): Promise<Force> {
  const force = await eventInForce(docs, caller, profile, nowMs)
  if (force.kind !== 'in force') return force
  const { id, body } = force.doc
  const because = otherRole(body, profile, roleArn)
  return because === undefined ? force : { kind: 'void', id, because }
}

/** Until when an event is in force, or why it is not, whoever looks at it. @throws SentinelError whatever the store throws */
export async function inForce(
  { slots }: Pick<EventDocs, 'slots'>,
  doc: EventDoc,
  nowMs: number,
): Promise<Usable> {
  const usable = inForceUntil(doc.body, nowMs)
  if ('because' in usable) return usable
  const { invokerArn: arn, accountId } = doc.body
  if (arn === undefined || accountId === undefined) return { because: 'it is bound to nobody' }
  const [places, closing] = await Promise.all([
    slotsOf(slots, { user: doc.body.invoker, arn, accountId }, doc.body.profile),
    slots.get(closedId(doc.id)),
  ])
  const changed = changedIn(doc, places, closing)
  return changed === undefined ? usable : { because: changed }
}

/** Why the row of an event is not what was opened, if it is not. */
function changedIn({ id, body }: EventDoc, places: readonly Found[], closing: Found): string | undefined {
  if (places.some((place) => place?.body.eventId !== id)) {
    return 'its place does not name it: its row was made or changed by hand, or another event followed it'
  }
  const names = new Set(places.flatMap((place) => (place === undefined ? [] : differences(body, place.body))))
  if (names.size === 0) {
    return closing === undefined
      ? undefined
      : 'it was closed, and its row is not what closing it left: somebody changed it'
  }
  return `its row is not what was opened: somebody changed ${[...names].map((name) => `\`${name}\``).join(', ')}`
}

/** A document, or why nobody can read it. */
export async function readable<Body>(
  docs: Docs<Body>,
  id: string,
): Promise<Doc<Body> | SentinelError | undefined> {
  try {
    return await docs.get(id)
  } catch (thrown) {
    if (thrown instanceof SentinelError && thrown.code === 'STORE_CORRUPT') return thrown
    throw thrown
  }
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
  { events, slots }: Pick<EventDocs, 'events' | 'slots'>,
  first: EventDoc,
  happens: EmergencyEvent,
  nowMs: number,
): Promise<EventTurned> {
  const closes = happens.kind === 'close' && eventStep(first.body, happens, nowMs).kind === 'next'
  if (closes) {
    await written(slots, closedId(first.id), undefined, closingOf(first, nowMs))
    await leave(slots, first)
  }
  const end = await stepped(events, first, happens, nowMs)
  if (end.kind === 'turned' && happens.kind === 'give up') await leave(slots, end.doc)
  return end
}

async function stepped(
  events: EventDocs['events'],
  first: EventDoc,
  happens: EmergencyEvent,
  nowMs: number,
): Promise<EventTurned> {
  const end = await turnDoc<Emergency, Exclude<EventTurned, { kind: 'turned' }>>(events, first, (doc) => {
    const next = eventStep(doc.body, happens, nowMs)
    return next.kind === 'refused' ? { no: { ...next, doc } } : { body: next.event }
  })
  return 'no' in end ? end.no : { kind: 'turned', doc: end.doc }
}

/** Writes into the slots of an event that it is over. */
async function leave(slots: Docs<Slot>, { id, body }: EventDoc): Promise<void> {
  const { invoker: user, invokerArn: arn = '', accountId = '', profile } = body
  for (const slotId of slotIds({ user, arn, accountId }, profile)) {
    for (;;) {
      const slot = await readable(slots, slotId)
      // One that cannot be read permits nothing either.
      if (slot === undefined || slot instanceof SentinelError) break
      const { eventId, power } = slot.body
      if (eventId !== id || power.status === 'closed') break
      if (await written(slots, slotId, slot, { ...slot.body, power: { ...power, status: 'closed' } })) break
    }
  }
}

/** What says that an event was closed, for as long as its slots could have given it power. */
const closingOf = ({ id, body }: EventDoc, nowMs: number): Slot => ({
  eventId: id,
  expiresAtMs: nowMs + longestEmergencySeconds * 1000,
  power: { ...powerOf(body), status: 'closed' },
})

/** What a slot says of an event that comes into force. */
export const slotOf = ({ id, body }: EventDoc, openedAtMs: number): Slot => ({
  eventId: id,
  expiresAtMs: body.expiresAtMs,
  power: powerOf({ ...body, openedAtMs }),
})

/** Whether the row of an event that has the place says the same as its slot. */
export const isAsOpened = ({ body }: EventDoc, { body: slot }: Doc<Slot>): boolean =>
  differences(body, slot).length === 0

const slotsOf = (slots: Docs<Slot>, caller: Party, profile: string): Promise<readonly Found[]> =>
  Promise.all(slotIds(caller, profile).map((id) => slots.get(id)))

/** Whether a row was written: not if somebody else was faster. */
export async function written<Body>(
  docs: Docs<Body>,
  id: string,
  before: Doc<Body> | undefined,
  body: Body,
): Promise<boolean> {
  try {
    await (before === undefined ? docs.create(id, body) : docs.update(before, body))
    return true
  } catch (thrown) {
    if (isConflict(thrown)) return false
    throw thrown
  }
}
