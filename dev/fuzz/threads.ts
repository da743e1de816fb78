// Threads that work through batches until there are none, or too many failed.

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Batch, Outcome } from './work.ts'

type Options = {
  readonly program: string
  readonly threads: number
  /** Told of every batch that is done; whether to go on. */
  onOutcome(outcome: Outcome): boolean
}

/** A case may take so long; longer means that something hangs. */
const patienceMs = 120_000

export const ownThreads = (): number => Math.max(1, Math.min(availableParallelism(), 8))

/** Works through all batches. @throws Error naming the case when one does not end */
export async function workThrough(batches: readonly Batch[], options: Options): Promise<void> {
  const open = batches[Symbol.iterator]()
  const state = { goesOn: true }
  await Promise.all(
    Array.from({ length: Math.min(options.threads, batches.length) }, () => oneThread(open, options, state)),
  )
}

async function oneThread(
  open: Iterator<Batch>,
  { program, onOutcome }: Options,
  state: { goesOn: boolean },
): Promise<void> {
  const under = new SharedArrayBuffer(4)
  const worker = new Worker(program, { eval: true, workerData: under })
  try {
    for (let next = open.next(); !next.done && state.goesOn; next = open.next()) {
      state.goesOn = onOutcome(await answerOf(worker, next.value, new Int32Array(under))) && state.goesOn
    }
  } finally {
    await worker.terminate()
  }
}

/** Calls `onHang` when the number in there stays the same for too long. Ends when what it gives is called. */
export function watchOver(under: ArrayBufferLike, onHang: (at: number) => void): () => void {
  const now = new Int32Array(under)
  let last = -1
  const watch = setInterval(() => {
    const at = now[0] ?? 0
    if (at === last) onHang(at)
    last = at
  }, patienceMs)
  return () => clearInterval(watch)
}

function answerOf(worker: Worker, batch: Batch, under: Int32Array): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const stop = watchOver(under.buffer, (at) =>
      reject(new Error(`a case hangs: --kind ${batch.kind} --seed ${batch.seed} --path ${at}`)),
    )
    const settle = () => {
      stop()
      worker.off('error', onError).off('message', onMessage)
    }
    const onError = (error: Error) => {
      settle()
      reject(error)
    }
    const onMessage = (outcome: Outcome) => {
      settle()
      resolve(outcome)
    }
    worker.on('error', onError).on('message', onMessage)
    worker.postMessage(batch)
  })
}
