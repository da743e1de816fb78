// The configuration of `sentinel apply`: loaded only where there is one.

import { SentinelError } from '../base/index.ts'
import { filesIn } from '../machine/index.ts'
import {
  findingJson,
  findingLines,
  isBroken,
  type Project,
  readConfiguration,
  readProject,
  type Shelf,
} from '../project/index.ts'
import type { Deps } from './deps.ts'

/**
 * The configuration of a file or folder that was named, or else of the folder where the person stands.
 *
 * @throws SentinelError PROJECT_INVALID, FILE_UNREADABLE; USAGE for a policy
 */
export function openConfiguration({ resolve }: Deps, shelf: Shelf, named: string | undefined): Project {
  const project = read(shelf, named, named !== undefined && filesIn(resolve(named)) !== undefined)
  const { findings } = project
  if (!isBroken(findings)) return project
  const errors = findings.filter(({ diagnostic }) => diagnostic.severity === 'error')
  const count = errors.length === 1 ? 'an error' : `${errors.length} errors`
  throw new SentinelError('PROJECT_INVALID', `the configuration of the policies has ${count}`, {
    details: findingLines(findings),
    errors: errors.map(findingJson),
  })
}

function read(shelf: Shelf, named: string | undefined, isFolder: boolean): Project {
  if (named === undefined) return readProject(shelf, '.', 'found')
  if (named.endsWith('.sentinel') && !isFolder) {
    throw new SentinelError('USAGE', `\`${named}\` is a policy, not a configuration`, {
      hint: `name it without -config: sentinel apply ${named}`,
    })
  }
  return isFolder ? readProject(shelf, named, 'named') : readConfiguration(shelf, named)
}
