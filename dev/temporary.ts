// Folders of a run that must not outlive it, whatever ends it.

import type { ChildProcess } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
/** Bytes. Containers often have 64 MiB there. */
const enough = 4 * 2 ** 30

const folders = new Set<string>()
/** Each with what ends it. */
const children = new Map<ChildProcess, () => void>()
const ending = new AbortController()

/** A new folder under the system's temporary one; the name begins with `prefix`. */
export function temporaryFolder(prefix: string, place = tmpdir()): string {
  const folder = mkdtempSync(join(place, prefix))
  folders.add(folder)
  return folder
}

/**
 * The same in memory, where the system has files there: whoever is killed loses nothing of what the system was given, so
 * where that alone is tried, waiting for a disk would show nothing but the disk.
 */
export function temporaryFolderInMemory(prefix: string): string {
  return temporaryFolder(prefix, placeInMemory())
}

/** The system's place for files in memory, where it has room and programs may lie there; else that for temporary ones. */
export function placeInMemory(): string {
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
    const forbidden = mounts.some((line) => line.includes(` ${memory} `) && /\bnoexec\b/.test(line))
    return bavail * bsize < enough || forbidden ? tmpdir() : memory
  } catch {
    return tmpdir()
  }
}

/** For what comes to an end because this process does: nobody is told of it any more. */
export function unlessEnding<T>(value: T): T | Promise<never> {
  return ending.signal.aborted ? new Promise<never>(() => {}) : value
}

/** Removes such a folder, or leaves it where it is no more. */
export function removeTemporary(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  folders.delete(folder)
}

/** A process that works in such a folder: it is ended first, or it would write into what is removed. */
export function endWithUs<T extends ChildProcess>(
  child: T,
  end: () => void = () => void child.kill('SIGKILL'),
): T {
  children.set(child, end)
  child.once('close', () => children.delete(child))
  return child
}

/**
 * From now on a signal that ends this process removes its temporary folders first. A call that keeps the event loop
 * busy (a process that is waited for in one go) is over before that.
 */
export function removeTemporariesOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, async () => {
      ending.abort()
      const ends = [...children.keys()].map((child) => new Promise((ended) => child.once('close', ended)))
      for (const end of children.values()) end()
      await Promise.all(ends)
      for (const folder of folders) removeTemporary(folder)
      // As if nobody had listened: the shell sees which signal it was.
      process.kill(process.pid, signal)
    })
  }
}
