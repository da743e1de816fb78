// Processes that travel, as many as there shall be at once: so every core of the machine takes part, and one that hangs can
// be ended.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { oneFile } from '../one-file.ts'
import { endWithUs, unlessEnding } from '../temporary.ts'
import type { Run } from './drive.ts'
import type { Plan } from './gates.ts'
import type { Place } from './places.ts'
import type { Means } from './world.ts'

/** One journey that is to be made. */
export type Order = {
  readonly name: string
  readonly place: Place
  readonly plan: Plan | undefined
  readonly means: Means
}

/** What a traveller says. */
export type Report = { readonly run: Run } | { readonly failed: string }

/** Makes the program that travels, and that is killed on the way, with an LMDB whose operations are counted. */
export function buildProgram(folder: string): Promise<string> {
  const lmdb = { path: join(import.meta.dirname, 'lmdb.cjs') }
  return oneFile(join(import.meta.dirname, 'child.ts'), folder, 'child.cjs', lmdb)
}

/** What a journey needs. @param dynamoDb the URL of a DynamoDB Local, where one runs */
export async function meansIn(folder: string, dynamoDb: string | undefined): Promise<Means> {
  const asker = join(import.meta.dirname, 'asker.mjs')
  return { folder, program: await buildProgram(folder), asker, dynamoDb }
}

/** One seat of the crew. */
export type Seat = {
  /** Makes a journey. One that does not end in time, or whose process dies, has not held. */
  travel(order: Omit<Order, 'means'>): Promise<Run>
  close(): void
}

const longestMs = 120_000

/** Opens a seat. Its process starts with the first journey. */
export function openSeat(means: Means): Seat {
  let child: ChildProcess | undefined
  const end = () => {
    if (child !== undefined) endGroup(child)
    child = undefined
  }
  const start = () => {
    const forked = fork(means.program, { env: environment(), execArgv: [], detached: true })
    const one = endWithUs(forked, () => endGroup(forked))
    // One that dies has travelled for the last time: the next journey has another.
    one.once('exit', () => {
      if (child === one) child = undefined
    })
    return one
  }
  return {
    async travel(order) {
      child ??= start()
      const report = reportOf(child, end)
      child.send({ ...order, means } satisfies Order)
      const said = await unlessEnding(await report)
      return 'run' in said ? said.run : { calls: [], way: 'at once', wrong: [said.failed] }
    },
    close: end,
  }
}

/** Ends a process and all that it started: it leads a group of its own. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // All of them have ended.
  }
}

const environment = () => ({
  PATH: process.env.PATH ?? '',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
})

async function reportOf(child: ChildProcess, end: () => void): Promise<Report> {
  const settled = new AbortController()
  const { signal } = settled
  const timer = setTimeout(end, longestMs)
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([report]) => report as Report),
      once(child, 'exit', { signal }).then(([, by]) => ({ failed: `it did not end well: ${by}` })),
    ])
  } finally {
    clearTimeout(timer)
    settled.abort()
  }
}
