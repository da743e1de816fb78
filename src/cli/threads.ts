import { realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { SentinelError } from '../base/index.ts'
import type { Threads } from './io.ts'

/** The threads of this process. */
export function threads(): Threads {
  return {
    processors: availableParallelism(),
    task: isMainThread
      ? undefined
      : { data: workerData, send: (message) => parentPort?.postMessage(message) },
    start: (argv, data, received) =>
      new Promise((resolve, reject) => {
        new Worker(realpathSync(process.argv[1] ?? ''), { argv: [...argv], workerData: data })
          .on('message', received)
          .once('error', reject)
          .once('exit', (status) => {
            if (status === 0) resolve()
            else reject(new SentinelError('INTERNAL', `a thread ended with status ${status}`))
          })
      }),
  }
}
