// The world of one run: a home folder, a local AWS behind a counting proxy, a clock that stands still until it is moved,
// and the program, in this process or in one that can be killed.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Clock, systemClock, systemRandom } from '../../src/base/index.ts'
import { openDeps } from '../../src/cli/deps.ts'
import { fakeIo } from '../../src/cli/io.fake.ts'
import { main } from '../../src/cli/main.ts'
import { program } from '../../src/cli/program.ts'
import { systemWait } from '../../src/machine/index.ts'
import { addParameter, type Exchange, example, startLocalAws } from '../aws/index.ts'
import { writeWhole } from './files.ts'
import type { StoreFiles } from './gates.ts'
import { type Kept, type Place, tableIn } from './places.ts'
import { type FaultProxy, openProxy } from './proxy.ts'
import { openServer, type Server } from './server.ts'

/** How a program ended; no status where it was killed. */
export type Ended = { readonly status: number | undefined; readonly stdout: string; readonly stderr: string }

/** What AWS issued, and for which walk by its stamp. */
export type Issued = { readonly accessKeyId: string; readonly stamp: string }

export type World = {
  readonly proxy: FaultProxy
  readonly issued: readonly Issued[]
  readonly storeFiles: StoreFiles
  advance(ms: number): void
  /** Runs a command of a person in this process. */
  run(who: string, argv: readonly string[]): Promise<Ended>
  /** Runs one of alice's that passes by the proxy. */
  look(argv: readonly string[]): Promise<Ended>
  /** Runs one in a process of its own; `more` is added to its environment. */
  start(
    who: string,
    argv: readonly string[],
    more: NodeJS.ProcessEnv,
  ): { readonly ended: Promise<Ended>; kill(): void }
  serve(who: string, argv: readonly string[], more: NodeJS.ProcessEnv): Server
  /** The decision log, line by line. */
  log(): readonly Readonly<Record<string, unknown>>[]
  close(): Promise<void>
}

/** What worlds are made with. */
export type Means = {
  /** Where their folders lie. */
  readonly folder: string
  /** Sentinel as a program that can be killed. */
  readonly program: string
  /** The client of a server. */
  readonly asker: string
  /** The URL of a DynamoDB Local, where one runs. */
  readonly dynamoDb: string | undefined
}

/** What a world is made of. */
export type Setting = {
  readonly place: Place
  /** What is kept in it, in a table that is there. */
  readonly kept: Kept | undefined
  /** Parameters of SSM. */
  readonly documents: Readonly<Record<string, string>>
}

const people = ['alice', 'bob', 'carol'] as const

