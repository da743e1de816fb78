// The simplest ways to write a value of a type, edges included.

import { pathOfMade } from './catalogue.ts'
import { at, commas, operand, type Piece, unaryLevel, words } from './pieces.ts'
import { isFunction, isList, isMade, isMap, isShape, type Shape, type Type } from './types.ts'
import type { Workshop } from './workshop.ts'

const smallInts = ['0', '1', '1', '2', '3', '4', '5', '7', '10', '24']
const edgeInts = [
  ...['0x1F', '017', '0xFFFFFFFFFF', '255', '256', '65536', '2147483647', '2147483648', '4294967296'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '1152921504606846976'],
  ...['9223372036854775807', '0x7FFFFFFFFFFFFFFF', '4611686018427387904', '3037000500', '0x8000000'],
]
const smallFloats = ['0.0', '1.0', '1.5', '.5', '2.', '3.25', '0.1', '10.0', '1e3']
const edgeFloats = [
  ...['1.5E-3', '072.40', '1e308', '5e-324', '9007199254740993.0', '9223372036854775808.0', '1e21', '1e22'],
  ...['0.0000001', '1e-7', '4611686018427387904.0', '2.5', '0.5000005', '1e100', '123456789.123456789'],
]
const strings = [
  ...['""', '"a"', '"b"', '"ab"', '"abc"', '"a b"', '"B"', '"a.b"', '"x"', '"aaa"', '","', '" "', '"."'],
  ...[
    '"\\n\\u00e9"',
    '`raw`',
    '`a\\n"b`',
    '"é"',
    '"\\xff"',
    '"\\000"',
    '"\\U0001F600"',
    '"\\xc3\\x28"',
    '"ß"',
    '"İ"',
  ],
  ...[
    '"constructor"',
    '"__proto__"',
    '"toString"',
    '"%d$&"',
    '"\\t\\"\\\\"',
    '"a_much_longer_string_literal"',
    '"日本"',
  ],
  ...['"\\u2028\\ufeff"', '"\\x80abc"', '" a\\t"', '"1"', '"true"', '"-0"'],
]
const shaped: Readonly<Record<Shape, readonly string[]>> = {
  address: [
    '"10.0.0.1"',
    '"10.0.0.0/8"',
    '"10.0.0.0/16"',
    '"10.0.0.0"',
    '"192.168.1.7/24"',
    '"::1"',
    '"2001:db8::/32"',
    '"::ffff:1.2.3.4"',
    '"0.0.0.0/0"',
  ],
  amount: [
    '"1"',
    '"-12"',
    '"1.5"',
    '"0.1"',
    '"1e2"',
    '"+7"',
    '".5"',
    '"100000000000000000000.5"',
    '"NaN"',
    '"-Infinity"',
    '"1e-30"',
  ],
  base64: ['""', '"YQ=="', '"YWI="', '"YWJj"', '"/+8="', '"Y\\nQ=="'],
  base64url: ['""', '"YQ=="', '"_-8="', '"YWJj"'],
  constraint: [
    '"> 1.0"',
    '">= 1.2, < 2"',
    '"~> 1.2"',
    '"!= 1.2.3"',
    '"= 1.2.3-rc.1"',
    '"1.2.3"',
    '"<= 1.9.9"',
    '"~> 1"',
  ],
  instant: [
    '"2026-02-03T04:05:06Z"',
    '"1969-12-31T23:59:59.999999999-01:30"',
    '"9999-12-31T23:59:59Z"',
    '"2024-02-29t00:00:00z"',
  ],
  json: [
    '"{\\"a\\": [1, 2.5, null]}"',
    '"[]"',
    '"9223372036854775808"',
    '"-1"',
    '"\\"\\\\u00e9\\\\ud800\\""',
    '"1e2"',
    '"{\\"__proto__\\": 1, \\"a\\": {\\"b\\": 2}}"',
    '"true"',
  ],
  method: ['"GET"', '"POST"'],
  numeral: [
    '"1"',
    '"-12"',
    '"1.5"',
    '"0x1F"',
    '"017"',
    '"9223372036854775807"',
    '"-9223372036854775808"',
    '"1e2"',
    '"+7"',
    '".5"',
  ],
  path: [
    '"a"',
    '"a.b"',
    '"b"',
    '"0"',
    '"*"',
    '"a.*"',
    '"*.a"',
    '"a.-1"',
    '"a.0"',
    '"constructor"',
    '"a.b.c"',
    '""',
    '"c"',
  ],
  pattern: [
    '"a"',
    '"^a+$"',
    '"(?i)AB"',
    '"[a-z]+\\\\d*"',
    '`\\pL`',
    '"a|b"',
    '""',
    '"(a+)+$"',
    '"."',
    '`\\bfoo\\b`',
    '`\\x{e9}`',
    '"^[^@]+@x$"',
    '`(?s).*`',
  ],
  url: ['"https://example.com"', '"http://localhost/é?a=b"'],
  release: ['"1.2.3"', '"1.2"', '"v2"', '"1.2.3-rc.1+meta"', '"0.0.1-alpha.10"', '"1.2.3+x"', '"1.2.3-rc.2"'],
}

