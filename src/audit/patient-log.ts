// Appending to the decision log for a process that others wait for: while another process writes, everything else runs.

import { acquire } from '../machine/index.ts'
import type { Entry } from './entry.ts'
import { placeFile } from './head.ts'
import { appendLocked, type LogDeps, type LogOptions, unwritable } from './log.ts'
import { realPath } from './place.ts'

/** A log in which nobody waits for longer than there is somebody to wait for. */
export type PatientLog = {
  /** Appends for whoever asked; LOCK_TIMEOUT as soon as they go away during the wait. Rejects as DecisionLog's throws. */
  append(entries: readonly Entry[], asker: Pick<AbortSignal, 'aborted'>): Promise<void>
}

/** The decision log at a path. Nothing is opened or made before the first append. */
export function openPatientLog(deps: LogDeps, { file, also }: LogOptions): PatientLog {
  return {
    async append(entries, asker) {
      try {
        const path = realPath(deps, file)
        const release = await acquire(deps, placeFile(deps, path, '.lock'), asker)
        try {
          appendLocked(deps, path, entries, also)
        } finally {
          release()
        }
      } catch (thrown) {
        throw unwritable(file, thrown)
      }
    },
  }
}
