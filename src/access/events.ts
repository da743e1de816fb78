// A break-glass event from its opening to its end. Pure: a state, what happens and the time give the next state or a
// refusal; who may do what is for `policy` to decide, and writing it down for the repository.
//
//   opening ──▶ in force ──▶ closed
//      │            └──────▶ expired   never written: it is what an event is once its time is over
//      ├──────────▶ closed             it was given up: somebody was faster, or its process died
//      └──────────▶ abandoned          never written: nobody has given it up yet, or another program made the row
//
// INVARIANT: an event is in force only if its opening was completed (`openedAtMs`), its slots say the same of it as its
// row (event-place.ts), it does not lie ahead, and neither its time nor somebody has ended it. Closed is final.

import { printable, toTimestamp, unreachable } from '../base/index.ts'
import { longestEmergencySeconds, type Overridable, type Party, type ReasonCode } from '../policy/index.ts'
import { present } from './present.ts'

/** What an event can be. */
export const eventStatuses = ['active', 'closed', 'expired', 'abandoned'] as const

/** What an event is. */
export type EventStatus = (typeof eventStatuses)[number]

/** A break-glass event. Instants are milliseconds since the Unix epoch. */
export type Emergency = {
  readonly invoker: string
  /** Whose event it is, beyond doubt. Absent in rows of other programs: these permit nothing. */
  readonly invokerArn?: string
  readonly accountId?: string
  readonly profile: string
  /** The role that the profile had when it was opened, and the only one that it is for. */
  readonly roleArn?: string
  readonly reasonCode: string
  readonly justification: string
  readonly durationSeconds: number
  /** As written: `eventStatusAt` says what it is at a time. */
  readonly status: EventStatus
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** When it ends, exclusive. */
  readonly expiresAtMs: number
  /** When its opening was completed; an event without it was never in force. */
  readonly openedAtMs?: number
  /** The rule that let it be opened, and what it goes over besides what every event goes over. */
  readonly rule: string
  readonly overrides: readonly Overridable[]
  /** The device whose code AWS verified, where the rule asked for one. */
  readonly mfaSerial?: string
  /** Whether its invoker had opened so many by then that somebody should look. */
  readonly escalated: boolean
  readonly closedBy?: string
  readonly closedReason?: string
  /** The id of the walk that opened it. */
  readonly requestId?: string
}

/** What somebody opens. */
export type Opened = {
  readonly invoker: Party
  readonly profile: string
  /** The role that the profile gives; undefined where it gives none. */
  readonly roleArn: string | undefined
  readonly reasonCode: ReasonCode
  readonly justification: string
  readonly durationSeconds: number
  readonly rule: string
  readonly overrides: readonly Overridable[]
  readonly mfaSerial: string | undefined
  readonly escalated: boolean
  readonly requestId: string
}

/** What can happen to an event. */
export type EmergencyEvent =
  /** Nothing stands against it any more: it is in force. `atMs` is what its slots say. */
  | { readonly kind: 'open'; readonly atMs: number }
  | { readonly kind: 'close'; readonly by: string; readonly reason: string }
  /** It did not come into force, or took so long that it must not any more. */
  | { readonly kind: 'give up'; readonly reason: string }

/** The next state, or why there is none. `because` is a whole phrase for people. */
export type EmergencyStep =
  | { readonly kind: 'next'; readonly event: Emergency }
  | { readonly kind: 'refused'; readonly because: string }

/** An opening that takes longer than this is taken for dead, and others do not wait for it. */
export const openingMs = 30_000

/** An event as it is first written: not yet in force. */
export function newEvent({ invoker, roleArn, mfaSerial, ...opened }: Opened, nowMs: number): Emergency {
  return {
    ...opened,
    invoker: invoker.user,
    invokerArn: invoker.arn,
    accountId: invoker.accountId,
    ...present({ roleArn, mfaSerial }),
    status: 'active',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    expiresAtMs: nowMs + lifeMs(opened),
  }
}

