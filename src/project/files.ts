// What this room sees of the disk, and what it has read so far.

import { compile, type Policy } from '../lang/index.ts'
import type { Diagnostic, Source, Span } from '../source/index.ts'

/** Files and folders. Paths are as people write them, and are shown as they are. */
export type Files = {
  /** The text of a file, which may have so many bytes. @throws SentinelError FILE_UNREADABLE */
  readText(path: string, most?: number): string
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
  /** How many words, marks and comments a policy and its modules may have together. */
  readonly room: number
  /** The policy or module in a file, which may have so many words and marks. @throws SentinelError FILE_UNREADABLE */
  policy(path: string, size?: number): Policy
}

/** The room of a shelf that has all the memory there is. */
export const mostTogether = 900_000
/** With one in so many of them on a shelf it is cleared before the next: many cases may have large mocks. */
const keptShare = 3

/** An empty shelf. What it holds it keeps, up to a size: a long run opens a new one now and then. */
export function openShelf(files: Files, room = mostTogether): Shelf {
  const policies = new Map<string, Policy>()
  let held = 0
  // The text of a policy lies there too.
  const weightOf = ({ size, source }: Policy) => size + (source.text.length >> 8)
  return {
    files,
    room,
    policy(path, size = room) {
      const known = policies.get(path)
      if (known !== undefined && known.size <= size) return known
      const policy = compile({ name: path, text: files.readText(path) }, { size })
      if (held + weightOf(policy) > room / keptShare) {
        policies.clear()
        held = 0
      }
      // With less room than usual it may be wrong only here.
      if (size < room && policy.diagnostics.length > 0) return policy
      policies.set(path, policy)
      held += weightOf(policy)
      return policy
    },
  }
}

/** Whether something is wrong, not only worth a warning. */
export const isBroken = (findings: readonly Finding[]): boolean =>
  findings.some(({ diagnostic }) => diagnostic.severity === 'error')

/** So much is said of a mistake: an error of a policy may say 2000 letters, and a name may have millions. */
const maxMessage = 4000

/** A finding that is an error. */
export function problem(source: Source, span: Span, message: string, hint?: string): Finding {
  const said = message.length > maxMessage ? `${message.slice(0, maxMessage)}…` : message
  return { source, diagnostic: { severity: 'error', message: said, span, hint } }
}
