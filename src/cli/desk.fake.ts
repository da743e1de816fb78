// A person at a command line, for tests of commands: a home folder of their own, AWS files in it, a local AWS, a clock
// that stands still, and the whole program behind `run`. Only the process around it is not real.

import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished } from 'vitest'
import { addParameter, example, type LocalAws, startLocalAws } from '../../dev/aws/index.ts'
import { type FakeClock, fakeClock } from '../base/clock.fake.ts'
import { systemRandom } from '../base/index.ts'
import type { Env, Wait } from '../machine/index.ts'
import { freshFolder } from '../machine/machine.fake.ts'
import { openDeps } from './deps.ts'
import { fakeIo } from './io.fake.ts'
import type { Io } from './io.ts'
import { main } from './main.ts'
import { program } from './program.ts'

/** How one command line ended. */
export type Ran = {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  /** What was shown on the terminal. */
  readonly terminal: string
}

/** One line of the decision log, as data. */
export type LogLine = Readonly<Record<string, unknown>>

export type Desk = {
  readonly home: string
  readonly clock: FakeClock
  readonly aws: LocalAws
  readonly env: Record<string, string | undefined>
  readonly logFile: string
  /** Runs `sentinel` with these arguments. */
  run(...argv: string[]): Promise<Ran>
  /** Puts lines on the terminal of the next run; without, there is none. */
  type(...lines: string[]): void
  /** Gives the next run this as its standard input. */
  pipe(text: string): void
  /** Takes the place of the next run's child: gives its exit status, or the signal that it dies from. */
  beChild(live: (env: Env, signals: EventEmitter) => Promise<number | NodeJS.Signals>): void
  /** Pauses of the next run are over at once. */
  beHasty(): void
  /** Nothing of the next run is over because time goes by: a slow machine may take its time. */
  beUnhurried(): void
  /** A signal to the run that is under way. */
  signal(name: NodeJS.Signals): void
  /** Writes a file under the home folder and gives its path. */
  write(name: string, text: string): string
  read(name: string): string
  /** Puts the text of a policy into a parameter, as whoever keeps policies would. */
  putPolicy(parameter: string, text: string): void
  /** The lines of the decision log that are about requests. */
  log(): readonly LogLine[]
  /** The calls that AWS received, by name. */
  calls(): readonly string[]
}

/** A policy that lets everybody use every profile. */
export const openPolicy = policy('{name: open, effect: allow, conditions: {}, reason: Everybody}')

/** A policy of rules in YAML's flow style. */
export function policy(...rules: readonly string[]): string {
  return `version: "1"\nrules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`
}

/** What a command prints as JSON. */
export async function jsonOf(at: Desk, ...argv: readonly string[]) {
  return JSON.parse((await at.run(...argv, '--json')).stdout)
}

/** The same of one that fails. */
export async function errorOf(at: Desk, ...argv: readonly string[]) {
  const { status, stdout } = await at.run(...argv, '--json')
  expect(status).toBe(1)
  return JSON.parse(stdout).error
}

