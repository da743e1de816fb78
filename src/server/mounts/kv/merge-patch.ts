import type { Data, Json } from '../../door.ts'
import { isObject } from '../../http/json.ts'

/** A document after a JSON merge patch (RFC 7396): null takes a member away, an object goes deeper, all else replaces. */
export function mergePatched(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  const members: Record<string, Json> = Object.assign(Object.create(null), isObject(target) ? target : {})
  for (const [name, value] of Object.entries<Json>(patch)) {
    if (value === null) delete members[name]
    else members[name] = mergePatched(members[name] ?? null, value)
  }
  return members as Data
}
