// Types for making up programs that mean something. The language has none: these say what an expression probably
// gives, so that few programs end at their first operator.

/** Strings of a shape that some function wants. */
export type Shape =
  | 'address'
  | 'amount'
  | 'base64'
  | 'base64url'
  | 'constraint'
  | 'instant'
  | 'json'
  | 'method'
  | 'numeral'
  | 'path'
  | 'pattern'
  | 'url'
  | 'release'

/** Maps that an import makes, with methods. */
export type Made = 'client' | 'decimal' | 'request' | 'time' | 'version'

type Plain = 'bool' | 'int' | 'float' | 'string' | 'null'

/** `count` is an int that is small; `a` is a type that a signature leaves open. */
export type Type = Plain | Shape | Made | 'any' | 'number' | 'count' | 'a' | ListType | MapType | FunctionType

/** A list, and how many elements it has at least. */
export type ListType = { readonly list: Type; readonly size?: number }
/** A map, and some of its keys. */
export type MapType = { readonly map: Type; readonly keys?: readonly string[] }
export type FunctionType = { readonly takes: readonly Type[]; readonly gives: Type }

export const list = (of: Type, size = 0): ListType => ({ list: of, size })
export const map = (of: Type, keys: readonly string[] = []): MapType => ({ map: of, keys })
export const func = (takes: readonly Type[], gives: Type): FunctionType => ({ takes, gives })

export const isList = (type: Type): type is ListType => typeof type === 'object' && 'list' in type
export const isMap = (type: Type): type is MapType => typeof type === 'object' && 'map' in type
export const isFunction = (type: Type): type is FunctionType => typeof type === 'object' && 'takes' in type

const shapes: ReadonlySet<Type> = new Set<Shape>([
  ...(['address', 'amount', 'base64', 'base64url', 'constraint', 'instant', 'json'] as const),
  ...(['method', 'numeral', 'path', 'pattern', 'url', 'release'] as const),
])
const made: ReadonlySet<Type> = new Set<Made>(['client', 'decimal', 'request', 'time', 'version'])

export const isShape = (type: Type): type is Shape => shapes.has(type)
export const isMade = (type: Type): type is Made => made.has(type)

/** Whether what gives one type may stand where another is wanted. */
export function fits(given: Type, wanted: Type): boolean {
  if (wanted === 'any' || given === wanted) return true
  if (wanted === 'number') return given === 'int' || given === 'float' || given === 'count'
  if (wanted === 'int') return given === 'count'
  if (wanted === 'string') return isShape(given)
  if (isList(wanted)) return isList(given) && fits(given.list, wanted.list)
  if (isMap(wanted)) return isMap(given) && fits(given.map, wanted.map)
  if (!isFunction(wanted) || !isFunction(given)) return false
  const { takes, gives } = wanted
  return (
    given.takes.length === takes.length &&
    takes.every((type, at) => fits(type, given.takes[at] ?? 'any')) &&
    fits(given.gives, gives)
  )
}

/** What the open type of a signature is, where it is to give a wanted type; undefined when it never does. */
export function openIn(gives: Type, wanted: Type): Type | undefined {
  if (gives === 'a') return wanted
  if (isList(gives)) return isList(wanted) ? openIn(gives.list, wanted.list) : undefined
  if (isMap(gives)) return isMap(wanted) ? openIn(gives.map, wanted.map) : undefined
  return fits(gives, wanted) ? 'any' : undefined
}

/** A signature's type with the open one filled in. */
export function filled(type: Type, open: Type): Type {
  if (type === 'a') return open
  if (isList(type)) return list(filled(type.list, open))
  if (isMap(type)) return map(filled(type.map, open))
  if (!isFunction(type)) return type
  return func(
    type.takes.map((one) => filled(one, open)),
    filled(type.gives, open),
  )
}
