// How a break-glass event comes into force, whatever happens at once and wherever a process dies.
//
//   1 the event's row     2 the user's ledgers   3 the profile's ledger   4 the slots   5 the row: opened
//
// INVARIANT: each write is conditional. An event is in force only after the fifth step, and only if it was counted in
// all ledgers before; so limits hold exactly, and one caller has one event for a profile. An event that nobody can read
// counts as one opening, and holds no place.
// Whoever does not get to the fifth gives the event up; where a process died half-way, others do that for it, and what
// it reserved counts no longer. Both write the same row, so that one of them is first.

import { type Clock, formatDuration, SentinelError } from '../base/index.ts'
import {
  exceeded,
  type Ledger,
  longestWindowSeconds,
  type Party,
  type RateLimits,
  windowSeconds,
} from '../policy/index.ts'
import type { Doc } from '../store/index.ts'
import {
  type EventDoc,
  type EventDocs,
  isAsOpened,
  readable,
  slotOf,
  turnEvent,
  written,
} from './event-place.ts'
import { type LedgerBody, profileLedgerId, type Slot, slotIds, userLedgerIds } from './event-rows.ts'
import { countsAsOpening, inForceUntil, isOpening, newEvent, type Opened, openingMs } from './events.ts'

/** An event that came into force, or by what it did not. */
export type OpeningEnd =
  | { readonly kind: 'opened'; readonly doc: EventDoc }
  | { readonly kind: 'limit'; readonly because: string; readonly retryAfterSeconds: number }
  /** Another event of the caller for the profile is in force, or about to be. */
  | { readonly kind: 'taken'; readonly because: string; readonly by: string }

/** What is opened, under which id and limits. */
export type Opening = { readonly id: string; readonly opened: Opened; readonly limits: RateLimits }

type Entry = LedgerBody['openings'][number]

/**
 * The openings that may count by these limits, as the ledgers have them; and the events among them that nobody can read,
 * each of which counts as one.
 */
export async function ledgerOf(
  docs: EventDocs,
  {
    caller,
    profile,
    limits,
  }: { readonly caller: Party; readonly profile: string; readonly limits: RateLimits },
  nowMs: number,
): Promise<{ readonly ledger: Ledger; readonly damaged: readonly SentinelError[] }> {
  const damaged = new Map<string, SentinelError>()
  const openingsIn = async (id: string) => {
    const openings = recent(await docs.ledgers.get(id), windowSeconds(limits), nowMs)
    const { dead, unreadable } = await sorted(docs, openings, nowMs)
    for (const each of unreadable) damaged.set(each.message, each)
    return openings.filter((opening) => !dead.has(opening))
  }
  const ofUser = await Promise.all(userLedgerIds(caller).map(openingsIn))
  const ofProfile = await openingsIn(profileLedgerId(profile))
  return { ledger: { ofUser, ofProfile }, damaged: [...damaged.values()] }
}

/**
 * Brings an event into force.
 *
 * @throws SentinelError whatever the store throws; then it may or may not have come into force, and its row says which
 */
export async function openEvent(
  { clock }: { readonly clock: Clock },
  docs: EventDocs,
  { id, opened, limits }: Opening,
): Promise<OpeningEnd> {
  const doc = await docs.events.create(id, newEvent(opened, clock.now()))
  const full = await counted(docs, doc, opened, limits)
  const openedAtMs = clock.now()
  const stop = full ?? (await placed(clock, docs, doc, opened, openedAtMs))
  if (stop !== undefined) {
    await turnEvent(docs, doc, { kind: 'give up', reason: stop.because }, clock.now())
    return stop
  }
  const end = await turnEvent(docs, doc, { kind: 'open', atMs: openedAtMs }, clock.now())
  if (end.kind === 'turned') return { kind: 'opened', doc: end.doc }
  return { kind: 'taken', because: `the opening was given up: ${end.because}`, by: id }
}

type Stop = Exclude<OpeningEnd, { kind: 'opened' }>

/** Writes an opening into all ledgers, if they have room for it. */
async function counted(
  docs: EventDocs,
  { id, body }: EventDoc,
  { invoker, profile }: Opened,
  limits: RateLimits,
): Promise<Stop | undefined> {
  const entry = { eventId: id, atMs: body.createdAtMs, profile }
  const isOver = (ledger: Ledger) => exceeded(limits, ledger, profile, entry.atMs)
  const ways = [
    ...userLedgerIds(invoker).map((ledgerId) => ({
      ledgerId,
      over: (openings: readonly Entry[]) => isOver({ ofUser: [openings], ofProfile: [] }),
    })),
    {
      ledgerId: profileLedgerId(profile),
      over: (openings: readonly Entry[]) => isOver({ ofUser: [], ofProfile: openings }),
    },
  ]
  for (const { ledgerId, over } of ways) {
    const stop = await reserved(docs, ledgerId, entry, windowSeconds(limits), over)
    if (stop !== undefined) return stop
  }
  return undefined
}

