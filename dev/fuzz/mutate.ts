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
  const shares = Array.from({ length: Math.min(threads, chosen.length) }, (_, at) =>
    subjects.filter((_one, index) => index % threads === at),
  )
  await Promise.all(shares.map((share) => oneThread(program, share, options, onCaught)))
  progress('')
  for (const { name } of chosen) if (!caught.has(name)) say(`NOT CAUGHT: ${name}`)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  say(`${caught.size} of ${chosen.length} mutants caught in ${seconds} s, seed ${seed}`)
  return caught.size === chosen.length && chosen.length > 0
}

const withSubject = async (mutant: Mutant) => ({ name: mutant.name, subject: await mutantSubject(mutant) })

function oneThread(
  program: string,
  share: Task['mutants'],
  { seed, programs }: Options,
  onCaught: (caught: Caught) => void,
): Promise<void> {
  const under = new SharedArrayBuffer(4)
  const workerData: Task = { mutants: share, seed, programs, under }
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData })
    const stop = watchOver(under, (at) => {
      reject(new Error(`program ${at} of seed ${seed} hangs, in the reference or in a mutant`))
      void worker.terminate()
    })
    worker.on('message', onCaught).on('error', reject)
    worker.on('exit', () => {
      stop()
      resolve()
    })
  })
}
