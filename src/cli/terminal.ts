// Questions to the person at the terminal, never through stdin and stdout: those belong to the data. Where there
// is no terminal the answer is an error that says which flag answers instead.

import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { printable, Secret, SentinelError } from '../base/index.ts'
import type { Io, Terminal } from './io.ts'

/** What to do where nobody can be asked: the flag or variable that answers instead. */
export type Instead = { readonly instead: string }

/** One line of text. @throws SentinelError TERMINAL_REQUIRED, CANCELLED */
export async function ask(io: Io, question: string, { instead }: Instead): Promise<string> {
  return await onTerminal(io, instead, (terminal) => readLine(terminal, `${printable(question)} `, 'shown'))
}

/** One line of text that is not shown while it is typed. @throws SentinelError TERMINAL_REQUIRED, CANCELLED */
export async function askSecret(io: Io, question: string, { instead }: Instead): Promise<Secret> {
  return await onTerminal(
    io,
    instead,
    async (terminal) => new Secret(await readLine(terminal, `${printable(question)} `, 'hidden')),
  )
}

/** Yes or no; nothing at all is no. @throws SentinelError TERMINAL_REQUIRED; CANCELLED, for any other answer too */
export async function confirm(io: Io, question: string, { instead }: Instead): Promise<boolean> {
  const answer = (await ask(io, `${question} [y/N]`, { instead })).trim()
  if (/^(?:y(?:es)?|no?|)$/i.test(answer)) return /^y/i.test(answer)
  throw new SentinelError('CANCELLED', `\`${printable(answer)}\` is neither yes nor no`, {
    hint: 'nothing was changed: start again, and answer y or n',
  })
}

async function onTerminal<T>(io: Io, instead: string, use: (terminal: Terminal) => Promise<T>): Promise<T> {
  const terminal = await io.openTerminal()
  if (terminal === undefined) {
    throw new SentinelError('TERMINAL_REQUIRED', 'nobody can be asked: there is no terminal', {
      hint: instead,
    })
  }
  try {
    return await use(terminal)
  } finally {
    terminal.close()
  }
}

// readline echoes what is typed through its output: for a secret the output leads nowhere. It listens, and has switched
// the terminal's own echo off, before the question is shown: whoever types fast is not shown either.
async function readLine(terminal: Terminal, prompt: string, typing: 'shown' | 'hidden'): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({
    input: terminal.input,
    output: typing === 'hidden' ? nowhere : terminal.output,
    terminal: typing === 'hidden',
  })
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancelled = () => reject(new SentinelError('CANCELLED', 'the question was not answered'))
      lines.once('line', resolve).once('SIGINT', cancelled).once('close', cancelled)
      terminal.output.write(prompt)
    })
  } finally {
    lines.close()
    if (typing === 'hidden') terminal.output.write('\n')
  }
}
