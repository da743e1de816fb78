// Every function and value of the standard imports, read from their tables: what is added there is called by the next
// run without a line here.

import { standardImport, standardPaths } from '../../src/lang/imports/standard.ts'
import { builtins } from '../../src/lang/run/builtins.ts'
import { defaultLimits, Meter } from '../../src/lang/run/meter.ts'
import { type Context, Getter, type Kind, Native, type Takes } from '../../src/lang/run/native.ts'
import { utc } from '../../src/lang/run/zone.ts'
import { Dict } from '../../src/lang/values/dict.ts'
import { List } from '../../src/lang/values/list.ts'
import { typeOf } from '../../src/lang/values/types.ts'
import type { Value } from '../../src/lang/values/value.ts'
import { type Signature, signatures } from './signatures.ts'
import { list, type Made, map, type Type } from './types.ts'

/** Something that a program can call. */
export type Callee = Signature & {
  /** `length`, `strings.split`, `decimal#add`. */
  readonly label: string
  readonly name: string
  /** The import that it is in, undefined for what is built in. */
  readonly path: string | undefined
  readonly least: number
  readonly most: number
}

/** A value in an import, or a field of what one made. */
export type Field = {
  readonly label: string
  readonly name: string
  readonly path: string
  readonly type: Type
}

const setting = { now: 0n, zone: utc, http: true }
const none = () => {
  throw new Error('not while the catalogue is made')
}
const context: Context = { meter: new Meter(defaultLimits, true), now: 0n, print: none, ask: none }

const membersOf = (path: string): ReadonlyMap<string, Value> => {
  const found = standardImport(path, setting)
  return found?.kind === 'table' ? found.members : new Map()
}

const typeOfKind: Readonly<Record<Kind, Type>> = {
  any: 'any',
  string: 'string',
  int: 'int',
  float: 'number',
  bool: 'bool',
  list: list('any'),
  map: map('any'),
}

function calleeOf(
  label: string,
  name: string,
  path: string | undefined,
  { kinds, least, most }: Takes,
): Callee {
  const { takes, gives } = signatures.get(label) ?? {
    takes: kinds.map((kind) => typeOfKind[kind]),
    gives: 'any',
  }
  return { label, name, path, takes, gives, least, most }
}

const callees = (path: string): readonly Callee[] =>
  [...membersOf(path)].flatMap(([name, member]) =>
    member instanceof Native ? [calleeOf(`${path}.${name}`, name, path, member.takes)] : [],
  )

/** How to get a value with methods, to see which there are. */
const samples: Readonly<Record<Made, readonly [path: string, name: string, ...values: Value[]]>> = {
  client: ['http', 'client'],
  decimal: ['decimal', 'new', '1.5'],
  request: ['http', 'request', 'https://example.com'],
  time: ['time', 'now'],
  version: ['version', 'new', '1.2.3'],
}

function sampleOf(made: string): Dict<Value> {
  const [path = '', name = '', ...values] = samples[made as Made] as readonly Value[] as readonly string[]
  const member = membersOf(path).get(name)
  const value = member instanceof Native ? member.run(context, values) : member
  if (value instanceof Dict && value.methods !== undefined) return value
  throw new Error(`${path}.${name} makes nothing with methods`)
}

const madeNames = Object.keys(samples) as readonly Made[]
/** The import that makes each of the maps with methods. */
export const pathOfMade = (made: Made): string => samples[made][0]

const methodsOf = (made: Made): readonly Callee[] =>
  [...(sampleOf(made).methods ?? [])].flatMap(([name, method]) =>
    method instanceof Native ? [calleeOf(`${made}#${name}`, name, pathOfMade(made), method.takes)] : [],
  )

function typeOfValue(value: Value): Type {
  const name = typeOf(value)
  if (value instanceof List) return list('any')
  if (value instanceof Dict)
    return madeNames.find((one) => sampleOf(one).methods === value.methods) ?? map('any')
  return name === 'undefined' || name === 'func' || name === 'list' || name === 'map' ? 'any' : name
}

const fieldsOf = (made: Made): readonly Field[] => {
  const sample = sampleOf(made)
  const computed = [...(sample.methods ?? [])].filter(([, method]) => method instanceof Getter)
  const names = [...sample.keys().map(String), ...computed.map(([name]) => name)]
  return names.map((name) => ({
    label: `${made}#${name}`,
    name,
    path: pathOfMade(made),
    type: typeOfValue(sample.get(name)),
  }))
}

/** Everything built in that can be called. */
export const builtinCallees: readonly Callee[] = [...builtins].map(([name, { takes }]) =>
  calleeOf(name, name, undefined, takes),
)

/** Every function of the standard imports. */
export const importCallees: readonly Callee[] = standardPaths.flatMap(callees)

/** Methods by what they belong to. */
export const methodCallees: ReadonlyMap<Made, readonly Callee[]> = new Map(
  madeNames.map((made) => [made, methodsOf(made)] as const),
)

/** Fields by what they belong to. */
export const fields: ReadonlyMap<Made, readonly Field[]> = new Map(
  madeNames.map((made) => [made, fieldsOf(made)] as const),
)

/** Values of imports that are no functions. */
export const values: readonly Field[] = standardPaths.flatMap((path) =>
  [...membersOf(path)].flatMap(([name, value]) =>
    value instanceof Native ? [] : [{ label: `${path}.${name}`, name, path, type: typeOfValue(value) }],
  ),
)

const labels = new Map<Value, string>([
  ...[...builtins].map(([name, native]) => [native, name] as const),
  ...standardPaths.flatMap((path) =>
    [...membersOf(path)].map(([name, value]) => [value, `${path}.${name}`] as const),
  ),
  ...madeNames.flatMap((made) =>
    [...(sampleOf(made).methods ?? [])].map(
      ([name, method]) => [method as Value, `${made}#${name}`] as const,
    ),
  ),
])

/** The label of a function. Those of `time` are made anew for each evaluation, so their names have to do. */
export const labelOf = (native: Native): string => labels.get(native) ?? `time.${native.name}`