/** A person whose profiles are those of the local AWS: `alice` has keys, `dev` and `prod` are roles behind it. */
export async function desk(): Promise<Desk> {
  const home = freshFolder()
  const clock = fakeClock('2026-02-03T10:00:00Z')
  const aws = await startLocalAws({ clock })
  onTestFinished(() => aws.close())
  const env: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: home,
    AWS_ENDPOINT_URL: aws.url,
    SENTINEL_INSECURE_ENDPOINT: '1',
  }
  const next: Next = { typed: undefined, stdin: '', live: undefined, ...usual }
  const listeners = new Map<NodeJS.Signals, Set<() => void>>()
  const write = (name: string, text: string) => {
    const path = join(home, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  write('.aws/config', awsConfig)
  write('.aws/credentials', keysOf('alice', example.alice.keys) + keysOf('carol', example.carol.keys))
  const logFile = join(home, '.local/state/sentinel/decisions.jsonl')
  const read = (name: string) => readFileSync(join(home, name), 'utf8')
  return {
    home,
    clock,
    aws,
    env,
    logFile,
    async run(...argv) {
      const sitting = sit({ home, env, listeners, ...next })
      const deps = openDeps(sitting.io, { clock, random: systemRandom })
      const { machine } = deps
      const wait = waitOf(machine.wait, next)
      Object.assign(next, { typed: undefined, stdin: '', live: undefined, ...usual })
      const status = await main(argv, { ...deps, machine: { ...machine, wait } }, program)
      return { status, ...sitting.ended() }
    },
    type: (...lines) => {
      next.typed = lines
    },
    pipe: (text) => {
      next.stdin = text
    },
    beChild: (live) => {
      next.live = live
    },
    beHasty: () => {
      next.hasty = true
    },
    beUnhurried: () => {
      next.unhurried = true
    },
    signal: (name) => {
      for (const listener of listeners.get(name) ?? []) listener()
    },
    write,
    read,
    putPolicy(name, value) {
      const { account, region } = example
      addParameter(aws.world, { account, region, name, value })
    },
    log: () =>
      (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogLine)
        .filter(({ event }) => event !== 'log'),
    calls: () => aws.calls.map(({ action }) => action),
  }
}

type Live = Parameters<Desk['beChild']>[0]
type Next = {
  typed: readonly string[] | undefined
  stdin: string
  live: Live | undefined
  hasty: boolean
  unhurried: boolean
}

const usual = { hasty: false, unhurried: false } as const

const waitOf = (wait: Wait, { hasty, unhurried }: Next): Wait => ({
  ...wait,
  ...(hasty ? { pause: async () => {} } : {}),
  ...(unhurried ? { after: () => () => {} } : {}),
})

type Seat = Next & {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly listeners: Map<NodeJS.Signals, Set<() => void>>
}

/** One run: its Io, and what was printed once it has ended. A child's output goes to files. */
function sit({ home, env, listeners, typed, stdin, live }: Seat) {
  const file = (name: string) => join(home, `.${name}`)
  writeFileSync(file('stdin'), stdin)
  const fds = [openSync(file('stdin'), 'r'), openSync(file('stdout'), 'w'), openSync(file('stderr'), 'w')]
  const shown: string[] = []
  const fake = fakeIo({ env, stdin })
  const answers = [...(typed ?? [])]
  const io: Io = {
    ...fake,
    stdin: { ...fake.stdin, fd: fds[0] ?? -1 },
    cwd: home,
    home,
    pid: process.pid,
    spawn: async (command, args, options) =>
      live === undefined
        ? spawn(command, [...args], { env: options.env, cwd: home, stdio: [...fds] })
        : livingChild(live, options.env),
    onSignal: (name, listener) => {
      const all = listeners.get(name) ?? new Set()
      listeners.set(name, all.add(listener))
      return () => all.delete(listener)
    },
    openTerminal: async () => (typed === undefined ? undefined : terminal(answers.shift(), shown)),
  }
  const ended = () => {
    for (const fd of fds) closeSync(fd)
    const stdout = fake.written.stdout + readFileSync(file('stdout'), 'utf8')
    const stderr = fake.written.stderr + readFileSync(file('stderr'), 'utf8')
    return { stdout, stderr, terminal: shown.join('') }
  }
  return { io, ended }
}

/** A child that is a function: `kill` emits the signal at what it was given. */
function livingChild(live: Live, env: Env): ChildProcess {
  const signals = new EventEmitter()
  const child = Object.assign(new EventEmitter(), { kill: (name: string) => signals.emit(name) })
  const ended = (end: number | NodeJS.Signals) =>
    typeof end === 'number' ? child.emit('exit', end, null) : child.emit('exit', null, end)
  // As a process, it ends some time after it was started.
  setImmediate(() => live(env, signals).then(ended, (thrown: unknown) => child.emit('error', thrown)))
  return child as unknown as ChildProcess
}

function terminal(answer: string | undefined, shown: string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  input.end(answer === undefined ? '' : `${answer}\n`)
  output.on('data', (chunk) => shown.push(String(chunk)))
  return { input, output, close: () => {} }
}

const keysOf = (
  name: string,
  { accessKeyId, secretAccessKey }: { readonly accessKeyId: string; readonly secretAccessKey: string },
) => `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`

const profileOf = (name: string, ...lines: readonly string[]) =>
  `[profile ${name}]\nregion = ${example.region}\n${lines.map((line) => `${line}\n`).join('')}`

const role = (arn: string, source = 'alice') => [`role_arn = ${arn}`, `source_profile = ${source}`]

const awsConfig = [
  profileOf('alice'),
  profileOf('carol'),
  profileOf('dev', ...role(example.roles.dev)),
  profileOf('prod', ...role(example.roles.prod)),
  profileOf('reader', ...role(example.roles.sandbox)),
].join('')
