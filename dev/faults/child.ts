// The program in a process of its own, on the clock of a journey, which a file says. It stands still until somebody moves
// it, and what is to happen later happens by it: so a slow machine makes the same calls as a fast one.
//
// Started by `crew.ts` it is one of those who travel, so that both have the same LMDB (lmdb.cjs).

import { readFileSync } from 'node:fs'
import { systemRandom } from '../../src/base/index.ts'
import { openDeps } from '../../src/cli/deps.ts'
import { main } from '../../src/cli/main.ts'
import { program } from '../../src/cli/program.ts'
import { realIo } from '../../src/cli/real-io.ts'
import type { Wait } from '../../src/machine/index.ts'

const lookEveryMs = 20

function runCommand(): void {
  const file = process.env.FAULTS_CLOCK ?? ''
  const clock = { now: () => Number(readFileSync(file, 'utf8')) }
  const after: Wait['after'] = (ms, run) => {
    const dueMs = clock.now() + ms
    const timer = setInterval(() => {
      if (clock.now() < dueMs) return
      clearInterval(timer)
      run()
    }, lookEveryMs)
    timer.unref()
    return () => clearInterval(timer)
  }
  const deps = openDeps(realIo(), { clock, random: systemRandom })
  const machine = { ...deps.machine, wait: { ...deps.machine.wait, after } }
  process.exitCode = 1
  void main(process.argv.slice(2), { ...deps, machine }, program).then(process.exit)
}

if (process.send === undefined) runCommand()
else void import('./traveller.ts').then(({ travelForParent }) => travelForParent())
