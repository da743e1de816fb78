// Reading and writing whole files. What is written here is for its owner alone (0600 in folders of 0700) and appears
// at once or not at all: a reader never sees half a file, and a crash leaves the old one.
// Every failure names the path and what the operating system said.

import { isUtf8 } from 'node:buffer'
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { type ErrorCode, SentinelError } from '../base/index.ts'
import { type Machine, systemWait } from './machine.ts'

const mebibyte = 1024 * 1024

/** No file that Sentinel reads whole is larger. */
export const mostFileBytes = 16 * mebibyte

const checkOwner = 'check who owns the file and its folder, and their permissions'
const freeSpace = 'free some space on the disk that holds it'
const reasons: ReadonlyMap<string, readonly [reason: string, hint: string]> = new Map([
  ['ENOENT', ['no such file or folder', 'check the path']],
  ['EACCES', ['permission denied', checkOwner]],
  ['EPERM', ['operation not permitted', checkOwner]],
  ['EISDIR', ['it is a folder', 'name a file']],
  ['EEXIST', ['something else is in the way', 'check the path']],
  ['ENOTDIR', ['a part of the path is no folder', 'check the path']],
  ['ENOSPC', ['no space left on the disk', freeSpace]],
  ['EDQUOT', ['the disk quota is used up', freeSpace]],
  ['EROFS', ['the file system is read-only', 'choose a path on a disk that can be written']],
  ['EMFILE', ['too many open files', 'raise the limit of open files']],
  ['ELOOP', ['too many symbolic links', 'check the path']],
  ['ENAMETOOLONG', ['the name is too long', 'choose a shorter path']],
  ['EFBIG', ['the file would be larger than is allowed', 'raise the limit of file sizes']],
  ['EIO', ['input/output error', 'check the disk that holds it']],
])

/** A failure of the operating system as a SentinelError that names the path, the reason and what may help. */
export function fileError(code: ErrorCode, what: string, path: string, cause: unknown): SentinelError {
  if (cause instanceof SentinelError) return cause
  const errno = errorCode(cause)
  const [reason, hint] = reasons.get(errno) ?? ['the operating system refused', undefined]
  return new SentinelError(
    code,
    `cannot ${what} \`${path}\`: ${reason}${errno === '' ? '' : ` (${errno})`}`,
    {
      hint,
      cause,
    },
  )
}

/** The operating system's name of an error (`ENOENT`), or an empty text. */
export function errorCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}

/**
 * The text of a file, without a byte order mark.
 *
 * @param most bytes that it may have
 * @throws SentinelError FILE_UNREADABLE when it cannot be read, is larger (16 MiB by default) or is not UTF-8
 */
export function readText(path: string, most = mostFileBytes): string {
  return toText(path, readBytes(path, most))
}

/**
 * The text of a file as it is, a byte order mark included.
 *
 * @throws SentinelError FILE_UNREADABLE as readText does
 */
export function readWholeText(path: string): string {
  return toWholeText(path, readBytes(path, mostFileBytes))
}

/** The text of a file, or undefined where there is none. Throws like readText otherwise. */
export function readTextIfPresent(path: string): string | undefined {
  const bytes = readBytesIfPresent(path)
  return bytes === undefined ? undefined : toText(path, bytes)
}

/** The bytes of a file, or undefined where there is none. */
export function readBytesIfPresent(path: string): Buffer | undefined {
  try {
    return readOpened(path, mostFileBytes)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw fileError('FILE_UNREADABLE', 'read', path, thrown)
  }
}

function readBytes(path: string, most: number): Buffer {
  try {
    return readOpened(path, most)
  } catch (thrown) {
    throw fileError('FILE_UNREADABLE', 'read', path, thrown)
  }
}

function readOpened(path: string, most: number): Buffer {
  const isPipe = isNamedPipe(path)
  const file = openSync(path, isPipe ? constants.O_RDONLY | constants.O_NONBLOCK : 'r')
  try {
    return readAll(path, file, { read: isPipe ? readPatiently(path) : readOnce, most })
  } finally {
    closeSync(file)
  }
}

/** Pipes that somebody made by name: those under these paths are the process's own, and somebody writes to them. */
function isNamedPipe(path: string): boolean {
  return !/^\/(?:dev\/(?:fd\/|stdin$)|proc\/)/.test(path) && statSync(path).isFIFO()
}

/** So often a pipe is looked at out of which nothing comes, and so much later each time. */
const [pipeLooks, pipeLookMs] = [200, 10]

/** Reads a pipe that may have nobody who writes to it: who waited for one would wait for ever. */
function readPatiently(path: string): typeof readOnce {
  let [looks, hasGiven] = [0, false]
  return (file, part) => {
    for (; looks < pipeLooks; looks++) {
      const count = readAtOnce(file, part)
      // Nobody writes any more, or nobody does yet.
      if (count === 0 && hasGiven) return 0
      if (count !== undefined && count > 0) {
        ;[looks, hasGiven] = [0, true]
        return count
      }
      systemWait.block(pipeLookMs)
    }
    throw new SentinelError(
      'FILE_UNREADABLE',
      `cannot read \`${path}\`: it is a pipe out of which nothing came for ${(pipeLooks * pipeLookMs) / 1000} s`,
      { hint: 'write what is to be read into a file' },
    )
  }
}

/** How much there is at the moment; undefined for nothing yet. */
function readAtOnce(file: number, part: Buffer): number | undefined {
  try {
    return readOnce(file, part)
  } catch (thrown) {
    if (errorCode(thrown) !== 'EAGAIN') throw thrown
    return undefined
  }
}

const readOnce = (file: number, part: Buffer): number => readSync(file, part, 0, part.length, null)

