// A place for races of commands: a local AWS with many people in it, policies, and tables, or this machine's own store.

import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { systemClock, systemRandom } from '../../src/base/index.ts'
import { type Deps, openDeps } from '../../src/cli/deps.ts'
import { fakeIo } from '../../src/cli/io.fake.ts'
import { main } from '../../src/cli/main.ts'
import { program } from '../../src/cli/program.ts'
import { addUser, defaultWorld, example, type LocalAws, startLocalAws } from '../aws/index.ts'
import { removeTemporary, temporaryFolderInMemory } from '../temporary.ts'

/** Where things lie. On one machine all racers are processes of one person; else each has a machine of their own. */
export type CommandPlace =
  | { readonly kind: 'local' }
  /** In the local AWS's own DynamoDB, or the one at a URL. */
  | { readonly kind: 'dynamodb'; readonly url?: string }

/** What of a command's JSON is looked at. */
export type Printed = Readonly<Record<string, unknown>>

/** Alice, and as many others as there are racers. */
export type Arena = {
  readonly aws: LocalAws
  /** The environment of somebody at a machine, by number. */
  envOf(who: string, machine?: number): Readonly<Record<string, string>>
  /** Runs a command in this process, at the first machine. */
  sentinel(who: string, ...argv: readonly string[]): Promise<Printed>
  /** The parts of a run in this process. */
  depsOf(who: string): Deps
  /** Writes a file that the environments name. */
  write(name: 'approval.yaml' | 'breakglass.yaml' | 'ratelimit.yaml', text: string): void
}

/** The name of a racer. */
export const racerName = (at: number) => `racer${at}`

/** A profile of alice's that no other racer uses. */
export const ownProfile = (at: number) => `prod${at}`

/** Uses an arena for so many, and takes it down. */
export async function inArena<Result>(
  place: CommandPlace,
  racers: number,
  use: (arena: Arena) => Promise<Result>,
): Promise<Result> {
  const folder = temporaryFolderInMemory('sentinel-races-')
  const world = defaultWorld(systemClock.now())
  for (let at = 0; at < racers; at++) {
    addUser(world, { account: example.account, name: racerName(at), keys: keysOf(at) })
  }
  const aws = await startLocalAws({ world })
  try {
    return await use(await arenaOf(folder, aws, place, racers))
  } finally {
    await aws.close()
    removeTemporary(folder)
  }
}

async function arenaOf(folder: string, aws: LocalAws, place: CommandPlace, racers: number): Promise<Arena> {
  const envOf = (who: string, machine = 0) => {
    const home = join(folder, place.kind === 'local' ? 'home' : `home-${who}-${machine}`)
    writeAwsFiles(home, racers)
    return { ...environment(folder, aws, place), HOME: home, AWS_PROFILE: who }
  }
  const seat = (who: string) => {
    const env = envOf(who)
    const fake = fakeIo({ env, stdin: '' })
    const io = { ...fake, home: env.HOME, cwd: folder }
    return { fake, deps: openDeps(io, { clock: systemClock, random: systemRandom }) }
  }
  const write: Arena['write'] = (name, text) => writeFileSync(join(folder, name), text)
  const sentinel: Arena['sentinel'] = async (who, ...argv) => {
    const { fake, deps } = seat(who)
    await main([...argv, '--json'], deps, program)
    return JSON.parse(fake.written.stdout) as Printed
  }
  const ask =
    'version: "1"\nrules:\n  - {name: ask, effect: require_approval, conditions: {profiles: [prod]}}\n'
  writeFileSync(join(folder, 'policy.yaml'), ask)
  if (place.kind === 'dynamodb') {
    for (const [what, table] of Object.entries(tablesOf(folder, place))) {
      await sentinel('alice', 'init', what, '--table', table, '--yes')
    }
  }
  return { aws, envOf, sentinel, depsOf: (who) => seat(who).deps, write }
}

// A DynamoDB may serve several arenas, one after the other.
function tablesOf(folder: string, { kind }: CommandPlace) {
  const name = (what: string) => (kind === 'local' ? 'local' : `${basename(folder)}-${what}`)
  return { approvals: name('requests'), breakglass: name('breakglass'), sessions: name('sessions') }
}

function environment(folder: string, { url }: LocalAws, place: CommandPlace) {
  const { approvals, breakglass, sessions } = tablesOf(folder, place)
  return {
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL: url,
    ...(place.kind === 'dynamodb' && place.url !== undefined ? { AWS_ENDPOINT_URL_DYNAMODB: place.url } : {}),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    SENTINEL_INSECURE_ENDPOINT: '1',
    SENTINEL_REQUEST_TABLE: approvals,
    SENTINEL_BREAKGLASS_TABLE: breakglass,
    SENTINEL_SESSION_TABLE: sessions,
    SENTINEL_POLICY_FILE: join(folder, 'policy.yaml'),
    SENTINEL_APPROVAL_POLICY_FILE: join(folder, 'approval.yaml'),
    SENTINEL_BREAKGLASS_POLICY_FILE: join(folder, 'breakglass.yaml'),
    SENTINEL_RATELIMIT_POLICY_FILE: join(folder, 'ratelimit.yaml'),
  }
}

const keysOf = (at: number) => ({
  accessKeyId: `AKIARACER${String(at).padStart(4, '0')}EXAMPLE`,
  secretAccessKey: `racer${String(at).padStart(4, '0')}K7MDENG/bPxRfiCYEXAMPLEKEY0`,
})

function writeAwsFiles(home: string, racers: number): void {
  mkdirSync(join(home, '.aws'), { recursive: true })
  const people = [
    { name: 'alice', ...example.alice.keys },
    ...Array.from({ length: racers }, (_, at) => ({ name: racerName(at), ...keysOf(at) })),
  ]
  const keys = people.map(
    ({ name, accessKeyId, secretAccessKey }) =>
      `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  )
  const profiles = [
    ...people.map(({ name }) => `[profile ${name}]\nregion = ${example.region}\n`),
    ...['prod', ...people.map((_, at) => ownProfile(at))].map(
      (name) =>
        `[profile ${name}]\nregion = ${example.region}\nrole_arn = ${example.roles.prod}\nsource_profile = alice\n`,
    ),
  ]
  writeFileSync(join(home, '.aws/credentials'), keys.join(''))
  writeFileSync(join(home, '.aws/config'), profiles.join(''))
}
