// The world of one story: a temporary folder with a home in it, variables, a clock, what was printed last, and the
// ways to run a program in it. Nothing of the machine's own configuration is visible inside.

import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { type Clock, systemClock, systemRandom } from '../../src/base/index.ts'
import type { Program } from '../../src/cli/command.ts'
import { openDeps } from '../../src/cli/deps.ts'
import type { Io, Terminal } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'
import { type Env, platforms } from '../../src/machine/index.ts'
import type { Archive } from './txtar.ts'

/** A local AWS that was started for a story. */
export type StoryAws = {
  readonly env: Env
  /** Files of the home folder. */
  readonly home: ReadonlyMap<string, string>
  /** The calls so far, by their names in the API. */
  calls(): readonly string[]
  fault(action: string, kind: string, times: number | undefined): void
  /** Starts a proxy that answers for AWS, in the version of TLS that is wanted. */
  startProxy(tls: string | undefined): Promise<StoryProxy>
  close(): Promise<void>
}

/** A proxy that answers for AWS, so that alice is carol, with certificates of its own authority. */
export type StoryProxy = {
  readonly url: string
  /** The authority's certificate. */
  readonly authority: string
}

/** What stories are run with. */
export type Stage = {
  readonly program: Program
  /** The built program. */
  readonly entry: string
  /** The Node that runs the built program and the scripts of stories. */
  readonly node: string
  /** Whether a golden file that differs is an error, or written anew (`npm run test:update`). */
  readonly golden: 'compared' | 'renewed'
  startAws(clock: Clock): Promise<StoryAws>
}

/** How the last program ended. */
export type Ended = {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  readonly terminal: string
}

export type World = {
  readonly stage: Stage
  readonly folder: string
  readonly variables: Map<string, string>
  clock: Clock
  last: Ended
  stdin: string
  /** Lines that will be typed at the terminal of the next program; undefined: there is none. */
  typed: readonly string[] | undefined
  aws: StoryAws | undefined
  /** Golden files of the archive that are to be written anew. */
  readonly renewed: Map<string, string>
}

const standIn = join(import.meta.dirname, 'aws.mjs')
const nodeModules = join(import.meta.dirname, '..', '..', 'node_modules')
const childLimitMs = 60_000
export const nothing: Ended = { status: 0, stdout: '', stderr: '', terminal: '' }

export function openWorld(stage: Stage, { files }: Archive): World {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sentinel-story-')))
  for (const { name, text } of files) writeInside(folder, name, text)
  for (const name of ['home/.aws', 'bin', 'tmp']) mkdirSync(join(folder, name), { recursive: true })
  symlinkSync(nodeModules, join(folder, 'node_modules'))
  // Not by its own folder on the PATH: other programs lie there that would take the place of the person's.
  symlinkSync(stage.node, join(folder, 'bin', 'node'))
  shim(folder, 'sentinel', stage, stage.entry)
  if (!onPath('aws')) shim(folder, 'aws', stage, standIn)
  const variables = new Map(Object.entries(storyEnvironment(folder)))
  return {
    stage,
    folder,
    variables,
    clock: systemClock,
    last: nothing,
    stdin: '',
    typed: undefined,
    aws: undefined,
    renewed: new Map(),
  }
}

export async function closeWorld(world: World): Promise<void> {
  await world.aws?.close()
  rmSync(world.folder, { recursive: true, force: true })
}

/** A path of the story: relative ones lie in its folder. */
export const inWorld = (world: World, path: string) => resolve(world.folder, path)

export function writeInside(folder: string, name: string, text: string): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function storyEnvironment(folder: string): Record<string, string> {
  const home = join(folder, 'home')
  return {
    WORK: folder,
    HOME: home,
    TMPDIR: join(folder, 'tmp'),
    PATH: [join(folder, 'bin'), process.env.PATH ?? ''].join(delimiter),
    AWS_STAND_IN: standIn,
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    AWS_CONFIG_FILE: join(home, '.aws', 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws', 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  }
}

function shim(folder: string, name: string, { node }: Stage, script: string): void {
  const path = join(folder, 'bin', name)
  writeFileSync(path, `#!/bin/sh\nexec '${node}' '${script}' "$@"\n`)
  chmodSync(path, 0o755)
}

/** Whether the machine has a program of this name. */
export function onPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      return readFileSync(join(folder, name)).length > 0
    } catch {
      return false
    }
  })
}

