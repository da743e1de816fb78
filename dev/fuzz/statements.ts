// Statements and functions.

import { anyCall } from './calls.ts'
import { printed, rule } from './expressions.ts'
import { rarely } from './failures.ts'
import { anyType, commonKeys, key, literal } from './literals.ts'
import { commas, type Words, words } from './pieces.ts'
import { func, isFunction, isList, isMap, list, type MapType, map, type Type } from './types.ts'
import type { Variable, Workshop } from './workshop.ts'

type Way = readonly [weight: number, make: () => Words]

/** The body of a function: it returns on every way, nearly always. */
export function body(shop: Workshop, gives: Type): Words {
  shop.loops++
  const before = shop.isTired || shop.dice.chance(600) ? [] : statements(shop, 0, 2, gives)
  shop.loops--
  const end = shop.dice.chance(20) ? [] : ['return', ...shop.expression(gives).words, ';']
  return ['{;', ...before, ...end, '};']
}

export function statements(shop: Workshop, least: number, most: number, gives?: Type): Words {
  return shop.dice.some(least, most, () => [...statement(shop, gives), ';']).flat()
}

/** One statement. Inside of a function `gives` is the type that it returns. */
function statement(shop: Workshop, gives?: Type): Words {
  shop.shop.fuel--
  if (shop.isTired) return print(shop)
  shop.depth++
  const nested = shop.depth < 5
  const ways: readonly Way[] = [
    [16, () => newVariable(shop)],
    [10, () => print(shop)],
    [5, () => assignment(shop)],
    [7, () => elementAssignment(shop)],
    [6, () => change(shop)],
    [5, () => newRule(shop)],
    [nested ? 6 : 0, () => branch(shop, gives)],
    [nested && shop.loops < 2 ? 6 : 0, () => loop(shop, gives)],
    [nested ? 4 : 0, () => choice(shop, gives)],
    [nested ? 2 : 0, () => block(shop, gives)],
    [nested ? 4 : 0, () => declaration(shop)],
    [1, () => atStart((anyCall(shop) ?? shop.expression('any')).words)],
    [2, () => statementExpression(shop)],
    [shop.mayJump ? 4 : 0, () => [shop.dice.pick(['break', 'continue'])]],
    [gives === undefined ? 0 : 2, () => ['return', ...shop.expression(gives ?? 'any').words]],
    [shop.dice.chance(70) ? 16 : 0, () => rarely(shop)],
    [4, () => alias(shop)],
  ]
  const made = shop.dice.weighted(ways)()
  shop.depth--
  return made
}

const print = (shop: Workshop): Words => (shop.isBuiltin('print') ? printed(shop) : ['(', 'true', ')'])

/** An expression as a statement: a map at its start would be a block. */
const atStart = (made: Words): Words => (made[0] === '{' ? ['(', ...made, ')'] : made)

const statementExpression = (shop: Workshop): Words => ['(', ...shop.expression('any').words, ')']

function newVariable(shop: Workshop): Words {
  const type = anyType(shop)
  const made = isList(type) || isMap(type) ? sized(shop, type) : { type, value: shop.expression(type).words }
  const name = shop.newNameFor(made.type)
  return [name, '=', ...made.value]
}

/** A list or map written out, so that it is known what is in it. */
function sized(shop: Workshop, type: Type): { readonly type: Type; readonly value: Words } {
  if (isList(type) && shop.dice.chance(600)) {
    const elements = shop.dice.some(1, 4, () => shop.expression(type.list).words)
    return { type: list(type.list, elements.length), value: ['[', ...commas(elements), ']'] }
  }
  if (!isMap(type) || shop.dice.chance(300)) return { type, value: shop.expression(type).words }
  const keys = [...new Set(shop.dice.some(1, 4, () => shop.dice.pick(commonKeys.slice(0, 9))))]
  const entries = keys.map((one) => words(`"${one}"`, ':', shop.expression(type.map).words))
  const odd = shop.dice.chance(200) ? [words(key(shop), ':', shop.expression(type.map).words)] : []
  return { type: map(type.map, keys), value: ['{', ...commas([...entries, ...odd]), '}'] }
}

function newRule(shop: Workshop): Words {
  const type = shop.dice.chance(500) ? 'bool' : anyType(shop)
  const made = rule(shop, type).words
  return [shop.newNameFor(type), '=', ...made]
}

