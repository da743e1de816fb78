// Kills a writing server again and again, and looks each time whether the storage opens, whether everything that was
// acknowledged is there and nothing else, and whether any file has a secret in it.

import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Barrier } from '../../src/barrier/index.ts'
import { systemRandom } from '../../src/base/index.ts'
import { numbers } from '../numbers.ts'
import { oneFile } from '../one-file.ts'
import { endWithUs } from '../temporary.ts'
import { openPlace } from './place.ts'
import { search } from './search.ts'
import type { WriterJob } from './writer.ts'
import { afterDeed, deedOf, difference, type Holding } from './writes.ts'

/** What is wanted of a trial. */
export type Trial = {
  readonly kills: number
  /** The same number draws the same kills. */
  readonly seed: number
  /** Empty. */
  readonly folder: string
}

/** What came of it. */
export type Wreckage = {
  readonly kills: number
  /** Deeds that a writer was told are done. */
  readonly acknowledged: number
  /** Kills after which the deed that was under way was there, and those after which it was not. */
  readonly undecided: { readonly done: number; readonly undone: number }
  /** Kills that fell before the first deed was acknowledged. */
  readonly early: number
  /** The term of the last data key. */
  readonly term: number
  readonly searchedBytes: number
  /** What should not be: a storage that does not open, a value that is missing, a secret in a file. */
  readonly faults: readonly string[]
}

/** Makes the program that is killed. */
export function buildWriter(folder: string): Promise<string> {
  return oneFile(join(import.meta.dirname, 'writer.ts'), folder, 'writer.cjs')
}

/** Files are searched after so many kills, and after the last. */
const searchEvery = 10

/** Kills so often. */
export async function crash({ kills, seed, folder }: Trial): Promise<Wreckage> {
  const [storage, temporary, programs] = ['storage', 'tmp', 'program'].map((name) => join(folder, name))
  for (const path of [temporary, programs]) mkdirSync(path as string)
  const program = await buildWriter(programs as string)
  const canary = `canary-${Buffer.from(systemRandom.bytes(16)).toString('hex')}`
  const place = { storage: storage as string, temporary: temporary as string, program, canary }
  const shares = await initialised(place.storage)
  const draw = numbers(seed)
  const found = {
    acknowledged: 0,
    early: 0,
    done: 0,
    undone: 0,
    term: 0,
    searchedBytes: 0,
    faults: [] as string[],
  }
  const secrets = [Buffer.from(canary), ...shares.map((share) => share.subarray(0, 32))]
  let holding: Holding = new Map()
  for (let life = 1; life <= kills; life++) {
    const deeds = Math.floor(draw() * 40) - 4
    const { acknowledged, complaint } = await liveAndDie(place, { life, shares, deeds })
    const outcome = await lookAt(place, { holding, life, shares, acknowledged })
    const isSearched = life % searchEvery === 0 || life === kills
    const { bytes, found: leaks } = isSearched ? search(folder, secrets) : { bytes: 0, found: [] }
    found.faults.push(
      ...[complaint, ...outcome.faults, ...leaks]
        .filter((each) => each !== '')
        .map((each) => `life ${life}: ${each}`),
    )
    found.acknowledged += acknowledged
    found.early += acknowledged === 0 ? 1 : 0
    found[outcome.isDone ? 'done' : 'undone']++
    found.term = outcome.term
    found.searchedBytes += bytes
    holding = outcome.holding
  }
  const { done, undone, ...rest } = found
  return { kills, ...rest, undecided: { done, undone } }
}

type Place = {
  readonly storage: string
  readonly temporary: string
  readonly program: string
  readonly canary: string
}

async function initialised(storage: string): Promise<readonly Uint8Array[]> {
  const barrier = await openPlace(storage)
  const shares = await barrier.initialise({ shares: 3, threshold: 2 })
  await barrier.close()
  return shares
}

type Life = {
  readonly life: number
  readonly shares: readonly Uint8Array[]
  /** After how many acknowledged deeds the kill is sent; 0 or less: as soon as the program runs. */
  readonly deeds: number
}

async function liveAndDie(
  { storage, temporary, program, canary }: Place,
  { life, shares, deeds }: Life,
): Promise<{ readonly acknowledged: number; readonly complaint: string }> {
  const env = { PATH: process.env.PATH, TMPDIR: temporary, HOME: temporary }
  const child = endWithUs(spawn(process.execPath, [program], { stdio: 'pipe', env }))
  const job: WriterJob = {
    folder: storage,
    canary,
    life,
    shares: shares.map((share) => Buffer.from(share).toString('hex')),
  }
  child.stdin.end(JSON.stringify(job))
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_code, signal) => resolve(signal)),
  )
  let [acknowledged, said] = [0, '']
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  for await (const line of createInterface(child.stdout)) {
    if (line !== 'begun') acknowledged = Number(line) + 1
    if (acknowledged >= deeds) child.kill('SIGKILL')
  }
  const signal = await ended
  return { acknowledged, complaint: signal === 'SIGKILL' ? said : `it ended by itself: ${said}` }
}

type Look = {
  readonly holding: Holding
  readonly life: number
  readonly shares: readonly Uint8Array[]
  readonly acknowledged: number
}

/** Opens what a killed writer left. The deed that was under way may be done or not, but whole. */
async function lookAt({ storage, canary }: Place, { holding, life, shares, acknowledged }: Look) {
  const barrier = await openPlace(storage)
  for (const share of shares.slice(1)) await barrier.unseal(share)
  const found = await everything(barrier)
  const { term } = barrier.keyStatus()
  await barrier.close()
  let wanted = holding
  for (let at = 0; at < acknowledged; at++) wanted = afterDeed(wanted, deedOf(canary, life, at))
  const further = afterDeed(wanted, deedOf(canary, life, acknowledged))
  const isDone = difference(further, found) === undefined
  const lost = isDone ? undefined : difference(wanted, found)
  return { isDone, term, holding: found, faults: lost === undefined ? [] : [lost] }
}

async function everything(barrier: Barrier): Promise<Holding> {
  const found = await barrier.kv.list({ prefix: '', limit: 1000 })
  return new Map(found.map(({ key, value }) => [key, Buffer.from(value).toString()]))
}
