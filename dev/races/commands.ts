// Whole commands as separate processes, released together: fifty who approve one request, fifty who use one approval that
// serves once, fifty who break the glass. As many win as are needed, all others are told why not, and the record has each of them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, systemRandom } from '../../src/base/index.ts'
import { openDeps } from '../../src/cli/deps.ts'
import { fakeIo } from '../../src/cli/io.fake.ts'
import { main } from '../../src/cli/main.ts'
import { program } from '../../src/cli/program.ts'
import { addUser, defaultWorld, example, type LocalAws, startLocalAws } from '../aws/index.ts'
import type { CommandJob } from './command-racer.ts'
import { releaseTogether } from './processes.ts'

/** Where requests lie. On one machine all racers are one person's processes; else each has a machine of their own. */
export type CommandPlace =
  | { readonly kind: 'local' }
  | { readonly kind: 'dynamodb' /** Absent: the local AWS's own. */; readonly url?: string }

/** How such a race ended. */
export type CommandFinish = {
  readonly racers: number
  readonly winners: number
  /** What the others were told, by code. */
  readonly losers: Readonly<Record<string, number>>
  /** What is wrong with what is left; empty where nothing is. */
  readonly faults: readonly string[]
}

/** A place with people in it, and a request for `prod` by alice. */
type Arena = {
  readonly aws: LocalAws
  readonly racers: number
  envOf(who: string, at: number): Record<string, string>
  sentinel(who: string, ...argv: readonly string[]): Promise<Printed>
}

type Printed = { readonly [key: string]: unknown; readonly error?: { readonly code: string } }

const nameOf = (at: number) => `approver${at}`
const keysOf = (at: number) => ({
  accessKeyId: `AKIARACER${String(at).padStart(4, '0')}EXAMPLE`,
  secretAccessKey: `racer${String(at).padStart(4, '0')}K7MDENG/bPxRfiCYEXAMPLEKEY0`,
})

/** So many different people approve one request at the same moment. */
export function raceToApprove(racerProgram: string, place: CommandPlace, racers: number, needed: number) {
  return inArena(place, racers, policyOf(needed, false), async (arena) => {
    const id = await requested(arena)
    const jobs = Array.from({ length: racers }, (_, at) =>
      jobOf(arena, nameOf(at), at, ['check', id], ['approve', id, '--json']),
    )
    const ends = await releaseTogether(racerProgram, jobs)
    const left = await arena.sentinel('alice', 'check', id)
    return finishOf(ends, needed, [
      ...(left.status === 'approved' ? [] : [`the request is ${left.status}`]),
      ...(countOf(left.approvals) === needed ? [] : [`${countOf(left.approvals)} approvals are stored`]),
    ])
  })
}

/** So many of alice's processes use one approval that serves once. */
export function raceToUse(racerProgram: string, place: CommandPlace, racers: number) {
  return inArena(place, racers, policyOf(1, true), async (arena) => {
    const id = await requested(arena)
    await arena.sentinel(nameOf(0), 'approve', id)
    const use = ['credentials', '--profile', 'prod']
    const jobs = Array.from({ length: racers }, (_, at) => jobOf(arena, 'alice', at, ['check', id], use))
    const ends = await releaseTogether(racerProgram, jobs)
    const issued = arena.aws.calls.filter(({ action }) => action === 'AssumeRole').length
    const left = await arena.sentinel('alice', 'check', id)
    return finishOf(ends, 1, [
      ...(issued === 1 ? [] : [`STS issued ${issued} times`]),
      ...(typeof left.consumed_by === 'string' ? [] : ['nobody is recorded to have used it']),
    ])
  })
}

/** So many of alice's processes break the glass for one profile: one event comes into force. */
export function raceToOpen(racerProgram: string, place: CommandPlace, racers: number) {
  return inArena(place, racers, policyOf(1, false), async (arena) => {
    const words = ['--reason-code', 'incident', '--justification', 'Payments are down, INC-4711', '--json']
    const jobs = Array.from({ length: racers }, (_, at) =>
      jobOf(arena, 'alice', at, ['breakglass-list'], ['breakglass', '--profile', 'prod', ...words]),
    )
    const ends = await releaseTogether(racerProgram, jobs)
    const { events } = await arena.sentinel('alice', 'breakglass-list', '--status', 'active')
    return finishOf(ends, 1, countOf(events) === 1 ? [] : [`${countOf(events)} events are active`])
  })
}

const countOf = (list: unknown) => (Array.isArray(list) ? list.length : Number.NaN)

const policyOf = (needed: number, singleUse: boolean) =>
  `version: "1"\nrules:\n  - {name: prod, approvers: ["approver*"], required_approvals: ${needed}, single_use: ${singleUse}}\n`

async function requested({ sentinel }: Arena): Promise<string> {
  const made = await sentinel(
    'alice',
    'request',
    '--profile',
    'prod',
    '--justification',
    'Deploying the hotfix',
  )
  if (typeof made.request_id !== 'string') throw new Error(`no request was made: ${JSON.stringify(made)}`)
  return made.request_id
}