/** Opens a world. */
export async function openWorld(means: Means, setting: Setting): Promise<World> {
  const home = mkdtempSync(join(means.folder, 'world-'))
  const { clock, advance } = openClock(join(home, 'clock'))
  const issued: Issued[] = []
  const aws = await startLocalAws({ clock, observe: (exchange) => void issued.push(...issuedIn(exchange)) })
  const upstream = { aws: aws.url, dynamoDb: setting.place === 'DynamoDB Local' ? means.dynamoDb : undefined }
  const proxy = await openProxy(upstream)
  writeAwsFiles(home)
  const { account, region } = example
  for (const [name, value] of Object.entries(setting.documents))
    addParameter(aws.world, { account, region, name, value })
  const own = environment(home, setting)
  const proxied = { ...own, AWS_ENDPOINT_URL: proxy.url }
  const direct = {
    ...own,
    AWS_ENDPOINT_URL: aws.url,
    ...(upstream.dynamoDb === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: upstream.dynamoDb }),
  }
  const here = async (
    env: Readonly<Record<string, string>>,
    argv: readonly string[],
    wait = systemWait,
  ): Promise<Ended> => {
    const fake = fakeIo({ env })
    const io = { ...fake, home, cwd: home, pid: process.pid }
    const deps = openDeps(io, { clock, random: systemRandom })
    const status = await main(argv, { ...deps, machine: { ...deps.machine, wait } }, program)
    return { status, ...fake.written }
  }
  const spawned = (who: string, argv: readonly string[], more: NodeJS.ProcessEnv) =>
    spawn(process.execPath, [means.program, ...argv], {
      env: { ...proxied, AWS_PROFILE: who, ...more },
      cwd: home,
    })
  const running = new Set<{ kill(): void }>()
  await makeTable(setting, basename(home), (argv) =>
    here({ ...direct, AWS_PROFILE: 'alice' }, argv, briefWait),
  )
  return {
    proxy,
    issued,
    storeFiles: { notes: join(home, 'store-notes'), step: join(home, 'store-step') },
    advance,
    run: (who, argv) => here({ ...proxied, AWS_PROFILE: who }, argv),
    look: (argv) => here({ ...direct, AWS_PROFILE: 'alice' }, argv),
    start(who, argv, more) {
      const process = spawned(who, argv, more)
      const kill = () => void process.kill('SIGKILL')
      running.add({ kill })
      return { ended: endOf(process), kill }
    },
    serve(who, argv, more) {
      const asker = [process.execPath, means.asker]
      const server = openServer(spawned(who, ['exec', '--server', ...argv, '--', ...asker], more))
      running.add(server)
      return server
    },
    log: () => decisionLog(home),
    async close() {
      for (const one of running) one.kill()
      await proxy.close()
      await aws.close()
      rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const decisionLog = (home: string) =>
  readFileSync(join(home, '.local/state/sentinel/decisions.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

/** A clock that processes read from a file. */
function openClock(file: string) {
  let nowMs = systemClock.now()
  const clock: Clock = { now: () => nowMs }
  const advance = (ms: number) => {
    nowMs += ms
    writeWhole(file, String(nowMs))
  }
  advance(0)
  return { clock, advance }
}

function environment(home: string, { place, kept }: Setting): Readonly<Record<string, string>> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    FAULTS_CLOCK: join(home, 'clock'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    SENTINEL_INSECURE_ENDPOINT: '1',
    ...(kept === undefined ? {} : { [kept.variable]: tableIn(place, kept, basename(home)) }),
  }
}

/** A table in memory is ready at once, and what it is not now it will not be in half a minute. */
const briefWait: typeof systemWait = { ...systemWait, pause: () => systemWait.pause(1) }

/** DynamoDB Local has no backups for recovery, so what comes last cannot be done there. */
async function makeTable(
  { place, kept }: Setting,
  world: string,
  run: (argv: readonly string[]) => Promise<Ended>,
): Promise<void> {
  if (kept === undefined || place === 'LMDB') return
  const { status, stdout } = await run([
    'init',
    kept.init,
    '--table',
    tableIn(place, kept, world),
    '--yes',
    '--json',
  ])
  if (status === 0 || (place === 'DynamoDB Local' && /"failed": \[\s*\{\s*"step": "recovery"/.test(stdout)))
    return
  throw new Error(`init ${kept.init}: ${stdout}`)
}

function issuedIn({ action, request, reply }: Exchange): readonly Issued[] {
  const [, accessKeyId] = /<AccessKeyId>([^<]+)</.exec(reply.body) ?? []
  if (action !== 'AssumeRole' || reply.status !== 200 || accessKeyId === undefined) return []
  return [{ accessKeyId, stamp: new URLSearchParams(request.body.toString()).get('SourceIdentity') ?? '' }]
}

function endOf(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  child.stdin?.end()
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ status: code ?? undefined, ...said }))
  })
}

function writeAwsFiles(home: string): void {
  mkdirSync(join(home, '.aws'))
  const keys = people.map((name) => {
    const { accessKeyId, secretAccessKey } = example[name].keys
    return `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
  })
  const region = `region = ${example.region}\n`
  const profiles = [
    ...people.map((name) => `[profile ${name}]\n${region}`),
    `[profile prod]\n${region}role_arn = ${example.roles.prod}\nsource_profile = alice\n`,
  ]
  writeFileSync(join(home, '.aws', 'credentials'), keys.join(''), { mode: 0o600 })
  writeFileSync(join(home, '.aws', 'config'), profiles.join(''))
}
