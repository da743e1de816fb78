// The standard imports by their paths (specification 3.3).

import type { Imported } from '../run/scope.ts'
import type { TimeZone } from '../run/zone.ts'
import { fail } from '../values/failure.ts'
import type { Value } from '../values/value.ts'
import { base64 } from './base64.ts'
import { collection } from './collection.ts'
import { decimal } from './decimal.ts'
import { http } from './http.ts'
import { json } from './json.ts'
import { lists } from './lists.ts'
import { maps } from './maps.ts'
import { runtime } from './runtime.ts'
import { sockaddr } from './sockaddr.ts'
import { strings } from './strings.ts'
import { time } from './time.ts'
import { types } from './types.ts'
import { units } from './units.ts'
import { version } from './version.ts'

// Each is asked for by its name only when a policy imports it: in the program it is loaded then.
const tables: ReadonlyMap<string, () => ReadonlyMap<string, Value>> = new Map([
  ['base64', () => base64],
  ['collection', () => collection],
  ['collection/lists', () => lists],
  ['collection/maps', () => maps],
  ['decimal', () => decimal],
  ['json', () => json],
  ['runtime', () => runtime],
  ['sockaddr', () => sockaddr],
  ['strings', () => strings],
  ['types', () => types],
  ['units', () => units],
  ['version', () => version],
])

/** The paths of all standard imports. */
export const standardPaths: readonly string[] = [...tables.keys(), 'http', 'time']

/** What a standard import depends on. */
export type Setting = {
  /** The instant, in nanoseconds since the Unix epoch. */
  readonly now: bigint
  /** The zone that times show in. */
  readonly zone: TimeZone
  /** Whether policies may ask for HTTP exchanges. */
  readonly http: boolean
}

/** What is in a standard import that does not depend on anything. */
export const membersOf = (path: string): ReadonlyMap<string, Value> | undefined => tables.get(path)?.()

/** A standard import, undefined for a path that is none. */
export function standardImport(path: string, setting: Setting): Imported<never> | undefined {
  if (path === 'http' && !setting.http) fail('the import `http` is not enabled here')
  const members =
    path === 'time' ? time(setting.now, setting.zone) : path === 'http' ? http : tables.get(path)?.()
  return members === undefined ? undefined : { kind: 'table', members }
}