/** Strings that have the shape nearly, and fail for one reason each. */
const misshapen: Readonly<Partial<Record<Shape, readonly string[]>>> = {
  address: ['"10.0.0.1/33"', '"10.0.0"', '"::/129"', '""'],
  amount: ['"1.2.3"', '"1e1000000"', '"1e9999999"', '"x"'],
  base64: ['"YQ"', '"Y!=="'],
  base64url: ['"/+8="'],
  constraint: ['"> x"', '"1.0 2.0"', '">"'],
  instant: ['"2026-02-30T00:00:00Z"', '"2026"', '"0000-01-01T00:00:00Z"'],
  json: ['"{"', '"[1,]"', '"1e999"', '"\\"', '"{\\"a\\": 1"'],
  method: ['"PUT"'],
  pattern: ['"("', '"(?=a)"', '"\\\\1"'],
  release: ['"1.2.3.4"', '"99999999999999999999.1"', '"x"', '"1..2"'],
}

/** Keys that maps have again and again, so that they are found. */
export const commonKeys = [
  'a',
  'b',
  'c',
  'k',
  'constructor',
  '__proto__',
  'toString',
  'rule',
  'é',
  '1',
] as const

const number = (text: string): Piece => ({ words: [text], level: unaryLevel })

/** Something short of a type. */
export function literal(shop: Workshop, type: Type): Piece {
  if (isList(type)) return listOf(shop, type.list)
  if (isMap(type)) return mapOf(shop, type.map)
  if (isFunction(type)) return functionOf(shop, type.takes, type.gives)
  return isMade(type) ? maker(shop, type) : scalar(shop, type)
}

function scalar(shop: Workshop, type: Type): Piece {
  const { dice } = shop
  if (isShape(type))
    return operand(dice.pick((dice.chance(25) ? misshapen[type] : undefined) ?? shaped[type]))
  switch (type) {
    case 'bool':
      return operand(dice.pick(['true', 'false']))
    case 'int':
      return int(shop)
    case 'count':
      return count(shop)
    case 'float':
      return float(shop)
    case 'string':
      return operand(dice.pick(dice.chance(500) ? strings.slice(0, 13) : strings))
    case 'null':
      return operand('null')
    case 'number':
      return dice.chance(500) ? int(shop) : float(shop)
    default:
      return literal(shop, anyType(shop))
  }
}

function count(shop: Workshop): Piece {
  if (shop.dice.chance(40)) return int(shop)
  return shop.dice.chance(100) ? negative('1') : number(shop.dice.pick(smallInts.slice(0, 8)))
}

const negative = (text: string): Piece => ({ words: ['-', text], level: unaryLevel })

function int({ dice }: Workshop): Piece {
  if (dice.chance(20)) return operand('(', '-', '9223372036854775807', '-', '1', ')')
  const text = dice.pick(dice.chance(800) ? smallInts : edgeInts)
  return dice.chance(120) ? negative(text) : number(text)
}

