// One policy library: its files parsed, formatted and tested by the commands themselves, in this process, at an instant
// that never changes.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { systemRandom } from '../../src/base/index.ts'
import { openDeps } from '../../src/cli/deps.ts'
import { diskFiles } from '../../src/cli/disk-files.ts'
import type { Io } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'
import { program } from '../../src/cli/program.ts'
import { runSuites } from '../../src/cli/suites.ts'
import { parse } from '../../src/lang/index.ts'
import { everyCase, suiteOf } from '../../src/project/index.ts'

/** What a look at a library found. Paths begin at its folder. */
export type Library = {
  readonly name: string
  readonly files: readonly string[]
  readonly unparsed: readonly string[]
  /** Files that `sentinel fmt -check` names. */
  readonly unformatted: readonly string[]
  /** Verdict of each case, by its path. */
  readonly cases: ReadonlyMap<string, 'pass' | 'fail' | 'error'>
}

/** A night from Saturday to Sunday. */
const clock = { now: () => Date.UTC(2026, 1, 1, 3) }

/** Looks at the library in a folder. */
export async function lookAt(folder: string): Promise<Library> {
  const files = sourcesBelow(folder)
  const isParsed = (file: string) =>
    parse({ name: file, text: readFileSync(join(folder, file), 'utf8') }).diagnostics.length === 0
  const formatted = await sentinel(folder, ['fmt', '-check', ...files])
  const tested = testedPolicies(folder)
  return {
    name: basename(folder),
    files,
    unparsed: files.filter((file) => !isParsed(file)),
    unformatted: formatted.split('\n').filter((line) => line !== ''),
    cases: tested.length === 0 ? new Map() : verdictsIn(await sentinel(folder, ['test', '-json', ...tested])),
  }
}

/** The cases that pass although the opposite of every expectation was expected. */
export async function passingWhenNegated(folder: string): Promise<readonly string[]> {
  const deps = openDeps(ioIn(folder, []), { clock, random: systemRandom })
  const files = diskFiles(deps)
  const suites = testedPolicies(folder).flatMap((policy) => suiteOf(files, policy, everyCase) ?? [])
  const passing: string[] = []
  const plan = {
    suites,
    show: { kind: 'json' },
    startedMs: clock.now(),
    timeoutMs: 600_000,
    caseMs: 4_000,
    expect: 'negated',
  } as const
  await runSuites({ ...deps, files }, plan, ({ cases }) => {
    passing.push(...cases.filter(({ verdict }) => verdict === 'pass').map(({ path }) => path))
  })
  return passing
}

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sentinel'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort()
}

/** The policies below a folder that have cases, by their paths from there. */
export const testedPolicies = (folder: string): readonly string[] =>
  sourcesBelow(folder).filter((file) => hasTests(folder, file))

function hasTests(folder: string, file: string): boolean {
  const tests = join(folder, dirname(file), 'test', basename(file, '.sentinel'))
  return statSync(tests, { throwIfNoEntry: false })?.isDirectory() === true
}

/** What a command prints. Its exit status is judged by what it says. */
async function sentinel(folder: string, argv: readonly string[]): Promise<string> {
  const written: string[] = []
  await main(argv, openDeps(ioIn(folder, written), { clock, random: systemRandom }), program)
  return written.join('')
}

function ioIn(cwd: string, written: string[]): Io {
  return {
    stdin: { readAll: () => '', fd: -1, isTTY: false },
    stdout: { write: (text) => void written.push(text), isNull: false, isTTY: false },
    stderr: { write: () => {}, isNull: false, isTTY: false },
    env: {},
    cwd,
    home: cwd,
    platform: process.platform === 'win32' ? 'win32' : 'linux',
    pid: process.pid,
    host: 'corpora',
    spawn: () => Promise.reject(new Error('no command of the language starts a child')),
    onSignal: () => () => {},
    openTerminal: async () => undefined,
    threads: async () => undefined,
  }
}

type TestJson = {
  readonly policies: Readonly<
    Record<string, { readonly cases: Readonly<Record<string, { readonly status: string }>> }>
  >
}

function verdictsIn(json: string): Library['cases'] {
  const { policies } = JSON.parse(json) as TestJson
  const verdicts = new Map([
    ['PASS', 'pass'],
    ['FAIL', 'fail'],
  ] as const)
  return new Map(
    Object.values(policies).flatMap(({ cases }) =>
      Object.entries(cases).map(
        ([path, { status }]) => [path, verdicts.get(status as 'PASS') ?? 'error'] as const,
      ),
    ),
  )
}
