// The names of types.

import { Dict } from './dict.ts'
import { Float } from './float.ts'
import { List } from './list.ts'
import { Callable, type TypeName, type Value } from './value.ts'

/** The name of a value's type. */
export function typeOf(value: Value): TypeName {
  if (value === undefined) return 'undefined'
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (value instanceof Float) return 'float'
  if (value instanceof List) return 'list'
  if (value instanceof Dict) return 'map'
  return value instanceof Callable ? 'func' : 'int'
}
