// Kills a writing server again and again, and looks each time whether the storage opens, whether everything that was
// acknowledged is there and nothing else, and whether any file has a secret in it.

import type { Barrier } from '../../src/barrier/index.ts'
import { numbers } from '../numbers.ts'
import { openPlace } from './place.ts'
import { search } from './search.ts'
import { type Found, inLife, newCanary, type Scene, sceneIn, secretOf, type Trial, victim } from './victim.ts'
import type { WriterJob } from './writer.ts'
import { afterDeed, deedOf, difference, type Holding } from './writes.ts'

/** What came of it. */
export type Wreckage = Found & {
  /** Kills that fell before the first deed was acknowledged. */
  readonly early: number
  /** The term of the last data key. */
  readonly term: number
}

/** Files are searched after so many kills, and after the last. */
const searchEvery = 10

/** Kills so often. */
export async function crash({ kills, seed, folder }: Trial): Promise<Wreckage> {
  const canary = newCanary()
  const place = { ...(await sceneIn(folder, 'writer.ts')), canary }
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
  const secrets = [Buffer.from(canary), ...shares.map(secretOf)]
  let holding: Holding = new Map()
  for (let life = 1; life <= kills; life++) {
    const deeds = Math.floor(draw() * 40) - 4
    const { acknowledged, complaint } = await liveAndDie(place, { life, shares, deeds })
    const outcome = await lookAt(place, { holding, life, shares, acknowledged })
    const isSearched = life % searchEvery === 0 || life === kills
    const { bytes, found: leaks } = isSearched ? search(folder, secrets) : { bytes: 0, found: [] }
    found.faults.push(...inLife(life, [complaint, ...outcome.faults, ...leaks]))
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

type Place = Scene & { readonly canary: string }

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
  place: Place,
  { life, shares, deeds }: Life,
): Promise<{ readonly acknowledged: number; readonly complaint: string }> {
  const job: WriterJob = {
    folder: place.storage,
    canary: place.canary,
    life,
    shares: shares.map((share) => Buffer.from(share).toString('hex')),
  }
  const { child, lines, ended, complaint } = victim(place, job)
  let acknowledged = 0
  for await (const line of lines) {
    if (line !== 'begun') acknowledged = Number(line) + 1
    if (acknowledged >= deeds) child.kill('SIGKILL')
  }
  const signal = await ended
  return {
    acknowledged,
    complaint: signal === 'SIGKILL' ? complaint() : `it ended by itself: ${complaint()}`,
  }
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
