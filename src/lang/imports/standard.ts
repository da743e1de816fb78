// The standard imports by their paths (specification 3.3).

import type { Imported } from '../run/scope.ts'
import type { Value } from '../values/value.ts'
import { strings } from './strings.ts'
import { types } from './types.ts'

const tables: ReadonlyMap<string, ReadonlyMap<string, Value>> = new Map([
  ['strings', strings],
  ['types', types],
])

/** A standard import, undefined for a path that is none. */
export function standardImport(path: string): Imported | undefined {
  const members = tables.get(path)
  return members === undefined ? undefined : { kind: 'table', members }
}
