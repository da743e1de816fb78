import { defaultLimits } from '../../lang/index.ts'
import { openGarbage } from '../../machine/index.ts'
import {
  everyCase,
  type Files,
  type Look,
  type PaintVerdict,
  readWanted,
  type Show,
  type Suite,
  type SuiteReport,
  suiteOf,
  suitesJson,
  suiteText,
  type Wanted,
} from '../../project/index.ts'
import { coloursOf } from '../colour.ts'
import { command } from '../command.ts'
import type { Deps } from '../deps.ts'
import { diskFiles } from '../disk-files.ts'
import type { Output } from '../io.ts'
import { runInThreads, serveShare, threadsFor } from '../many-suites.ts'
import { policiesAt, readNamed } from '../policy-files.ts'
import { openProgress } from '../progress.ts'
import { type Plan, runSuites } from '../suites.ts'
import { usageError } from '../values.ts'
import { colourFlag, noPolicies } from './language.ts'

export const test = command({
  name: 'test',
  summary: 'Run the test cases of policies',
  description: [
    'The cases of `policy.sentinel` are `test/policy/*.hcl` and `*.json` beside it: mocks, parameters and globals, and the results that rules are expected to give. Without a `test` block the policy is expected to pass.',
  ],
  examples: [
    'sentinel test',
    'sentinel test -verbose policies/s3 policies/ec2',
    "sentinel test -run='encryption/^fail' policy.sentinel",
    'sentinel test -json',
  ],
  group: 'language',
  exits: 'test',
  jsonOfFailure: { policies: {} },
  flags: {
    run: {
      type: 'string',
      placeholder: 'pattern',
      help: 'only policies whose names match; behind `/`, only such cases',
    },
    verbose: { type: 'boolean', help: 'show traces of the cases that pass, too' },
    json: { type: 'boolean', help: 'print JSON for a program to read' },
    timeout: { type: 'timeout', help: 'how long all cases may take together (default: 5m, and 4s for each)' },
    maxConcurrency: {
      type: 'string',
      placeholder: 'number',
      aliases: ['maxConcurrency'],
      help: 'in how many threads policies are tested, at most 4 (default: as many as help)',
    },
    color: colourFlag,
  },
  positionals: {
    paths: { help: 'policies, or folders whose `*.sentinel` are tested (default: .)', repeated: true },
  },
  async run(deps, values) {
    const { io, clock } = deps
    const files = diskFiles(deps)
    const worker = { ...deps, files }
    const threads = await io.threads()
    if (threads?.task !== undefined) {
      await serveShare(worker, threads.task)
      return 0
    }
    const { paths, json } = values
    const wanted = values.run === undefined ? everyCase : wantedBy(values.run)
    const concurrency = concurrencyOf(values.maxConcurrency)
    const suites = suitesAt(files, paths.length === 0 ? ['.'] : paths, wanted)
    if (suites.length === 0) deps.warn(`no policy or case matches \`${values.run}\``)
    const { paint, look } = coloursFor(deps, values.color)
    const show: Show = json
      ? { kind: 'json' }
      : { kind: 'text', traces: values.verbose ? 'all' : 'failed', look }
    const plan: Plan = {
      suites,
      show,
      startedMs: clock.now(),
      timeoutMs: values.timeout ?? 300_000,
      caseMs: values.timeout ?? defaultLimits.wallMs,
      expect: 'as written',
    }
    const progress = openProgress(deps)
    const reports: SuiteReport[] = []
    const tally = new Tally()
    const done = (report: SuiteReport) => {
      tally.add(report)
      if (json) reports.push(report)
      else {
        progress.clear()
        io.stdout.write(suiteText(report, paint))
      }
      progress.show(`${tally.policies} of ${policiesOf(suites.length)}: ${tally}`)
    }
    progress.show(`0 of ${policiesOf(suites.length)}`)
    const count = threads === undefined ? 1 : threadsFor(plan, threads.processors, concurrency)
    if (threads === undefined || count === 1) await runSuites(worker, plan, done)
    else await runInThreads(worker, { threads, count }, plan, done)
    progress.clear()
    if (json) await writeAll(io.stdout, suitesJson(reports))
    else io.stdout.write(`\n${tally}; ${policiesOf(tally.policies)}\n`)
    return tally.exitStatus
  },
})

/** Writes pieces, many small ones together. */
async function writeAll(output: Output, pieces: Iterable<string>): Promise<void> {
  const collectGarbage = openGarbage()
  let together = ''
  for (const piece of pieces) {
    together += piece
    if (together.length < worthWriting) continue
    output.write(together)
    together = ''
    await collectGarbage()
  }
  output.write(together)
}

const worthWriting = 65_536

/** @throws SentinelError USAGE */
function concurrencyOf(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,2}$/.test(text)) return text === undefined ? undefined : Number(text)
  throw usageError(test, `\`-maxConcurrency\` must be a number from 1 to 999, not \`${text}\``)
}

function coloursFor(
  { io }: Pick<Deps, 'io'>,
  wanted: boolean,
): { readonly paint: PaintVerdict; readonly look: Look } {
  const { isColorSupported, green, red, yellow } = coloursOf(
    wanted ? io.stdout : { ...io.stdout, isTTY: false },
    io.env,
  )
  return {
    paint: (verdict, line) =>
      verdict === 'pass' ? green(line) : verdict === 'no cases' ? yellow(line) : red(line),
    look: isColorSupported ? 'coloured' : 'plain',
  }
}

/** @throws SentinelError USAGE */
function wantedBy(run: string): Wanted {
  try {
    return readWanted(run)
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    throw usageError(test, `\`-run\` is no regular expression: ${thrown.message}`)
  }
}

const advice = { configuration: 'name the policy; -run chooses among its cases: -run=policy/case' }

/** A run tests so many cases: their results lie there together, and each takes its time. */
const mostCases = 50_000

/** The policies at all paths, each once. @throws SentinelError FILE_UNREADABLE, USAGE */
function suitesAt(files: Files, paths: readonly string[], wanted: Wanted): readonly Suite[] {
  const policies = paths.flatMap((path) => {
    const found = policiesAt(files, path)
    if (found.length === 0) throw noPolicies(path)
    if (found[0] === path) readNamed(files, path, advice, () => files.readText(path))
    return found
  })
  let cases = 0
  return [...new Set(policies)].flatMap((policy) => {
    const suite = suiteOf(files, policy, wanted)
    cases += suite?.cases.length ?? 0
    if (cases > mostCases) throw tooManyCases(policy)
    return suite ?? []
  })
}

const tooManyCases = (policy: string) =>
  usageError(
    test,
    `with those of \`${policy}\` there are more than ${mostCases} cases`,
    'name fewer policies, or choose among the cases: -run=policy/case',
  )

/** How many cases went how: of a policy that was shown nothing else is kept. */
class Tally {
  policies = 0
  private readonly cases = { pass: 0, fail: 0, error: 0 }
  private hasInvalid = false

  add({ cases }: SuiteReport): void {
    this.policies++
    for (const { verdict, isInvalid } of cases) {
      this.cases[verdict]++
      this.hasInvalid ||= isInvalid
    }
  }

  toString(): string {
    const { pass, fail, error } = this.cases
    return `${pass} passed, ${fail} failed, ${error} ${error === 1 ? 'error' : 'errors'}`
  }

  /** What cannot be read or parsed weighs more than what fails (specification 11). */
  get exitStatus(): number {
    const { fail, error } = this.cases
    return this.hasInvalid ? 9 : fail + error > 0 ? 1 : 0
  }
}

const policiesOf = (count: number) => (count === 1 ? '1 policy' : `${count} policies`)
