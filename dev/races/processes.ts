// Separate processes that do something at the same moment: each gets everything ready and says so; when all have, all are
// given the word.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { oneFile } from '../one-file.ts'
import { endWithUs } from '../temporary.ts'

/** Makes one file of a racer of this folder, so that fifty start quickly. */
export function buildRacer(folder: string, name: string): Promise<string> {
  return oneFile(join(import.meta.dirname, `${name}.ts`), folder, `${name}.cjs`)
}

/** What one racer is told, and the environment of its process. */
export type RacerJob = { readonly env: NodeJS.ProcessEnv; readonly job: unknown }

/** Runs racers, released together, and gives the last line that each printed. */
export async function releaseTogether(
  program: string,
  jobs: readonly RacerJob[],
): Promise<readonly string[]> {
  const started = jobs.map((job) => startRacer(program, job))
  await Promise.all(started.map(({ ready }) => ready))
  for (const { release } of started) release()
  return Promise.all(started.map(({ end }) => end))
}

/** A racer that does not get there is ended, and has lost. */
const longestMs = 180_000

function startRacer(program: string, { env, job }: RacerJob) {
  const argv = [program, JSON.stringify(job)]
  const child = endWithUs(spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'], env }))
  let said = ''
  const end = new Promise<string>((resolve) =>
    child.once('close', (code, signal) => resolve(said.split('\n').at(-2) ?? `ended with ${code ?? signal}`)),
  )
  const timer = setTimeout(() => child.kill('SIGKILL'), longestMs)
  child.once('close', () => clearTimeout(timer))
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('ready\n')) resolve()
    })
    child.once('close', () => resolve())
  })
  return { ready, end, release: () => void child.stdin.end('go\n') }
}
