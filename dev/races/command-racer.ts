// One racer of a race of whole commands: runs one command to have everything loaded and looked up, says that it is ready,
// waits for the word, runs the other, and says how it ended.

import { once } from 'node:events'
import { systemClock, systemRandom } from '../../src/base/index.ts'
import { openDeps } from '../../src/cli/deps.ts'
import type { Io } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'
import { program } from '../../src/cli/program.ts'
import { realIo } from '../../src/cli/real-io.ts'

/** What a racer is told. The environment of its process says whose command it is. */
export type CommandJob = {
  readonly before: readonly string[]
  readonly race: readonly string[]
}

/** Runs a command and gives what it printed. */
async function run(argv: readonly string[]): Promise<string> {
  const printed: string[] = []
  const collected = { write: (text: string) => void printed.push(text), isNull: false, isTTY: false }
  const io: Io = { ...realIo(), stdout: collected, stderr: collected, openTerminal: async () => undefined }
  await main(argv, openDeps(io, { clock: systemClock, random: systemRandom }), program)
  return printed.join('')
}

async function race({ before, race }: CommandJob): Promise<void> {
  await run(before)
  process.stdout.write('ready\n')
  await once(process.stdin, 'data')
  process.stdout.write(`${JSON.stringify(await run(race))}\n`)
  process.exit(0)
}

void race(JSON.parse(process.argv[2] ?? ''))
