// A Kv in two files of this machine, by LMDB: many processes at once, safe from kill -9 and power cuts. It is native
// code and installed where npm finds it for the platform; elsewhere only this store is missing
// (docs/decisions/0013-native-parts.md).
//
// INVARIANT: when a batch returns, the disk has it: transactions are flushed before they are over.
// INVARIANT: nothing is read from or written to files that are not those in their place any more. LMDB would go on with a
// removed file, which nobody else sees.

import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import type { RootDatabase } from 'lmdb'
import { printable, SentinelError } from '../base/index.ts'
import { errorCode, fileError, type Machine, makeFolder } from '../machine/index.ts'
import { conflictOf, requireBatch, requireKey } from './checks.ts'
import { isWhole } from './data-file.ts'
import { type Entry, type Kv, keyBytesLimit, type Range, type Write } from './kv.ts'

/** A version is kept in front of its value. */
const versionBytes = 8

const dataFile = 'data.mdb'
const files = [dataFile, 'lock.mdb'] as const

/** Each process that reads takes one: enough for a storm of them. */
const maxReaders = 1024

type Deps = Pick<Machine, 'platform' | 'random'>

/** The store in a folder of this machine. */
export type LocalKv = Kv & {
  /** Whether other files lie in the place of those that are open: then it can be opened anew. */
  isReplaced(): boolean
}

/**
 * Opens the store in a folder, and makes it where there is none, for its owner only. Where its files are taken away, or
 * replaced, everything throws STORE_UNAVAILABLE.
 *
 * @throws SentinelError STORE_UNAVAILABLE where LMDB is not installed, others may read the files, or they cannot be used
 */
export async function localKv(deps: Deps, folder: string): Promise<LocalKv> {
  const { db, opened } = await openDatabase(deps, folder)
  const present = () => filesAt(deps, folder)
  const asked = <Result>(ask: () => Result): Result => {
    try {
      if (present() !== opened) throw takenAway(folder)
      return ask()
    } catch (thrown) {
      throw unusable(folder, thrown)
    }
  }
  const group = new Group(deps, db, asked)
  return {
    get: async (key) => {
      requireKey(key)
      return asked(() => {
        // Otherwise a turn of the event loop would go on seeing what it saw first.
        db.resetReadTxn()
        const stored = db.getBinary(Buffer.from(key))
        return stored === undefined ? undefined : storedToEntry(key, stored)
      })
    },
    list: async (range) =>
      asked(() => {
        db.resetReadTxn()
        const bounds = boundsOf(range)
        if (bounds === undefined) return []
        return [...db.getRange(bounds)].map(({ key, value }) => storedToEntry(key.toString('utf8'), value))
      }),
    keys: async (range) =>
      asked(() => {
        db.resetReadTxn()
        const bounds = boundsOf(range)
        return bounds === undefined ? [] : [...db.getKeys(bounds)].map((key) => key.toString('utf8'))
      }),
    batch: (writes) => group.take(writes),
    isReplaced() {
      const there = present()
      return there !== undefined && there !== opened
    },
    async close() {
      group.commit()
      await db.close()
    },
  }
}

type Waiting = {
  readonly writes: readonly Write[]
  written(): void
  failed(cause: unknown): void
}

/**
 * Batches of one turn of the event loop, which the disk takes at once: flushing costs as much for many as for one. Each
 * succeeds or fails by itself, in the order in which they came.
 */
class Group {
  private waiting: Waiting[] = []
  private readonly deps: Deps
  private readonly db: Database
  private readonly asked: <Result>(ask: () => Result) => Result

  constructor(deps: Deps, db: Database, asked: <Result>(ask: () => Result) => Result) {
    this.deps = deps
    this.db = db
    this.asked = asked
  }

  async take(writes: readonly Write[]): Promise<void> {
    requireBatch(writes)
    if (this.waiting.length === 0) setImmediate(() => this.commit())
    await new Promise<void>((written, failed) => this.waiting.push({ writes, written, failed }))
  }

  commit(): void {
    const { waiting } = this
    this.waiting = []
    if (waiting.length === 0) return
    try {
      const conflicts = this.asked(() =>
        this.db.transactionSync(() => waiting.map(({ writes }) => change(this.deps, this.db, writes))),
      )
      for (const [at, { written, failed }] of waiting.entries()) {
        const conflict = conflicts[at]
        if (conflict === undefined) written()
        else failed(conflict)
      }
    } catch (thrown) {
      for (const { failed } of waiting) failed(thrown)
    }
  }
}

/** Does all of them, or none where something else is there than expected. Throwing ends the transaction, with nothing changed. */
function change({ random }: Deps, db: Database, writes: readonly Write[]): SentinelError | undefined {
  for (const write of writes) {
    const stored = db.getBinary(Buffer.from(write.key))
    const found = stored === undefined ? undefined : storedToEntry(write.key, stored)
    const conflict = conflictOf(write, found?.version)
    if (conflict !== undefined) return conflict
  }
  for (const write of writes) {
    const key = Buffer.from(write.key)
    if (write.kind === 'delete') db.removeSync(key)
    else db.putSync(key, Buffer.concat([random.bytes(versionBytes), write.value]))
  }
  return undefined
}

type Database = RootDatabase<Buffer, Buffer>

type Opened = { readonly db: Database; readonly opened: string | undefined }

