// Many writers on one log, killed at random, and then the question whether anything is lost or damaged.
// Kills are drawn by lines written, not by time: a kill hits wherever the writer happens to be then.

import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { nobodyElse, openLog, type Verdict, verifyLog } from '../../src/audit/index.ts'
import { newRequestId, systemClock, systemRandom } from '../../src/base/index.ts'
import { type Machine, openKeys, type PlatformName, platforms, systemWait } from '../../src/machine/index.ts'

/** How hard it blows. */
export type Storm = {
  /** An empty folder. */
  readonly folder: string
  readonly writers: number
  /** Ends the storm: after so many kills, or as soon as this says so. */
  readonly kills: number
  isOver(): boolean
  /** A writer is killed after at most so many lines. */
  readonly linesPerLife: number
  /** The same number draws the same lives. */
  readonly seed: number
}

/** What was left. */
export type Wreckage = {
  readonly kills: number
  /** Lines that a writer was told are written. */
  readonly acknowledged: number
  /** Acknowledged lines that the log does not have. */
  readonly lost: number
  readonly staleLocks: number
  /** What a writer complained about before it ended by itself. */
  readonly complaints: readonly string[]
  readonly verdict: Verdict
}

/** Lets it blow, then appends one more line and verifies the log. */
export async function storm(wanted: Storm): Promise<Wreckage> {
  const stateFolder = join(wanted.folder, 'state')
  const file = join(stateFolder, 'decisions.jsonl')
  const program = await buildProgram('writer', wanted.folder)
  const draw = numbers(wanted.seed)
  const acknowledged: string[] = []
  const complaints: string[] = []
  let kills = 0
  const isOver = () => kills >= wanted.kills || wanted.isOver()
  const lives = async () => {
    while (!isOver()) {
      const lines = 1 + Math.floor(draw() * wanted.linesPerLife)
      const writer = spawn(process.execPath, [program, file, stateFolder, '1000000000'])
      const { killed, ids, said } = await life(writer, lines, isOver)
      acknowledged.push(...ids)
      if (killed) kills++
      else complaints.push(said)
    }
  }
  await Promise.all(Array.from({ length: wanted.writers }, lives))
  return {
    kills,
    acknowledged: acknowledged.length,
    complaints,
    ...(await survey(file, stateFolder, acknowledged)),
  }
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
  })
  return outfile
}

/** One more line by this process, then what the log looks like. */
export async function survey(
  file: string,
  stateFolder: string,
  acknowledged: readonly string[],
): Promise<Pick<Wreckage, 'lost' | 'staleLocks' | 'verdict'>> {
  const machine: Machine = {
    platform: platforms[process.platform as PlatformName],
    clock: systemClock,
    random: systemRandom,
    wait: systemWait,
    pid: process.pid,
  }
  const deps = { ...machine, stateFolder, keys: openKeys(machine, join(stateFolder, 'keys.json')) }
  const last = { event: 'administration', request_id: newRequestId(systemRandom), user: 'alice' } as const
  openLog(deps, { file, also: nobodyElse }).append([{ ...last, action: 'storm', resource: 'survey' }])
  const written = new Set(readFileSync(file, 'latin1').match(/(?<="request_id":")[0-9a-f]{16}/g))
  const locks = machine.platform.lock.kind === 'link' ? readdirSync(join(stateFolder, 'heads')) : []
  return {
    lost: acknowledged.filter((id) => !written.has(id)).length,
    staleLocks: locks.filter((name) => name.endsWith('.lock')).length,
    verdict: await verifyLog(deps, file),
  }
}

type Life = { readonly killed: boolean; readonly ids: readonly string[]; readonly said: string }

function life(writer: ChildProcess, lines: number, isOver: () => boolean): Promise<Life> {
  return new Promise((resolve, reject) => {
    let [text, said] = ['', '']
    writer.stdout?.setEncoding('latin1').on('data', (more: string) => {
      text += more
      if (text.length >= lines * 17 || isOver()) writer.kill('SIGKILL')
    })
    writer.stderr?.setEncoding('utf8').on('data', (more: string) => {
      said += more
    })
    writer.on('error', reject)
    // The last id may be cut: then it was written, but nobody was told.
    writer.on('close', (_, signal) =>
      resolve({ killed: signal === 'SIGKILL', ids: text.split('\n').slice(0, -1), said }),
    )
  })
}

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
