// The same refusal again and again: an SDK that is refused asks three or four times more, whatever the status says. The
// first one is recorded at once; what follows within five seconds becomes one line that says how often.

import type { DecisionLog, Entry, RepeatsEntry } from '../audit/index.ts'

const windowMs = 5_000

/** What folding repeats needs. */
export type RepeatsDeps = {
  readonly log: DecisionLog
  /** Runs something later, unless it is called off by then. */
  after(ms: number, run: () => void): () => void
}

/** A log that takes repeated refusals together. */
export type Repeats = {
  readonly log: DecisionLog
  /** The request whose line in the log stands for this one: another where this was a repeat. To be asked once. */
  recordedAs(requestId: string): string
  /** Writes what was counted. @throws SentinelError as `append`; what was not written is written the next time */
  flush(): void
}

type Refusal = Extract<Entry, { event: 'decision' }> & { readonly outcome: 'denied' | 'error' }
type Window = { readonly first: Refusal; count: number; stop(): void }

/** Puts the folding in front of a log. Whatever is no refusal goes through as it is. */
export function foldRepeats({ log, after }: RepeatsDeps): Repeats {
  const windows = new Map<string, Window>()
  const stands = new Map<string, string>()
  const unwritten = new Set<RepeatsEntry>()
  const close = (key: string, window: Window) => {
    window.stop()
    windows.delete(key)
    if (window.count > 0) unwritten.add(lineOf(window))
  }
  /** Every line that the log takes, whichever it does not take; what it threw first, where it did. */
  const write = (): { readonly thrown: unknown } | undefined => {
    let failure: { readonly thrown: unknown } | undefined
    for (const line of unwritten) {
      try {
        log.append([line])
        unwritten.delete(line)
      } catch (thrown) {
        failure ??= { thrown }
      }
    }
    return failure
  }
  const open = (key: string, first: Refusal) => {
    const window: Window = { first, count: 0, stop: () => {} }
    const stop = after(windowMs, () => {
      close(key, window)
      // The refusals themselves gave nothing away: what cannot be written now is written, or said, by a later flush.
      write()
    })
    windows.set(key, Object.assign(window, { stop }))
  }
  return {
    log: {
      append(entries) {
        const [entry] = entries
        if (entries.length !== 1 || entry === undefined || !isRefusal(entry)) return log.append(entries)
        const key = keyOf(entry)
        const window = windows.get(key)
        if (window === undefined) {
          log.append(entries)
          open(key, entry)
        } else {
          window.count++
          stands.set(entry.request_id, window.first.request_id)
        }
      },
    },
    recordedAs(requestId) {
      const first = stands.get(requestId)
      stands.delete(requestId)
      return first ?? requestId
    },
    flush() {
      for (const [key, window] of windows) close(key, window)
      const failure = write()
      if (failure !== undefined) throw failure.thrown
    },
  }
}

function isRefusal(entry: Entry): entry is Refusal {
  return entry.event === 'decision' && entry.outcome !== undefined
}

// All but the id: a refusal by another rule, of another version, or for another reason is another one.
function keyOf({ request_id: _, ...rest }: Refusal): string {
  return JSON.stringify(rest)
}

function lineOf({ first, count }: Window): RepeatsEntry {
  return { ...first, event: 'repeats', count }
}