async function openDatabase(deps: Deps, folder: string): Promise<Opened> {
  const { open } = await lmdb()
  try {
    makeFolder(folder)
    for (const file of files) claim(deps, deps.platform.path.join(folder, file))
    // Before: what is put in their place in between is another file.
    const opened = filesAt(deps, folder)
    const db = open<Buffer, Buffer>({
      path: folder,
      noSubdir: false,
      keyEncoding: 'binary',
      encoding: 'binary',
      maxReaders,
      // A commit returns when it is flushed, not some time before.
      overlappingSync: false,
    })
    return { db, opened }
  } catch (thrown) {
    throw unusable(folder, thrown)
  }
}

async function lmdb() {
  try {
    return await import('lmdb')
  } catch (cause) {
    throw new SentinelError('STORE_UNAVAILABLE', 'the local store does not run here: lmdb cannot be loaded', {
      hint: 'install sentinel-gateway with its optional dependencies, or name a DynamoDB table instead of `local`',
      cause,
    })
  }
}

// LMDB would make its files readable to others, and falls with the whole process over a file that is none of its own.
function claim(deps: Deps, path: string): void {
  // To close a file gives up all locks that this process has on it, also those that LMDB took where the store is open
  // already: others would then take its readers for dead ones (fcntl(2), "Record locks are automatically released").
  const found = path.endsWith(dataFile) ? undefined : statSync(path, { throwIfNoEntry: false })
  if (found !== undefined) {
    requireOwn(deps, path, found.mode)
    return
  }
  const file = openSync(path, 'a+', 0o600)
  try {
    const { mode, size } = fstatSync(file)
    requireOwn(deps, path, mode)
    if (path.endsWith(dataFile) && size > 0 && !isWhole(file)) {
      throw damaged(path)
    }
  } finally {
    closeSync(file)
  }
}

/**
 * Which files lie there: a number of the file system, which no other file has while this one is open. Undefined where one
 * is not there.
 */
function filesAt({ platform }: Deps, folder: string): string | undefined {
  let found = ''
  for (const file of files) {
    const stats = statSync(platform.path.join(folder, file), { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    found += `${stats.dev}:${stats.ino} `
  }
  return found
}

const takenAway = (folder: string) =>
  new SentinelError(
    'STORE_UNAVAILABLE',
    `the local store \`${folder}\` was taken away, or replaced, while it was open`,
    { hint: 'put it back, or start again what uses it' },
  )

const damaged = (path: string, cause?: unknown) =>
  new SentinelError('STORE_UNAVAILABLE', `\`${path}\` is no store of sentinel's, or damaged`, {
    hint: 'restore it from a backup, or move it away and begin with an empty one',
    cause,
  })

function requireOwn({ platform }: Deps, path: string, mode: number): void {
  if (!platform.fileModes || (mode & 0o077) === 0) return
  const shown = (mode & 0o777).toString(8).padStart(4, '0')
  const message = `the local store \`${path}\` is open to others (mode ${shown})`
  const hint = `find out who changed it, then run: chmod 600 '${path}'`
  throw new SentinelError('STORE_UNAVAILABLE', message, { hint })
}

function storedToEntry(key: string, stored: Buffer): Entry {
  const version = stored.toString('hex', 0, versionBytes)
  return { key, version, value: Uint8Array.from(stored.subarray(versionBytes)) }
}

/** Where LMDB begins and ends; undefined where nothing can be found. */
function boundsOf({ prefix, after, limit, order = 'ascending' }: Range) {
  const low = Buffer.from(prefix)
  const high = behind(low)
  if (low.length > keyBytesLimit) return undefined
  const from = after === undefined ? undefined : Buffer.from(after)
  if (order === 'ascending') {
    if (from === undefined || Buffer.compare(from, low) < 0) return { start: low, ...upTo(high), limit }
    if (high !== undefined && Buffer.compare(from, high) >= 0) return undefined
    return { start: from, exclusiveStart: true, ...upTo(high), limit }
  }
  const down = { reverse: true, end: low, inclusiveEnd: true, limit }
  if (from === undefined || (high !== undefined && Buffer.compare(from, high) >= 0)) {
    return high === undefined ? down : { ...down, start: high, exclusiveStart: true }
  }
  return Buffer.compare(from, low) <= 0 ? undefined : { ...down, start: from, exclusiveStart: true }
}

const upTo = (end: Buffer | undefined) => (end === undefined ? {} : { end })

/** The first key behind all that begin with a prefix; undefined where none is. UTF-8 has no byte 255. */
function behind(prefix: Buffer): Buffer | undefined {
  const last = prefix.at(-1)
  return last === undefined ? undefined : Buffer.concat([prefix.subarray(0, -1), Buffer.of(last + 1)])
}

function unusable(folder: string, thrown: unknown): SentinelError {
  if (thrown instanceof SentinelError) return thrown
  if (errorCode(thrown) !== '') return fileError('STORE_UNAVAILABLE', 'use the local store', folder, thrown)
  if (/MDB_(?:CORRUPTED|PAGE_NOTFOUND|INVALID|BAD_TXN)/.test(String(thrown))) return damaged(folder, thrown)
  const words = thrown instanceof Error ? (thrown.message.split('\n', 1)[0] ?? '') : String(thrown)
  return new SentinelError(
    'STORE_UNAVAILABLE',
    `cannot use the local store \`${folder}\`: ${printable(words)}`,
    {
      hint: 'check the disk that holds it, and who owns it',
      cause: thrown,
    },
  )
}
