// Calls: of functions of the imports and built-in ones, of methods, of the policy's own functions, of modules.

import { builtinCallees, type Callee, fields, importCallees, methodCallees, values } from './catalogue.ts'
import { literal } from './literals.ts'
import { binary, commas, operand, type Piece, words } from './pieces.ts'
import { filled, fits, isFunction, type Made, openIn, type Type } from './types.ts'
import type { Workshop } from './workshop.ts'

const made: readonly Made[] = ['decimal', 'time', 'version', 'request', 'client']
const methods = [...methodCallees.values()].flat()
/** What gives no value, or ends everything, is for statements. */
const isQuiet = ({ label }: Callee) => !/^(?:append|delete|error)$/.test(label)
const everything = [...builtinCallees.filter(isQuiet), ...importCallees, ...methods]

const mayUse = ({ shop }: Workshop, path: string | undefined) =>
  path !== 'http' || shop.http || shop.dice.chance(5)

/** A call of any function that there is, whatever it gives. */
export function anyCall(shop: Workshop): Piece | undefined {
  const callee = shop.dice.pick(everything)
  return mayUse(shop, callee.path) ? call(shop, callee, openType(shop)) : undefined
}

/** A call that gives a type. */
export function callGiving(shop: Workshop, type: Type): Piece | undefined {
  const fitting = candidates(type).filter(({ path }) => path !== 'http' || shop.shop.http)
  if (fitting.length === 0) return undefined
  const callee = shop.dice.pick(fitting)
  const open = openIn(callee.gives, type) ?? 'any'
  const made = call(shop, callee, open === 'any' ? openType(shop) : open)
  // What finds nothing is undefined.
  const mayFail = callee.gives === 'a' || callee.gives === 'any'
  return made !== undefined && mayFail && shop.dice.chance(850)
    ? binary(made, 'else', literal(shop, type))
    : made
}

const candidates = (type: Type) =>
  everything.filter(({ gives }) => gives !== 'any' && (gives === 'a' || openIn(gives, type) !== undefined))

const openType = ({ dice }: Workshop): Type =>
  dice.pick(['int', 'string', 'bool', 'number', 'count', 'string', 'null'] as const)

function call(shop: Workshop, callee: Callee, open: Type): Piece | undefined {
  const { label, name, path, takes, least, most } = callee
  const isMethod = label.includes('#')
  const head = isMethod ? undefined : callable(shop, name, path)
  if (!isMethod && head === undefined) return undefined
  const count = arity(shop, least, Math.min(most, Math.max(takes.length, least) + (most > 9 ? 2 : 0)))
  const typeAt = (at: number) => {
    const type = filled(takes[Math.min(at, takes.length - 1)] ?? 'any', open)
    return isMethod && at === 0 ? type : given(type, shop)
  }
  const [first, ...rest] = Array.from({ length: count }, (_, at) => argument(shop, typeAt(at)))
  if (!isMethod)
    return operand(
      head ?? [],
      '(',
      commas(first === undefined ? [] : [first.words, ...rest.map(wordsOf)]),
      ')',
    )
  const receiver = first ?? literal(shop, 'decimal')
  return operand(
    receiver.level >= 8 ? receiver.words : ['(', ...receiver.words, ')'],
    '.',
    name,
    '(',
    commas(rest.map(wordsOf)),
    ')',
  )
}

const wordsOf = ({ words: all }: Piece) => all

/** How many values are given: now and then a wrong number. */
function arity({ dice }: Workshop, least: number, most: number): number {
  if (dice.chance(6)) return dice.below(most + 2)
  return least + dice.below(most - least + 1)
}

const argument = (shop: Workshop, type: Type) =>
  shop.dice.chance(350) ? literal(shop, type) : shop.expression(type)

/** What may stand for a type that a function also takes. */
function given(type: Type, { dice }: Workshop): Type {
  if (!dice.chance(150)) return type
  if (type === 'numeral') return dice.pick(['int', 'float', 'bool', 'amount', 'string'] as const)
  if (type === 'instant') return 'int'
  if (type === 'decimal' || type === 'amount')
    return dice.pick(['amount', 'int', 'float', 'numeral'] as const)
  if (type === 'version') return 'release'
  if (type === 'request') return 'url'
  if (type === 'string' || type === 'count') return dice.pick(['int', 'string', 'numeral'] as const)
  return type
}

function callable(shop: Workshop, name: string, path: string | undefined): readonly string[] | undefined {
  if (path === undefined) return shop.isBuiltin(name) ? [name] : undefined
  const alias = shop.importNamed(path)
  return alias === undefined ? undefined : [alias, '.', name]
}

/** A value of an import, or a field of what one made. */
export function fieldGiving(shop: Workshop, type: Type): Piece | undefined {
  const { dice } = shop
  const constant = dice.pick(values)
  if (fits(constant.type, type) && mayUse(shop, constant.path)) {
    const alias = shop.importNamed(constant.path)
    return alias === undefined ? undefined : operand(alias, '.', constant.name)
  }
  const owner = dice.pick(shop.shop.http ? made : made.slice(0, 3))
  const field = dice.pick(fields.get(owner) ?? [])
  if (!fits(field.type, type)) return undefined
  return operand(operandOf(shop.expression(owner)), '.', field.name)
}

const operandOf = ({ words: all, level }: Piece) => (level >= 8 ? all : words('(', all, ')'))

/** A call of a function that a variable holds. */
export function ownCall(shop: Workshop, type: Type): Piece | undefined {
  const fitting = shop
    .visible()
    .flatMap(({ name, type: own }) => (isFunction(own) && fits(own.gives, type) ? [{ name, own }] : []))
  if (fitting.length === 0) return undefined
  const { name, own } = shop.dice.pick(fitting)
  const count = shop.dice.chance(8) ? shop.dice.below(4) : own.takes.length
  const given = Array.from({ length: count }, (_, at) => shop.expression(own.takes[at] ?? 'any').words)
  return operand(name, '(', commas(given), ')')
}

/** What a module exports, called if it is a function. */
export function moduleMember(shop: Workshop, type: Type): Piece | undefined {
  const { dice } = shop
  if (shop.modules.length === 0) return undefined
  const { path, exports } = dice.pick(shop.modules)
  const fitting = exports.filter((one) =>
    fits(isFunction(one.type) && !isFunction(type) ? one.type.gives : one.type, type),
  )
  const alias = fitting.length === 0 ? undefined : shop.importNamed(path)
  if (alias === undefined) return undefined
  const { name, type: own } = dice.pick(fitting)
  if (!isFunction(own) || isFunction(type)) return operand(alias, '.', name)
  return operand(alias, '.', name, '(', commas(own.takes.map((one) => shop.expression(one).words)), ')')
}
