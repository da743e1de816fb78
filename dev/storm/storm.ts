// Many writers on one log, killed at random, and then the question whether anything is lost or damaged. Some are the
// built `sentinel credentials`, which writes a decision and an outcome; the others write one line after the other, and
// one of them long ones, since only a long write can be cut: the system finishes a page before it looks for a kill.
// Kills are drawn by what was written, not by time: a kill hits wherever the writer happens to be then.

import { type ChildProcess, spawn } from 'node:child_process'
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { nobodyElse, openLog, type Verdict, verifyLog } from '../../src/audit/index.ts'
import { newRequestId, systemRandom } from '../../src/base/index.ts'
import { openKeys } from '../../src/machine/index.ts'
import { credentialsCommand, type World } from '../bench/world.ts'
import { machine } from '../machine.ts'
import { numbers } from '../numbers.ts'
import { endWithUs } from '../temporary.ts'

/** How hard it blows. */
export type Storm = {
  /** Three at least: one of each kind. */
  readonly writers: number
  /** Ends the storm: after so many kills, or as soon as this says so. */
  readonly kills: number
  isOver(): boolean
  /** A writer is killed after at most so many lines. */
  readonly linesPerLife: number
  /** Writers of short lines rotate the log after so many; 0: never. */
  readonly rotateEvery: number
  /** The same number draws the same lives. */
  readonly seed: number
}

/** What was left. */
export type Wreckage = {
  readonly kills: number
  /** Lines that a writer was told are written. */
  readonly acknowledged: number
  /** Calls of the built program that printed credentials. */
  readonly served: number
  /** Acknowledged lines, and decisions and outcomes of calls that were served, that the log does not have. */
  readonly lost: number
  /** Lines that a kill cut and the next writer closed. */
  readonly torn: number
  readonly staleLocks: number
  /** What a writer complained about before it ended by itself. */
  readonly complaints: readonly string[]
  readonly verdict: Verdict
}

/** Lets it blow in a world in which nothing was logged yet, then appends one more line and verifies the log. */
export async function storm(wanted: Storm, world: World): Promise<Wreckage> {
  const stateFolder = dirname(world.logFile)
  const program = await buildProgram('writer', dirname(dirname(stateFolder)))
  // What a call finds in the cache later, so that it is short and its two lines are most of it.
  const cold = await world.start(credentialsCommand).ended
  if (cold.status !== 0) throw new Error(`the first call fails: ${cold.stderr}`)
  const blown = await blow(wanted, world, [program, world.logFile, stateFolder])
  const { acknowledged, served, kills, complaints } = blown
  const found = await survey(world.logFile, stateFolder, acknowledged)
  const lost = found.lost + Math.max(0, served - found.pairs)
  return { kills, acknowledged: acknowledged.length, served, complaints, ...found, lost }
}

/** Why a storm shows nothing: too little happened in it. Empty when it was strong enough. */
export function calm(
  { kills, acknowledged, served }: Pick<Wreckage, 'kills' | 'acknowledged' | 'served'>,
  writers: number,
): readonly string[] {
  return [
    ...(kills < writers ? [`${kills} kills, but at least ${writers} are needed`] : []),
    ...(acknowledged < 10 * writers
      ? [`${acknowledged} lines, but at least ${10 * writers} are needed`]
      : []),
    ...(served === 0 ? ['no call of the built program was served'] : []),
  ]
}

/** Makes one file of a program of this folder, so that a life begins quickly. */
export async function buildProgram(name: 'writer' | 'caller', folder: string): Promise<string> {
  const outfile = join(folder, `${name}.cjs`)
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Native code of the keyring, which nothing here asks for.
    loader: { '.node': 'empty' },
  })
  return outfile
}

type Blown = {
  readonly acknowledged: string[]
  readonly complaints: string[]
  served: number
  kills: number
}