/** The clock of a story. A child of `sentinel` moves it on by writing a time into the file `clock`. */
export function clockOf(world: World): Clock {
  return {
    now() {
      const moved = inWorld(world, 'clock')
      return existsSync(moved) ? Date.parse(readFileSync(moved, 'utf8').trim()) : world.clock.now()
    },
  }
}

/** Runs `sentinel` in this process; its children write to files that are read when it has ended. */
export async function runSentinel(world: World, argv: readonly string[]): Promise<Ended> {
  const own = { stdout: '', stderr: '' }
  const shown: string[] = []
  const files = openStdio(world)
  const output = (name: 'stdout' | 'stderr') => ({
    isNull: false,
    isTTY: false,
    write: (text: string) => {
      own[name] += text
    },
  })
  const io: Io = {
    stdin: { readAll: () => world.stdin, fd: files.fds[0] ?? -1, isTTY: false },
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: Object.fromEntries(world.variables),
    cwd: world.folder,
    home: world.variables.get('HOME') ?? '',
    platform: process.platform in platforms ? (process.platform as keyof typeof platforms) : 'linux',
    pid: process.pid,
    host: 'laptop',
    spawn: async (file, args, { env, verbatim }) => start(world, file, args, env, verbatim, files.fds),
    onSignal: () => () => {},
    openTerminal: async () => openTyped(world, shown),
    threads: async () => undefined,
  }
  const status = await main(
    argv,
    openDeps(io, { clock: clockOf(world), random: systemRandom }),
    world.stage.program,
  )
  const child = files.read()
  return {
    status,
    stdout: own.stdout + child.stdout,
    stderr: own.stderr + child.stderr,
    terminal: shown.join(''),
  }
}

/** Runs another program as a child with a time limit. */
export async function runProgram(world: World, file: string, args: readonly string[]): Promise<Ended> {
  const files = openStdio(world)
  const child = start(world, file, args, Object.fromEntries(world.variables), false, files.fds)
  const limit = setTimeout(() => child.kill('SIGKILL'), childLimitMs)
  const status = await new Promise<number>((done) => {
    child.once('error', () => done(127))
    child.once('exit', (code, signal) =>
      done(signal === null ? (code ?? 1) : 128 + (signal === 'SIGTERM' ? 15 : 9)),
    )
  })
  clearTimeout(limit)
  return { status, ...files.read(), terminal: '' }
}

function start(
  world: World,
  file: string,
  args: readonly string[],
  env: Env,
  verbatim: boolean,
  stdio: readonly number[],
): ChildProcess {
  return spawn(file, [...args], {
    env,
    windowsVerbatimArguments: verbatim,
    cwd: world.folder,
    stdio: [...stdio],
  })
}

function openStdio(world: World) {
  const path = (name: string) => join(world.folder, 'tmp', name)
  writeFileSync(path('stdin'), world.stdin)
  const fds = [openSync(path('stdin'), 'r'), openSync(path('stdout'), 'w'), openSync(path('stderr'), 'w')]
  return {
    fds,
    read() {
      for (const fd of fds) closeSync(fd)
      return { stdout: readFileSync(path('stdout'), 'utf8'), stderr: readFileSync(path('stderr'), 'utf8') }
    },
  }
}

// One answer for each question: a terminal ends after its line, as if the person had typed nothing more.
function openTyped(world: World, shown: string[]): Terminal | undefined {
  const [answer, ...later] = world.typed ?? []
  if (world.typed === undefined) return undefined
  world.typed = later
  const [input, output] = [new PassThrough(), new PassThrough()]
  input.end(answer === undefined ? '' : `${answer}\n`)
  output.on('data', (chunk) => shown.push(String(chunk)))
  return { input, output, close: () => {} }
}
