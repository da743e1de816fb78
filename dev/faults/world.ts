// The world of one run: a home folder, a local AWS behind a counting proxy, a clock that can be moved, and the program, in
// this process or in one that can be killed.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, systemClock, systemRandom } from '../../src/base/index.ts'
import { openDeps } from '../../src/cli/deps.ts'
import { fakeIo } from '../../src/cli/io.fake.ts'
import { main } from '../../src/cli/main.ts'
import { program } from '../../src/cli/program.ts'
import { addParameter, type Exchange, example, startLocalAws } from '../aws/index.ts'
import { bundle } from '../races/processes.ts'
import { endWithUs, removeTemporary, temporaryFolder } from '../temporary.ts'
import { type FaultProxy, openProxy } from './proxy.ts'
import { openServer, type Server } from './server.ts'

/** How a program ended; no status where it was killed. */
export type Ended = { readonly status: number | undefined; readonly stdout: string; readonly stderr: string }

/** What AWS issued, and for which walk by its stamp. */
export type Issued = { readonly accessKeyId: string; readonly stamp: string }

export type World = {
  readonly proxy: FaultProxy
  readonly issued: readonly Issued[]
  /** Where processes note what they do to the local store. */
  readonly storeNotes: string
  advance(ms: number): void
  /** Runs a command of a person in this process. */
  run(who: string, argv: readonly string[]): Promise<Ended>
  /** Runs one in a process of its own; `more` is added to its environment. */
  start(
    who: string,
    argv: readonly string[],
    more?: NodeJS.ProcessEnv,
  ): { readonly ended: Promise<Ended>; kill(): void }
  serve(who: string, argv: readonly string[]): Server
  /** The decision log, line by line. */
  log(): readonly Readonly<Record<string, unknown>>[]
  close(): Promise<void>
}

/** What a world is made of. */
export type Setting = {
  readonly env: Readonly<Record<string, string>>
  /** Parameters of SSM. */
  readonly documents: Readonly<Record<string, string>>
}

const people = ['alice', 'bob', 'carol'] as const

/** Makes the program that worlds start as a process, with an LMDB whose operations are counted. */
export function buildChild(folder: string): Promise<string> {
  const lmdb = { path: join(import.meta.dirname, 'lmdb.mjs') }
  return bundle(join(import.meta.dirname, 'child.ts'), join(folder, 'child.mjs'), lmdb)
}

/** Opens a world. @param child the program that was built */
export async function openWorld(child: string, { env, documents }: Setting): Promise<World> {
  const home = temporaryFolder('sentinel-faults-')
  const clockFile = join(home, 'clock')
  let aheadMs = 0
  const advance = (ms: number) => {
    aheadMs += ms
    writeFileSync(clockFile, String(aheadMs))
  }
  advance(0)
  const clock: Clock = { now: () => systemClock.now() + aheadMs }
  const issued: Issued[] = []
  const aws = await startLocalAws({ clock, observe: (exchange) => void issued.push(...issuedIn(exchange)) })
  const proxy = await openProxy(aws.url)
  writeAwsFiles(home)
  const { account, region } = example
  for (const [name, value] of Object.entries(documents))
    addParameter(aws.world, { account, region, name, value })
  const envOf = (who: string): Record<string, string> => ({
    PATH: process.env.PATH ?? '',
    HOME: home,
    FAULTS_CLOCK: clockFile,
    AWS_PROFILE: who,
    AWS_ENDPOINT_URL: proxy.url,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    SENTINEL_INSECURE_ENDPOINT: '1',
    ...env,
  })
  const spawned = (who: string, argv: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    endWithUs(spawn(process.execPath, [child, ...argv], { env: { ...envOf(who), ...more }, cwd: home }))
  const servers: Server[] = []
  return {
    proxy,
    issued,
    storeNotes: join(home, 'store-notes'),
    advance,
    async run(who, argv) {
      const fake = fakeIo({ env: envOf(who) })
      const io = { ...fake, home, cwd: home, pid: process.pid }
      const status = await main(argv, openDeps(io, { clock, random: systemRandom }), program)
      return { status, ...fake.written }
    },
    start(who, argv, more) {
      const process = spawned(who, argv, more)
      return { ended: endOf(process), kill: () => void process.kill('SIGKILL') }
    },
    serve(who, argv) {
      const asker = [process.execPath, join(import.meta.dirname, 'asker.mjs')]
      const server = openServer(spawned(who, ['exec', '--server', ...argv, '--', ...asker]))
      servers.push(server)
      return server
    },
    log: () =>
      readFileSync(join(home, '.local/state/sentinel/decisions.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    async close() {
      for (const server of servers) server.kill()
      await proxy.close()
      await aws.close()
      removeTemporary(home)
    },
  }
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
