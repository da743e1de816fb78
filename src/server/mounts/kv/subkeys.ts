import type { Json } from '../../door.ts'
import { isObject } from '../../http/json.ts'

/** The names in a secret, null in place of all that they say. @param depth how many levels; 0 for all */
export function subkeysOf(value: Json, depth: number): Json {
  if (!isObject(value)) return null
  const names: Record<string, Json> = Object.create(null)
  for (const [name, each] of Object.entries<Json>(value)) {
    const goesDeeper = depth !== 1 && isObject(each) && Object.keys(each).length > 0
    names[name] = goesDeeper ? subkeysOf(each, Math.max(0, depth - 1)) : null
  }
  return names
}
