// The composition root: the only place that builds the real parts, each when it is first asked for. A command is
// given all of it and takes what it needs; the rooms below get plain functions and values.

import { hash } from 'node:crypto'
import { type DecisionLog, nobodyElse, openLog } from '../audit/index.ts'
import { type Clock, newRequestId, printable, type Random } from '../base/index.ts'
import { type AwsConfig, loadAwsConfig } from '../credentials/index.ts'
import type { CircumstancesOfLine, SharedFlight } from '../gateway/index.ts'
import {
  homeFolder,
  type Keys,
  type Machine,
  type NamedTexts,
  openKeys,
  type Paths,
  type Platform,
  paths,
  platforms,
  readText,
  readTextIfPresent,
  sealedFiles,
  singleFlight,
  systemWait,
} from '../machine/index.ts'
import type { Io } from './io.ts'
import { version } from './version.ts'

/** What every command is given. */
export type Deps = {
  readonly io: Io
  readonly clock: Clock
  readonly random: Random
  readonly machine: Machine
  readonly platform: Platform
  readonly paths: Paths
  /** Version of the machine's time zone data. */
  readonly tzVersion: string
  /** This person's keys, made on first use. @throws SentinelError KEYS_UNREADABLE */
  keys(): Keys
  /** Compiled policies that nobody else can have written. */
  sealed(): NamedTexts
  /** Makes a thing at most once at a time, across this person's processes. */
  share<T>(flight: SharedFlight<T>): Promise<T>
  /** For calls that can be aborted. An interrupt ends the whole process, so a command line never aborts it. */
  readonly signal: AbortSignal
  newRequestId(): string
  /** A path of the person's, made absolute from where they stand. */
  resolve(path: string): string
  /** A file of the person's. @throws SentinelError FILE_UNREADABLE */
  readText(path: string): string
  /** AWS's config files. @throws SentinelError CONFIG_INVALID, FILE_UNREADABLE */
  awsConfig(): AwsConfig
  /** The decision log: the one that was named, or the person's own. */
  openLog(choice: LogChoice): DecisionLog
  /** What every line of the log says about this program and machine. */
  circumstances(): CircumstancesOfLine
  /** Says something to the person on stderr that is no error. */
  warn(message: string): void
}

/** Which log, and whether its lines go to stderr too. */
export type LogChoice = { readonly logFile: string | undefined; readonly logStderr: boolean }

/** The parts that a test may choose. */
export type Given = { readonly clock: Clock; readonly random: Random }

/** Builds the parts of one run. */
export function openDeps(io: Io, { clock, random }: Given): Deps {
  const platform = platforms[io.platform]
  const where = paths(platform, io.env, homeFolder(platform, io.env) ?? io.home)
  const machine: Machine = { platform, clock, random, wait: systemWait, pid: io.pid }
  const keys = once(() => openKeys(machine, where.keysFile))
  const { join, resolve } = platform.path
  const sealed = (folder: string) =>
    sealedFiles({ ...machine, keys: keys() }, join(where.cacheFolder, folder))
  const inCwd = (path: string) => resolve(io.cwd, path)
  return {
    io,
    clock,
    random,
    machine,
    platform,
    paths: where,
    tzVersion: process.versions.tz ?? '',
    keys,
    sealed: once(() => sealed('policies')),
    share: (flight) => {
      const lock = join(where.cacheFolder, 'locks', hash('sha256', flight.name, 'hex').slice(0, 32))
      return singleFlight({ ...machine, notes: sealed('failures') }, { ...flight, lock })
    },
    signal: new AbortController().signal,
    newRequestId: () => newRequestId(random),
    resolve: inCwd,
    readText: (path) => readText(inCwd(path)),
    awsConfig: once(() =>
      loadAwsConfig({
        configFile: where.awsConfigFile,
        sharedFile: where.awsCredentialsFile,
        readText: readTextIfPresent,
      }),
    ),
    openLog: ({ logFile, logStderr }) =>
      openLog(
        { ...machine, keys: keys(), stateFolder: where.stateFolder },
        {
          file: logFile === undefined ? where.logFile : inCwd(logFile),
          also: logStderr ? (line) => io.stderr.write(`${line}\n`) : nobodyElse,
        },
      ),
    circumstances: () => ({ host: io.host, sentinel_version: version }),
    warn: (message) => io.stderr.write(`sentinel: warning: ${printable(message)}\n`),
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