/** Writes an opening into a ledger, if that has room for it. */
async function reserved(
  docs: EventDocs,
  ledgerId: string,
  entry: Entry,
  window: number,
  isOver: (
    openings: readonly Entry[],
  ) => { readonly message: string; readonly retryAfterSeconds: number } | undefined,
): Promise<Stop | undefined> {
  // Each time around somebody else got further, and a ledger has room for few: this ends.
  for (;;) {
    const ledger = await docs.ledgers.get(ledgerId)
    let openings = recent(ledger, longestWindowSeconds, entry.atMs)
    if (isOver(openings) !== undefined) {
      const { dead } = await sorted(docs, recent(ledger, window, entry.atMs), entry.atMs)
      openings = openings.filter((opening) => !dead.has(opening))
    }
    const over = isOver(openings)
    if (over !== undefined) {
      return { kind: 'limit', because: over.message, retryAfterSeconds: over.retryAfterSeconds }
    }
    if (await written(docs.ledgers, ledgerId, ledger, { openings: [...openings, entry] })) return undefined
  }
}

/** Writes the event into all slots of its caller and profile, if no other holds one. */
async function placed(
  clock: Clock,
  docs: EventDocs,
  doc: EventDoc,
  { invoker, profile }: Opened,
  openedAtMs: number,
): Promise<Stop | undefined> {
  for (const id of slotIds(invoker, profile)) {
    const stop = await claimed(clock, docs, id, slotOf(doc, openedAtMs))
    if (stop !== undefined) return stop
  }
  return undefined
}

async function claimed(clock: Clock, docs: EventDocs, id: string, claim: Slot): Promise<Stop | undefined> {
  for (;;) {
    const slot = await docs.slots.get(id)
    const stop = slot && (await holding(docs, slot, clock.now()))
    if (stop !== undefined) return stop
    if (await written(docs.slots, id, slot, claim)) return undefined
  }
}

/** What keeps others from a slot, if something does. What permits nothing keeps nobody out. */
async function holding(docs: EventDocs, slot: Doc<Slot>, nowMs: number): Promise<Stop | undefined> {
  const holder = await readable(docs.events, slot.body.eventId)
  if (holder === undefined || holder instanceof SentinelError) return undefined
  const settledDoc = await settled(docs, holder, nowMs)
  const { id, body } = settledDoc
  // By a clock that is ahead of ours it may begin only soon: the place is taken all the same.
  const thenMs = Math.max(nowMs, body.createdAtMs)
  if ('untilMs' in inForceUntil(body, thenMs) && isAsOpened(settledDoc, slot)) {
    return { kind: 'taken', because: `event ${id} for this profile is in force already`, by: id }
  }
  if (!isOpening(body, nowMs)) return undefined
  const rest = formatDuration(Math.ceil((body.createdAtMs + openingMs - nowMs) / 1000))
  const because = `another opening for this profile is under way; try again in ${rest}`
  return { kind: 'taken', because, by: id }
}

/** Openings that never came into force and never will, and the events that nobody can read. */
async function sorted(docs: EventDocs, openings: readonly Entry[], nowMs: number) {
  const dead = new Set<Entry>()
  const unreadable: SentinelError[] = []
  const look = async (opening: Entry) => {
    const doc = await readable(docs.events, opening.eventId)
    if (doc instanceof SentinelError) unreadable.push(doc)
    // Swept, or never there: it counts rather than be forgotten.
    else if (doc !== undefined && !countsAsOpening((await settled(docs, doc, nowMs)).body, nowMs))
      dead.add(opening)
  }
  await Promise.all(openings.map(look))
  return { dead, unreadable }
}

/** An event whose opening neither goes on nor was given up is given up, so that it cannot come into force later. */
async function settled(docs: EventDocs, doc: EventDoc, nowMs: number): Promise<EventDoc> {
  const { status, openedAtMs } = doc.body
  if (status !== 'active' || openedAtMs !== undefined || isOpening(doc.body, nowMs)) return doc
  const reason = 'its opening was never completed'
  return (await turnEvent(docs, doc, { kind: 'give up', reason }, nowMs)).doc
}

const recent = (ledger: Doc<LedgerBody> | undefined, seconds: number, nowMs: number): readonly Entry[] =>
  (ledger?.body.openings ?? []).filter(({ atMs }) => nowMs - atMs < seconds * 1000)
