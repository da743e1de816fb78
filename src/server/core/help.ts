// What `?help=1` answers: the paths of a mount, or one of them, as the mount describes them. The paths outside the corridor
// describe themselves in the same words.

import { SentinelError } from '../../base/index.ts'
import type { Response } from '../door.ts'
import type { Fields } from '../mounts/fields.ts'
import type { Path } from '../mounts/path.ts'
import type { Mounted, Router } from './router.ts'

/**
 * Help about a path; about all of its mount where the path is the mount itself.
 *
 * @throws SentinelError ROUTE_NOT_FOUND where nothing answers there
 */
export function helpAbout(router: Router, asked: string): Response {
  const whole = router.mounts.get(asked.endsWith('/') ? asked : `${asked}/`)
  if (whole !== undefined) return help(aboutMount(whole))
  const route = router.find(asked, 'help')
  if (route?.matched === undefined)
    throw new SentinelError('ROUTE_NOT_FOUND', `no handler for route "${asked}". route entry not found.`)
  const { context } = route.mounted
  return aboutPath(asked.slice(context.mount.path.length), route.matched.path)
}

const help = (text: string): Response => ({ plain: { help: text, see_also: null, openapi: null } })

function aboutMount({ type: { help: text, paths, outside = [] }, context }: Mounted): string {
  const prefix = context.mount.path
  const each = [
    ...paths,
    ...outside.map(({ path, summary }) => ({ pattern: path.slice(prefix.length), summary })),
  ]
    .toSorted((a, b) => (a.pattern < b.pattern ? -1 : 1))
    .map(({ pattern, summary }) => `    ${pattern}\n        ${summary}`)
  return ['## DESCRIPTION', text, '## PATHS', ...each].join('\n\n').concat('\n')
}

const aboutPath = (asked: string, { operations, ...path }: Path): Response =>
  helpText({ ...path, asked, operations: Object.keys(operations) })

/** What is said of one path. */
type Described = Pick<Path, 'pattern' | 'summary' | 'description' | 'fields' | 'access'> & {
  readonly asked: string
  readonly operations: readonly string[]
}

/** Help about one path. */
export function helpText(described: Described): Response {
  const { asked, pattern, summary, description, access, operations, fields } = described
  const verbs = operations.map((name) => (name === 'write' ? 'create, update' : name))
  const needs =
    access === 'unauthenticated' ? 'no token' : access === 'sudo' ? 'a token with `sudo`' : 'a token'
  const text = [
    `Request:        ${asked}\nMatching Route: ${pattern}\nOperations:     ${verbs.join(', ')}\nNeeds:          ${needs}`,
    summary,
    ...(Object.keys(fields).length === 0 ? [] : ['## PARAMETERS', ...parameters(fields)]),
    ...(description === undefined ? [] : ['## DESCRIPTION', description]),
  ].join('\n\n')
  return help(`${text}\n`)
}

const parameters = (fields: Fields) =>
  Object.entries(fields)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { type, help: text }]) => `    ${name} (${type})\n        ${text}`)
