// Runs the test cases of policies, policy by policy.

import { openGarbage } from '../machine/index.ts'
import {
  bytesBeside,
  type CaseReport,
  type Court,
  caseReport,
  type Files,
  judge,
  notTried,
  openShelf,
  openSuiteShelf,
  resultsTooLarge,
  type Shelf,
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

/** Runs all suites; `done` gets the report of each, in their order. */
export async function runSuites(
  deps: Pick<Deps, 'clock' | 'machine'>,
  files: Files,
  plan: Plan,
  done: (report: SuiteReport) => void,
): Promise<void> {
  const common = openShelf(files)
  const { startedMs, timeoutMs } = plan
  const at = { now: BigInt(startedMs) * 1_000_000n, endsAtMs: startedMs + timeoutMs }
  const collectGarbage = openGarbage()
  let held = 0
  let told = 0
  for (const suite of plan.suites) {
    const shelf = openSuiteShelf(common, suite)
    const reports: CaseReport[] = []
    for (const path of suite.cases) {
      const report = await runCase(deps, shelf, suite, path, { ...plan, ...at, held, told })
      reports.push(report)
      held += report.weight
      told += report.told
      await collectGarbage()
    }
    done(suiteReport(suite, reports))
    // Text is written, and kept no longer.
    if (plan.show.kind === 'text') held = 0
  }
}

type Setting = Pick<Plan, 'show' | 'expect' | 'caseMs'> & {
  readonly now: bigint
  readonly endsAtMs: number
  /** How many bytes are kept of the cases before. */
  readonly held: number
  /** How many errors and warnings they told. */
  readonly told: number
}

async function runCase(
  { clock, machine }: Pick<Deps, 'clock' | 'machine'>,
  shelf: Shelf,
  { policy }: Suite,
  path: string,
  { show, expect, caseMs, now, endsAtMs, held, told }: Setting,
): Promise<CaseReport> {
  const startedMs = clock.now()
  const left = () => endsAtMs - clock.now()
  if (left() <= 0) return caseReport(policy, notTried(path, timeIsUp()), show, { durationMs: 0, told })
  const bytes = bytesBeside(held)
  if (bytes === undefined)
    return caseReport(policy, notTried(path, resultsTooLarge()), show, { durationMs: 0, told })
  const court: Court = {
    now,
    expect,
    limits: { clock, bytes, wallMs: Math.min(caseMs, left()) },
    answer: async (need) => (await import('./http-answer.ts')).answerHttp(machine.wait, need, left),
  }
  const judgement = await judge(court, shelf, policy, path)
  return caseReport(policy, judgement, show, { durationMs: clock.now() - startedMs, told })
}
