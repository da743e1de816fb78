// Whole commands as separate processes, released together. As many win as there are to be winners, all others are told why
// not, and what is left says the same.

import { newSession, sessionRows } from '../../src/access/index.ts'
import { codes, type ErrorCode, newRequestId, systemClock, systemRandom } from '../../src/base/index.ts'
import { openErrand } from '../../src/cli/errand.ts'
import { openGateway } from '../../src/cli/gateway-deps.ts'
import { withTable } from '../../src/cli/tables.ts'
import { type Arena, type CommandPlace, inArena, ownProfile, racerName } from './arena.ts'
import type { CommandJob } from './command-racer.ts'
import { releaseTogether } from './processes.ts'

/** How such a race ended. */
export type CommandFinish = {
  readonly racers: number
  readonly winners: number
  /** What the others were told, by code. */
  readonly losers: Readonly<Record<string, number>>
  /** What is wrong; empty where nothing is. */
  readonly faults: readonly string[]
}

/** So many different people approve one request at the same moment. */
export function raceToApprove(
  racer: string,
  place: CommandPlace,
  racers: number,
  needed: number,
): Promise<CommandFinish> {
  return inArena(place, racers, async (arena) => {
    const id = await requested(arena, approvalPolicy(needed, false))
    const ends = await runAll(arena, racer, racers, racerName, {
      before: ['check', id],
      race: ['approve', id, '--json'],
    })
    const { status, approvals } = await arena.sentinel('alice', 'check', id)
    return finishOf(ends, needed, [
      ...(status === 'approved' ? [] : [`the request is ${status}`]),
      ...(lengthOf(approvals) === needed ? [] : [`${lengthOf(approvals)} approvals are stored`]),
    ])
  })
}

/** So many processes of alice's use one approval that serves once. */
export function raceToUse(racer: string, place: CommandPlace, racers: number): Promise<CommandFinish> {
  return inArena(place, racers, async (arena) => {
    const id = await requested(arena, approvalPolicy(1, true))
    await arena.sentinel(racerName(0), 'approve', id)
    const ends = await runAll(arena, racer, racers, () => 'alice', {
      before: ['check', id],
      race: ['credentials', '--profile', 'prod'],
    })
    const issued = arena.aws.calls.filter(({ action }) => action === 'AssumeRole').length
    const { consumed_by } = await arena.sentinel('alice', 'check', id)
    return finishOf(ends, 1, [
      ...(issued === 1 ? [] : [`STS issued ${issued} times`]),
      ...(typeof consumed_by === 'string' ? [] : ['nobody is recorded to have used it']),
    ])
  })
}

/** So many processes of alice's break the glass of one profile. No limit keeps any out: only the profile's one place does. */
export function raceToOpen(racer: string, place: CommandPlace, racers: number): Promise<CommandFinish> {
  return inArena(place, racers, async (arena) => {
    writeEmergency(arena, racers * 2)
    const ends = await runAll(arena, racer, racers, () => 'alice', emergencyOf('prod'))
    const { events } = await arena.sentinel('alice', 'breakglass-list', '--status', 'active')
    const finish = finishOf(ends, 1, lengthOf(events) === 1 ? [] : [`${lengthOf(events)} events are active`])
    return onlyBy('STATE_CONFLICT', finish)
  })
}

/** So many processes of alice's break the glass, each of a profile of its own: only her quota keeps them out. */
export function raceForQuota(
  racer: string,
  place: CommandPlace,
  racers: number,
  quota: number,
): Promise<CommandFinish> {
  return inArena(place, racers, async (arena) => {
    writeEmergency(arena, quota)
    const ends = await runAll(
      arena,
      racer,
      racers,
      () => 'alice',
      (at) => emergencyOf(ownProfile(at)),
    )
    const { events } = await arena.sentinel('alice', 'breakglass-list', '--status', 'active')
    const count = lengthOf(events) === quota ? [] : [`${lengthOf(events)} events are active`]
    return onlyBy('RATE_LIMITED', finishOf(ends, quota, count))
  })
}

function writeEmergency({ write }: Arena, maxPerUser: number): void {
  write('breakglass.yaml', 'version: "1"\nrules:\n  - {name: oncall, profiles: ["prod*"], users: [alice]}\n')
  write(
    'ratelimit.yaml',
    `version: "1"\nrules:\n  - {name: quota, max_per_user: ${maxPerUser}, quota_window: 24h}\n`,
  )
}

