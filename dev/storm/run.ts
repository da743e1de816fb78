// `npm run storm [-- --seconds 25 --writers 8 --seed N]`: exit 1 when the log has one bad line, or lost one.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { storm } from './storm.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '25' },
    writers: { type: 'string', default: '8' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const [seconds, writers, seed] = [Number(values.seconds), Number(values.writers), Number(values.seed)]
const folder = mkdtempSync(join(tmpdir(), 'sentinel-storm-'))
const end = Date.now() + seconds * 1000
process.stdout.write(`storm: ${writers} writers, ${seconds} s, seed ${seed}\n`)

const { kills, acknowledged, lost, staleLocks, complaints, verdict } = await storm({
  folder,
  writers,
  seed,
  kills: Number.POSITIVE_INFINITY,
  isOver: () => Date.now() >= end,
  linesPerLife: 60,
})
process.stdout.write(`lines ${verdict.lines}, acknowledged ${acknowledged}, kills ${kills}\n`)
process.stdout.write(`torn and closed ${verdict.notes.length}, bad lines ${verdict.problemCount}\n`)
process.stdout.write(`lost ${lost}, stale locks ${staleLocks}, complaints ${complaints.length}\n`)
for (const { line, message } of verdict.problems) process.stdout.write(`line ${line}: ${message}\n`)
for (const complaint of complaints.slice(0, 5)) process.stdout.write(`writer: ${complaint}\n`)

const failed = verdict.problemCount + lost + staleLocks + complaints.length > 0
if (failed) process.stdout.write(`the log is kept in ${folder}\n`)
else rmSync(folder, { recursive: true })
process.exitCode = failed ? 1 : 0
