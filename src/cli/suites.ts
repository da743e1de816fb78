// Runs the test cases of policies, policy by policy.

import {
  type CaseReport,
  type Court,
  caseReport,
  type Files,
  judge,
  notTried,
  openShelf,
  openSuiteShelf,
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
  for (const suite of plan.suites) {
    const shelf = openSuiteShelf(common, suite)
    const reports: CaseReport[] = []
    for (const path of suite.cases) reports.push(await runCase(deps, shelf, suite, path, { ...plan, ...at }))
    done(suiteReport(suite, reports))
  }
}

type Setting = Pick<Plan, 'show' | 'expect' | 'caseMs'> & { readonly now: bigint; readonly endsAtMs: number }

async function runCase(
  { clock, machine }: Pick<Deps, 'clock' | 'machine'>,
  shelf: Shelf,
  { policy }: Suite,
  path: string,
  { show, expect, caseMs, now, endsAtMs }: Setting,
): Promise<CaseReport> {
  const startedMs = clock.now()
  const left = () => endsAtMs - clock.now()
  if (left() <= 0) return caseReport(policy, notTried(path, timeIsUp()), show, 0)
  const court: Court = {
    now,
    expect,
    limits: { clock, wallMs: Math.min(caseMs, left()) },
    answer: async (need) => (await import('./http-answer.ts')).answerHttp(machine.wait, need, left),
  }
  return caseReport(policy, await judge(court, shelf, policy, path), show, clock.now() - startedMs)
}
