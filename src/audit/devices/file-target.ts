// The lines of one device in one file, which others may move away, cut off or remove at any time. What was acknowledged
// is then in the file that was moved, or in the one that took its place.
//
// INVARIANT: a group counts as written only when a look afterwards found the file that it went into, with the group in
// it. A failed write closes the file; opening it again sees to it that half a line is ended before the next begins.

import { dirname } from 'node:path'
import { SentinelError } from '../../base/index.ts'
import { errorCode, fileError } from '../../machine/index.ts'
import {
  type AuditFile,
  type AuditFiles,
  type FileFacts,
  factsAt,
  type Opened,
  openAuditFile,
} from './files.ts'
import type { Target } from './groups.ts'

export type FilePlace = {
  /** As it was asked for, for messages. */
  readonly named: string
  /** With no link in it, found anew each time it is opened. */
  real(): Promise<string>
  readonly mode: number | undefined
}

/** `write`: the operating system has it. `fsync`: the disk has it. */
export type Durability = 'write' | 'fsync'

/** A target that can be told to let go of its file. */
export type FileTarget = Target & {
  /** The file is opened anew before the next group. */
  reopen(): void
}

/** How often a group is written anew because its file went away under it. */
const maxTries = 3

/** Makes the target. Nothing is opened before its first group. */
export function fileTarget(
  deps: { readonly files: AuditFiles; readonly durability: Durability },
  place: FilePlace,
): FileTarget {
  const target = new Appended(deps, place)
  const naming = async (what: string, run: () => Promise<void>) => {
    try {
      await run()
    } catch (thrown) {
      await target.letGo()
      throw fileError('AUDIT_FAILED', what, place.named, thrown)
    }
  }
  return {
    look: () => naming('look after the audit log', () => target.look()),
    put: (bytes) => naming('write the audit log', () => target.put(bytes)),
    close: () => target.close(),
    reopen: () => target.reopen(),
  }
}

type Current = Opened & { readonly path: string }

class Appended {
  private readonly deps: { readonly files: AuditFiles; readonly durability: Durability }
  private readonly place: FilePlace
  private current: Current | undefined
  private isStale = false
  private isClosed = false

  constructor(deps: { readonly files: AuditFiles; readonly durability: Durability }, place: FilePlace) {
    this.deps = deps
    this.place = place
  }

  reopen(): void {
    this.isStale = true
  }

  async look(): Promise<void> {
    const { current } = this
    if (current === undefined) return
    if (this.isStale || !isSame(current, await factsAt(this.deps.files, current.path))) await this.letGo()
    this.isStale = false
  }

  async put(bytes: Buffer): Promise<void> {
    if (this.isStale) await this.letGo()
    this.isStale = false
    for (let tries = 0; tries < maxTries; tries++) {
      const current = await this.opened()
      await this.append(current, bytes)
      if (await this.holds(current, bytes.length)) return
    }
    throw new SentinelError('AUDIT_FAILED', 'the file went away each time that it was written')
  }

  async letGo(): Promise<void> {
    const { current } = this
    this.current = undefined
    await current?.file.close().catch(() => undefined)
  }

  async close(): Promise<void> {
    this.isClosed = true
    await this.letGo()
  }

  private async opened(): Promise<Current> {
    this.requireWanted()
    if (this.current !== undefined) return this.current
    const path = await this.place.real()
    this.requireWanted()
    const opened = await openAuditFile(this.deps.files, path, this.place.mode)
    this.current = { ...opened, path }
    this.requireWanted()
    // A file that is new is on the disk only when its folder is.
    if (this.deps.durability === 'fsync' && opened.isEmpty) await syncFolder(this.deps.files, dirname(path))
    return this.current
  }

  /** What hung may go on long after the device was given up: nothing more is done then. */
  private requireWanted(): void {
    if (this.isClosed) throw new SentinelError('AUDIT_FAILED', 'the audit device is closed')
  }

  private async append(current: Current, bytes: Buffer): Promise<void> {
    if (current.isTorn) await writeAll(current.file, Buffer.from('\n'))
    this.current = { ...current, isTorn: false }
    await writeAll(current.file, bytes)
    if (this.deps.durability === 'fsync') await current.file.datasync()
  }

  /** Whether what was written can be found: in its place, or wherever the file was moved to. */
  private async holds(current: Current, length: number): Promise<boolean> {
    const facts = await factsAt(this.deps.files, current.path)
    if (isSame(current, facts)) return facts !== undefined && facts.size >= length
    const { nlink, size } = await current.file.stat()
    await this.letGo()
    return nlink > 0 && size >= length
  }
}

/** On a thread, as all that may hang. Not every file system can. */
async function syncFolder(files: AuditFiles, path: string): Promise<void> {
  const folder = await files.open(path, 'r')
  try {
    await folder.datasync()
  } catch (thrown) {
    if (errorCode(thrown) !== 'EINVAL') throw thrown
  } finally {
    await folder.close()
  }
}

const isSame = ({ dev, ino }: Current, facts: FileFacts | undefined) =>
  facts !== undefined && facts.dev === dev && facts.ino === ino

/** Every byte: one call may write fewer than it was given, on a full disk for example. */
async function writeAll(file: AuditFile, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, null)).bytesWritten
  }
}
