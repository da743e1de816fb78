// Which policies a command means by a path, and what to say to somebody who named something else.

import { closest, SentinelError } from '../base/index.ts'
import { errorCode } from '../machine/index.ts'
import type { Files } from '../project/index.ts'

/**
 * The policies that a path names: a file itself, which may not be there, or every `*.sentinel` directly in a folder, by
 * name, but for hidden ones.
 *
 * @throws SentinelError FILE_UNREADABLE for a folder that cannot be read
 */
export function policiesAt(files: Files, path: string): readonly string[] {
  const inside = files.list(path)
  if (inside === undefined) return [path]
  return inside
    .filter((name) => name.endsWith('.sentinel') && !name.startsWith('.'))
    .map((name) => files.join(path, name))
}

/** What to say where a path names something else than a policy. */
export type Advice = {
  /** Where it is a configuration, or a case. */
  readonly configuration: string
  /** Where it is a folder, and the command takes none. */
  readonly folder?: string
  /** What else may be named besides files. */
  readonly names?: readonly string[]
}

/**
 * Reads a policy that a person named.
 *
 * @throws SentinelError USAGE where it is no policy by its name; what `read` throws, with a guess at what was meant
 */
export function readNamed<T>(files: Files, path: string, advice: Advice, read: () => T): T {
  if (/\.(?:hcl|json)$/i.test(path)) {
    throw new SentinelError('USAGE', `\`${path}\` is a configuration or a case, not a policy`, {
      hint: advice.configuration,
    })
  }
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof SentinelError)) throw thrown
    const hint = hintFor(files, path, advice, errorCode(thrown.cause))
    if (hint === undefined) throw thrown
    const { code, message, details, cause } = thrown
    throw new SentinelError(code, message, { hint, details, cause })
  }
}

function hintFor(files: Files, path: string, advice: Advice, errno: string): string | undefined {
  if (errno === 'EISDIR') return advice.folder
  if (errno !== 'ENOENT') return undefined
  const folder = files.folderOf(path)
  const beside = (files.list(folder) ?? []).filter((name) => name.endsWith('.sentinel'))
  const near = closest(/[^/\\]*$/.exec(path)?.[0] ?? '', beside)
  const meant = closest(path, advice.names ?? []) ?? (near && files.join(folder, near))
  return meant === undefined ? undefined : `did you mean \`${meant}\`?`
}
