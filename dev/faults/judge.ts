// What must be true after every run, whatever went wrong in it.

import type { Journey, Printed, Traveller } from './journeys.ts'
import { events, type Kept, requests, sessions } from './places.ts'
import type { World } from './world.ts'

/** What was noted on the way. */
export type Notes = {
  readonly wrong: string[]
  /** What was acknowledged. */
  readonly promises: { readonly what: string; isTrue(): Promise<boolean> }[]
  /** Access keys that somebody got. */
  readonly received: string[]
}

type Line = Readonly<Record<string, unknown>>

/** What is wrong, in words; empty where nothing is. */
export async function judge(
  world: World,
  { kept }: Pick<Journey, 'kept'>,
  at: Traveller,
  { promises, received }: Notes,
): Promise<readonly string[]> {
  const { status, stderr } = await world.look(['log', 'verify'])
  const log = world.log()
  return [
    ...(status === 0 ? [] : [`the log is damaged: ${stderr}`]),
    ...(await broken(promises)),
    ...unrecorded(world, log),
    ...(await servedTwice(world, log, at)),
    ...untold(received, log),
    ...(kept === undefined ? [] : await unexplained(at, kept, log)),
  ]
}

async function broken(promises: Notes['promises']): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const { what, isTrue } of promises) {
    if (!(await isTrue())) wrong.push(`lost although it was acknowledged: ${what}`)
  }
  return wrong
}

const walkOf = (stamp: string) => stamp.split(',').at(-1) ?? ''

/** The decision of a walk, which was recorded before anything was done. */
const decisionOf = (log: readonly Line[], walk: unknown) =>
  log.find(
    ({ event, outcome, request_id }) => event === 'decision' && outcome === undefined && request_id === walk,
  )

/** Sessions that AWS began and the record does not show. */
const unrecorded = ({ issued }: World, log: readonly Line[]) =>
  issued.flatMap(({ accessKeyId, stamp }) =>
    decisionOf(log, walkOf(stamp)) === undefined
      ? [`AWS issued ${accessKeyId} for ${stamp}, and no line says so`]
      : [],
  )

/** Approvals for a single use that served two walks. */
async function servedTwice(
  { issued }: World,
  log: readonly Line[],
  at: Traveller,
): Promise<readonly string[]> {
  const walks = new Map<string, Set<string>>()
  for (const { stamp } of issued) {
    const approval = decisionOf(log, walkOf(stamp))?.approved_request_id
    if (typeof approval === 'string')
      walks.set(approval, (walks.get(approval) ?? new Set()).add(walkOf(stamp)))
  }
  const wrong: string[] = []
  for (const [id, served] of walks) {
    if (served.size === 1) continue
    if ((await at.look('check', id, '--json')).single_use === true)
      wrong.push(`approval ${id} for a single use served ${[...served].join(' and ')}`)
  }
  return wrong
}

/** Keys that somebody got without a line that says so. */
const untold = (received: readonly string[], log: readonly Line[]) =>
  received.flatMap((key) =>
    log.some(({ outcome, access_key_id }) => outcome === 'issued' && access_key_id === key)
      ? []
      : [`somebody got ${key}, and no line says so`],
  )

/** What is stored, or became of what is stored, without a line that says who did it. */
async function unexplained(at: Traveller, kept: Kept, log: readonly Line[]): Promise<readonly string[]> {
  const printed = await at.look(kept.list, '--json')
  const rows = Object.values(printed).find(Array.isArray) as readonly Printed[] | undefined
  if (rows === undefined || rows.length === 0)
    return [`${kept.list} found nothing: ${JSON.stringify(printed)}`]
  const wrong: string[] = []
  for (const { id } of rows) {
    const thing = await at.look(kept.show, String(id), '--json')
    for (const { event, user } of changesOf(kept, thing)) {
      if (!log.some((line) => tells(line, { id, event, user })))
        wrong.push(`${id} has a ${event} by ${user}, and no line says so`)
    }
    const { consumed_by } = thing
    if (consumed_by !== undefined && decisionOf(log, consumed_by)?.approved_request_id !== id)
      wrong.push(`${id} was used by ${consumed_by}, and no line says so`)
  }
  return wrong
}

type Change = { readonly event: string; readonly user: unknown }

/** Written before it was done. */
const tells = (line: Line, { id, event, user }: Change & { readonly id: unknown }) =>
  line.event === event &&
  line.user === user &&
  line.outcome === 'started' &&
  [line.request_id, line.event_id, line.session_id].includes(id)

/** What a stored thing says was done with it, and by whom. */
function changesOf(kept: Kept, thing: Printed): readonly Change[] {
  const one = (event: string, user: unknown, isSo = user !== undefined): readonly Change[] =>
    isSo ? [{ event, user }] : []
  const { status } = thing
  switch (kept) {
    case requests: {
      const approvals = Array.isArray(thing.approvals) ? (thing.approvals as readonly Printed[]) : []
      return [
        ...one('request.created', thing.requester, true),
        ...approvals.flatMap(({ approver }) => one('request.approved', approver, true)),
        ...one('request.denied', thing.approver, status === 'denied'),
        ...one('request.cancelled', thing.requester, status === 'cancelled'),
      ]
    }
    case events:
      return [...one('breakglass.invoked', thing.invoker, true), ...one('breakglass.closed', thing.closed_by)]
    case sessions:
      return [
        ...one('session.created', thing.user, true),
        ...one('session.revoked', thing.revoked_by),
        ...one('session.ended', thing.user, thing.ended_at !== undefined),
      ]
    default:
      throw new Error(`nobody knows what happens to ${kept.table}`)
  }
}
