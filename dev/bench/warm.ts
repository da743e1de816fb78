// `sentinel credentials` with everything at hand: the figure that people feel at each call of an SDK.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { check, type Figure, inTurn } from './figures.ts'
import { linesOfLog, recordedCalls, verifiedLog } from './log.ts'
import { heavyThings, medianParts, type Seen, watchedRun } from './parts.ts'
import { closedPolicy, credentialsCommand, openPolicy, type Ran, type World } from './world.ts'

/** The policy is asked for again after 30 s; the bench never lets it get so old between counted runs. */
const freshMs = 10_000

/** Gets everything that is kept from call to call, if it is not fresh. */
export function warmer(world: World): () => Promise<void> {
  let warmedAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (performance.now() - warmedAt < freshMs) return
    rmSync(join(world.cacheFolder, 'policies'), { recursive: true, force: true })
    const ran = await world.start(credentialsCommand).ended
    check(ran.status === 0, `a cold call succeeds: ${ran.stderr}`)
    warmedAt = performance.now()
  }
}

/** Beside `node -e 0`, whole processes in turn. */
export async function warmFigures(world: World, rounds: number): Promise<readonly Figure[]> {
  const empty = () => world.runAlone(['-e', '0']).ms
  const warm = () => {
    const ran = world.runAlone(credentialsCommand)
    check(ran.status === 0, `a warm call succeeds: ${ran.stderr}`)
    return ran.ms
  }
  const before = warmer(world)
  await before()
  const [calls, lines] = [paidCalls(world), linesOfLog(world)]
  const figure = await inTurn(rounds, { before, measured: warm, beside: empty })
  check(paidCalls(world) === calls, 'no credentials are issued anew, nobody is looked up again')
  const { whole, cutOff } = recordedCalls(world, lines)
  check(whole >= rounds && cutOff === 0, `each call writes a decision and an outcome: ${whole}, ${cutOff}`)
  await verifiedLog(world)
  const crypto = await inTurn(rounds, {
    before: async () => {},
    measured: () => world.runAlone(['-e', 'require("node:crypto")']).ms,
    beside: empty,
  })
  return [
    { name: 'credentials, warm', ...figure, beside: 'node -e 0', target: 1.5 },
    { name: 'of that, node:crypto alone', ...crypto, beside: 'node -e 0' },
  ]
}

/** What the parts of a warm run cost, and that nothing heavy is among them. */
export async function warmParts(world: World, rounds: number): Promise<string> {
  await warmer(world)()
  check(collections(world) === 0, 'so little garbage is made that V8 does not collect it')
  const runs = Array.from({ length: rounds }, () => watchedRun(world))
  for (const run of runs) check(heavyThings(run).length === 0, `only light things load: ${heavyThings(run)}`)
  const parts = [...medianParts(runs)].map(([name, ms]) => `  ${ms.toFixed(2).padStart(6)} ms  ${name}`)
  return [...parts, '', ...keptFiles(runs[0])].join('\n')
}

/** How often V8 collects garbage in a warm run: each time takes a millisecond, or ten when all cores are busy. */
function collections(world: World): number {
  // Under this flag the code is kept anew, and the first runs compile.
  const traced = Array.from({ length: 7 }, () => world.runAlone(['--trace-gc', ...credentialsCommand]))
  const last = traced.at(-1)?.stdout ?? ''
  check(last.includes('AccessKeyId'), 'the traced run succeeds')
  return last.split('\n').filter((line) => / (?:Scavenge|Mark-Compact) /.test(line)).length
}

function keptFiles(run: Seen | undefined): readonly string[] {
  const kept = [
    ['callers', 'who the base credentials belong to (sealed, at most an hour)'],
    ['policies', 'the policy compiled, its zone as a table for 400 days (sealed, 30 s without asking SSM)'],
    ['sessions', 'the issued credentials (encrypted, until shortly before they expire)'],
  ] as const
  return kept.map(([folder, what]) => {
    const isOpened = run?.events.some(({ what: path }) => path.includes(join('sentinel', folder))) ?? false
    check(isOpened, `the warm path reads ${folder}`)
    return `  kept  ${folder}: ${what}`
  })
}

/** A changed policy: served as it was for up to 30 s, and then noticed. */
export async function changedPolicy(world: World): Promise<string> {
  await warmer(world)()
  world.putPolicy(closedPolicy)
  const soon = await later(world, 0)
  const after = await later(world, 31_000)
  check(soon.status === 0, 'within 30 s the policy is not asked for again')
  check(after.status === 1, 'after 30 s the new policy counts')
  check(/refused by rule `ai-business-hours`/.test(after.stderr), `it names the rule: ${after.stderr}`)
  world.putPolicy(openPolicy)
  const again = await later(world, 62_000)
  check(again.status === 0, `and the next change counts too: ${again.stderr}`)
  return `  at once: allowed; 31 s later: ${after.stderr.trim()}`
}

function later(world: World, ms: number): Promise<Ran> {
  const hook = join(import.meta.dirname, 'later.cjs')
  return world.start(['--require', hook, ...credentialsCommand], { BENCH_LATER_MS: String(ms) }).ended
}

const paidCalls = ({ aws }: World) => aws.calls.filter(({ action }) => action !== 'GetParameter').length
