// The run on mutants: each changed engine against the unchanged reference, until a case tells them apart.

import { threadProgram } from './bundle.ts'
import { type Mutant, mutants } from './mutants.ts'
import { workThrough } from './threads.ts'
import type { Batch } from './work.ts'

type Options = {
  readonly seed: number
  readonly threads: number
  /** How many programs a mutant may take. */
  readonly programs: number
  /** Parts of names; none for all mutants. */
  readonly named: readonly string[]
  readonly say: (text: string) => void
  readonly progress: (text: string) => void
}

const batchSize = 50

/** Runs the mutants; whether all were caught. */
export async function runMutants(options: Options): Promise<boolean> {
  const { named } = options
  const chosen = mutants.filter(({ name }) => named.length === 0 || named.some((part) => name.includes(part)))
  for (const one of chosen) await threadProgram(one)
  let caught = 0
  for (const [at, mutant] of chosen.entries()) {
    options.progress(`mutant ${at + 1} of ${chosen.length}: ${mutant.name}`)
    const count = await programsToCatch(mutant, options)
    options.progress('')
    options.say(
      count === undefined ? `NOT CAUGHT: ${mutant.name}` : `caught by program ${count}: ${mutant.name}`,
    )
    if (count !== undefined) caught++
  }
  options.say(`${caught} of ${chosen.length} mutants caught, seed ${options.seed}`)
  return caught === chosen.length && caught > 0
}

/** The number of the first program that tells a mutant from the reference, undefined if none does. */
async function programsToCatch(
  mutant: Mutant,
  { seed, threads, programs }: Options,
): Promise<number | undefined> {
  const batches: readonly Batch[] = Array.from({ length: Math.ceil(programs / batchSize) }, (_, at) => ({
    kind: 'agreement',
    seed: seed + at,
    runs: batchSize,
    shrinks: false,
  }))
  let first: number | undefined
  await workThrough(batches, {
    program: await threadProgram(mutant),
    threads,
    onOutcome({ batch, failure }) {
      if (failure === undefined) return true
      const number = (batch.seed - seed) * batchSize + Number(failure.path.split(':')[0]) + 1
      first = Math.min(first ?? number, number)
      return false
    },
  })
  return first
}