const jobOf = (
  arena: Arena,
  who: string,
  at: number,
  before: readonly string[],
  race: readonly string[],
) => ({
  env: arena.envOf(who, at),
  job: { before, race } satisfies CommandJob,
})

function finishOf(ends: readonly string[], needed: number, faults: readonly string[]): CommandFinish {
  const losers: Record<string, number> = {}
  let winners = 0
  for (const end of ends) {
    const code = codeIn(end)
    if (code === undefined) winners++
    else losers[code] = (losers[code] ?? 0) + 1
  }
  const count = winners === needed ? [] : [`${winners} won where ${needed} should`]
  return { racers: ends.length, winners, losers, faults: [...count, ...faults] }
}

/** The code of a failure, in JSON or in brackets behind a line; nothing where there was none. */
function codeIn(end: string): string | undefined {
  const printed = JSON.parse(end) as string
  return /"code": "([A-Z_]+)"/.exec(printed)?.[1] ?? / \[([A-Z_]+)\]$/m.exec(printed)?.[1]
}

async function inArena(
  place: CommandPlace,
  racers: number,
  approvalPolicy: string,
  use: (arena: Arena) => Promise<CommandFinish>,
): Promise<CommandFinish> {
  const folder = mkdtempSync(join(tmpdir(), 'sentinel-races-'))
  const world = defaultWorld(systemClock.now())
  for (let at = 0; at < racers; at++) {
    addUser(world, { account: example.account, name: nameOf(at), keys: keysOf(at) })
  }
  const aws = await startLocalAws({ world })
  try {
    const arena = arenaOf(folder, aws, place, racers)
    writeFileSync(join(folder, 'approval.yaml'), approvalPolicy)
    writeFileSync(
      join(folder, 'policy.yaml'),
      'version: "1"\nrules:\n  - {name: ask, effect: require_approval, conditions: {profiles: [prod]}}\n',
    )
    writeFileSync(join(folder, 'breakglass.yaml'), 'version: "1"\nrules:\n  - {name: all, users: [alice]}\n')
    for (const tables of place.kind === 'dynamodb' ? ['approvals', 'breakglass'] : []) {
      await arena.sentinel('alice', 'init', tables, '--yes')
    }
    return await use(arena)
  } finally {
    await aws.close()
    rmSync(folder, { recursive: true })
  }
}

function arenaOf(folder: string, aws: LocalAws, place: CommandPlace, racers: number): Arena {
  const envOf = (who: string, at: number) => {
    const home = place.kind === 'local' ? join(folder, 'home') : join(folder, `home-${who}-${at}`)
    writeAwsFiles(home, racers)
    return {
      PATH: process.env.PATH ?? '',
      HOME: home,
      AWS_PROFILE: who,
      AWS_ENDPOINT_URL: aws.url,
      ...(place.kind === 'dynamodb' && place.url !== undefined
        ? { AWS_ENDPOINT_URL_DYNAMODB: place.url }
        : {}),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      SENTINEL_INSECURE_ENDPOINT: '1',
      SENTINEL_REQUEST_TABLE: place.kind === 'local' ? 'local' : 'sentinel-requests',
      SENTINEL_BREAKGLASS_TABLE: place.kind === 'local' ? 'local' : 'sentinel-breakglass',
      SENTINEL_BREAKGLASS_POLICY_FILE: join(folder, 'breakglass.yaml'),
      SENTINEL_APPROVAL_POLICY_FILE: join(folder, 'approval.yaml'),
      SENTINEL_POLICY_FILE: join(folder, 'policy.yaml'),
    }
  }
  const sentinel = async (who: string, ...argv: readonly string[]) => {
    const env = envOf(who, 0)
    const fake = fakeIo({ env, stdin: '' })
    const io = { ...fake, home: env.HOME, cwd: folder }
    await main([...argv, '--json'], openDeps(io, { clock: systemClock, random: systemRandom }), program)
    return JSON.parse(fake.written.stdout) as Printed
  }
  return { aws, racers, envOf, sentinel }
}

function writeAwsFiles(home: string, racers: number): void {
  mkdirSync(join(home, '.aws'), { recursive: true })
  const people = [['alice', example.alice.keys] as const].concat(
    Array.from({ length: racers }, (_, at) => [nameOf(at), keysOf(at)] as never),
  )
  const keys = people.map(
    ([name, { accessKeyId, secretAccessKey }]) =>
      `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  )
  const profiles = [
    ...people.map(([name]) => `[profile ${name}]\nregion = ${example.region}\n`),
    `[profile prod]\nregion = ${example.region}\nrole_arn = ${example.roles.prod}\nsource_profile = alice\n`,
  ]
  writeFileSync(join(home, '.aws/credentials'), keys.join(''))
  writeFileSync(join(home, '.aws/config'), profiles.join(''))
}
