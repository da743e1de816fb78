// One thread of a run on mutants: makes up programs, asks the reference about each, and then every mutant that no
// program has told from it yet, in whatever thread. So the reference answers once for all of them, and is warm, and no
// thread is idle while another still looks for the hard ones.

import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import { Cases } from './cases.ts'
import { told } from './compare.ts'
import { type Engines, reference } from './engines.ts'
import { disagreement, layouts } from './property.ts'

/** What a thread is given. */
export type Task = {
  readonly mutants: readonly { readonly name: string; readonly subject: string }[]
  readonly seed: number
  /** How many programs a mutant may take. */
  readonly programs: number
  /** Of so many threads this one; each takes its share of the batches of programs. */
  readonly threads: number
  readonly thread: number
  /** Where the thread says which program is under way. */
  readonly under: SharedArrayBuffer
  /** A 1 for each mutant that was caught, for all threads. */
  readonly caught: SharedArrayBuffer
}

/** What it sends: a mutant was caught, by which program. */
export type Caught = { readonly name: string; readonly program: number }

const batchSize = 50

function catchAll(task: Task, onCaught: (caught: Caught) => void): void {
  const { mutants, seed, programs, threads, thread } = task
  const [under, caught] = [new Int32Array(task.under), new Int32Array(task.caught)]
  let open = mutants.map(({ name, subject }, index) => ({ name, index, engines: enginesOf(subject) }))
  for (let done = thread * batchSize; done < programs && open.length > 0; done += threads * batchSize) {
    // Each batch has a seed of its own, as in a run on the engine itself: its number leads back to the program.
    const cases = fc.sample(new Cases(layouts.agreement), {
      seed: seed + done / batchSize,
      numRuns: batchSize,
    })
    for (const [at, one] of cases.entries()) {
      const program = done + at + 1
      under[0] = program
      const wanted = told(reference, one)
      open = open.filter(({ index }) => caught[index] === 0)
      for (const { name, index, engines } of open) {
        if (disagreement(wanted, one, engines) === undefined) continue
        if (Atomics.exchange(caught, index, 1) === 0) onCaught({ name, program })
      }
    }
  }
}

/** The engines that a changed source makes. */
function enginesOf(subject: string): Engines {
  const module = { exports: {} as Engines }
  new Function('module', 'exports', 'require', subject)(module, module.exports, require)
  return module.exports
}

catchAll(workerData as Task, (caught) => parentPort?.postMessage(caught))
