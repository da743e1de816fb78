import { accessSync, constants, statSync } from 'node:fs'
import { type Env, type Platform, variable } from './platform.ts'

/** What lies at a path: nothing, a folder, a file that may not be run, or a program. */
export type Probe = (path: string) => 'missing' | 'folder' | 'plain' | 'program'

/** What a command name leads to. */
export type Executable =
  | {
      readonly kind: 'found'
      readonly path: string
      /** A batch file of Windows, which only `cmd.exe` can run. */
      readonly needsShell: boolean
    }
  | { readonly kind: 'not executable'; readonly path: string }
  | { readonly kind: 'not found' }

/**
 * Finds the program that a command name means. A name with a separator is a path and is not searched for.
 * Relative and empty entries of `PATH` are passed over: what lies in the current folder is not run by accident.
 */
export function findExecutable(platform: Platform, env: Env, command: string, probe: Probe): Executable {
  const { delimiter, isAbsolute, join } = platform.path
  const isPath = command.includes('/') || (platform.path.sep === '\\' && /[\\:]/.test(command))
  const search = (variable(platform, env, 'PATH') ?? platform.searchPath).split(delimiter)
  const folders = search.map((entry) => entry.replace(/^"(.*)"$/, '$1')).filter((entry) => isAbsolute(entry))
  const places = isPath ? [command] : command === '' ? [] : folders.map((entry) => join(entry, command))
  let plain: string | undefined
  for (const path of places.flatMap((place) => candidates(platform, env, place))) {
    const what = probe(path)
    if (what === 'program') return { kind: 'found', path, needsShell: /\.(bat|cmd)$/i.test(path) }
    // A shell passes folders over while it searches, and calls one that was named not executable.
    if (what === 'plain' || (what === 'folder' && isPath)) plain ??= path
  }
  return plain === undefined ? { kind: 'not found' } : { kind: 'not executable', path: plain }
}

function candidates(platform: Platform, env: Env, place: string): readonly string[] {
  if (platform.programEndings.length === 0) return [place]
  const listed = variable(platform, env, 'PATHEXT')
    ?.split(';')
    .filter((ending) => ending.startsWith('.'))
  const endings = listed === undefined || listed.length === 0 ? platform.programEndings : listed
  const complete = endings.some((ending) => place.toLowerCase().endsWith(ending.toLowerCase()))
  return complete ? [place] : endings.map((ending) => place + ending)
}

/** The probe that asks the file system. */
export const probeFile: Probe = (path) => {
  try {
    const what = statSync(path)
    if (what.isDirectory()) return 'folder'
    if (!what.isFile()) return 'missing'
  } catch {
    return 'missing'
  }
  try {
    accessSync(path, constants.X_OK)
    return 'program'
  } catch {
    return 'plain'
  }
}
