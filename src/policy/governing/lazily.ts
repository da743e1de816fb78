// The door to what reads governing policies: the language behind it is loaded by servers only.

import type { GoverningPolicy, WrittenPolicy } from './policy.ts'
import type { ReadingOptions, ReadPolicy } from './read.ts'

/** Reads governing policies. */
export type GoverningReader = {
  /** One that somebody writes: a policy with what is worth a remark, or everything that is wrong with it. */
  readGoverning(written: WrittenPolicy, options: ReadingOptions): ReadPolicy
  /** One that was accepted before. It is read at its first use; one that is none any more does not pass. */
  storedGoverning(written: WrittenPolicy): GoverningPolicy
}

/** Loads it. */
export async function governingReader(): Promise<GoverningReader> {
  const { readGoverning, storedGoverning } = await import('./read.ts')
  return { readGoverning, storedGoverning }
}
