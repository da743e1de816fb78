// What the bench measures in: a home of its own, a local AWS on loopback, the mission's example policy in SSM, and
// the built program as a process.

import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { example as examplePolicy } from '../../src/policy/rules/example.fake.ts'
import { addParameter, example, type LocalAws, startLocalAws } from '../aws/index.ts'
import { endWithUs, removeTemporary, temporaryFolder } from '../temporary.ts'

/** The built program. */
export const sentinel = join(import.meta.dirname, '..', '..', 'dist', 'sentinel.cjs')
const profile = 'ai-readonly'
const limitMs = 30_000

/** How a process ended, and how long that took. */
export type Ran = {
  readonly status: number | null
  /** What ended it: SIGTERM where it took too long. */
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** A process that is under way. */
export type Started = {
  readonly pid: number | undefined
  readonly ended: Promise<Ran>
  /** Kills it with SIGKILL, if it still runs. */
  kill(): void
}

/** One person's machine, and AWS. */
export type World = {
  readonly aws: LocalAws
  readonly cacheFolder: string
  readonly logFile: string
  /** Puts a new version of the policy's parameter. */
  putPolicy(text: string): void
  /** Runs Node; the bench does nothing meanwhile, so the process must not call the local AWS. */
  runAlone(args: readonly string[], env?: Environment): Ran
  /** Starts Node; the local AWS answers meanwhile. */
  start(args: readonly string[], env?: Environment): Started
  close(): Promise<void>
}

type Environment = Readonly<Record<string, string>>

/** The command line that is measured, as arguments of Node. */
export const credentialsCommand: readonly string[] = [sentinel, 'credentials', '--profile', profile]

/** The mission's example policy, its window widened to all the week, so that it allows at any hour. */
export const openPolicy = examplePolicy
  .replace(
    '[monday, tuesday, wednesday, thursday, friday]',
    '[monday, tuesday, wednesday, thursday, friday, saturday, sunday]',
  )
  .replace('"09:00"', '"00:00"')
  .replace('"17:00"', '"24:00"')

/** The same, and the rule that allowed now denies. */
export const closedPolicy = openPolicy.replace(
  'name: ai-business-hours\n    effect: allow',
  'name: ai-business-hours\n    effect: deny',
)

/** Opens a world in which nothing was called yet. */
export async function openWorld(): Promise<World> {
  const home = temporaryFolder('sentinel-bench-')
  const aws = await startLocalAws()
  writeAwsFiles(home)
  const base: Environment = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    USERPROFILE: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
    AWS_ENDPOINT_URL: aws.url,
    AWS_EC2_METADATA_DISABLED: 'true',
    // The local AWS is not AWS. NODE_EXTRA_CA_CERTS and AWS_CA_BUNDLE stay unset: Node 20 reads the first at every start.
    SENTINEL_INSECURE_ENDPOINT: '1',
  }
  const putPolicy = (value: string) =>
    void addParameter(aws.world, {
      account: example.account,
      region: example.region,
      name: `/sentinel/policies/${profile}`,
      value,
    })
  putPolicy(openPolicy)
  return {
    aws,
    cacheFolder: join(home, 'cache', 'sentinel'),
    logFile: join(home, 'state', 'sentinel', 'decisions.jsonl'),
    putPolicy,
    runAlone: (args, env = {}) => timedSync(args, { ...base, ...env }, home),
    start: (args, env = {}) => start(args, { ...base, ...env }, home),
    async close() {
      await aws.close()
      removeTemporary(home)
    },
  }
}

/** Ids of the processes that hold a lock of the cache now. */
export function lockHolders({ cacheFolder }: World): readonly number[] {
  const folder = join(cacheFolder, 'locks')
  return readdirSync(folder).flatMap((name) => {
    const [, pid] = /^(?:[0-9a-f]{16}\.)?(\d+)/.exec(nameIn(join(folder, name))) ?? []
    return pid === undefined ? [] : [Number(pid)]
  })
}

// On Linux a symbolic link whose target begins with a nonce; elsewhere a file.
function nameIn(lock: string): string {
  try {
    return readlinkSync(lock)
  } catch {
    return readFileSync(lock, 'latin1')
  }
}

function writeAwsFiles(home: string): void {
  const { accessKeyId, secretAccessKey } = example.alice.keys
  mkdirSync(join(home, '.aws'))
  writeFileSync(
    join(home, '.aws', 'config'),
    `[profile ${profile}]\nrole_arn = ${example.roles.dev}\nsource_profile = alice\nregion = ${example.region}\n`,
  )
  writeFileSync(
    join(home, '.aws', 'credentials'),
    `[alice]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    { mode: 0o600 },
  )
}

function timedSync(args: readonly string[], env: Environment, cwd: string): Ran {
  const begun = performance.now()
  const ran: SpawnSyncReturns<string> = spawnSync(process.execPath, args, {
    env,
    cwd,
    encoding: 'utf8',
    timeout: limitMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return {
    status: ran.status,
    signal: ran.signal,
    stdout: ran.stdout,
    stderr: ran.stderr,
    ms: performance.now() - begun,
  }
}

function start(args: readonly string[], env: Environment, cwd: string): Started {
  const begun = performance.now()
  const child = endWithUs(
    spawn(process.execPath, args, { env, cwd, timeout: limitMs, stdio: ['ignore', 'pipe', 'pipe'] }),
  )
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) =>
      resolve({ status, signal, ...said, ms: performance.now() - begun }),
    )
  })
  return { pid: child.pid, ended, kill: () => void child.kill('SIGKILL') }
}
