// Break-glass events as rows of a table, and two kinds of rows beside them that are in no index: the slots, which say
// which event of a caller for a profile is in force and what it permits, or that an event was closed; and the ledgers, by
// which openings are counted.

import { createHash } from 'node:crypto'
import { type Overridable, overridable, type Party, personKeys } from '../policy/index.ts'
import {
  type Attributes,
  type Collection,
  msToTime,
  readAttributes,
  secondsToNanoseconds,
} from '../store/index.ts'
import { type Emergency, eventStatuses } from './events.ts'
import { present } from './present.ts'

const dayMs = 86_400_000

/** How events are kept: long after their end, since an event is evidence. */
export const eventRows: Collection<Emergency> = {
  name: 'breakglass',
  indexes: {
    'gsi-invoker': { partition: 'invoker', sort: 'created_at' },
    'gsi-status': { partition: 'status', sort: 'created_at' },
    'gsi-profile': { partition: 'profile', sort: 'created_at' },
  },
  confidential: ['justification', 'closed_reason'],
  toAttributes,
  fromAttributes,
  ttlMs: ({ expiresAtMs }) => expiresAtMs + 400 * dayMs,
}

/** Which event has the place of the one that may be in force, and what its power hangs on, as `powerOf` gives it. */
export type Slot = { readonly eventId: string; readonly expiresAtMs: number; readonly power: Attributes }

/** How slots are kept. Under other names than those of an event, whose indexes they stay out of. */
export const slotRows: Collection<Slot> = {
  name: 'breakglass',
  indexes: {},
  confidential: [],
  toAttributes({ eventId, power }) {
    const named = Object.entries(power).map(([name, value]) => [`event_${name}`, value])
    return { event_id: eventId, ...Object.fromEntries(named) }
  },
  fromAttributes(attributes) {
    const row = readAttributes(attributes)
    const named = powerNames.map((name) => [name, attributes[`event_${name}`]] as const)
    return {
      eventId: row.text('event_id'),
      expiresAtMs: row.timeMs('event_expires_at'),
      power: present(Object.fromEntries(named)) as Attributes,
    }
  },
  ttlMs: ({ expiresAtMs }) => expiresAtMs + dayMs,
}

const powerNames = [
  'invoker',
  'invoker_arn',
  'account_id',
  'profile',
  'role_arn',
  'duration',
  'status',
  'created_at',
  'opened_at',
  'expires_at',
  'rule',
  'overrides',
  'mfa_serial',
] as const

/** The attributes of an event that its power hangs on. */
export function powerOf(event: Emergency): Attributes {
  const row = toAttributes(event)
  return present(Object.fromEntries(powerNames.map((name) => [name, row[name]]))) as Attributes
}

/** The attributes in which an event is not what a slot says of it. */
export function differences(event: Emergency, { power }: Slot): readonly string[] {
  const own = powerOf(event)
  return powerNames.filter((name) => JSON.stringify(own[name]) !== JSON.stringify(power[name]))
}

/** Openings by one user, or for one profile: those that were reserved, whether they came into force or not. */
export type LedgerBody = {
  readonly openings: readonly { readonly eventId: string; readonly atMs: number; readonly profile: string }[]
}

/** How ledgers are kept: as long as an opening in them may count. */
export const ledgerRows: Collection<LedgerBody> = {
  name: 'breakglass',
  indexes: {},
  confidential: [],
  toAttributes: ({ openings }) => ({
    openings: openings.map(({ eventId, atMs, profile }) => ({
      event_id: eventId,
      at: msToTime(atMs),
      profile,
    })),
  }),
  fromAttributes: (attributes) => ({
    openings: readAttributes(attributes)
      .list('openings')
      .map((each) => ({
        eventId: each.text('event_id'),
        atMs: each.timeMs('at'),
        profile: each.text('profile'),
      })),
  }),
  ttlMs: ({ openings }) => Math.max(0, ...openings.map(({ atMs }) => atMs)) + 60 * dayMs,
}

/** The ids of the slots of a caller and a profile, always in the same order: an event in force has them all. */
export const slotIds = (caller: Party, profile: string): readonly string[] =>
  personKeys(caller).map((key) => `active#${hashed(key, profile)}`)

/** The id of the row that says that an event was closed, whatever its own row says. It is kept as slots are. */
export const closedId = (eventId: string) => `closed#${eventId}`

/** The ids of the ledgers of a caller. */
export const userLedgerIds = (caller: Party): readonly string[] =>
  personKeys(caller).map((key) => `ledger#user#${hashed(key)}`)

/** The id of the ledger of a profile. */
export const profileLedgerId = (profile: string) => `ledger#profile#${hashed(profile)}`

const hashed = (...parts: readonly string[]) =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex')

function toAttributes(event: Emergency): Attributes {
  return {
    invoker: event.invoker,
    profile: event.profile,
    reason_code: event.reasonCode,
    justification: event.justification,
    duration: secondsToNanoseconds(event.durationSeconds),
    status: event.status,
    created_at: msToTime(event.createdAtMs),
    updated_at: msToTime(event.updatedAtMs),
    expires_at: msToTime(event.expiresAtMs),
    rule: event.rule,
    overrides: event.overrides,
    ...present({
      invoker_arn: event.invokerArn,
      account_id: event.accountId,
      role_arn: event.roleArn,
      escalated: event.escalated || undefined,
      opened_at: event.openedAtMs === undefined ? undefined : msToTime(event.openedAtMs),
      mfa_serial: event.mfaSerial,
      closed_by: event.closedBy,
      closed_reason: event.closedReason,
      request_id: event.requestId,
    }),
  }
}

function fromAttributes(attributes: Attributes): Emergency {
  const row = readAttributes(attributes)
  return {
    invoker: row.text('invoker'),
    profile: row.text('profile'),
    reasonCode: row.text('reason_code'),
    justification: row.textIfAny('justification') ?? '',
    durationSeconds: row.seconds('duration'),
    status: row.oneOf('status', eventStatuses),
    createdAtMs: row.timeMs('created_at'),
    updatedAtMs: row.timeMs('updated_at'),
    expiresAtMs: row.timeMs('expires_at'),
    rule: row.textIfAny('rule') ?? '',
    overrides: row.texts('overrides').filter(isOverridable),
    escalated: row.flag('escalated'),
    ...present({
      invokerArn: row.textIfAny('invoker_arn'),
      accountId: row.textIfAny('account_id'),
      roleArn: row.textIfAny('role_arn'),
      openedAtMs: row.timeMsIfAny('opened_at'),
      mfaSerial: row.textIfAny('mfa_serial'),
      closedBy: row.textIfAny('closed_by'),
      closedReason: row.textIfAny('closed_reason'),
      requestId: row.textIfAny('request_id'),
    }),
  }
}

// What it does not know it does not go over.
const isOverridable = (text: string): text is Overridable => overridable.some((effect) => effect === text)
