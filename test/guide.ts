// A guide's command lines, run one after the other as its reader would: policies are put, variables are set, and the id
// that the page shows stands for the one that the last request got.

import { chmodSync } from 'node:fs'
import { type Desk, desk, type Ran } from '../src/cli/desk.fake.ts'
import { splitWords } from './stories/words.ts'

/** The id that pages show. */
const shownId = '5f0c2a9b1d3e4f60'

/** How a line ended. */
export type GuideStep = { readonly line: string } & Pick<Ran, 'status' | 'stderr'>

type Reader = { readonly at: Desk; readonly files: ReadonlyMap<string, string>; id: string }

/** Runs the lines. `files`: what the page says to write, by name. */
export async function runGuide(
  lines: readonly string[],
  files: ReadonlyMap<string, string>,
): Promise<readonly GuideStep[]> {
  const at = await desk()
  for (const [name, text] of files) at.write(name, text)
  at.env.AWS_PROFILE = 'alice'
  const reader: Reader = { at, files, id: '' }
  const steps: GuideStep[] = []
  for (const line of lines) {
    const ran = await runLine(reader, line)
    if (ran !== undefined) steps.push({ line, status: ran.status, stderr: ran.stderr })
  }
  return steps
}

async function runLine(reader: Reader, line: string): Promise<Ran | undefined> {
  const { at, files } = reader
  const [, parameter, file = ''] = /^aws ssm put-parameter --name (\S+) .*file:\/\/(\S+)$/.exec(line) ?? []
  if (parameter !== undefined) at.putPolicy(parameter, files.get(file) ?? '')
  const [, variable, value] = /^export ([A-Z_]+)=(\S+)$/.exec(line) ?? []
  if (variable !== undefined) at.env[variable] = value
  const [, setting, command] = /^([A-Z_]+=\S+ )?(sentinel .*)$/.exec(line) ?? []
  return command === undefined ? undefined : runCommand(reader, command, setting?.trim().split('='))
}

async function runCommand(
  reader: Reader,
  command: string,
  [name, value]: readonly string[] = [],
): Promise<Ran> {
  const { at } = reader
  // What is denied or taken back must still be undecided.
  if (/ (deny|cancel) /.test(command)) reader.id = await askedAnew(at)
  const argv = splitWords(command, new Map()).map(({ text }) => wordOf(reader, text))
  const before = name === undefined ? undefined : at.env[name]
  if (name !== undefined) at.env[name] = value
  const ran = await at.run(...argv.slice(1))
  if (name !== undefined) at.env[name] = before
  reader.id =
    /^(?:Request|Break-glass event) ([0-9a-f]{16}) (?:waits|is in force)/.exec(ran.stdout)?.[1] ?? reader.id
  return ran
}

/** Programs of the reader's own do nothing but look for credentials. */
function wordOf({ at, id }: Reader, word: string): string {
  if (!word.startsWith('./')) return word === shownId ? id : word
  const path = at.write(word.slice(2), '#!/bin/sh\ntest -n "$AWS_SESSION_TOKEN"\n')
  chmodSync(path, 0o755)
  return path
}

async function askedAnew(at: Desk): Promise<string> {
  const why = ['--justification', 'Reading a stuck queue', '--json']
  const { stdout } = await at.run('request', '--profile', 'prod', ...why)
  return JSON.parse(stdout).request_id
}
