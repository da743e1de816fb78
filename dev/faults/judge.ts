// What must be true after every run, whatever went wrong in it.

import type { Journey, Printed, Traveller } from './journeys.ts'
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
  { lists }: Journey,
  at: Traveller,
  { promises, received }: Notes,
): Promise<readonly string[]> {
  const { status, stderr } = await world.run('alice', ['log', 'verify'])
  const log = world.log()
  return [
    ...(status === 0 ? [] : [`the log is damaged: ${stderr}`]),
    ...(await broken(promises)),
    ...unrecorded(world, log),
    ...(await servedTwice(world, log, at)),
    ...untold(received, log),
    ...(await unexplained(at, lists, log)),
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

/** The decision that a stamp names, which was recorded before. */
const decisionOf = (log: readonly Line[], stamp: string) =>
  log.find(
    ({ event, outcome, request_id }) =>
      event === 'decision' && outcome === undefined && request_id === walkOf(stamp),
  )

/** Sessions that AWS began and the record does not show. */
const unrecorded = ({ issued }: World, log: readonly Line[]) =>
  issued.flatMap(({ accessKeyId, stamp }) =>
    decisionOf(log, stamp) === undefined
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
    const approval = decisionOf(log, stamp)?.approved_request_id
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

/** What is stored without a line that says who made it. */
async function unexplained(
  at: Traveller,
  lists: readonly string[],
  log: readonly Line[],
): Promise<readonly string[]> {
  const ids = new Set(
    log.flatMap(({ request_id, event_id, session_id }) => [request_id, event_id, session_id]),
  )
  const wrong: string[] = []
  for (const list of lists) {
    const printed = await at.look(list, '--json')
    const rows = Object.values(printed).find(Array.isArray) as readonly Printed[] | undefined
    if (rows === undefined || rows.length === 0)
      wrong.push(`${list} found nothing: ${JSON.stringify(printed)}`)
    for (const { id } of rows ?? []) {
      if (!ids.has(id)) wrong.push(`${id} is stored, and no line says who made it`)
    }
  }
  return wrong
}
