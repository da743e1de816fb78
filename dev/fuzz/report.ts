// What a run adds up to, and what it missed.

import { missing, withoutOccurrence, withoutValue } from './kinds.ts'
import type { Message } from './messages.ts'
import type { Counts } from './watch.ts'
import type { Outcome } from './work.ts'

/** The sums over all batches. */
export type Totals = {
  readonly counts: Counts
  readonly statuses: Map<string, number>
  readonly errors: Map<string, number>
  cases: number
  limited: number
  failures: number
  add(outcome: Outcome): void
}

/** Nothing yet. */
export function totalsOf(): Totals {
  const totals: Totals = {
    counts: new Map(),
    statuses: new Map(),
    errors: new Map(),
    ...{ cases: 0, limited: 0, failures: 0 },
    add({ batch, counts, statuses, errors, limited, failure }) {
      totals.cases += batch.runs
      totals.limited += limited
      if (failure !== undefined) totals.failures++
      for (const [label, { seen, defined }] of counts) {
        const known = totals.counts.get(label) ?? { seen: 0, defined: 0 }
        totals.counts.set(label, { seen: known.seen + seen, defined: known.defined + defined })
      }
      addAll(totals.statuses, statuses)
      addAll(totals.errors, errors)
    },
  }
  return totals
}

function addAll(sums: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, count] of more) sums.set(name, (sums.get(name) ?? 0) + count)
}

const width = 150

/** How often each kind occurred, and how often with a value; then results and errors. */
export function table({ counts, statuses, errors, limited }: Totals): readonly string[] {
  const groups = ['node', 'assignment', 'operator', 'function', 'member']
  const lines = groups.flatMap((group) => {
    const own = [...counts]
      .filter(([label]) => label.startsWith(`${group} `))
      .sort(([a], [b]) => (a < b ? -1 : 1))
    const cells = own.map(
      ([label, { seen, defined }]) => `${label.slice(group.length + 1)} ${seen}/${defined}`,
    )
    return [`${group}: seen / with a value`, ...wrapped(cells)]
  })
  const results = [...statuses].map(([status, count]) => `${status} ${count}`)
  const said = [...errors].sort(([, a], [, b]) => b - a).map(([message, count]) => `  ${count} ${message}`)
  return [...lines, 'errors', ...said, `results: ${results.join(', ')}; ended by a limit: ${limited}`]
}

function wrapped(cells: readonly string[]): readonly string[] {
  const lines: string[] = []
  let line = ' '
  for (const cell of cells) {
    if (line.length + cell.length > width) lines.push(line)
    line =
      line.length + cell.length > width ? `  ${cell}` : `${line} ${line.trim() === '' ? '' : '· '}${cell}`
  }
  return [...lines, line]
}

/** Sentences about what was never tried, and about excuses that are none any more. */
export function problemsOf({ counts, errors }: Totals, messages: readonly Message[]): readonly string[] {
  const { kinds, messages: unsaid } = missing(counts, errors, messages)
  const known = new Set(messages.map(({ text }) => text))
  const stale = withoutOccurrence.filter(([text]) => {
    const message = messages.find((one) => one.text === text)
    return !known.has(text) || [...errors.keys()].some((one) => message?.pattern.test(one) === true)
  })
  const returned = [...withoutValue.keys()].filter((label) => (counts.get(label)?.defined ?? 0) > 0)
  return [
    ...kinds.map((label) => `NEVER WITH A VALUE: ${label}`),
    ...unsaid.map((text) => `NEVER SAID: ${text}`),
    ...stale.map(([text]) => `SAID AFTER ALL, or gone: ${text}`),
    ...returned.map((label) => `GIVES A VALUE AFTER ALL: ${label}`),
  ]
}
