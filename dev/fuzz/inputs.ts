// What hosts give: plain data in all the forms that a host may have it in, with names as hostile as they come.

import type { Dice } from './dice.ts'
import { commonKeys } from './literals.ts'
import { isList, isMade, isMap, list, map, type Type } from './types.ts'

const hostileNames = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'request',
  'token',
  'größe',
  'main',
  'if',
  'a-b',
]

/** Names for globals. Those that no source can write are there all the same. */
export const globalName = (dice: Dice, at: number): string =>
  dice.chance(250) ? dice.pick(hostileNames) : `g${at}`

/** The type of a global or of data. */
export const hostType = (dice: Dice): Type =>
  dice.pick<Type>([
    ...(['int', 'string', 'bool', 'float', 'null'] as const),
    ...[list('int'), list('string'), list(list('int')), list(map('int')), list('any')],
    ...[map('int'), map('string'), map(list('string')), map(map('bool')), map(map(map('int'))), map('any')],
  ])

/** The type with the keys that the value has. */
export function typeWithKeys(type: Type, value: unknown): Type {
  if (Array.isArray(value) && isList(type)) return list(type.list, value.length)
  if (!isMap(type) || typeof value !== 'object' || value === null) return type
  const names = value instanceof Map ? [...value.keys()] : Object.keys(value)
  return map(
    type.map,
    names.filter((name): name is string => typeof name === 'string' && /^[a-zé_]\w*$/i.test(name)),
  )
}

/** A host's value of a type. */
export function hostValue(dice: Dice, type: Type): unknown {
  if (dice.chance(8)) return oddValue(dice)
  if (type === 'any') return hostValue(dice, hostType(dice))
  if (isList(type)) return dice.some(0, 4, () => hostValue(dice, type.list))
  if (isMap(type)) return hostMap(dice, type.map)
  if (isMade(type)) return 'x'
  switch (type) {
    case 'int':
      return dice.pick([0, 1, 2, 3, 7, -1, 255, 10n, 2 ** 31, 2 ** 53 - 1, 2n ** 63n - 1n, -(2n ** 63n), 5n])
    case 'float':
      return dice.pick([0.5, 1.5, -0, -2.25, 1e300, 0.1])
    case 'bool':
      return dice.chance(500)
    case 'null':
      return null
    default:
      return dice.pick([
        '',
        'a',
        'b',
        'abc',
        'A b',
        'é',
        '日本',
        '\ud800',
        'constructor',
        '10.0.0.1',
        '1.2.3',
        '12',
      ])
  }
}

function hostMap(dice: Dice, type: Type): unknown {
  const entries = dice.some(0, 4, () => [dice.pick(commonKeys), hostValue(dice, type)] as const)
  if (dice.chance(350)) {
    const odd = dice.some(
      0,
      2,
      () => [dice.pick([1, 1.5, true, false, 2n ** 60n, -0]), hostValue(dice, type)] as const,
    )
    return new Map<unknown, unknown>([...entries, ...odd])
  }
  // A literal would set the prototype where the name is `__proto__`.
  const made = dice.chance(300) ? Object.create(null) : {}
  for (const [name, value] of entries)
    Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true })
  return made
}

/** What no host should give, and some do. */
function oddValue(dice: Dice): unknown {
  return dice.pick<() => unknown>([
    () => Number.NaN,
    () => Number.POSITIVE_INFINITY,
    () => undefined,
    () => 2n ** 64n,
    () => 2 ** 53,
    () => 1e21,
    () => new Map([[null, 1]]),
    () => new Map([[[1], 1]]),
    () => new Map([[Number.NaN, 1]]),
    () => () => 1,
    () => Symbol('s'),
    () => new Date(0),
    () => Object.assign(Object.create({ inherited: 1 }), { own: 1 }),
    () => Object.assign([], { 1: 1 }),
    () => selfContaining(),
  ])()
}

function selfContaining(): unknown {
  const made: unknown[] = []
  made.push(made)
  return made
}