const changeable = (shop: Workshop): readonly Variable[] =>
  shop.visible().filter(({ type, isImport }) => isImport !== true && !isFunction(type))

function assignment(shop: Workshop): Words {
  const all = changeable(shop)
  if (all.length === 0) return newVariable(shop)
  const { name, type } = shop.dice.pick(all)
  if (shop.dice.chance(500)) return [name, '=', ...shop.expression(type).words]
  if (isList(type) || type === 'string') return [name, '+=', ...shop.expression(type).words]
  if (type !== 'int' && type !== 'float') return [name, '=', ...shop.expression(type).words]
  return [name, shop.dice.pick(['+=', '-=', '*=', '/=', '%=']), ...shop.expression(type).words]
}

/** `x["a"] = 1`, `x[0] += 1`, `x.a["b"] = 1`. */
function elementAssignment(shop: Workshop): Words {
  const all = changeable(shop).filter(({ type }) => isList(type) || isMap(type))
  if (all.length === 0) return newVariable(shop)
  const { name, type } = shop.dice.pick(all)
  if (isList(type) && (type.size ?? 0) === 0 && !shop.dice.chance(50)) return newVariable(shop)
  if (isMap(type) && shop.dice.chance(500)) {
    const deeper = assignmentInside(shop, name, type)
    if (deeper !== undefined) return deeper
  }
  const [inner, index] = isMap(type)
    ? [type.map, key(shop)]
    : [isList(type) ? type.list : type, placeIn(shop, type)]
  const isNumber = inner === 'int' || inner === 'float'
  const operator = isNumber ? shop.dice.pick(['=', '=', '+=', '-=', '*=', '/=', '%=']) : '='
  return [name, '[', ...index, ']', operator, ...shop.expression(inner).words]
}

function assignmentInside(
  shop: Workshop,
  name: string,
  { map: inner, keys = [] }: MapType,
): Words | undefined {
  if ((!isMap(inner) && !isList(inner)) || (keys.length === 0 && !shop.dice.chance(50))) return undefined
  const index = isMap(inner) ? `"${shop.dice.pick(commonKeys)}"` : '0'
  const value = shop.expression(isMap(inner) ? inner.map : inner.list).words
  return [name, '.', shop.dice.pick(keys.length > 0 ? keys : ['a']), '[', index, ']', '=', ...value]
}

function placeIn(shop: Workshop, type: Type): Words {
  const size = isList(type) ? (type.size ?? 0) : 0
  if (size === 0 || shop.dice.chance(50)) return shop.expression('count').words
  return shop.dice.chance(250) ? ['-', `${1 + shop.dice.below(size)}`] : [`${shop.dice.below(size)}`]
}

/** `append` and `delete`. */
function change(shop: Workshop): Words {
  const name = shop.dice.pick(['append', 'append', 'delete'] as const)
  if (!shop.isBuiltin(name)) return print(shop)
  const all = changeable(shop).filter(({ type }) => (name === 'append' ? isList(type) : isMap(type)))
  if (all.length === 0) return newVariable(shop)
  const { name: variable, type } = shop.dice.pick(all)
  const given = isList(type) ? shop.expression(type.list).words : key(shop)
  return [name, '(', variable, ',', ...given, ')']
}

const shared = (shop: Workshop, gives?: Type): Words => [
  '{;',
  ...shop.inside('shared', [], () => statements(shop, 0, 2, gives)),
  '};',
]

function branch(shop: Workshop, gives?: Type): Words {
  const more = shop.dice
    .some(0, 1, () => ['else', 'if', ...shop.expression('bool').words, ...shared(shop, gives)])
    .flat()
  const otherwise = shop.dice.chance(500) ? ['else', ...shared(shop, gives)] : []
  return ['if', ...shop.expression('bool').words, ...shared(shop, gives), ...more, ...otherwise]
}

function loop(shop: Workshop, gives?: Type): Words {
  const inner = anyType(shop)
  const isMapping = shop.dice.chance(350)
  const all = shop.expression(isMapping ? map(inner) : list(inner)).words
  const [first, second] = [shop.localName(), shop.localName()]
  const hasTwo = shop.dice.chance(500) && first !== second
  const variables: readonly Variable[] = hasTwo
    ? [
        { name: first, type: isMapping ? 'string' : 'count' },
        { name: second, type: inner },
      ]
    : [{ name: first, type: isMapping ? 'string' : inner }]
  shop.loops++
  const inside = shop.inside('loop', variables, () => statements(shop, 0, 3, gives))
  shop.loops--
  return ['for', ...all, 'as', first, ...(hasTwo ? [',', second] : []), '{;', ...inside, '};']
}