/** All that an open file or pipe still holds. The path is for the error. */
export function readAll(
  path: string,
  file: number,
  { read, most } = { read: readOnce, most: mostFileBytes },
): Buffer {
  const stats = fstatSync(file)
  const { size } = stats
  const parts: Buffer[] = []
  let total = 0
  // A pipe or a file of /proc says 0; one byte more than the size finds the end in the same call.
  let part = Buffer.allocUnsafe(Math.min(Math.max(size + 1, 8192), most + 1))
  // A pipe may give a byte at a time.
  let filled = 0
  for (;;) {
    const count = read(file, part.subarray(filled))
    total += count
    filled += count
    if (total > most) {
      throw new SentinelError(
        'FILE_UNREADABLE',
        `cannot read \`${path}:1:1\`: it is larger than ${most / mebibyte} MiB`,
        {
          hint: 'check that this is the right file',
        },
      )
    }
    // A regular file that gave less than it was asked for is at its end; those of /proc, which say 0, may have more.
    if (count === 0 || (total === size && filled < part.length && stats.isFile())) {
      const last = part.subarray(0, filled)
      return parts.length === 0 ? last : Buffer.concat([...parts, last])
    }
    if (filled < part.length) continue
    parts.push(part)
    part = Buffer.allocUnsafe(65_536)
    filled = 0
  }
}

function toText(path: string, bytes: Buffer): string {
  const text = toWholeText(path, bytes)
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

function toWholeText(path: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw new SentinelError('FILE_UNREADABLE', `cannot read \`${path}\`: it is not UTF-8`, {
      hint: 'save the file as UTF-8',
    })
  }
  return bytes.toString('utf8')
}

type Writer = Pick<Machine, 'platform' | 'random' | 'wait'>

/**
 * Replaces a file, or makes it, in one step: 0600, in a folder of 0700 that is made if it is not there. When this
 * returns, the file is on the disk.
 *
 * @throws SentinelError FILE_UNWRITABLE; the old file is then still there, and nothing else is left
 */
export function writeAtomic(deps: Writer, path: string, content: string | Uint8Array): void {
  replace(
    deps,
    path,
    path,
    () => {
      makeFolder(deps.platform.path.dirname(path))
      return ownerOnly
    },
    content,
  )
}

/**
 * Gives a file of the person's another text in one step. The file keeps its mode, and its owner where that is allowed;
 * behind a symbolic link it is the file that changes, not the link.
 *
 * @throws SentinelError FILE_UNWRITABLE; the old text is then still there, and nothing else is left
 */
export function rewriteText(deps: Writer, path: string, text: string): void {
  const target = realPathOf(path)
  replace(
    deps,
    path,
    target,
    () => {
      accessSync(target, constants.W_OK)
      return statSync(target)
    },
    text,
  )
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (thrown) {
    throw fileError('FILE_UNWRITABLE', 'write', path, thrown)
  }
}

const ownerOnly = 'owner only'
type Owned = Pick<Stats, 'mode' | 'uid' | 'gid'>

/** `prepare` is called first, and says whom the new file is for, or which file it should be like. */
function replace(
  deps: Writer,
  named: string,
  path: string,
  prepare: () => typeof ownerOnly | Owned,
  content: string | Uint8Array,
): void {
  const { dirname, basename, join } = deps.platform.path
  const mark = Buffer.from(deps.random.bytes(6)).toString('hex')
  const temporary = join(dirname(path), `.${basename(path)}.${mark}.tmp`)
  try {
    const like = prepare()
    writeNew(temporary, content)
    if (like !== ownerOnly) takeAfter(temporary, like)
    renameOver(deps, temporary, path)
    if (deps.platform.fileModes) syncFolder(dirname(path))
  } catch (thrown) {
    removeIfPossible(temporary)
    throw fileError('FILE_UNWRITABLE', 'write', named, thrown)
  }
}

/** Only root may give files away; whoever may write another's file without owning it becomes its owner. */
function takeAfter(path: string, { mode, uid, gid }: Owned): void {
  try {
    chownSync(path, uid, gid)
  } catch (thrown) {
    if (errorCode(thrown) !== 'EPERM') throw thrown
  }
  chmodSync(path, mode & 0o7777)
}

/** Makes a folder that only its owner can enter, and the folders above it. */
export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
}

/** Removes a file that may already be gone. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (thrown) {
    throw fileError('FILE_UNWRITABLE', 'remove', path, thrown)
  }
}

// After a failure that is about to be told: a second one would only hide it.
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    return
  }
}

function writeNew(path: string, content: string | Uint8Array): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    writeAll(file, typeof content === 'string' ? Buffer.from(content) : content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Writes every byte: one call may write fewer than it was given, on a full disk for example. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
}

// On Windows a virus scanner or an indexer may hold the file for a moment.
function renameOver(deps: Pick<Machine, 'platform' | 'wait'>, from: string, to: string): void {
  renameWith(deps, () => renameSync(from, to))
}

/** Tries a rename again for about a second while it fails with a code that the platform calls busy. */
export function renameWith(deps: Pick<Machine, 'platform' | 'wait'>, rename: () => void): void {
  for (let tries = 0; ; tries++) {
    try {
      rename()
      return
    } catch (thrown) {
      if (tries === 12 || !deps.platform.renameBusy.includes(errorCode(thrown))) throw thrown
      deps.wait.block(Math.min(5 * 2 ** tries, 100))
    }
  }
}

// A rename is on the disk only when its folder is. Some file systems cannot sync a folder: then so be it.
/** Puts what was made or renamed in a folder on the disk. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } catch (thrown) {
    if (errorCode(thrown) !== 'EINVAL') throw thrown
  } finally {
    closeSync(folder)
  }
}
