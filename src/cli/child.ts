// The child of `sentinel exec`: how it is found, how it is started, and how it ends. Its environment: child-env.ts.

import type { ChildProcess } from 'node:child_process'
import { printable, SentinelError } from '../base/index.ts'
import {
  type Env,
  findExecutable,
  type Platform,
  type Probe,
  signalStatus,
  variable,
} from '../machine/index.ts'
import type { Io } from './io.ts'

/** What there is to run, found before anything is decided or issued. */
export type ChildCommand = {
  readonly file: string
  readonly args: readonly string[]
  readonly verbatim: boolean
}

/**
 * Finds the program of a command line.
 *
 * @throws SentinelError COMMAND_NOT_FOUND (exit 127), COMMAND_NOT_EXECUTABLE (exit 126)
 */
export function findCommand(
  platform: Platform,
  env: Env,
  [name = '', ...args]: readonly string[],
  probe: Probe,
): ChildCommand {
  const found = findExecutable(platform, env, name, probe)
  switch (found.kind) {
    case 'found':
      if (found.needsShell) return batchFile(platform, env, found.path, args)
      return { file: found.path, args, verbatim: false }
    case 'not executable':
      throw new SentinelError('COMMAND_NOT_EXECUTABLE', `\`${printable(found.path)}\` may not be executed`, {
        hint: 'make it executable, or name the program that reads it',
      })
    case 'not found':
      throw new SentinelError('COMMAND_NOT_FOUND', `command \`${printable(name)}\` was not found`, {
        hint: 'check the name and PATH',
      })
  }
}

// cmd.exe reads the line of a batch file twice and has no quoting that survives both (CVE-2024-27980): what it would
// take as its own is refused.
function batchFile(platform: Platform, env: Env, path: string, args: readonly string[]): ChildCommand {
  if (args.some((arg) => /["%!^&|<>\r\n]/.test(arg))) {
    throw new SentinelError(
      'COMMAND_NOT_EXECUTABLE',
      `\`${printable(path)}\` is a batch file and cannot be given these arguments`,
      {
        hint: 'call the program that it starts, or cmd.exe /c with a line of your own',
      },
    )
  }
  const line = [path, ...args].map((word) => `"${word}"`).join(' ')
  return {
    file: defaultShellOf(platform, env),
    args: platform.shell.argv(line),
    verbatim: platform.shell.verbatim,
  }
}

const defaultShellOf = (platform: Platform, env: Env) =>
  variable(platform, env, 'ComSpec') ?? platform.shell.fallback

/**
 * Runs the child to its end and gives its exit status: its own, or 128 and the number of the signal that it died
 * from. Signals to this process are handed on. What a terminal sends with Ctrl-C or Ctrl-\ reaches the child by
 * itself, since both are in the terminal's foreground group: there this process only has to survive it.
 */
export async function runChild(io: Io, platform: Platform, command: ChildCommand, env: Env): Promise<number> {
  const fromTerminal = io.stdin.isTTY ? new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT']) : new Set()
  const early: NodeJS.Signals[] = []
  let child: ChildProcess | undefined
  const off = platform.forwardedSignals.map((signal) =>
    io.onSignal(signal, () => {
      if (fromTerminal.has(signal)) return
      if (child === undefined) early.push(signal)
      else child.kill(signal)
    }),
  )
  try {
    const started = await io.spawn(command.file, command.args, { env, verbatim: command.verbatim })
    child = started
    for (const signal of early) started.kill(signal)
    return await ended(platform, command, started)
  } finally {
    for (const stop of off) stop()
  }
}

function ended(platform: Platform, command: ChildCommand, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'ENOENT' ? 'COMMAND_NOT_FOUND' : 'COMMAND_NOT_EXECUTABLE'
      reject(
        new SentinelError(code, `\`${printable(command.file)}\` cannot be run: ${cause.code}`, { cause }),
      )
    })
    child.once('exit', (code, signal) =>
      resolve(signal === null ? (code ?? 1) : signalStatus(platform, signal)),
    )
  })
}
