// One thread of the run: takes batches, says what came out of each.

import { parentPort, workerData } from 'node:worker_threads'
import { runBatch } from './property.ts'
import type { Batch } from './work.ts'

/** The number of the case that is under way, for whoever wonders why nothing comes. */
const under = new Int32Array(workerData as SharedArrayBuffer)

parentPort?.on('message', (batch: Batch) => {
  const outcome = runBatch(batch, (at) => {
    under[0] = at
  })
  parentPort?.postMessage(outcome)
})