const why = ['--reason-code', 'incident', '--justification', 'Payments are down since ten, INC-4711']

const emergencyOf = (profile: string): CommandJob => ({
  before: ['breakglass-list'],
  race: ['breakglass', '--profile', profile, ...why, '--json'],
})

/** A race whose losers something else kept out shows nothing of what it is about. */
function onlyBy(code: ErrorCode, finish: CommandFinish): CommandFinish {
  const others = Object.keys(finish.losers).filter((each) => each !== code)
  return {
    ...finish,
    faults: [...finish.faults, ...others.map((each) => `${each} kept some out, not ${code}`)],
  }
}

/** So many different people revoke one session. */
export function raceToRevoke(racer: string, place: CommandPlace, racers: number): Promise<CommandFinish> {
  return inArena(place, racers, async (arena) => {
    const id = await begunSession(arena)
    const ends = await runAll(arena, racer, racers, racerName, {
      before: ['server-session', id],
      race: ['server-revoke', id, '--reason', 'Suspicious activity', '--json'],
    })
    const { status } = await arena.sentinel('alice', 'server-session', id)
    return finishOf(ends, 1, status === 'revoked' ? [] : [`the session is ${status}`])
  })
}

const lengthOf = (list: unknown) => (Array.isArray(list) ? list.length : Number.NaN)

const approvalPolicy = (needed: number, singleUse: boolean) =>
  `version: "1"\nrules:\n  - {name: prod, approvers: ["racer*"], required_approvals: ${needed}, single_use: ${singleUse}}\n`

async function requested({ sentinel, write }: Arena, policy: string): Promise<string> {
  write('approval.yaml', policy)
  const why = ['--justification', 'Deploying the hotfix']
  const made = await sentinel('alice', 'request', '--profile', 'prod', ...why)
  if (typeof made.request_id !== 'string') throw new Error(`no request was made: ${JSON.stringify(made)}`)
  return made.request_id
}

/** A session of alice's, as `exec --server` would begin it. */
async function begunSession(arena: Arena): Promise<string> {
  const deps = openGateway(arena.depsOf('alice'))
  const values = { awsProfile: undefined, region: undefined, insecureEndpoint: true, logFile: undefined }
  const { owner, reach } = await openErrand(deps, values)
  const started = { user: await owner.caller(), profile: 'prod', host: 'race', pid: 1, leaseMs: 3_600_000 }
  const table = arena.envOf('alice').SENTINEL_SESSION_TABLE ?? ''
  const id = newRequestId(systemRandom)
  const session = newSession(started, systemClock.now())
  await withTable({ deps, reach }, sessionRows, table, ({ docs }) => docs.create(id, session))
  return id
}

function runAll(
  arena: Arena,
  racer: string,
  racers: number,
  whoIs: (at: number) => string,
  job: CommandJob | ((at: number) => CommandJob),
): Promise<readonly string[]> {
  const jobOf = typeof job === 'function' ? job : () => job
  const jobs = Array.from({ length: racers }, (_, at) => ({
    env: arena.envOf(whoIs(at), at),
    job: jobOf(at),
  }))
  return releaseTogether(racer, jobs)
}

/** What the last lines of racers say, of whom so many should win; `faults` is what was found besides. */
export function finishOf(ends: readonly string[], wanted: number, faults: readonly string[]): CommandFinish {
  const losers: Record<string, number> = {}
  let winners = 0
  for (const end of ends) {
    const code = codeIn(end)
    if (code === undefined) winners++
    else losers[code] = (losers[code] ?? 0) + 1
  }
  const count = winners === wanted ? [] : [`${winners} won where ${wanted} should`]
  const failed = Object.entries(losers).flatMap(([code, times]) =>
    isRefusal(code) ? [] : [`${times} failed: ${code}`],
  )
  return { racers: ends.length, winners, losers, faults: [...count, ...failed, ...faults] }
}

/** Whether a code says that somebody may not, or came too late: whatever else it says went wrong. */
const isRefusal = (code: string) =>
  Object.hasOwn(codes, code) && [403, 409, 429].includes(codes[code as ErrorCode].http)

/** The code of a failure, in JSON or in brackets behind a line; nothing where there was none. */
function codeIn(end: string): string | undefined {
  if (!end.startsWith('"')) return 'DIED'
  const printed = JSON.parse(end) as string
  return /"code": "([A-Z_]+)"/.exec(printed)?.[1] ?? / \[([A-Z_]+)\]$/m.exec(printed)?.[1]
}
