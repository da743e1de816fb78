import { realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { SentinelError } from '../base/index.ts'
import { errorCode } from '../machine/index.ts'
import type { Threads } from './io.ts'

// V8 collects garbage when it likes: of threads that share the memory each must begin early.
const [oldMib, youngMib] = [256, 48]

/** The threads of this process. */
export function threads(): Threads {
  return {
    processors: availableParallelism(),
    task: isMainThread
      ? undefined
      : { data: workerData, send: (message) => parentPort?.postMessage(message) },
    start: (argv, { data, share }, received) =>
      new Promise((resolve, reject) => {
        new Worker(realpathSync(process.argv[1] ?? ''), {
          argv: [...argv],
          workerData: data,
          resourceLimits: {
            maxOldGenerationSizeMb: oldMib * share,
            maxYoungGenerationSizeMb: youngMib * share,
          },
        })
          .on('message', received)
          .once('error', (thrown) => {
            if (errorCode(thrown) === 'ERR_WORKER_OUT_OF_MEMORY') resolve()
            else reject(thrown)
          })
          .once('exit', (status) => {
            if (status === 0) resolve()
            else reject(new SentinelError('INTERNAL', `a thread ended with status ${status}`))
          })
      }),
  }
}
