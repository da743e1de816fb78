// How often somebody may try: so often for one subject, and so often from one address, in a span of time. Kept in memory;
// whoever restarts or unseals the server lets all of them try again.
//
// INVARIANT: a try counts before it is made, so that many at once are no more than one after the other. What nobody has
// is counted like everything else: that a name is refused says nothing about who is known.

import type { Clock } from '../base/index.ts'

/** Where a try belongs: whom it is for, and where it comes from. */
export type Trier = { readonly subject: string; readonly address: string }

export type Attempts = {
  /** Counts a try; undefined where there were too many. */
  begin(trier: Trier, limit: number): Attempt | undefined
}

/** A try that was counted. */
export type Attempt = {
  /** It was right: whom it was for may try again as often as ever, and it does not count where it came from. */
  succeeded(): void
}

/** Seconds after the first of them in which tries are counted together. */
export const spanSeconds = 300
/** So many more subjects may be tried from one address, behind which there may be an office. */
export const addressFactor = 10

/** Names that are remembered, at most of each kind; the one that was tried least lately goes first. */
const maxNames = 10_000

type Count = { readonly tries: number; readonly sinceMs: number }

export function openAttempts(clock: Clock): Attempts {
  const [subjects, addresses] = [new Map<string, Count>(), new Map<string, Count>()]
  const countOf = (counts: ReadonlyMap<string, Count>, name: string): Count => {
    const nowMs = clock.now()
    const count = counts.get(name)
    const isOver = count === undefined || count.sinceMs + spanSeconds * 1000 <= nowMs
    return isOver ? { tries: 0, sinceMs: nowMs } : count
  }
  const add = (counts: Map<string, Count>, name: string, more: number): void => {
    const { tries, sinceMs } = countOf(counts, name)
    counts.delete(name)
    counts.set(name, { tries: Math.max(0, tries + more), sinceMs })
    const [oldest] = counts.keys()
    if (counts.size > maxNames && oldest !== undefined) counts.delete(oldest)
  }
  return {
    begin({ subject, address }, limit) {
      const isTooMany =
        countOf(subjects, subject).tries >= limit ||
        countOf(addresses, address).tries >= limit * addressFactor
      if (isTooMany) return undefined
      add(subjects, subject, 1)
      add(addresses, address, 1)
      return {
        succeeded() {
          subjects.delete(subject)
          add(addresses, address, -1)
        },
      }
    },
  }
}
