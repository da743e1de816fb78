// Test cases in several threads. On two processors that is no gain: one thread keeps the second busy with compiling
// and collecting garbage (measured, docs/decisions/0012-threads-of-sentinel-test.md). So a run uses threads from four
// processors on, and for libraries that take longer than a thread takes to start.
//
// INVARIANT: all threads together take no more memory than a run by itself. Each has a share, and what might have come
// out otherwise with more is left to the one that asks: when the threads have ended it does the rest alone.

import { bytesBeside, mostTold, type SuiteReport } from '../project/index.ts'
import type { Threads } from './io.ts'
import {
  allMemory,
  keptAfter,
  type Memory,
  nothingKept,
  type Plan,
  Runner,
  takenBy,
  type Worker,
} from './suites.ts'

const [processorsEach, maxThreads, casesWorthIt] = [2, 4, 200]

/** How many threads a run takes; 1 is the one that asks. */
export function threadsFor({ suites }: Plan, processors: number, wanted: number | undefined): number {
  if (wanted !== undefined) return Math.max(1, Math.min(wanted, maxThreads, suites.length))
  const cases = suites.reduce((sum, suite) => sum + suite.cases.length, 0)
  if (cases < casesWorthIt) return 1
  return Math.max(1, Math.min(Math.floor(processors / processorsEach), maxThreads, suites.length))
}

/** A thread takes as much again as its share for itself: its own copy of the engine, and of what it reads. */
const partsOfThread = 2

/** What each of so many threads may take. */
export function memoryOfEach(threads: number): Memory {
  const part = (of: number) => Math.floor(of / threads / partsOfThread)
  const { bytes, words, fileBytes } = allMemory
  return { bytes: part(bytes), words: part(words), fileBytes: part(fileBytes) }
}

/** What a thread is given: the plan, and what all threads count together. */
type Share = { readonly plan: Plan; readonly memory: Memory; readonly counts: Int32Array }

/** The places of `counts`: the suite that is to be taken next, and how many bytes of reports lie there, not yet shown. */
const [nextSuite, waitingBytes] = [0, 1]

/** With so many bytes of reports waiting no thread takes another suite. */
const mostWaiting = 16 * 1024 * 1024

/** What a thread sends: the report of a suite. */
type Message = { readonly at: number; readonly report: SuiteReport }

/** Runs all suites in as many threads, and alone what they leave; `done` gets the report of each, in their order. */
export async function runInThreads(
  worker: Worker,
  { threads, count }: { readonly threads: Threads; readonly count: number },
  plan: Plan,
  done: (report: SuiteReport) => void,
): Promise<void> {
  const { suites, show } = plan
  const share: Share = { plan, memory: memoryOfEach(count), counts: sharedCounts() }
  const waiting = new Map<number, SuiteReport>()
  let [next, kept] = [0, nothingKept]
  /** The next report, if it is there and is what a run by itself would give. */
  const ready = () => {
    const report = waiting.get(next)
    if (report === undefined) return undefined
    waiting.delete(next)
    const { told } = takenBy(report)
    const isSame =
      (bytesBeside(kept.held) ?? 0) >= share.memory.bytes && (told === 0 || kept.told + told < mostTold)
    return isSame ? report : undefined
  }
  const finish = (report: SuiteReport) => {
    kept = keptAfter(kept, report, show)
    next++
    done(report)
  }
  const receive = (message: unknown) => {
    const { at, report } = message as Message
    waiting.set(at, report)
    for (let report = ready(); report !== undefined; report = ready()) {
      finish(report)
      if (show.kind === 'text') Atomics.sub(share.counts, waitingBytes, bytesOf(report))
    }
  }
  const task = { data: share, share: 1 / count }
  await Promise.all(Array.from({ length: count }, () => threads.start(['test'], task, receive)))
  const runner = new Runner(worker, plan)
  for (let suite = suites[next]; suite !== undefined; suite = suites[next])
    finish(ready() ?? (await runner.report(suite, kept)))
}

const sharedCounts = () => new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))

/** A case that shows nothing takes so much all the same. */
const bytesOfCase = 512
const bytesOf = (report: SuiteReport) => takenBy(report).held + report.cases.length * bytesOfCase

/** The work of a thread that was started for it: one suite after the other, until there is none or too much lies there. */
export async function serveShare(
  worker: Worker,
  { data, send }: { readonly data: unknown; send(message: unknown): void },
): Promise<void> {
  const { plan, memory, counts } = data as Share
  const runner = new Runner(worker, plan, memory)
  while (Atomics.load(counts, waitingBytes) < mostWaiting) {
    const at = Atomics.add(counts, nextSuite, 1)
    const suite = plan.suites[at]
    if (suite === undefined) return
    const report = await runner.sureReport(suite)
    if (report === undefined) {
      continue
    }
    Atomics.add(counts, waitingBytes, bytesOf(report))
    send({ at, report } satisfies Message)
  }
}
