// The one place that builds the real parts of a run, each when it is first asked for. Here is what every command is
// given; the parts that decide about credentials and record it are built in gateway-deps.ts, which only their commands
// load: a policy's `apply` must not wait for them.

import { type Clock, printable, type Random } from '../base/index.ts'
import { type Machine, type Platform, platforms, readText, systemWait } from '../machine/index.ts'
import type { Io } from './io.ts'

/** What every command is given. */
export type Deps = {
  readonly io: Io
  readonly clock: Clock
  readonly random: Random
  readonly machine: Machine
  readonly platform: Platform
  /** Version of the machine's time zone data. */
  readonly tzVersion: string
  /**
   * For calls that can be aborted. An interrupt ends the whole process, so a command line never aborts it. Made when it is
   * asked for: Node makes the first one in a fifth of a millisecond.
   */
  signal(): AbortSignal
  /** A path of the person's, made absolute from where they stand. */
  resolve(path: string): string
  /** A file of the person's, of so many bytes at most. @throws SentinelError FILE_UNREADABLE */
  readText(path: string, most?: number): string
  /** Says something to the person on stderr that is no error, once however often it comes up. */
  warn(message: string): void
}

/** The parts that a test may choose. */
export type Given = { readonly clock: Clock; readonly random: Random }

/** Builds the parts of one run. */
export function openDeps(io: Io, { clock, random }: Given): Deps {
  const platform = platforms[io.platform]
  const said = new Set<string>()
  const warn = (message: string) => {
    if (!said.has(message)) io.stderr.write(`sentinel: warning: ${printable(message)}\n`)
    said.add(message)
  }
  const inCwd = (path: string) => platform.path.resolve(io.cwd, path)
  return {
    io,
    clock,
    random,
    machine: { platform, clock, random, wait: systemWait, pid: io.pid, warn },
    platform,
    tzVersion: process.versions.tz ?? '',
    signal: once(() => new AbortController().signal),
    resolve: inCwd,
    readText: (path, most) => readText(inCwd(path), most),
    warn,
  }
}

/** The value, made when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
