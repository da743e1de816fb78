// Test cases in several threads. On two processors that is no gain: one thread keeps the second busy with compiling
// and collecting garbage (measured, docs/decisions/0012-threads-of-sentinel-test.md). So a run uses threads from four
// processors on, and for libraries that take longer than a thread takes to start.

import type { Files, SuiteReport } from '../project/index.ts'
import type { Deps } from './deps.ts'
import type { Threads } from './io.ts'
import { type Plan, runSuites } from './suites.ts'

const [processorsEach, maxThreads, casesWorthIt] = [2, 4, 200]

/** What a thread sends: the report of one of its suites. */
type Message = { readonly at: number; readonly report: SuiteReport }

/** How many threads a run takes; 1 is the one that asks. */
export function threadsFor({ suites }: Plan, processors: number, wanted: number | undefined): number {
  if (wanted !== undefined) return Math.max(1, Math.min(wanted, suites.length))
  const cases = suites.reduce((sum, suite) => sum + suite.cases.length, 0)
  if (cases < casesWorthIt) return 1
  return Math.max(1, Math.min(Math.floor(processors / processorsEach), maxThreads, suites.length))
}

/** Runs all suites in as many threads; `done` gets the report of each, in their order. */
export async function runInThreads(
  threads: Threads,
  count: number,
  plan: Plan,
  done: (report: SuiteReport) => void,
): Promise<void> {
  const waiting = new Map<number, SuiteReport>()
  let next = 0
  const receive = (message: unknown) => {
    const { at, report } = message as Message
    waiting.set(at, report)
    for (let ready = waiting.get(next); ready !== undefined; ready = waiting.get(next)) {
      waiting.delete(next++)
      done(ready)
    }
  }
  // Neighbours go to different threads: the large policies of a library lie together.
  const shares = Array.from({ length: count }, (_, of) => ({ plan, count, of }) satisfies Share)
  await Promise.all(shares.map((share) => threads.start(['test'], share, receive)))
}

/** What a thread is given: every `count`th suite of the plan, from `of`. */
type Share = { readonly plan: Plan; readonly count: number; readonly of: number }

/** The work of a thread that was started for it. */
export async function serveShare(
  deps: Pick<Deps, 'clock' | 'machine'>,
  files: Files,
  { data, send }: { readonly data: unknown; send(message: unknown): void },
): Promise<void> {
  const { plan, count, of } = data as Share
  let at = of
  const suites = plan.suites.filter((_, index) => index % count === of)
  await runSuites(deps, files, { ...plan, suites }, (report) => {
    send({ at, report } satisfies Message)
    at += count
  })
}
