// The outside world of one run, as a value: the real one is built by run.ts, tests build their own. Nothing
// else in the program touches the process.

import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Env, PlatformName } from '../machine/index.ts'

export type Output = {
  /** Writes all of the text before it returns. @throws SentinelError OUTPUT_CLOSED when nobody reads any more */
  write(text: string): void
  /** Whether it goes nowhere: the null device, which Node opens in place of what is closed too. */
  readonly isNull: boolean
  /** The open file, where it is one: for whoever must not wait until it is read. */
  readonly fd?: number
  readonly isTTY: boolean
}

export type Input = {
  /** Everything up to the end of the input. @throws SentinelError FILE_UNREADABLE where it is not UTF-8 */
  readAll(): string
  /** The open file, for what is too long to be read at once. */
  readonly fd: number
  readonly isTTY: boolean
}

/** The person's terminal, wherever stdin and stdout go. */
export type Terminal = { readonly input: Readable; readonly output: Writable; close(): void }

/** Other threads that run this program. */
export type Threads = {
  readonly processors: number
  /**
   * Runs a command line in a thread of its own, with data as its task, until it ends, be it for want of memory: of that
   * it has a share, from 0 to 1. `received` gets what it sends.
   */
  start(
    argv: readonly string[],
    task: { readonly data: unknown; readonly share: number },
    received: (message: unknown) => void,
  ): Promise<void>
  /** In such a thread: what it was given, and how it answers. */
  readonly task: { readonly data: unknown; send(message: unknown): void } | undefined
}

/** `verbatim`: on Windows the arguments are quoted already. */
export type ChildOptions = { readonly env: Env; readonly verbatim: boolean }

export type Io = {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Env
  readonly cwd: string
  /** The home folder, where the environment does not say. */
  readonly home: string
  readonly platform: PlatformName
  readonly pid: number
  /** The machine's name, for the record. */
  readonly host: string
  /** Starts a child that shares this run's stdin, stdout and stderr. */
  spawn(file: string, args: readonly string[], options: ChildOptions): Promise<ChildProcess>
  /** Calls the listener for every such signal until the returned function is called. */
  onSignal(signal: NodeJS.Signals, listener: () => void): () => void
  /** The terminal (`/dev/tty`, `CONIN$`), or undefined where there is none. */
  openTerminal(): Promise<Terminal | undefined>
  /** Threads, where this run may have some. */
  threads(): Promise<Threads | undefined>
}
