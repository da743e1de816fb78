// Runs the whole test suite and ends with one plain line: `N passed, N failed, N skipped`.
// Before it come the lines that suites want to be read (closing-line.ts) and what was skipped, whose name or closing
// line says why. In CI a skip that is not on the written list fails the run.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Report = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numTotalTests: number
  readonly success: boolean
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Names (whole, as printed) of tests that CI may skip; each with its reason. */
const allowedInCi: ReadonlyMap<string, string> = new Map([
  [
    "giving a person's file another text a file that may not be written is left alone",
    'root may write every file',
  ],
  [
    'an audit file that others change fails where its folder may no longer be written',
    'root may write every file',
  ],
  ['stories another-user-scans-the-ports', 'only root can try what another user can do'],
])

const folder = mkdtempSync(join(tmpdir(), 'sentinel-report-'))
const reportFile = join(folder, 'report.json')
const closingFile = join(folder, 'closing')
writeFileSync(closingFile, '')
const startedAt = performance.now()
const run = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...process.env, ...colours(), SENTINEL_CLOSING_LINES: closingFile } },
)
const seconds = Math.round((performance.now() - startedAt) / 1000)
const report = readReport()
process.stdout.write(readFileSync(closingFile, 'utf8'))
rmSync(folder, { recursive: true })

const skipped = report.testResults
  .flatMap((file) => file.assertionResults)
  .filter((test) => test.status !== 'passed' && test.status !== 'failed')
for (const test of skipped) process.stdout.write(`skipped: ${test.fullName}\n`)
const forbidden = process.env.CI === 'true' ? skipped.filter((test) => !allowedInCi.has(test.fullName)) : []
for (const test of forbidden)
  process.stdout.write(`not on the list of skips that CI allows: ${test.fullName}\n`)

const ended = run.status === 0 && report.success
const ok = ended && forbidden.length === 0
// A run that broke off, say, failed without a test that did.
const failed = report.numFailedTests + forbidden.length + (ended || report.numFailedTests > 0 ? 0 : 1)
process.stdout.write(`in ${seconds} s, on Node ${process.version}\n`)
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped\n`)
process.exitCode = ok ? 0 : 1

// A log is read without colours: the many escapes of the dots would bury what it says.
function colours(): NodeJS.ProcessEnv {
  return process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }
}

function readReport(): Report {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8')) as Report
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numTotalTests: 0, success: false, testResults: [] }
  }
}
