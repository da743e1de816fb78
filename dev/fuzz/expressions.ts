// Expressions of a wanted type: mostly right, now and then of another type or undefined, as in real life.

import { anyCall, callGiving, fieldGiving, moduleMember, ownCall } from './calls.ts'
import { anyType, commonKeys, literal, nothing } from './literals.ts'
import { at, binary, commas, group, operand, type Piece, testLevel, unaryLevel, words } from './pieces.ts'
import { fits, isFunction, isList, isMap, isShape, list, map, type Type } from './types.ts'
import type { Variable, Workshop } from './workshop.ts'

type Way = readonly [weight: number, make: () => Piece | undefined]

/** An expression that probably gives a type. */
export function expression(shop: Workshop, wanted: Type): Piece {
  const { dice } = shop
  shop.shop.fuel--
  if (dice.chance(3)) return literal(shop, anyType(shop))
  if (dice.chance(8)) return nothing(shop)
  const type =
    wanted === 'any' ? anyType(shop) : wanted === 'number' ? dice.pick(['int', 'float'] as const) : wanted
  if (shop.isTired) return leaf(shop, type)
  shop.depth++
  const made = dice.weighted(ways(shop, type))()
  shop.depth--
  return made ?? leaf(shop, type)
}

/** A variable or literal. */
function leaf(shop: Workshop, type: Type): Piece {
  return (shop.dice.chance(600) ? variable(shop, type) : undefined) ?? literal(shop, type)
}

function variable(shop: Workshop, type: Type): Piece | undefined {
  const fitting = shop.having(type)
  return fitting.length === 0 ? undefined : operand(shop.dice.pick(fitting).name)
}

function ways(shop: Workshop, type: Type): readonly Way[] {
  const make = (wanted: Type) => shop.expression(wanted)
  return [
    [60, () => variable(shop, type)],
    [35, () => literal(shop, type)],
    [6, () => group(make(type))],
    [8, () => binary(shop.dice.chance(400) ? nothing(shop) : make(type), 'else', make(type))],
    [15, () => callGiving(shop, type)],
    [12, () => ownCall(shop, type)],
    [shop.modules.length * 8, () => moduleMember(shop, type)],
    [5, () => fieldGiving(shop, type)],
    [8, () => element(shop, type)],
    [8, () => member(shop, type)],
    [2, () => operand(at(8, literal(shop, { takes: [], gives: type })), '(', ')')],
    [isFunction(type) ? 0 : 4, () => rule(shop, type)],
    ...waysOf(shop, type, make),
  ]
}

/** A rule where a value is wanted is evaluated at once. */
export function rule(shop: Workshop, type: Type): Piece {
  // Where it does not apply a rule is true, whatever its body is.
  const when = shop.dice.chance(type === 'bool' ? 350 : 20) ? ['when', ...shop.expression('bool').words] : []
  return operand('rule', when, '{', shop.expression(type).words, '?;', '}')
}

function waysOf(shop: Workshop, type: Type, make: (type: Type) => Piece): readonly Way[] {
  if (isList(type)) return listWays(shop, type.list, make)
  if (isMap(type)) return [[12, () => quantifier(shop, 'filter', make(map(type.map)), type.map, 'bool')]]
  switch (type) {
    case 'bool':
      return boolWays(shop, make)
    case 'int':
      return [
        [40, () => arithmetic(shop, make('int'), 'int')],
        [6, () => signed(shop.dice.pick(['-', '-', '+']), make('int'))],
      ]
    case 'float':
      return [
        [30, () => arithmetic(shop, make('float'), 'number')],
        [10, () => arithmetic(shop, make('int'), 'float')],
        [6, () => signed(shop.dice.pick(['-', '+']), make('float'))],
      ]
    case 'string':
      return [
        [25, () => binary(make('string'), '+', make('string'))],
        [6, () => slice(shop, 'string')],
        [6, () => operand(at(8, make('string')), '[', make('count').words, ']')],
      ]
    default:
      return []
  }
}

/** Numbers with an operator; nearly always a divisor that is not zero. */
function arithmetic(shop: Workshop, left: Piece, type: Type): Piece {
  const operator = shop.dice.pick(['+', '-', '*', '/', '%'] as const)
  const divides = operator === '/' || operator === '%'
  return binary(left, operator, divides && shop.dice.chance(850) ? divisor(shop) : shop.expression(type))
}

const signed = (sign: string, piece: Piece): Piece => ({
  words: [sign, ...at(unaryLevel, piece)],
  level: unaryLevel,
})

const divisor = ({ dice }: Workshop): Piece => {
  const size = dice.pick(['2', '3', '7', '10', '2', '256', '2.5', '9223372036854775807'])
  return { words: dice.chance(300) ? ['-', size === '2' ? '1' : size] : [size], level: unaryLevel }
}

function listWays(shop: Workshop, type: Type, make: (type: Type) => Piece): readonly Way[] {
  const inner = anyType(shop)
  return [
    [8, () => binary(make(list(type)), '+', make(list(type)))],
    [6, () => slice(shop, list(type))],
    [14, () => quantifier(shop, 'filter', make(list(type)), type, 'bool')],
    [14, () => quantifier(shop, 'map', make(shop.dice.chance(300) ? map(inner) : list(inner)), inner, type)],
  ]
}

