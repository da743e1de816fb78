// KV version 2: secrets with their older versions. spec/vault.md 7.2.

import type { Response } from '../../door.ts'
import { type Call, type MountType, type Path, path } from '../path.ts'
import { moveFromVersionOne } from './upgrade.ts'
import { dataPaths } from './version-two-data.ts'
import { metadataPaths } from './version-two-metadata.ts'

const verbs = {
  create: 'put',
  update: 'put',
  patch: 'patch',
  read: 'get',
  list: 'list',
  delete: 'delete',
} as const

/** Whoever takes the mount for one of version 1 is told how it is done here. */
const elsewhere: Path = path({
  pattern: ':path*',
  summary: 'Tells whoever expects version 1 which paths there are',
  fields: {},
  operations: {
    read: notHere,
    list: notHere,
    write: notHere,
    patch: notHere,
    delete: notHere,
  },
})

function notHere(_context: unknown, { request, params }: Call): Response {
  const isRoot = /^(?:metadata|data|delete|undelete|destroy)\/?$/.test(params.path ?? '')
  const { operation } = request
  const warning = isRoot
    ? 'Non-listing operations on the root of a K/V v2 mount are not supported.'
    : 'Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use.' +
      (operation === 'help' ? '' : ` On a command line, \`sentinel vault kv ${verbs[operation]}\` does this.`)
  return { status: 404, warnings: [warning] }
}

/** The mount type `kv` where its options say `version=2`. */
export const kvVersionTwo: MountType = {
  type: 'kv',
  class: 'secret',
  help: 'Keeps secrets under paths, with their older versions.',
  paths: [...dataPaths, ...metadataPaths, elsewhere],
  prepare: moveFromVersionOne,
}