function float({ dice }: Workshop): Piece {
  if (dice.chance(25))
    return operand(
      '(',
      ...dice.pick([
        ['0.0', '/', '0'],
        ['1', '/', '0.0'],
        ['-', '1.0', '/', '0'],
      ]),
      ')',
    )
  const text = dice.pick(dice.chance(700) ? smallFloats : edgeFloats)
  return dice.chance(150) ? negative(text) : number(text)
}

function listOf(shop: Workshop, type: Type): Piece {
  const elements = shop.dice.some(0, shop.isTired ? 1 : 4, () => shop.expression(type).words)
  return operand('[', commas(elements), ']')
}

function mapOf(shop: Workshop, type: Type): Piece {
  const entries = shop.dice.some(0, shop.isTired ? 1 : 4, () =>
    words(key(shop), ':', shop.expression(type).words),
  )
  return operand('{', commas(entries), '}')
}

/** The key of a map: mostly one of the common strings, else of any type that there is. */
export function key(shop: Workshop): readonly string[] {
  const { dice } = shop
  if (dice.chance(750)) return [`"${dice.pick(commonKeys)}"`]
  if (dice.chance(12)) return shop.expression('any').words
  const type = dice.pick(['int', 'count', 'float', 'bool', 'string'] as const)
  return (dice.chance(800) ? literal(shop, type) : shop.expression(type)).words
}

function functionOf(shop: Workshop, takes: readonly Type[], gives: Type): Piece {
  const parameters = takes.map((type) => ({ name: shop.localName(), type }))
  const names = new Set(parameters.map(({ name }) => name))
  const unique =
    names.size === parameters.length ? parameters : takes.map((type, at) => ({ name: `p${at}`, type }))
  const body = shop.inside('function', unique, () => shop.body(gives))
  return operand('func', '(', commas(unique.map(({ name }) => [name])), ')', body)
}

/** A call that makes one of the maps that have methods. */
function maker(shop: Workshop, type: Type & string): Piece {
  const path = isMade(type) ? pathOfMade(type) : type
  const name = path === 'http' && !shop.shop.http ? undefined : shop.importNamed(path)
  if (name === undefined) return operand('undefined')
  const call = (callee: string, given: Piece) => operand(name, '.', callee, '(', given.words, ')')
  if (type === 'time' && shop.dice.chance(500)) return operand(name, '.', 'now')
  if (type === 'time') return call('load', literal(shop, 'instant'))
  if (type === 'version') return call('new', literal(shop, 'release'))
  if (type === 'request') return call('request', literal(shop, 'url'))
  if (type === 'client') return operand(name, '.', 'client')
  return call('new', literal(shop, shop.dice.pick(['amount', 'int', 'float'] as const)))
}

/** A type, the common ones more often than the odd. */
export function anyType({ dice, isTired, shop }: Workshop): Type {
  const plain = dice.pick(['bool', 'int', 'int', 'float', 'string', 'string', 'null'] as const)
  if (isTired || dice.chance(600)) return plain
  const inner = dice.pick(['bool', 'int', 'string', 'float', 'number'] as const)
  return dice.weighted<Type>([
    [8, { list: inner }],
    [8, { map: inner }],
    [3, { list: { map: inner } }],
    [3, { map: { list: inner } }],
    [2, { map: 'any' }],
    [2, { list: 'any' }],
    [2, { takes: [inner], gives: plain }],
    [3, dice.pick(['decimal', 'time', 'version'] as const)],
    [shop.http ? 2 : 0, dice.pick(['request', 'client'] as const)],
  ])
}

/** An expression that is undefined. */
export function nothing(shop: Workshop): Piece {
  const { dice } = shop
  return dice.weighted<() => Piece>([
    [4, () => operand('undefined')],
    [2, () => operand('[', ']', '[', shop.expression('count').words, ']')],
    [2, () => operand('{', '}', '.', dice.pick(commonKeys.slice(0, 8)))],
    [1, () => operand('null', '[', '0', ']')],
    [1, () => operand('undefined', '(', '1', ')')],
    [1, () => operand('"abc"', '[', '2', ':', '1', ']')],
    [1, () => operand('{', '"a"', ':', 'undefined', '}', '.', 'a')],
    [1, () => ({ words: ['undefined', '+', ...at(6, shop.expression('int'))], level: 5 })],
  ])()
}
