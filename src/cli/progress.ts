// How far a long run is, in one line of the terminal that is gone when the run ends. Nothing is written where stderr is
// no terminal.

import type { Deps } from './deps.ts'

/** A line that can be shown and cleared. */
export type Progress = {
  /** Shows the line with this text, or not: it stays for a moment, unless it was cleared. */
  show(said: string): void
  clear(): void
}

const everyMs = 100
const clearLine = '\r\u001b[K'
// Without its wrapping a terminal cuts a line that is too long: a second one could not be cleared.
const [cutting, wrapping] = ['\u001b[?7l', '\u001b[?7h']

/** A line of progress; nothing happens where stderr is no terminal that knows how to clear it. */
export function openProgress({ io, clock }: Pick<Deps, 'io' | 'clock'>): Progress {
  if (!io.stderr.isTTY || io.env.TERM === 'dumb') return { show: () => {}, clear: () => {} }
  let [shownAt, isShown] = [0, false]
  return {
    show(said) {
      if (isShown && clock.now() - shownAt < everyMs) return
      io.stderr.write(`${clearLine}${cutting}${said}${wrapping}`)
      shownAt = clock.now()
      isShown = true
    },
    clear() {
      if (isShown) io.stderr.write(clearLine)
      isShown = false
    },
  }
}
