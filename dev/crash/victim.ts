// What both trials share: what they are asked, the folders of one, the secrets that no file may have, and the program that
// is killed.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { systemRandom } from '../../src/base/index.ts'
import { oneFile } from '../one-file.ts'
import { endWithUs } from '../temporary.ts'

/** What is wanted of a trial. */
export type Trial = {
  readonly kills: number
  /** The same number draws the same kills. */
  readonly seed: number
  /** Empty. */
  readonly folder: string
}

/** What each of them finds out. */
export type Found = {
  readonly kills: number
  readonly acknowledged: number
  /** What was under way when it was killed and is there, and what is not. */
  readonly undecided: { readonly done: number; readonly undone: number }
  readonly searchedBytes: number
  /** What should not be. */
  readonly faults: readonly string[]
}

/** Where a trial lies. `storage` is not made; `program` is what is killed. */
export type Scene = { readonly storage: string; readonly temporary: string; readonly program: string }

/** @param source the program's, in this folder */
export async function sceneIn(folder: string, source: string): Promise<Scene> {
  const [storage, temporary, programs] = ['storage', 'tmp', 'program'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [temporary, programs]) mkdirSync(path, { recursive: true })
  const program = await oneFile(
    join(import.meta.dirname, source),
    programs,
    `${source.replace(/\.ts$/, '')}.cjs`,
  )
  return { storage, temporary, program }
}

/** Different in each trial. */
export const newCanary = () => `canary-${Buffer.from(systemRandom.bytes(16)).toString('hex')}`

/** What is looked for of a share: without its last byte, which is its x. */
export const secretOf = (share: Uint8Array): Uint8Array => share.subarray(0, 32)

/** Says in which life. */
export const inLife = (life: number, faults: readonly string[]): readonly string[] =>
  faults.filter((each) => each !== '').map((each) => `life ${life}: ${each}`)

export type Victim = {
  readonly child: ChildProcessWithoutNullStreams
  /** What it says on stdout. */
  readonly lines: AsyncIterable<string>
  /** By which signal; null where it ended by itself. */
  readonly ended: Promise<NodeJS.Signals | null>
  /** What it said on stderr so far. */
  complaint(): string
}

/** Starts it. Its job is told on stdin: that is in no list of processes. */
export function victim({ program, temporary }: Scene, job: object): Victim {
  const env = { PATH: process.env.PATH, TMPDIR: temporary, HOME: temporary }
  const child = endWithUs(spawn(process.execPath, [program], { stdio: 'pipe', env }))
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_code, signal) => resolve(signal)),
  )
  let said = ''
  child.stderr.on('data', (piece: Buffer) => {
    said += piece.toString()
  })
  child.stdin.end(JSON.stringify(job))
  return { child, lines: createInterface(child.stdout), ended, complaint: () => said }
}
