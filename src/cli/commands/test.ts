import { visibleJson } from '../../base/index.ts'
import {
  everyCase,
  type Files,
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
import { diskFiles } from '../disk-files.ts'
import { policiesAt } from '../policy-files.ts'
import { openProgress } from '../progress.ts'
import { runSuites } from '../suites.ts'
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
  flags: {
    run: {
      type: 'string',
      placeholder: 'pattern',
      help: 'only policies whose names match; behind `/`, only such cases',
    },
    verbose: { type: 'boolean', help: 'show traces of the cases that pass, too' },
    json: { type: 'boolean', help: 'print JSON for a program to read' },
    timeout: { type: 'duration', default: 300, help: 'stop evaluating after so much time' },
    maxConcurrency: {
      type: 'string',
      placeholder: 'number',
      aliases: ['maxConcurrency'],
      help: 'how many policies are tested at once (default: as many as there are processors)',
    },
    color: colourFlag,
  },
  positionals: {
    paths: { help: 'policies, or folders whose `*.sentinel` are tested (default: .)', repeated: true },
  },
  async run(deps, { paths, run, verbose, json, timeout, color }) {
    const files = diskFiles(deps)
    const wanted = run === undefined ? everyCase : wantedBy(run)
    const suites = suitesAt(files, paths.length === 0 ? ['.'] : paths, wanted)
    if (suites.length === 0) deps.warn(`no policy or case matches \`${run}\``)
    const { isColorSupported, green, red, yellow } = coloursOf(
      color ? deps.io.stdout : { ...deps.io.stdout, isTTY: false },
      deps.io.env,
    )
    const paint: PaintVerdict = (verdict, line) =>
      verdict === 'pass' ? green(line) : verdict === 'no cases' ? yellow(line) : red(line)
    const look = isColorSupported ? 'coloured' : 'plain'
    const show: Show = json ? { kind: 'json' } : { kind: 'text', traces: verbose ? 'all' : 'failed', look }
    const progress = openProgress(deps, suites.length)
    const reports: SuiteReport[] = []
    await runSuites(
      deps,
      files,
      { suites, show, timeoutMs: timeout * 1000, expect: 'as written' },
      (report) => {
        reports.push(report)
        progress.clear()
        if (!json) deps.io.stdout.write(suiteText(report, paint))
        progress.show(tallyOf(reports))
      },
    )
    progress.clear()
    deps.io.stdout.write(json ? `${visibleJson(suitesJson(reports), 2)}\n` : `\n${tallyOf(reports)}\n`)
    return statusOf(reports)
  },
})

/** @throws SentinelError USAGE */
function wantedBy(run: string): Wanted {
  try {
    return readWanted(run)
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    throw usageError(test, `\`-run\` is no regular expression: ${thrown.message}`)
  }
}

/** The policies at all paths, each once. @throws SentinelError FILE_UNREADABLE */
function suitesAt(files: Files, paths: readonly string[], wanted: Wanted): readonly Suite[] {
  const policies = paths.flatMap((path) => {
    const found = policiesAt(files, path)
    if (found.length === 0) throw noPolicies(path)
    if (found[0] === path) files.readText(path)
    return found
  })
  return [...new Set(policies)].flatMap((policy) => suiteOf(files, policy, wanted) ?? [])
}

function tallyOf(reports: readonly SuiteReport[]): string {
  const cases = reports.flatMap((report) => report.cases)
  const count = (verdict: SuiteReport['verdict']) => cases.filter((one) => one.verdict === verdict).length
  const errors = count('error')
  const parts = [
    `${count('pass')} passed`,
    `${count('fail')} failed`,
    `${errors} ${errors === 1 ? 'error' : 'errors'}`,
  ]
  const policies = reports.length === 1 ? '1 policy' : `${reports.length} policies`
  return `${parts.join(', ')}; ${policies}`
}

/** What cannot be read or parsed weighs more than what fails (specification 11). */
function statusOf(reports: readonly SuiteReport[]): number {
  const cases = reports.flatMap((report) => report.cases)
  if (cases.some(({ isInvalid }) => isInvalid)) return 9
  return cases.every(({ verdict }) => verdict === 'pass') ? 0 : 1
}
