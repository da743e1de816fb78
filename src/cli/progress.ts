// How far a long run is, in one line of the terminal that is gone when the run ends. Nothing is written where stderr is
// no terminal.

import type { Deps } from './deps.ts'

/** A line that can be shown and cleared. */
export type Progress = { show(said: string): void; clear(): void }

const everyMs = 100
const clearLine = '\r\u001b[K'

/** The progress of a run through so many things. `show` counts one more. */
export function openProgress({ io, clock }: Pick<Deps, 'io' | 'clock'>, total: number): Progress {
  if (!io.stderr.isTTY) return { show: () => {}, clear: () => {} }
  let [count, shownAt, isShown] = [0, clock.now(), false]
  return {
    show(said) {
      count++
      if (clock.now() - shownAt < everyMs) return
      io.stderr.write(`${clearLine}${count} of ${total}: ${said}`)
      shownAt = clock.now()
      isShown = true
    },
    clear() {
      if (isShown) io.stderr.write(clearLine)
      isShown = false
    },
  }
}
