// `npm run fuzz [-- --programs N] [--seed N] [--threads N]`: made-up programs in both evaluators, the formatter, the
// linter. `--kind K` tries one kind only, and comes back to one failure with `--seed N --path P`;
// `--mutants [PART OF A NAME…]` runs on changed engines,
// `--respace DIR…` re-spaces canonical files. Exit 1 when anything failed, or a kind of thing was never tried.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { threadProgram } from './bundle.ts'
import { messagesOf } from './messages.ts'
import { runMutants } from './mutate.ts'
import { problemsOf, type Totals, table, totalsOf } from './report.ts'
import { respace } from './respace.ts'
import { ownThreads, workThrough } from './threads.ts'
import { type Batch, kinds, type Outcome } from './work.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    programs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    threads: { type: 'string', default: String(ownThreads()) },
    kind: { type: 'string' },
    path: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    respace: { type: 'boolean', default: false },
  },
})
const root = join(import.meta.dirname, '..', '..')
const [programs, seed, threads] = [Number(values.programs), Number(values.seed), Number(values.threads)]
const batchSize = 250
/** As many programs as meet everything that there is. */
const wholeRun = 100_000
const maxFailures = 5
const say = (text: string) => process.stdout.write(`${text}\n`)

/** Each batch has a seed of its own, so a run finds the same whoever does which. */
function batchesOf(kind: Batch['kind'], count: number): readonly Batch[] {
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, at) => ({
    kind,
    seed: seed + at,
    runs: Math.min(batchSize, count - at * batchSize),
  }))
}

/** What runs: programs in both evaluators; others in odd layouts, as soup, and regular expressions. */
const plan = (): readonly Batch[] => [
  ...batchesOf('agreement', programs),
  ...batchesOf('commented', programs / 5),
  ...batchesOf('wild', programs / 10),
  ...batchesOf('dense', programs / 10),
  ...batchesOf('soup', programs / 10),
  ...batchesOf('patterns', programs / 10),
]

const chosen = (kind: string): Batch['kind'] => {
  if (kinds.includes(kind as Batch['kind'])) return kind as Batch['kind']
  throw new Error(`--kind is one of ${kinds.join(', ')}, not ${kind}`)
}

async function fuzz(batches: readonly Batch[]): Promise<Totals> {
  const totals = totalsOf()
  let [failures, cases] = [0, 0]
  const startedAt = performance.now()
  const all = batches.reduce((sum, { runs }) => sum + runs, 0)
  await workThrough(batches, {
    program: await threadProgram(),
    threads,
    onOutcome(outcome) {
      totals.add(outcome)
      cases += outcome.batch.runs
      if (outcome.failure !== undefined) showFailure(outcome)
      if (outcome.failure !== undefined) failures++
      progress(`${cases} of ${all}, ${failures} failed`)
      return failures < maxFailures
    },
  })
  progress('')
  say(
    `${cases} cases in ${Math.round((performance.now() - startedAt) / 1000)} s, ${failures} failed, seed ${seed}`,
  )
  return totals
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

function showFailure({ batch: { kind, seed: own }, failure }: Outcome): void {
  if (failure === undefined) return
  progress('')
  say(`FAILED: ${failure.what}`)
  say(failure.shown)
  say(failure.said)
  say(`come back with: npm run fuzz -- --kind ${kind} --seed ${own} --path ${failure.path}\n`)
}

async function main(): Promise<boolean> {
  if (values.respace) return respace(positionals, seed, say)
  if (values.mutants) return runMutants({ seed, threads, programs, say, progress, named: positionals })
  const { path } = values
  if (values.kind !== undefined || path !== undefined) {
    const kind = chosen(values.kind ?? 'agreement')
    const batches = path === undefined ? batchesOf(kind, programs) : [{ kind, seed, runs: batchSize, path }]
    return (await fuzz(batches)).failures === 0
  }
  const totals = await fuzz(plan())
  for (const line of table(totals)) say(line)
  const problems = problemsOf(totals, messagesOf(root))
  for (const problem of problems) say(problem)
  // What is rare is demanded of a whole run only.
  return totals.failures === 0 && (problems.length === 0 || programs < wholeRun)
}

process.exitCode = (await main()) ? 0 : 1
