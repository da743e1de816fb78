// Separate processes, released together at one document: one of them wins, the others are told of the conflict, and what
// is stored is the winner's, in the document and in every index.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { systemClock } from '../../src/base/index.ts'
import { systemWait } from '../../src/machine/index.ts'
import { type Docs, docsTable, takeStep } from '../../src/store/index.ts'
import { dynamoDbAt } from '../backends/dynamodb-client.ts'
import { openPrizes, type Prize } from './racer.ts'

/** Where the document lies. */
export type Place =
  | { readonly kind: 'local'; readonly folder: string; readonly keysFile: string }
  | { readonly kind: 'dynamodb'; readonly url: string; readonly table: string }

/** What a racer is told. */
export type Job = {
  readonly place: Place
  readonly id: string
  readonly write: 'create' | 'update'
  readonly holder: string
}

/** How a race ended. */
export type Finish = {
  readonly racers: number
  readonly winners: readonly string[]
  readonly conflicts: number
  /** What else racers said. */
  readonly others: readonly string[]
  /** What is wrong with what is stored; empty where nothing is. */
  readonly faults: readonly string[]
}

/** Whether exactly one won, and nothing else happened. */
export const held = ({ racers, winners, conflicts, faults }: Finish): boolean =>
  winners.length === 1 && conflicts === racers - 1 && faults.length === 0

/** Makes one file of a racer, so that fifty start quickly. Native code stays where it is. */
export async function buildRacer(folder: string): Promise<string> {
  const outfile = join(folder, 'racer.mjs')
  const root = join(import.meta.dirname, '..', '..')
  const lmdb = pathToFileURL(join(root, 'node_modules', 'lmdb', 'dist', 'index.cjs')).href
  await build({
    entryPoints: [join(import.meta.dirname, 'start.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
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

/** Runs a race of so many, for one document that is not there yet, or for one and the same version of one that is. */
export async function runRace(
  program: string,
  place: Place,
  write: Job['write'],
  racers: number,
  id: string,
): Promise<Finish> {
  const docs = await openPrizes(place)
  if (write === 'update') await docs.create(id, { holder: 'nobody' })
  const started = Array.from({ length: racers }, (_, at) =>
    startRacer(program, { place, id, write, holder: `racer-${at}` }),
  )
  await Promise.all(started.map(({ ready }) => ready))
  for (const { release } of started) release()
  const ends = await Promise.all(started.map(({ end }) => end))
  const winners = ends.flatMap((said, at) => (said === 'won' ? [`racer-${at}`] : []))
  return {
    racers,
    winners,
    conflicts: ends.filter((said) => said === 'STORE_CONFLICT').length,
    others: ends.filter((said) => said !== 'won' && said !== 'STORE_CONFLICT'),
    faults: await faultsOf(docs, id, write, winners),
  }
}

function startRacer(program: string, job: Job) {
  const child = spawn(process.execPath, [program, JSON.stringify(job)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
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

async function faultsOf(
  docs: Docs<Prize>,
  id: string,
  write: Job['write'],
  winners: readonly string[],
): Promise<readonly string[]> {
  const stored = await docs.get(id)
  const version = write === 'create' ? 1 : 2
  const listed: string[] = []
  for (const holder of ['nobody', ...winners]) {
    const page = await docs.list({ index: 'gsi-status', value: holder, limit: 100 })
    listed.push(...page.docs.filter((doc) => doc.id === id).map(() => holder))
  }
  return [
    ...(stored?.body.holder === winners[0] ? [] : [`it belongs to ${stored?.body.holder}`]),
    ...(stored?.version === version ? [] : [`its version is ${stored?.version}`]),
    ...(listed.join() === winners.join() ? [] : [`indexes have it under ${listed.join()}`]),
  ]
}

/** Makes the table that is raced on, in the DynamoDB at this URL. */
export async function makeRaceTable(url: string): Promise<Place> {
  const table = docsTable('requests', 'sentinel-races')
  const db = await dynamoDbAt(url)
  await takeStep({ clock: systemClock, wait: systemWait, db }, table, { kind: 'create' })
  db.close()
  return { kind: 'dynamodb', url, table: table.name }
}