function choice(shop: Workshop, gives?: Type): Words {
  const type = shop.dice.pick(['int', 'string', 'bool', 'float', 'any'] as const)
  const hasSubject = shop.dice.chance(650)
  const wanted = hasSubject ? type : 'bool'
  const clauses = shop.dice.some(0, 3, () => {
    const values = shop.dice.some(1, 2, () => shop.expression(wanted).words)
    const separated = values.flatMap((one, place) => (place === 0 ? one : [',', ...one]))
    return ['when', ...separated, ':', ...shop.inside('shared', [], () => statements(shop, 0, 2, gives))]
  })
  const otherwise = ['else', ':', ...shop.inside('shared', [], () => statements(shop, 0, 2, gives))]
  const all = shop.dice.chance(600) ? [...clauses, otherwise] : clauses
  const mixed = shop.dice.chance(150) ? all.toReversed() : all
  const subject = hasSubject ? shop.expression(type).words : []
  const plain = subject[0] === '{' ? ['(', ...subject, ')'] : subject
  return ['case', ...plain, '{', ...mixed.flat(), '}']
}

const block = (shop: Workshop, gives?: Type): Words => [
  '{;',
  ...shop.inside('block', [], () => statements(shop, 0, 2, gives)),
  '};',
]

/** A function; some call themselves until a number is used up. */
function declaration(shop: Workshop): Words {
  const { dice } = shop
  const gives = anyType(shop)
  const takes = dice.some(0, 2, () => anyType(shop))
  if (dice.chance(250)) return recursion(shop)
  const type = func(takes, gives)
  const written = literal(shop, type).words
  const name = shop.newNameFor(type)
  if (dice.chance(500)) return [name, '=', ...written]
  return ['func', name, ...written.slice(1)]
}

function recursion(shop: Workshop): Words {
  const { dice } = shop
  const gives = dice.pick(['int', 'string', 'float'] as const)
  const name = shop.newNameFor('null')
  const [count, kept] = ['n', 'acc']
  const variables: readonly Variable[] = [
    { name: count, type: 'count' },
    { name: kept, type: gives },
  ]
  const step = shop.inside('function', variables, () => shop.expression(gives).words)
  const end = dice.chance(15) ? [] : ['if', count, '<=', '0', '{;', 'return', kept, ';', '};', ';']
  const again = ['return', name, '(', count, '-', '1', ',', ...step, ')', ';']
  const first = dice.chance(25) ? dice.pick(['498', '499', '500', '600']) : `${dice.below(5)}`
  const made = ['func', name, '(', count, ',', kept, ')', '{;', ...end, ...again, '};', ';']
  const start = shop.expression(gives).words
  return [...made, shop.newNameFor(gives), '=', name, '(', first, ',', ...start, ')']
}

/** Changes one of two names for a list or map, and looks at the other; data of imports is copied instead. */
function alias(shop: Workshop): Words {
  const { dice } = shop
  const own = changeable(shop).map(({ name, type }) => ({ words: [name], type }))
  const borrowed = shop.modules.flatMap(({ path, exports }) => {
    const name = shop.importNamed(path)
    return name === undefined ? [] : exports.map((one) => ({ words: [name, '.', one.name], type: one.type }))
  })
  const all = dice.chance(500) && borrowed.length > 0 ? borrowed : own
  const fitting = all.filter(({ type }) => isList(type) || isMap(type))
  if (fitting.length === 0 || !shop.isBuiltin('append')) return newVariable(shop)
  const { words: original, type } = dice.pick(fitting)
  const name = shop.newNameFor(type)
  const inner = shop.expression(isList(type) ? type.list : isMap(type) ? type.map : type).words
  const changed = isList(type)
    ? ['append', '(', name, ',', ...inner, ')']
    : [name, '[', '"new"', ']', '=', ...inner]
  const shown = shop.isBuiltin('print')
    ? ['print', '(', ...original, ',', name, ')']
    : ['(', ...original, ')']
  return [name, '=', ...original, ';', ...changed, ';', ...shown]
}
