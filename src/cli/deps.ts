// The composition root: the only place that builds the real parts, each when it is first asked for. A command is
// given all of it and takes what it needs; the rooms below get plain functions and values.

import { type Clock, printable, type Random } from '../base/index.ts'
import {
  encryptedFiles,
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
  sealedFiles,
  systemWait,
} from '../machine/index.ts'
import type { Io } from './io.ts'

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
  /** Cached texts that nobody else can have written. */
  sealed(): NamedTexts
  /** Cached credentials. */
  encrypted(): NamedTexts
  /** A file by its path, relative to where the person stands. @throws SentinelError FILE_UNREADABLE */
  readText(path: string): string
  /** Says something to the person on stderr that is no error. */
  warn(message: string): void
}

/** The parts that a test may choose. */
export type Given = { readonly clock: Clock; readonly random: Random }

/** Builds the parts of one run. */
export function openDeps(io: Io, { clock, random }: Given): Deps {
  const platform = platforms[io.platform]
  const where = paths(platform, io.env, homeFolder(platform, io.env) ?? io.home)
  const machine: Machine = { platform, clock, random, wait: systemWait, pid: io.pid }
  const keys = once(() => openKeys(machine, where.keysFile))
  const { join, resolve } = platform.path
  return {
    io,
    clock,
    random,
    machine,
    platform,
    paths: where,
    tzVersion: process.versions.tz ?? '',
    keys,
    sealed: once(() => sealedFiles({ ...machine, keys: keys() }, join(where.cacheFolder, 'sealed'))),
    encrypted: once(() =>
      encryptedFiles({ ...machine, keys: keys() }, join(where.cacheFolder, 'credentials')),
    ),
    readText: (path) => readText(resolve(io.cwd, path)),
    warn: (message) => io.stderr.write(`sentinel: warning: ${printable(message)}\n`),
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
