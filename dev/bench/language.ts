// The commands of the policy language as whole processes: a small policy beside an empty program, and whole libraries
// in one run.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { testedPolicies } from '../corpora/library.ts'
import { removeTemporary, temporaryFolder } from '../temporary.ts'
import { check, type Figure, inTurn, quantile } from './figures.ts'
import { policyCases } from './policies/cases.ts'
import { sentinel, type World } from './world.ts'

/** `sentinel apply` on P2 with a request that passes, beside `node -e 0`. */
export async function applyFigure(world: World, rounds: number): Promise<Figure> {
  const p2 = policyCases.find(({ name }) => name.startsWith('P2'))
  const folder = temporaryFolder('sentinel-bench-policy-')
  const file = join(folder, 'p2.sentinel')
  writeFileSync(file, p2?.sentinel ?? '')
  const globals = Object.entries(p2?.request(1) ?? {}).flatMap(([name, value]) => [
    '-global',
    `${name}=${JSON.stringify(value)}`,
  ])
  try {
    const measured = () => {
      const ran = world.runAlone([sentinel, 'apply', ...globals, file])
      check(ran.status === 0 && ran.stdout.startsWith('Pass - '), `P2 passes: ${ran.stdout}${ran.stderr}`)
      return ran.ms
    }
    const beside = () => world.runAlone(['-e', '0']).ms
    // The first runs after a build keep what was compiled (docs/decisions/0011-compiled-code-is-kept.md).
    for (let run = 0; run < 5; run++) measured()
    const figure = await inTurn(rounds, { before: async () => {}, measured, beside })
    return { name: 'apply, P2', ...figure, beside: 'node -e 0', target: 1.5 }
  } finally {
    removeTemporary(folder)
  }
}

const [maxSeconds, maxMebibytes, runs] = [4, 400, 3]

/** Where the libraries lie: named on the command line, or in SENTINEL_POLICY_LIBRARIES, parted as in PATH. */
export function libraryFolders(named: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  const listed = (env.SENTINEL_POLICY_LIBRARIES ?? '').split(delimiter).filter((folder) => folder !== '')
  return named.length > 0 ? named : listed
}

/** All policies of the libraries in one run of `sentinel test`: how long it takes, and how much memory. */
export function libraryLine(folders: readonly string[]): string {
  if (folders.length === 0) {
    return 'sentinel test over policy libraries: SKIPPED, no folder is named: npm run bench -- DIR… or SENTINEL_POLICY_LIBRARIES'
  }
  const policies = folders.flatMap((folder) => testedPolicies(folder).map((file) => join(folder, file)))
  const measured = Array.from({ length: runs }, () => runOnce(policies))
  const seconds = measured.map((run) => run.seconds)
  const mebibytes = Math.max(...measured.map((run) => run.mebibytes))
  const [median, low, high] = [0.5, 0, 1].map((share) => quantile(seconds, share).toFixed(2))
  const met = (isMet: boolean) => (isMet ? 'met' : 'NOT MET')
  return [
    `sentinel test over ${folders.length} policy libraries in one run: ${measured[0]?.tally}`,
    `  ${median} s, ${low} to ${high} in ${runs} runs (at most ${maxSeconds}: ${met(Number(median) <= maxSeconds)})`,
    `  ${mebibytes.toFixed(0)} MiB resident at most (at most ${maxMebibytes}: ${met(mebibytes <= maxMebibytes)})`,
  ].join('\n')
}

function runOnce(policies: readonly string[]) {
  const begun = performance.now()
  const args = ['--require', join(import.meta.dirname, 'peak.cjs'), sentinel, 'test', ...policies]
  const { stdout, stderr, output } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const seconds = (performance.now() - begun) / 1000
  const tally = stdout.trimEnd().split('\n').at(-1) ?? ''
  check(/^\d+ passed, /.test(tally), `the run ends with a tally: ${stderr}`)
  return { seconds, mebibytes: Number(output[3]) / 1024, tally }
}
