// The run on mutants: each changed engine against the unchanged reference, until a case tells them apart.

import { Worker } from 'node:worker_threads'
import { mutantSubject, mutantThreadProgram } from './bundle.ts'
import type { Caught, Task } from './mutant-worker.ts'
import { type Mutant, mutants } from './mutants.ts'
import { watchOver } from './threads.ts'

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

/** Runs the mutants; whether all were caught. */
export async function runMutants(options: Options): Promise<boolean> {
  const { named, threads, seed, say, progress } = options
  const startedAt = performance.now()
  const chosen = mutants.filter(({ name }) => named.length === 0 || named.some((part) => name.includes(part)))
  progress(`making ${chosen.length} mutants`)
  const subjects = await Promise.all(chosen.map(withSubject))
  const program = await mutantThreadProgram()
  const caught = new Map<string, number>()
  const onCaught = (one: Caught) => {
    caught.set(one.name, one.program)
    progress('')
    say(`caught by program ${one.program}: ${one.name}`)
    progress(`${caught.size} of ${chosen.length} mutants caught`)
  }
  const shared = new SharedArrayBuffer(4 * chosen.length)
  const tasks = Array.from({ length: threads }, (_, thread): Task => {
    const under = new SharedArrayBuffer(4)
    return { mutants: subjects, seed, programs: options.programs, threads, thread, under, caught: shared }
  })
  await Promise.all(tasks.map((task) => oneThread(program, task, onCaught)))
  progress('')
  for (const { name } of chosen) if (!caught.has(name)) say(`NOT CAUGHT: ${name}`)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  say(`${caught.size} of ${chosen.length} mutants caught in ${seconds} s, seed ${seed}`)
  return caught.size === chosen.length && chosen.length > 0
}

const withSubject = async (mutant: Mutant) => ({ name: mutant.name, subject: await mutantSubject(mutant) })

function oneThread(program: string, task: Task, onCaught: (caught: Caught) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData: task })
    const stop = watchOver(task.under, (at) => {
      reject(new Error(`program ${at} of seed ${task.seed} hangs, in the reference or in a mutant`))
      void worker.terminate()
    })
    worker.on('message', onCaught).on('error', reject)
    worker.on('exit', () => {
      stop()
      resolve()
    })
  })
}
