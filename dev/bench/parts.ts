// The parts of one warm run, seen from outside by watch.cjs, which also says what was loaded. What the program opens
// marks where a part begins; a part lasts until the next one.

import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { check, quantile } from './figures.ts'
import { credentialsCommand, type World } from './world.ts'

/** What watch.cjs saw. */
export type Seen = {
  readonly events: readonly {
    readonly at: number
    readonly ms: number
    readonly name: string
    readonly what: string
  }[]
  readonly ms: number
  /** Paths of the modules that are files. */
  readonly modules: readonly string[]
  /** Names of Node's own modules that Node itself does not load to start. */
  readonly builtins: readonly string[]
  readonly dateFormats: number
}

/** Runs the program once, watched. It must be warm. */
export function watchedRun(world: World): Seen {
  const report = join(world.cacheFolder, '..', 'watched.json')
  const hook = join(import.meta.dirname, 'watch.cjs')
  const ran = world.runAlone(['--require', hook, ...credentialsCommand], { BENCH_REPORT: report })
  check(ran.status === 0, `the watched run succeeds: ${ran.stderr}`)
  return JSON.parse(readFileSync(report, 'utf8')) as Seen
}

/** What the run must not have loaded: each costs more than all that it did (docs/decisions/0008-the-warm-path.md). */
export function heavyThings({ modules, builtins, dateFormats }: Seen): readonly string[] {
  const heavy = /^(child_process|http|https|http2|net|tls|dns|tty|readline|worker_threads|zlib|inspector)$/
  return [
    // Three files: the YAML parser, the schemas and the SDK are others.
    ...modules
      .map((path) => basename(path))
      .filter((name) => !['sentinel.cjs', 'run.cjs', 'gateway.cjs'].includes(name)),
    ...builtins.filter((name) => heavy.test(name)),
    ...(dateFormats === 0 ? [] : [`Intl.DateTimeFormat, ${dateFormats} times`]),
  ]
}

const parts = [
  ['keys', /keys\.json$/],
  ['config files and plan', /\.aws.(config|credentials)$/],
  ['identity', /.callers.[^/\\]*$/],
  ['policy and decision', /.policies.[^/\\]*$/],
  ['credentials', /.sessions.[^/\\]*$/],
  ['log lines', /decisions\.jsonl$|heads/],
  ['output', /^1$/],
] as const

/** Milliseconds per part. */
export function partsOf({ events, ms }: Seen): ReadonlyMap<string, number> {
  const found = new Map<string, number>([['program, crypto, command line', 0]])
  let [name, since] = ['program, crypto, command line', 0]
  const close = (at: number) => found.set(name, (found.get(name) ?? 0) + at - since)
  for (const event of events) {
    const next = parts.find(([, mark]) => mark.test(event.what))?.[0]
    if (next === undefined || next === name) continue
    close(event.at)
    ;[name, since] = [next, event.at]
  }
  close(ms)
  const sync = events.filter((event) => event.name === 'fdatasyncSync')
  return found.set(
    '  of the log: fdatasync',
    sync.reduce((sum, event) => sum + event.ms, 0),
  )
}

/** The median of each part over several runs. */
export function medianParts(runs: readonly Seen[]): ReadonlyMap<string, number> {
  const all = runs.map(partsOf)
  const names = [...(all[0]?.keys() ?? [])]
  return new Map(
    names.map((name) => [
      name,
      quantile(
        all.map((one) => one.get(name) ?? 0),
        0.5,
      ),
    ]),
  )
}
