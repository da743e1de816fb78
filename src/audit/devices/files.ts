// The file system as far as audit files need it, and opening one safely.

import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, realpath } from 'node:fs/promises'
import { SentinelError } from '../../base/index.ts'
import { errorCode } from '../../machine/index.ts'

/** What is asked of a file by its path or by its handle. */
export type FileFacts = {
  readonly dev: number
  readonly ino: number
  readonly size: number
  readonly nlink: number
  isFile(): boolean
}

/** An open file. */
export type AuditFile = Pick<FileHandle, 'write' | 'read' | 'chmod' | 'datasync' | 'close'> & {
  stat(): Promise<FileFacts>
}

/** `node:fs/promises` is one; tests give one that fails. */
export type AuditFiles = {
  open(...args: Parameters<typeof open>): Promise<AuditFile>
  /** On a thread, as all that may hang: a file system can take a write and then say nothing of the file. */
  lstat(path: string): Promise<FileFacts>
  realpath(path: string): Promise<string>
  mkdir(path: string, options: { recursive: true; mode: number }): Promise<unknown>
}

/** The machine's own. */
export const systemFiles: AuditFiles = {
  open,
  lstat,
  realpath,
  mkdir,
}

/** An audit file that was opened, and what it was then. */
export type Opened = {
  readonly file: AuditFile
  readonly dev: number
  readonly ino: number
  readonly isEmpty: boolean
  /** It ends in the middle of a line. */
  readonly isTorn: boolean
}

/**
 * Opens a file to append to, or makes it.
 *
 * @param path with no link in it
 * @throws SentinelError REQUEST_INVALID where something else than an audit log lies there
 */
export async function openAuditFile(
  files: AuditFiles,
  path: string,
  mode: number | undefined,
): Promise<Opened> {
  // Before it is opened: opening a device or a pipe can do something already.
  const before = await factsAt(files, path)
  if (before !== undefined) requireOneFile(path, before)
  const { O_APPEND, O_CREAT, O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
  const flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK
  const file = await files.open(path, flags, mode ?? 0o600)
  try {
    const facts = await file.stat()
    requireOneFile(path, facts)
    await requireAuditLog(path, file, facts.size)
    // Only the owner may, so a file that somebody else laid there in advance is refused here.
    if (mode !== undefined) await file.chmod(mode)
    return {
      file,
      dev: facts.dev,
      ino: facts.ino,
      isEmpty: facts.size === 0,
      isTorn: facts.size > 0 && !(await endsLine(file, facts.size)),
    }
  } catch (thrown) {
    await file.close().catch(() => undefined)
    throw thrown
  }
}

/** What lies at a path; undefined where nothing does. */
export async function factsAt(files: AuditFiles, path: string): Promise<FileFacts | undefined> {
  try {
    return await files.lstat(path)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

function requireOneFile(path: string, facts: FileFacts): void {
  if (!facts.isFile()) throw refused(path, 'it is no plain file')
  if (facts.nlink > 1) throw refused(path, 'it has another name somewhere else')
}

/** Behind a prefix, the first line of an audit log begins so. */
const beginning = /^[^{\n]*\{"time":"[0-9T:.-]+Z","type":"(?:request|response)",/

async function requireAuditLog(path: string, file: AuditFile, size: number): Promise<void> {
  if (size === 0) return
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2048), 0, 2048, 0)
  if (!beginning.test(buffer.subarray(0, bytesRead).toString()))
    throw refused(path, 'it holds something that is no audit log')
}

async function endsLine(file: AuditFile, size: number): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return bytesRead === 1 && buffer[0] === 0x0a
}

const refused = (path: string, because: string) =>
  new SentinelError('REQUEST_INVALID', `cannot write the audit log \`${path}\`: ${because}`, {
    hint: 'name a file that is not there yet',
  })
