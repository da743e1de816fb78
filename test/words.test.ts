// Decision 22: several tools that Sentinel speaks for claim the same words. Who owns the bare word is written here
// once; the others live in their own group. A new command is added to this table first.

import { expect, it } from 'vitest'
import { program } from '../src/cli/program.ts'

/** First word of a command → its owner, then whoever else would like to have it. */
const claims: Readonly<Record<string, readonly [owner: string, ...others: string[]]>> = {
  config: ['gateway'],
  credentials: ['gateway'],
  enforce: ['gateway'],
  exec: ['gateway', 'aws-vault'],
  init: ['gateway'],
  log: ['gateway'],
  version: ['language', 'gateway', 'vault'],
  whoami: ['gateway'],
  why: ['gateway'],
}

it('every command begins with a word that somebody owns', async () => {
  const sections = await program.sections()
  const words = sections.flatMap(({ commands }) => commands.map(({ name }) => name.split(' ')[0] ?? ''))
  expect(words.filter((word) => claims[word] === undefined)).toEqual([])
})
