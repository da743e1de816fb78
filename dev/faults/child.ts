// The program in a process of its own, on the clock of a journey: a file says by how much it is ahead.

import { readFileSync } from 'node:fs'
import { systemClock, systemRandom } from '../../src/base/index.ts'
import { openDeps } from '../../src/cli/deps.ts'
import { main } from '../../src/cli/main.ts'
import { program } from '../../src/cli/program.ts'
import { realIo } from '../../src/cli/real-io.ts'

const file = process.env.FAULTS_CLOCK ?? ''
const clock = { now: () => systemClock.now() + Number(readFileSync(file, 'utf8')) }
process.exitCode = 1
process.exit(await main(process.argv.slice(2), openDeps(realIo(), { clock, random: systemRandom }), program))
