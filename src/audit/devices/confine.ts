// Where a file device may write. Whoever may enable devices chooses the path, and must not thereby overwrite files of the
// machine: only below folders that the configuration names, wherever links lead, and never into a file that holds
// anything but audit entries (spec/vault.md 11.5).

import { SentinelError } from '../../base/index.ts'
import { errorCode, fileError, type Platform } from '../../machine/index.ts'
import type { AuditFiles } from './files.ts'

export type Confines = {
  readonly files: AuditFiles
  readonly platform: Pick<Platform, 'path'>
  /** Absolute paths of the folders below which files may lie. */
  readonly folders: readonly string[]
}

/**
 * The path of a file with no link in it. Folders that are missing below an allowed one are made.
 *
 * @throws SentinelError REQUEST_INVALID where no file may lie there; FILE_UNWRITABLE
 */
export async function confined(confines: Confines, file: string): Promise<string> {
  const { path } = confines.platform
  requirePlainPath(confines, file)
  const [folder, name] = [path.dirname(file), path.basename(file)]
  await requireBelow(confines, file, await standingFolder(confines, folder))
  try {
    await confines.files.mkdir(folder, { recursive: true, mode: 0o700 })
    const real = await confines.files.realpath(folder)
    // Once more: what was missing may have been made by somebody else meanwhile, as a link to elsewhere.
    await requireBelow(confines, file, real)
    return path.join(real, name)
  } catch (thrown) {
    throw fileError('FILE_UNWRITABLE', 'write the audit log', file, thrown)
  }
}

function requirePlainPath({ platform: { path } }: Confines, file: string): void {
  if (/\p{Cc}/u.test(file)) throw refused('the path of an audit file may have no control characters')
  if (!path.isAbsolute(file)) throw refused(`the path of an audit file must be absolute: \`${file}\``)
  const parts = file.split(/[\\/]/)
  if (parts.includes('..') || parts.includes('.') || parts.at(-1) === '')
    throw refused(`the path of an audit file may not have \`.\` or \`..\`, or end in a slash: \`${file}\``)
}

/** The nearest folder that is there, with no link in it. */
async function standingFolder(confines: Confines, folder: string): Promise<string> {
  const { files, platform } = confines
  try {
    return await files.realpath(folder)
  } catch (thrown) {
    const above = platform.path.dirname(folder)
    if (errorCode(thrown) !== 'ENOENT' || above === folder) {
      throw fileError('FILE_UNWRITABLE', 'write an audit log below', folder, thrown)
    }
    return standingFolder(confines, above)
  }
}

/** The links of the folders themselves are the configuration's. One that is missing allows nothing. */
async function requireBelow(confines: Confines, file: string, folder: string): Promise<void> {
  const { files, platform, folders } = confines
  const contains = (outer: string, inner: string) =>
    inner === outer || inner.startsWith(platform.path.join(outer, platform.path.sep))
  // That which names it first: the file system of another may hang.
  const [likely, others] = [true, false].map((is) => folders.filter((each) => contains(each, file) === is))
  for (const each of [...(likely ?? []), ...(others ?? [])]) {
    const real = await files.realpath(each).catch(() => undefined)
    if (real !== undefined && contains(real, folder)) return
  }
  throw refused(
    `\`${file}\` is not below a folder for audit files`,
    folders.length === 0
      ? 'name folders with `audit_dirs` in the configuration of the server'
      : `choose a path below ${folders.join(', ')}, or name its folder with \`audit_dirs\` in the configuration`,
  )
}

const refused = (message: string, hint?: string) => new SentinelError('REQUEST_INVALID', message, { hint })
