// Separate processes that do something at the same moment: each gets everything ready and says so; when all have, all are
// given the word.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Makes one file of a racer of this folder, so that fifty start quickly. Native code stays where it is. */
export async function buildRacer(folder: string, name: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`)
  const root = join(import.meta.dirname, '..', '..')
  const lmdb = pathToFileURL(join(root, 'node_modules', 'lmdb', 'dist', 'index.cjs')).href
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    define: { SENTINEL_VERSION: '"race"' },
    // Native code of the keyring, which nothing here asks for.
    loader: { '.node': 'empty' },
    banner: {
      js: "import { createRequire as __racer } from 'node:module'; const require = __racer(import.meta.url);",
    },
    plugins: [
      {
        name: 'native',
        setup: (plugin) => plugin.onResolve({ filter: /^lmdb$/ }, () => ({ path: lmdb, external: true })),
      },
    ],
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

function startRacer(program: string, { env, job }: RacerJob) {
  const child = spawn(process.execPath, [program, JSON.stringify(job)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  })
  let said = ''
  const end = new Promise<string>((resolve) =>
    child.once('close', (code) => resolve(said.split('\n').at(-2) ?? `ended with ${code}`)),
  )
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('ready\n')) resolve()
    })
    child.once('close', () => resolve())
  })
  return { ready, end, release: () => void child.stdin.end('go\n') }
}
