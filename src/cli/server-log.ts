// The log of a server on stderr. Requests must not wait for whoever reads it, or does not: lines wait in memory, up to a
// bound; those beyond it are counted, and the next line that finds room says how many are missing.

import { type Clock, printable, toTimestamp } from '../base/index.ts'
import type { Wait } from '../machine/index.ts'
import type { PatientOutput } from './patient-output.ts'

type Deps = { readonly clock: Clock; readonly wait: Pick<Wait, 'pause'> }

export type ServerLog = {
  say(message: string): void
  /** Ends when all that was said is written, or when it was waited for long enough. */
  end(): Promise<void>
}

/** Bytes that may wait for a reader. */
const maxWaiting = 1024 * 1024
/** Milliseconds that the end of a server waits for one. */
const endMs = 2_000

export function openServerLog({ clock, wait }: Deps, put: PatientOutput): ServerLog {
  let [waiting, missing] = [0, 0]
  let last: Promise<void> = Promise.resolve()
  const write = (message: string) => {
    const bytes = Buffer.from(`${toTimestamp(clock.now())} ${printable(message)}\n`)
    waiting += bytes.length
    // Where nobody will ever read, the server goes on.
    last = put(bytes)
      .catch(() => {})
      .finally(() => {
        waiting -= bytes.length
      })
  }
  const own = () => {
    if (missing > 0) write(`${missing} lines are missing here: nobody read the log in time`)
    missing = 0
  }
  return {
    say(message) {
      if (waiting > maxWaiting) missing++
      else {
        own()
        write(message)
      }
    },
    async end() {
      own()
      // The process has to stay for it.
      await Promise.race([last, wait.pause(endMs)])
    },
  }
}