function boolWays(shop: Workshop, make: (type: Type) => Piece): readonly Way[] {
  const { dice } = shop
  const kind = (): Type => dice.pick(['int', 'float', 'string', 'number', 'bool', 'any'] as const)
  const inner = dice.pick(['int', 'string', 'bool', 'number'] as const)
  const equals = ['==', '!=', 'is', 'is not'] as const
  const orders = ['<', '<=', '>', '>='] as const
  const one = (wanted: Type) => (dice.chance(970) ? make(wanted) : make('any'))
  const alike = (type: Type) => [one(type), one(type)] as const
  const between = (operator: Parameters<typeof binary>[1], [a, b]: readonly [Piece, Piece]) =>
    binary(a, operator, b)
  return [
    [30, () => binary(make('bool'), dice.pick(['and', 'or', 'and', 'or', 'xor'] as const), make('bool'))],
    [20, () => between(dice.pick(equals), alike(kind()))],
    [6, () => between(dice.pick(equals), alike(dice.pick([list(inner), map(inner)])))],
    [15, () => between(dice.pick(orders), alike(dice.pick(['number', 'string'] as const)))],
    [10, () => ({ words: [dice.pick(['not', '!']), ...at(unaryLevel, make('bool'))], level: unaryLevel })],
    [10, () => defined(shop, make)],
    [
      8,
      () =>
        test(
          at(4, make(dice.pick(['string', list('any'), map('any')]))),
          dice.pick(['is empty', 'is not empty']),
        ),
    ],
    [12, () => binary(make(list(inner)), dice.pick(['contains', 'not contains'] as const), make(inner))],
    [12, () => binary(make(inner), dice.pick(['in', 'not in'] as const), make(list(inner)))],
    [
      6,
      () =>
        binary(operand(`"${dice.pick(commonKeys)}"`), dice.pick(['in', 'not in'] as const), make(map('any'))),
    ],
    [6, () => binary(make('string'), dice.pick(['contains', 'not contains'] as const), make('string'))],
    [
      8,
      () => binary(make('string'), dice.pick(['matches', 'not matches'] as const), literal(shop, 'pattern')),
    ],
    [
      15,
      () =>
        quantifier(
          shop,
          dice.pick(['any', 'all']),
          make(dice.chance(300) ? map(inner) : list(inner)),
          inner,
          'bool',
        ),
    ],
    [3, () => anyBool(shop)],
  ]
}

const test = (words: readonly string[], operator: string): Piece => ({
  words: [...words, ...operator.split(' ')],
  level: testLevel,
})

function defined(shop: Workshop, make: (type: Type) => Piece): Piece {
  const asked = shop.dice.chance(500) ? nothing(shop) : make('any')
  return test(at(4, asked), shop.dice.pick(['is defined', 'is not defined']))
}

const anyBool = (shop: Workshop) => {
  const called = anyCall(shop)
  return called === undefined ? undefined : test(called.words, 'is defined')
}

/** `any`, `all`, `filter` or `map`, with one name or two. A single name of a map is the key. */
function quantifier(shop: Workshop, operator: string, all: Piece, type: Type, gives: Type): Piece {
  const isMapping = all.words[0] === '{'
  const [first, second] = [shop.localName(), shop.localName()]
  const hasTwo = shop.dice.chance(450) && first !== second
  const single: Variable = { name: first, type: isMapping ? 'any' : type }
  const pair: readonly Variable[] = [
    { name: first, type: isMapping ? 'any' : 'count' },
    { name: second, type },
  ]
  shop.loops++
  const body = shop.inside('block', hasTwo ? pair : [single], () => shop.expression(gives))
  shop.loops--
  const names = hasTwo ? [first, ',', second] : [first]
  return operand(operator, all.words, 'as', names, '{', body.words, '?;', '}')
}

function slice(shop: Workshop, type: Type): Piece {
  const bound = () => (shop.dice.chance(350) ? [] : shop.expression('count').words)
  return operand(at(8, shop.expression(type)), '[', bound(), ':', bound(), ']')
}

/** An element of a list or map, mostly with something in its place should it not be there. */
function element(shop: Workshop, type: Type): Piece | undefined {
  const { dice } = shop
  if (isShape(type) || isFunction(type)) return undefined
  const isMapping = dice.chance(500)
  const all = at(8, shop.expression(isMapping ? map(type) : list(type)))
  const index = isMapping ? [`"${dice.pick(commonKeys)}"`] : shop.expression('count').words
  return orElse(shop, operand(all, '[', index, ']'), type)
}

/** `.name` of a map: of one in a variable that has it, if there is any. */
function member(shop: Workshop, type: Type): Piece | undefined {
  const { dice } = shop
  const known = shop
    .visible()
    .flatMap(({ name, type: own }) =>
      isMap(own) && fits(own.map, type) ? (own.keys ?? []).map((key) => operand(name, '.', key)) : [],
    )
  if (known.length > 0 && dice.chance(700)) return dice.pick(known)
  if (isShape(type) || isFunction(type)) return undefined
  const all = at(8, shop.expression(map(type)))
  return orElse(shop, operand(all, '.', dice.pick(commonKeys.slice(0, 9))), type)
}

const orElse = (shop: Workshop, piece: Piece, type: Type): Piece =>
  shop.dice.chance(800) ? binary(piece, 'else', shop.expression(type)) : piece

/** What `print` is given: anything, but functions of imports more often than their share. */
export function printed(shop: Workshop): readonly string[] {
  const given = shop.dice.some(
    0,
    3,
    () => (shop.dice.chance(350) ? anyCall(shop) : undefined) ?? shop.expression('any'),
  )
  return words('print', '(', commas(given.map(({ words: all }) => all)), ')')
}
