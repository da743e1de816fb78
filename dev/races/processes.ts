// Separate processes that do something at the same moment: each gets everything ready and says so; when all have, all are
// given the word.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { endWithUs } from '../temporary.ts'

/** LMDB as it is installed: native code stays where it is. */
export const installedLmdb = pathToFileURL(
  join(import.meta.dirname, '..', '..', 'node_modules', 'lmdb', 'dist', 'index.cjs'),
).href

/** Makes one file of a racer of this folder, so that fifty start quickly. */
export async function buildRacer(folder: string, name: string): Promise<string> {
  const entry = join(import.meta.dirname, `${name}.ts`)
  return bundle(entry, join(folder, `${name}.mjs`), { path: installedLmdb, external: true })
}

/** Makes one file of a program, with what is to be its LMDB. */
export async function bundle(
  entry: string,
  outfile: string,
  lmdb: { readonly path: string; readonly external?: boolean },
): Promise<string> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['file:*'],
    define: { SENTINEL_VERSION: '"race"', INSTALLED_LMDB: JSON.stringify(installedLmdb) },
    // Native code of the keyring, which nothing here asks for.
    loader: { '.node': 'empty' },
    banner: {
      js: "import { createRequire as __racer } from 'node:module'; const require = __racer(import.meta.url);",
    },
    plugins: [{ name: 'lmdb', setup: (plugin) => plugin.onResolve({ filter: /^lmdb$/ }, () => lmdb) }],
  })
  return outfile
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
