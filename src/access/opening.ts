// How a break-glass event comes into force, whatever happens at once and wherever a process dies.
//
//   1 the event's row        2 the user's ledger   3 the profile's ledger   4 the slot   5 the row: opened
//
// INVARIANT: each step is one conditional write. An event is in force only after the fifth, and only if it was counted
// in both ledgers before; so limits hold exactly, and one caller has one event for a profile.
// Whoever does not get to the fifth gives the event up; where a process died half-way, others do that for it, and what
// it reserved counts no longer. Both write the same row, so that one of them is first.

import { type Clock, formatDuration } from '../base/index.ts'
import { exceeded, type Ledger, longestWindowSeconds, type RateLimits } from '../policy/index.ts'
import type { Doc, Docs } from '../store/index.ts'
import { type EventDoc, type EventDocs, isConflict, turnEvent } from './event-book.ts'
import { type LedgerBody, profileLedgerId, slotId, userLedgerId } from './event-rows.ts'
import { countsAsOpening, inForceUntil, isOpening, newEvent, type Opened, openingMs } from './events.ts'

/** An event that came into force, or by what it did not. */
export type OpeningEnd =
  | { readonly kind: 'opened'; readonly doc: EventDoc }
  | { readonly kind: 'limit'; readonly because: string; readonly retryAfterSeconds: number }
  /** Another event of the caller for the profile is in force, or about to be. */
  | { readonly kind: 'taken'; readonly because: string; readonly by: string }

/** What is opened, under which id and limits, and the name under which the user's openings are counted. */
export type Opening = {
  readonly id: string
  readonly opened: Opened
  readonly limits: RateLimits
  readonly countedAs: string
}

type Entry = LedgerBody['openings'][number]

/** The openings that count, as the ledgers have them. */
export async function ledgerOf(
  docs: EventDocs,
  countedAs: string,
  profile: string,
  nowMs: number,
): Promise<Ledger> {
  const [user, all] = await Promise.all([
    docs.ledgers.get(userLedgerId(countedAs)),
    docs.ledgers.get(profileLedgerId(profile)),
  ])
  return {
    ofUser: await living(docs, recent(user, nowMs), nowMs),
    ofProfile: await living(docs, recent(all, nowMs), nowMs),
  }
}

/**
 * Brings an event into force.
 *
 * @throws SentinelError whatever the store throws; then it may or may not have come into force, and its row says which
 */
export async function openEvent(
  { clock }: { readonly clock: Clock },
  docs: EventDocs,
  { id, opened, limits, countedAs }: Opening,
): Promise<OpeningEnd> {
  const { profile, invoker } = opened
  const doc = await docs.events.create(id, newEvent(opened, clock.now()))
  const entry = { eventId: id, atMs: doc.body.createdAtMs, profile }
  const isOver = (ledger: Ledger) => exceeded(limits, ledger, profile, entry.atMs)
  const stop =
    (await reserved(docs, userLedgerId(countedAs), entry, (ofUser) => isOver({ ofUser, ofProfile: [] }))) ??
    (await reserved(docs, profileLedgerId(profile), entry, (ofProfile) =>
      isOver({ ofUser: [], ofProfile }),
    )) ??
    (await claimed(docs, slotId(invoker, profile), doc, clock.now()))
  if (stop !== undefined) {
    await turnEvent(docs, doc, { kind: 'give up', reason: stop.because }, clock.now())
    return stop
  }
  const end = await turnEvent(docs, doc, { kind: 'open' }, clock.now())
  if (end.kind === 'turned') return { kind: 'opened', doc: end.doc }
  return { kind: 'taken', because: `the opening was given up: ${end.because}`, by: id }
}

type Stop = Exclude<OpeningEnd, { kind: 'opened' }>

/** Writes an opening into a ledger, if that has room for it. */
async function reserved(
  docs: EventDocs,
  ledgerId: string,
  entry: Entry,
  isOver: (
    openings: readonly Entry[],
  ) => { readonly message: string; readonly retryAfterSeconds: number } | undefined,
): Promise<Stop | undefined> {
  // Each time around somebody else got further, and a ledger has room for few: this ends.
  for (;;) {
    const ledger = await docs.ledgers.get(ledgerId)
    let openings = recent(ledger, entry.atMs)
    if (isOver(openings) !== undefined) openings = await living(docs, openings, entry.atMs)
    const over = isOver(openings)
    if (over !== undefined) {
      return { kind: 'limit', because: over.message, retryAfterSeconds: over.retryAfterSeconds }
    }
    if (await written(docs.ledgers, ledgerId, ledger, { openings: [...openings, entry] })) return undefined
  }
}

/** Writes the event into the slot of its caller and profile, if no other holds it. */
async function claimed(
  docs: EventDocs,
  id: string,
  { id: eventId, body: { expiresAtMs } }: EventDoc,
  nowMs: number,
): Promise<Stop | undefined> {
  for (;;) {
    const slot = await docs.slots.get(id)
    const holder = slot === undefined ? undefined : await docs.events.get(slot.body.eventId)
    const stop = holder === undefined ? undefined : await holding(docs, holder, nowMs)
    if (stop !== undefined) return stop
    if (await written(docs.slots, id, slot, { eventId, expiresAtMs })) return undefined
  }
}

async function holding(docs: EventDocs, holder: EventDoc, nowMs: number): Promise<Stop | undefined> {
  const { body, id } = await settled(docs, holder, nowMs)
  if ('untilMs' in inForceUntil(body, nowMs)) {
    return { kind: 'taken', because: `event ${id} for this profile is in force already`, by: id }
  }
  if (!isOpening(body, nowMs)) return undefined
  const rest = formatDuration(Math.ceil((body.createdAtMs + openingMs - nowMs) / 1000))
  const because = `another opening for this profile is under way; try again in ${rest}`
  return { kind: 'taken', because, by: id }
}

/** The openings that came into force or still may. */
async function living(docs: EventDocs, openings: readonly Entry[], nowMs: number): Promise<readonly Entry[]> {
  const counted = await Promise.all(
    openings.map(async (entry) => {
      const doc = await docs.events.get(entry.eventId)
      // Swept, or never there: it counts rather than be forgotten.
      return doc === undefined || countsAsOpening((await settled(docs, doc, nowMs)).body, nowMs)
    }),
  )
  return openings.filter((_, at) => counted[at])
}

/** An event whose opening neither goes on nor was given up is given up, so that it cannot come into force later. */
async function settled(docs: EventDocs, doc: EventDoc, nowMs: number): Promise<EventDoc> {
  const { status, openedAtMs } = doc.body
  if (status !== 'active' || openedAtMs !== undefined || isOpening(doc.body, nowMs)) return doc
  const reason = 'its opening was never completed'
  return (await turnEvent(docs, doc, { kind: 'give up', reason }, nowMs)).doc
}

const recent = (ledger: Doc<LedgerBody> | undefined, nowMs: number): readonly Entry[] =>
  (ledger?.body.openings ?? []).filter(({ atMs }) => nowMs - atMs < longestWindowSeconds * 1000)

/** Whether a row was written: not if somebody else was faster. */
async function written<Body>(
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
