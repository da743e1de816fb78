import type { Clock, Random } from '../base/index.ts'
import type { Platform } from './platform.ts'

/** Waiting, as an argument, so that no test does it. */
export type Wait = {
  /** Stops this thread. For milliseconds only: nothing else runs meanwhile. */
  block(ms: number): void
  /** Lets everything else run meanwhile. */
  pause(ms: number): Promise<void>
  /** Runs something later, unless what this gives is called before. The process does not stay for it. */
  after(ms: number, run: () => void): () => void
}

/** Waiting for real. */
export const systemWait: Wait = {
  block: (ms) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  },
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** What this room needs of the machine and the process. The program's root builds the real one. */
export type Machine = {
  readonly platform: Platform
  readonly clock: Clock
  readonly random: Random
  readonly wait: Wait
  /** This process. */
  readonly pid: number
  /** Says something to the person that is no error, once however often it comes up. */
  warn(message: string): void
}
