// The same refusal again and again: an SDK that is refused asks three or four times more, whatever the status says. The
// first one is recorded at once; what follows within five seconds becomes one line that says how often.
//
// INVARIANT: a repeat has been recorded only when the line that stands for it has: it waits for that, and fails with it.

import type { DecisionLog, Entry, PatientLog, RepeatsEntry } from '../audit/index.ts'
import { rescued, type Soon, soon } from '../base/index.ts'
import type { Waiting } from './pass.ts'

const windowMs = 5_000

/** What folding repeats needs. */
export type RepeatsDeps = {
  readonly log: { append(...args: Parameters<PatientLog['append']>): Soon<void> }
  /** Runs something later, unless it is called off by then. */
  after(ms: number, run: () => void): () => void
}

/** A log that takes repeated refusals together. */
export type Repeats = {
  /**
   * The log for somebody who asks. What gives something is not recorded any more when they have gone while it had to
   * wait; a refusal is, whoever has gone.
   */
  logFor(asker: Waiting): DecisionLog
  /** The request whose line in the log stands for this one: another where this was a repeat. To be asked once. */
  recordedAs(requestId: string): string
  /** Writes what was counted. Rejects as `append`; what was not written is written the next time. */
  flush(): Promise<void>
}

type Refusal = Extract<Entry, { event: 'decision' }> & { readonly outcome: 'denied' | 'error' }
type Window = {
  readonly first: Refusal
  /** The writing of its line, while that lasts. */
  written: Soon<void>
  count: number
  stop(): void
}

/** For whom the record of a refusal waits. */
const everybody: Waiting = { aborted: false }

/** Puts the folding in front of a log. Whatever is no refusal goes through as it is. */
export function foldRepeats({ log, after }: RepeatsDeps): Repeats {
  const windows = new Map<string, Window>()
  const stands = new Map<string, string>()
  const counts = openCounts(log)
  const close = (key: string, window: Window) => {
    window.stop()
    windows.delete(key)
    if (window.count > 0) counts.add(lineOf(window))
  }
  const open = (key: string, first: Refusal): Soon<void> => {
    const window: Window = { first, written: undefined, count: 0, stop: () => {} }
    windows.set(key, window)
    const begin = () => {
      window.written = undefined
      window.stop = after(windowMs, () => {
        close(key, window)
        // The refusals themselves gave nothing away: what cannot be written now is written, or said, by a later flush.
        void counts.write()
      })
    }
    window.written = rescued(
      () => soon(log.append([first], everybody), begin),
      (thrown) => {
        windows.delete(key)
        throw thrown
      },
    )
    return window.written
  }
  const repeat = (window: Window, id: string): Soon<void> =>
    soon(window.written, () => {
      window.count++
      stands.set(id, window.first.request_id)
    })
  return {
    logFor: (asker) => ({
      append(entries) {
        const [entry] = entries
        if (entries.length !== 1 || entry === undefined || !isRefusal(entry))
          return log.append(entries, asker)
        const key = keyOf(entry)
        const window = windows.get(key)
        return window === undefined ? open(key, entry) : repeat(window, entry.request_id)
      },
    }),
    recordedAs(requestId) {
      const first = stands.get(requestId)
      stands.delete(requestId)
      return first ?? requestId
    },
    async flush() {
      const pending = [...windows.values()].flatMap(({ written }) => (written === undefined ? [] : [written]))
      if (pending.length > 0) await Promise.allSettled(pending)
      for (const [key, window] of windows) close(key, window)
      const failure = await counts.write()
      if (failure !== undefined) throw failure.thrown
    },
  }
}

/** The lines that say how often, until the log has taken them. */
function openCounts(log: RepeatsDeps['log']) {
  const unwritten = new Set<RepeatsEntry>()
  let last: Promise<unknown> | undefined
  /** Every line that the log takes, whichever it does not take; what it threw first, where it did. */
  const writeAll = async (before: typeof last): Promise<{ readonly thrown: unknown } | undefined> => {
    // Two at once would write a line twice.
    if (before !== undefined) await before
    let failure: { readonly thrown: unknown } | undefined
    for (const line of unwritten) {
      try {
        await log.append([line], everybody)
        unwritten.delete(line)
      } catch (thrown) {
        failure ??= { thrown }
      }
    }
    return failure
  }
  return {
    add: (line: RepeatsEntry) => void unwritten.add(line),
    write() {
      const writing = writeAll(last)
      last = writing
      return writing
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
