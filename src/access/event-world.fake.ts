// A table of events in memory, and people who open events in it.

import { fakeClock } from '../base/clock.fake.ts'
import { type Collection, type Docs, memoryDocs } from '../store/index.ts'
import { type EventDoc, type EventDocs, eventInForce, type Force } from './event-place.ts'
import { eventRows, ledgerRows, slotRows } from './event-rows.ts'
import { type OpeningEnd, openEvent } from './opening.ts'

const accountId = '111122223333'

export const limits = {
  rule: 'default',
  cooldownSeconds: 1800,
  maxPerUser: 3,
  maxPerProfile: 10,
  quotaWindowSeconds: 86_400,
}

export const free = { rule: 'none' }

/** An IAM user, or the session of a role: `Role/session`. */
export const person = (user: string) => ({
  user,
  arn: user.includes('/')
    ? `arn:aws:sts::${accountId}:assumed-role/${user}`
    : `arn:aws:iam::${accountId}:user/${user}`,
  accountId,
})

/** `wrap`: what stands between the people and the table. */
export function world(wrap: <Body>(docs: Docs<Body>) => Docs<Body> = (docs) => docs) {
  const clock = fakeClock('2026-02-03T10:00:00Z')
  const docsOf = <Body>(collection: Collection<Body>) => memoryDocs(collection)
  const plain: EventDocs = { events: docsOf(eventRows), slots: docsOf(slotRows), ledgers: docsOf(ledgerRows) }
  const docs: EventDocs = {
    events: wrap(plain.events),
    slots: wrap(plain.slots),
    ledgers: wrap(plain.ledgers),
  }
  let count = 0
  const open = (
    user = 'alice',
    profile = 'prod',
    more: object = free,
    through = docs,
  ): Promise<OpeningEnd> => {
    const id = (++count).toString(16).padStart(16, '0')
    const opened = {
      invoker: person(user),
      profile,
      roleArn: `arn:aws:iam::${accountId}:role/ProdRole`,
      reasonCode: 'incident',
      justification: 'The database is down',
      durationSeconds: 3600,
      rule: 'oncall',
      overrides: [],
      mfaSerial: undefined,
      escalated: false,
      requestId: id,
    } as const
    return openEvent({ clock }, through, { id, opened, limits: { rule: 'none', ...more } })
  }
  const inForce = (user = 'alice', profile = 'prod'): Promise<Force> =>
    eventInForce(plain, person(user), profile, clock.now())
  const idInForce = async (user = 'alice', profile = 'prod'): Promise<string | undefined> => {
    const force = await inForce(user, profile)
    return force.kind === 'in force' ? force.doc.id : undefined
  }
  const inForceDoc = async (user = 'alice', profile = 'prod'): Promise<EventDoc> => {
    const force = await inForce(user, profile)
    if (force.kind !== 'in force') throw new Error(`nothing is in force: ${JSON.stringify(force)}`)
    return force.doc
  }
  return { clock, docs, plain, open, inForce, idInForce, inForceDoc }
}
