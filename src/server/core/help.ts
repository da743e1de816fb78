// What `?help=1` answers: the paths of a mount, or one of them, as the mount describes them.

import { SentinelError } from '../../base/index.ts'
import type { Response } from '../door.ts'
import type { Fields } from '../mounts/fields.ts'
import type { MountType, Path } from '../mounts/path.ts'
import type { Router } from './router.ts'

/**
 * Help about a path; about all of its mount where the path is the mount itself.
 *
 * @throws SentinelError ROUTE_NOT_FOUND where nothing answers there
 */
export function helpAbout(router: Router, asked: string): Response {
  const whole = router.mounts.get(asked.endsWith('/') ? asked : `${asked}/`)
  if (whole !== undefined) return help(aboutMount(whole.type))
  const route = router.find(asked)
  if (route?.matched === undefined)
    throw new SentinelError('ROUTE_NOT_FOUND', `no handler for route "${asked}". route entry not found.`)
  const { context } = route.mounted
  return help(aboutPath(asked.slice(context.mount.path.length), route.matched.path))
}

const help = (text: string): Response => ({ plain: { help: text, see_also: null, openapi: null } })

function aboutMount({ help: text, paths }: MountType): string {
  const each = paths
    .toSorted((a, b) => (a.pattern < b.pattern ? -1 : 1))
    .map(({ pattern, summary }) => `    ${pattern}\n        ${summary}`)
  return ['## DESCRIPTION', text, '## PATHS', ...each].join('\n\n').concat('\n')
}

function aboutPath(
  asked: string,
  { pattern, summary, description, access, operations, fields }: Path,
): string {
  const verbs = Object.keys(operations).map((name) => (name === 'write' ? 'create, update' : name))
  const needs =
    access === 'unauthenticated' ? 'no token' : access === 'sudo' ? 'a token with `sudo`' : 'a token'
  return [
    `Request:        ${asked}\nMatching Route: ${pattern}\nOperations:     ${verbs.join(', ')}\nNeeds:          ${needs}`,
    summary,
    ...(Object.keys(fields).length === 0 ? [] : ['## PARAMETERS', ...parameters(fields)]),
    ...(description === undefined ? [] : ['## DESCRIPTION', description]),
  ]
    .join('\n\n')
    .concat('\n')
}

const parameters = (fields: Fields) =>
  Object.entries(fields)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { type, help: text }]) => `    ${name} (${type})\n        ${text}`)
