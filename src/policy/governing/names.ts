// Every name that a governing policy may read (spec/vault.md 2), as data: a policy that reads another one is refused when
// it is written. What the server gives for them stands in server/core/view.ts; a test compares the two.

import type { HostNames } from '../../lang/index.ts'

type Tree = { readonly [name: string]: 'any' | Tree }

const seconds = (name: string): Tree => ({ [name]: 'any', [`${name}_seconds`]: 'any' })
const all = (...names: readonly string[]): Tree => Object.fromEntries(names.map((name) => [name, 'any']))

const tree: Tree = {
  namespace: all('id', 'path'),
  request: {
    connection: all('remote_addr'),
    ...all('data', 'operation', 'path', 'policy_override', 'unauthenticated'),
    wrapping: seconds('ttl'),
  },
  replication: { dr: all('mode'), performance: all('mode'), mode: 'any' },
  token: {
    ...all('creation_time', 'creation_time_unix', 'display_name', 'entity_id', 'metadata', 'num_uses'),
    ...seconds('creation_ttl'),
    ...seconds('explicit_max_ttl'),
    ...seconds('period'),
    // Documented to be undefined: examples test for it.
    meta: 'any',
    namespace: all('id', 'path'),
    ...all('path', 'policies', 'role', 'type'),
  },
  identity: {
    entity: all(
      ...['creation_time', 'last_update_time', 'id', 'name', 'metadata', 'merged_entity_ids'],
      ...['policies', 'aliases'],
    ),
    groups: all('by_id', 'by_name', 'names', 'ids'),
  },
  mfa: all('methods'),
  controlgroup: all('time', 'request_time', 'authorizations'),
}

const toNames = (names: Tree): HostNames =>
  new Map(Object.entries(names).map(([name, below]) => [name, below === 'any' ? 'any' : toNames(below)]))

/** What a governing policy finds without importing anything. */
export const governingNames: HostNames = toNames(tree)

/** Imports that published examples write for what is there anyway: they mean nothing. */
export const idleImports: ReadonlySet<string> = new Set(['mfa', 'identity', 'controlgroup'])