const lifeMs = ({ durationSeconds }: Pick<Emergency, 'durationSeconds'>) =>
  Math.min(durationSeconds, longestEmergencySeconds) * 1000

/** What an event is at a time: nobody writes down that one has expired, or that its opening was left half-way. */
export function eventStatusAt(event: Emergency, nowMs: number): EventStatus {
  const { status, expiresAtMs } = event
  if (status !== 'active') return status
  if (hasEnd(event)) return 'closed'
  if (!countsAsOpening(event, nowMs)) return 'abandoned'
  return nowMs >= expiresAtMs ? 'expired' : 'active'
}

/** Whether a row tells of its closing: it stays closed, whatever its status was made to say. */
const hasEnd = ({ closedBy, closedReason }: Emergency) => closedBy !== undefined || closedReason !== undefined

/** What becomes of an event. */
export function eventStep(event: Emergency, happens: EmergencyEvent, nowMs: number): EmergencyStep {
  if (event.status !== 'active' || hasEnd(event) || nowMs >= event.expiresAtMs) return refused(ended(event))
  switch (happens.kind) {
    case 'open':
      if (event.openedAtMs !== undefined) return refused('it is in force already')
      if (!isOpening(event, nowMs)) return refused('its opening took too long')
      return next(event, { openedAtMs: happens.atMs }, nowMs)
    case 'close':
      return next(event, { status: 'closed', closedBy: happens.by, closedReason: happens.reason }, nowMs)
    case 'give up':
      if (event.openedAtMs !== undefined) return refused('it is in force')
      return next(event, { status: 'closed', closedReason: happens.reason }, nowMs)
    default:
      return unreachable(happens)
  }
}

/** Whether an event's opening is under way, and may still be completed. */
export function isOpening(event: Emergency, nowMs: number): boolean {
  return event.openedAtMs === undefined && event.status === 'active' && nowMs < event.createdAtMs + openingMs
}

/** Whether an event counts as an opening: it was in force, or may still come into force. */
export function countsAsOpening(event: Emergency, nowMs: number): boolean {
  return event.openedAtMs !== undefined || isOpening(event, nowMs)
}

/** Until when something holds, or why it does not; a whole phrase. */
export type Usable = { readonly untilMs: number } | { readonly because: string }

/**
 * Until when an event is in force as far as its row says, or why it is not. A row that no opening could have led to
 * never is. Whom it serves, and what its slots say of it, is for the repository to see.
 */
export function inForceUntil(event: Emergency, nowMs: number): Usable {
  if (eventStatusAt(event, nowMs) !== 'active') return { because: ended(event) }
  if (event.openedAtMs === undefined) return { because: 'its opening is not completed' }
  if (event.expiresAtMs > event.createdAtMs + lifeMs(event)) {
    return { because: 'its row was not written by this program, or was changed since' }
  }
  if (nowMs < event.createdAtMs) {
    return { because: `it begins at ${toTimestamp(event.createdAtMs)}, and that lies ahead` }
  }
  return { untilMs: event.expiresAtMs }
}

function ended(event: Emergency): string {
  const { status, closedBy, updatedAtMs, expiresAtMs, openedAtMs } = event
  if (status !== 'closed' && !hasEnd(event)) {
    return openedAtMs === undefined ? 'it never came into force' : `it expired at ${toTimestamp(expiresAtMs)}`
  }
  const by = closedBy === undefined ? '' : ` by ${printable(closedBy)}`
  return `it was closed${by} at ${toTimestamp(updatedAtMs)}`
}

const next = (event: Emergency, change: Partial<Emergency>, nowMs: number): EmergencyStep => ({
  kind: 'next',
  event: { ...event, ...change, updatedAtMs: nowMs },
})

const refused = (because: string): EmergencyStep => ({ kind: 'refused', because })
