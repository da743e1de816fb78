// Whole sources: imports, parameters, statements, and what `main` says.

import { expression, rule } from './expressions.ts'
import { anyType, literal } from './literals.ts'
import { commas, type Words } from './pieces.ts'
import { body, statements } from './statements.ts'
import { isList, isMap, list, map, type Type } from './types.ts'
import { type Module, type Shop, type Variable, Workshop } from './workshop.ts'

const tie = { expression, body }

/** A source: its words without the imports, and what it exports. */
export type Made = {
  readonly words: Words
  readonly exports: readonly Variable[]
  readonly params: readonly Param[]
}
export type Param = { readonly name: string; readonly type: Type; readonly hasDefault: boolean }

/** A policy that may use these variables and modules; or, without a name for `main`, a module. */
export function source(
  shop: Shop,
  kind: 'policy' | 'module',
  globals: readonly Variable[],
  modules: readonly Module[],
): Made {
  const { dice } = shop
  const workshop = new Workshop(shop, modules, tie)
  for (const { name, type } of globals) workshop.declare(name, type)
  const params = dice.chance(kind === 'policy' ? 250 : 10) ? dice.some(1, 2, () => param(workshop)) : []
  const main = kind === 'policy' && !dice.chance(5) ? mainOf(workshop) : []
  const isLast = dice.chance(600)
  const rest = statements(workshop, 1, kind === 'policy' ? 9 : 4)
  const late = isLast && kind === 'policy' && !dice.chance(5) ? mainOf(workshop) : main
  const imports = [...workshop.imports].flatMap(([path, alias]) => importOf(path, alias, dice.chance(100)))
  const head = [...imports, ...params.flatMap(({ words: all }) => all)]
  const all = isLast ? [...head, ...rest, ...late] : [...head, ...main, ...rest]
  return { words: all, exports: workshop.visible(), params: params.map(({ param: one }) => one) }
}

const importOf = (path: string, alias: string, isNamed: boolean): Words =>
  alias === path && !isNamed ? ['import', `"${path}"`, ';'] : ['import', `"${path}"`, 'as', alias, ';']

function param(shop: Workshop): { readonly words: Words; readonly param: Param } {
  const { dice } = shop
  const type = dice.pick<Type>(['int', 'string', 'bool', 'float', list('int'), list('string'), map('int')])
  const name = shop.newNameFor(type)
  const hasDefault = dice.chance(700)
  const value = hasDefault ? ['default', ...paramLiteral(shop, type)] : []
  return { words: ['param', name, ...value, ';'], param: { name, type, hasDefault } }
}

function paramLiteral(shop: Workshop, type: Type): Words {
  const { dice } = shop
  if (isList(type)) return ['[', ...commas(dice.some(0, 2, () => paramLiteral(shop, type.list))), ']']
  if (isMap(type))
    return ['{', ...commas(dice.some(0, 2, () => ['"a"', ':', ...paramLiteral(shop, type.map)])), '}']
  const made = literal(shop, type).words
  return made[0] === '(' ? ['1'] : made
}

/** What the policy comes to: mostly a rule that is bool, else violations, numbers, texts. */
function mainOf(shop: Workshop): Words {
  const { dice } = shop
  const type = dice.weighted<Type>([
    [14, 'bool'],
    [2, list('int')],
    [2, anyType(shop)],
    [1, 'string'],
    [1, 'int'],
  ])
  const value = dice.chance(700) ? rule(shop, type).words : shop.expression(type).words
  return ['main', '=', ...value, ';']
}