async function blow(wanted: Storm, world: World, writer: readonly string[]): Promise<Blown> {
  const blown: Blown = { acknowledged: [], complaints: [], served: 0, kills: 0 }
  const draw = numbers(wanted.seed)
  const isOver = () => blown.kills >= wanted.kills || wanted.isOver()
  const watchers = new Set<() => void>()
  const write = async (long: boolean) => {
    const lines = 1 + Math.floor(draw() * wanted.linesPerLife)
    const child = start([
      ...writer,
      '1000000000',
      String(long ? longBytes : 0),
      String(long ? 0 : wanted.rotateEvery),
    ])
    const stopWatching = long ? killInTheWrite(child, world.logFile) : () => {}
    const { killed, said } = await life(child, (ids) => {
      blown.acknowledged.push(...ids)
      for (const watcher of watchers) watcher()
      if (isOver()) return 0
      return long ? 1 + longLines : lines
    })
    stopWatching()
    if (killed) blown.kills++
    else blown.complaints.push(said)
  }
  const call = async () => {
    const { kill, ended } = world.start(credentialsCommand)
    // Lines of the others are the clock here too.
    const until = blown.acknowledged.length + Math.floor(draw() * wanted.linesPerLife)
    const watcher = () => {
      if (blown.acknowledged.length >= until || isOver()) kill()
    }
    watchers.add(watcher)
    const { status, stderr } = await ended
    watchers.delete(watcher)
    if (status === 0) blown.served++
    else if (status === null) blown.kills++
    else blown.complaints.push(stderr)
  }
  const lives = async (live: () => Promise<void>) => {
    while (!isOver()) await live()
  }
  const callers = Math.max(1, Math.floor(wanted.writers / 4))
  const short = Array.from({ length: wanted.writers - callers - 1 }, () => lives(() => write(false)))
  const calls = Array.from({ length: callers }, () => lives(call))
  await Promise.all([...short, ...calls, lives(() => write(true))])
  return blown
}

const start = (args: readonly string[]) => endWithUs(spawn(process.execPath, args))

// A kill that comes too late for so many long lines is meant to come after them.
const [longBytes, leapBytes, longLines] = [4 * 1024 * 1024, 64 * 1024, 3]

/** Kills a writer of long lines as soon as the log grows by more between two looks than the others write. */
function killInTheWrite(writer: ChildProcess, file: string): () => void {
  let [before, isWatching] = [Number.POSITIVE_INFINITY, true]
  const look = () => {
    if (!isWatching) return
    // Between two logs there may be none.
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    if (size - before > leapBytes) writer.kill('SIGKILL')
    before = size
    setImmediate(look)
  }
  // The first line is a short one: until then there is nothing to look for, and looking takes a core.
  writer.stdout?.once('data', look)
  return () => {
    isWatching = false
  }
}

/** One more line by this process, then what the log looks like. */
export async function survey(
  file: string,
  stateFolder: string,
  acknowledged: readonly string[],
): Promise<Pick<Wreckage, 'lost' | 'torn' | 'staleLocks' | 'verdict'> & { readonly pairs: number }> {
  const deps = { ...machine, stateFolder, keys: openKeys(machine, join(stateFolder, 'keys.json')) }
  const last = { event: 'administration', request_id: newRequestId(systemRandom), user: 'alice' } as const
  openLog(deps, { file, also: nobodyElse }).append([{ ...last, action: 'storm', resource: 'survey' }])
  const verdict = await verifyLog(deps, file)
  const { events, torn } = await contentOf(verdict.files.map((each) => each.file))
  const locks = machine.platform.lock.kind === 'link' ? readdirSync(join(stateFolder, 'heads')) : []
  return {
    lost: acknowledged.filter((id) => !events.has(id)).length,
    torn,
    pairs: [...events.values()].filter((said) => said === 'decision outcome').length,
    staleLocks: locks.filter((name) => name.endsWith('.lock')).length,
    verdict,
  }
}

/** The events of each request in these files, of whole lines only, and how many torn ones were closed. */
async function contentOf(
  files: readonly string[],
): Promise<{ readonly events: ReadonlyMap<string, string>; readonly torn: number }> {
  const events = new Map<string, string>()
  let torn = 0
  const take = (line: string) => {
    if (!line.startsWith('{') || !line.endsWith('"}')) return
    const { event, request_id: id } = JSON.parse(line) as Readonly<Record<string, string>>
    if (event === 'torn') torn++
    if (id !== undefined) events.set(id, `${events.get(id) ?? ''} ${event}`.trimStart())
  }
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: 0 })) take(line)
  }
  return { events, torn }
}

type Life = { readonly killed: boolean; readonly said: string }

/** Runs a writer until it has written as many lines as `told` last said; `told` gets each line that it reports. */
function life(writer: ChildProcess, told: (ids: readonly string[]) => number): Promise<Life> {
  return new Promise((resolve, reject) => {
    let [rest, said, count] = ['', '', 0]
    writer.stdout?.setEncoding('latin1').on('data', (more: string) => {
      // The last id may be cut: then it was written, but nobody was told.
      const ids = (rest + more).split('\n')
      rest = ids.pop() ?? ''
      count += ids.length
      if (count >= told(ids)) writer.kill('SIGKILL')
    })
    writer.stderr?.setEncoding('utf8').on('data', (more: string) => {
      said += more
    })
    writer.on('error', reject)
    writer.on('close', (_, signal) => resolve({ killed: signal === 'SIGKILL', said }))
  })
}
