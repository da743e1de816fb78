// Runs the test cases of policies, policy by policy.

import { defaultLimits } from '../lang/index.ts'
import { mostFileBytes, openGarbage } from '../machine/index.ts'
import {
  bytesBeside,
  type CaseReport,
  type Court,
  caseReport,
  type Files,
  judge,
  mostTogether,
  notTried,
  openShelf,
  openSuiteShelf,
  resultsTooLarge,
  type Show,
  type Suite,
  type SuiteReport,
  suiteReport,
  timeIsUp,
} from '../project/index.ts'
import type { Deps } from './deps.ts'

/** What is run, and what its reports hold. */
export type Plan = {
  readonly suites: readonly Suite[]
  readonly show: Show
  /** The instant of all evaluations, milliseconds since the epoch. */
  readonly startedMs: number
  /** For all of them together, from then on. */
  readonly timeoutMs: number
  /** For a case. */
  readonly caseMs: number
  readonly expect: Court['expect']
}

/** What those who run cases may take: bytes of values, words of the files that are read together, and bytes of each file. */
export type Memory = { readonly bytes: number; readonly words: number; readonly fileBytes: number }

/** What a run by itself takes. */
export const allMemory: Memory = {
  bytes: defaultLimits.bytes,
  words: mostTogether,
  fileBytes: mostFileBytes,
}

/** What is kept of the cases before one: how many bytes, and how many errors and warnings they told. */
export type Kept = { readonly held: number; readonly told: number }

export const nothingKept: Kept = { held: 0, told: 0 }

/** What is kept once a report was shown. Text is written, and kept no longer. */
export function keptAfter(kept: Kept, report: SuiteReport, { kind }: Show): Kept {
  const { held, told } = takenBy(report)
  return { held: kind === 'text' ? 0 : kept.held + held, told: kept.told + told }
}

/** What a report takes as long as it is kept. */
export function takenBy({ cases }: SuiteReport): Kept {
  const sum = (of: (report: CaseReport) => number) => cases.reduce((all, one) => all + of(one), 0)
  return { held: sum(({ weight }) => weight), told: sum(({ told }) => told) }
}

/** Who reads and evaluates. */
export type Worker = Pick<Deps, 'clock' | 'machine'> & { readonly files: Files }

/** Runs all suites; `done` gets the report of each, in their order. */
export async function runSuites(
  worker: Worker,
  plan: Plan,
  done: (report: SuiteReport) => void,
): Promise<void> {
  const runner = new Runner(worker, plan)
  let kept = nothingKept
  for (const suite of plan.suites) {
    const report = await runner.report(suite, kept)
    kept = keptAfter(kept, report, plan.show)
    done(report)
  }
}

/** Runs suites with what it read for those before them. */
export class Runner {
  private readonly worker: Worker
  private readonly plan: Plan
  private readonly memory: Memory
  private readonly shelf: ReturnType<typeof openShelf>
  private readonly collectGarbage: () => Promise<void>

  constructor(worker: Worker, plan: Plan, memory = allMemory) {
    this.worker = worker
    this.plan = plan
    this.memory = memory
    const { files } = worker
    const readText = (path: string) => files.readText(path, memory.fileBytes)
    this.shelf = openShelf({ ...files, readText }, memory.words)
    this.collectGarbage = openGarbage()
  }

  /** The report of a suite. */
  async report(suite: Suite, kept: Kept): Promise<SuiteReport> {
    return suiteReport(suite, await this.casesOf(suite, kept, () => false))
  }

  /** The same, or undefined where more memory might have given another. */
  async sureReport(suite: Suite): Promise<SuiteReport | undefined> {
    const cases = await this.casesOf(suite, nothingKept, ({ wantsRoom }) => wantsRoom)
    return cases.at(-1)?.wantsRoom === true ? undefined : suiteReport(suite, cases)
  }

  /** The reports of a suite's cases, up to one that is the last whatever comes. */
  private async casesOf(
    suite: Suite,
    kept: Kept,
    isLast: (report: CaseReport) => boolean,
  ): Promise<readonly CaseReport[]> {
    const shelf = openSuiteShelf(this.shelf, suite)
    const reports: CaseReport[] = []
    let { held, told } = kept
    for (const path of suite.cases) {
      const report = await this.run(shelf, suite, path, { held, told })
      reports.push(report)
      held += report.weight
      told += report.told
      await this.collectGarbage()
      if (isLast(report)) break
    }
    return reports
  }

  private async run(
    shelf: ReturnType<typeof openShelf>,
    { policy }: Suite,
    path: string,
    { held, told }: Kept,
  ): Promise<CaseReport> {
    const { clock, machine } = this.worker
    const { startedMs, timeoutMs, caseMs, show, expect } = this.plan
    const caseStartedMs = clock.now()
    const left = () => startedMs + timeoutMs - clock.now()
    if (left() <= 0) return caseReport(policy, notTried(path, timeIsUp()), show, { durationMs: 0, told })
    const bytes = bytesBeside(held, this.memory.bytes)
    if (bytes === undefined)
      return caseReport(policy, notTried(path, resultsTooLarge()), show, { durationMs: 0, told })
    const court: Court = {
      now: BigInt(startedMs) * 1_000_000n,
      expect,
      limits: { clock, bytes, wallMs: Math.min(caseMs, left()) },
      answer: async (need) => (await import('./http-answer.ts')).answerHttp(machine.wait, need, left),
    }
    const judgement = await judge(court, shelf, policy, path)
    return caseReport(policy, judgement, show, { durationMs: clock.now() - caseStartedMs, told })
  }
}
