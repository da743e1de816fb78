// `npm run storm [-- --seconds 25 --writers 8 --seed N --rotate]`: exit 1 when the log has one bad line, or lost one, and
// when too little happened to show anything.

import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { openWorld } from '../bench/world.ts'
import { removeTemporariesOnSignals } from '../temporary.ts'
import { calm, storm } from './storm.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '25' },
    writers: { type: 'string', default: '8' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rotate: { type: 'boolean', default: false },
  },
})
const [seconds, writers, seed] = [Number(values.seconds), Number(values.writers), Number(values.seed)]
const say = (text: string) => void process.stdout.write(`${text}\n`)
removeTemporariesOnSignals()
say(`storm: ${writers} writers, ${seconds} s, seed ${seed}`)

const world = await openWorld()
const end = Date.now() + seconds * 1000
const wreckage = await storm(
  {
    writers,
    seed,
    kills: Number.POSITIVE_INFINITY,
    isOver: () => Date.now() >= end,
    linesPerLife: 60,
    rotateEvery: values.rotate ? 13 : 0,
  },
  world,
)
const { kills, acknowledged, served, lost, torn, staleLocks, complaints, verdict } = wreckage
say(
  `files ${verdict.files.length}, lines ${verdict.lines}, acknowledged ${acknowledged}, calls served ${served}, kills ${kills}`,
)
const unreached = torn === 0 ? ' (no kill fell into a write)' : ''
say(`torn and closed ${torn}${unreached}, bad lines ${verdict.problemCount}`)
say(`lost ${lost}, stale locks ${staleLocks}, complaints ${complaints.length}`)
for (const { file, line, message } of verdict.problems) say(`${file} line ${line}: ${message}`)
for (const complaint of complaints.slice(0, 5)) say(`writer: ${complaint}`)

const damaged = verdict.problemCount + lost + staleLocks + complaints.length > 0
if (damaged) {
  const kept = mkdtempSync(join(tmpdir(), 'sentinel-storm-'))
  cpSync(dirname(world.logFile), kept, { recursive: true })
  say(`the log is kept in ${kept}`)
}
const tooCalm = calm(wreckage, writers)
for (const reason of tooCalm) say(`too calm to show anything: ${reason}`)
await world.close()
process.exitCode = damaged || tooCalm.length > 0 ? 1 : 0
