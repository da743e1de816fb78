// What this room sees of the disk, and what it has read so far.

import { compile, type Policy } from '../lang/index.ts'
import type { Diagnostic, Source, Span } from '../source/index.ts'

/** Files and folders. Paths are as people write them, and are shown as they are. */
export type Files = {
  /** The text of a file. @throws SentinelError FILE_UNREADABLE */
  readText(path: string): string
  /**
   * The names of the files in a folder, in any order, without its subfolders; undefined where there is no such folder.
   *
   * @throws SentinelError FILE_UNREADABLE
   */
  list(folder: string): readonly string[] | undefined
  /** A path that a file in this folder names. */
  join(folder: string, path: string): string
  /** The folder of a file. */
  folderOf(path: string): string
}

/** Something to be said about a file. */
export type Finding = { readonly source: Source; readonly diagnostic: Diagnostic }

/** Files that are read and parsed once, however many configurations name them. */
export type Shelf = {
  readonly files: Files
  /** The policy or module in a file. @throws SentinelError FILE_UNREADABLE */
  policy(path: string): Policy
}

/** An empty shelf. What it holds it keeps: a long run opens a new one now and then. */
export function openShelf(files: Files): Shelf {
  const policies = new Map<string, Policy>()
  return {
    files,
    policy(path) {
      const known = policies.get(path) ?? compile({ name: path, text: files.readText(path) })
      policies.set(path, known)
      return known
    },
  }
}

/** Whether something is wrong, not only worth a warning. */
export const isBroken = (findings: readonly Finding[]): boolean =>
  findings.some(({ diagnostic }) => diagnostic.severity === 'error')

/** A finding that is an error. */
export function problem(source: Source, span: Span, message: string, hint?: string): Finding {
  return { source, diagnostic: { severity: 'error', message, span, hint } }
}
