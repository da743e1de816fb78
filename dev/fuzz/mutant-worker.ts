// One thread of a run on mutants: makes up programs, asks the reference about each, and then every mutant that no
// program has told from it yet. So the reference answers once for all of them, and is warm.

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
  /** Where the thread says which program is under way. */
  readonly under: SharedArrayBuffer
}

/** What it sends: a mutant was caught, by which program. */
export type Caught = { readonly name: string; readonly program: number }

const batchSize = 50

function catchAll({ mutants, seed, programs, under }: Task, onCaught: (caught: Caught) => void): void {
  const open = new Map(mutants.map(({ name, subject }) => [name, enginesOf(subject)]))
  const at = new Int32Array(under)
  for (let done = 0; done < programs && open.size > 0; done += batchSize) {
    // Each batch has a seed of its own, as in a run on the engine itself: its number leads back to the program.
    const cases = fc.sample(new Cases(layouts.agreement), {
      seed: seed + done / batchSize,
      numRuns: batchSize,
    })
    for (const [index, one] of cases.entries()) {
      at[0] = done + index + 1
      const wanted = told(reference, one)
      for (const [name, engines] of open) {
        if (disagreement(wanted, one, engines) === undefined) continue
        open.delete(name)
        onCaught({ name, program: done + index + 1 })
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
