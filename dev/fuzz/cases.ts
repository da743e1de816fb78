// A whole case: a policy, its modules, and what the host gives; as an arbitrary of fast-check's.

import fc from 'fast-check'
import { standardPaths } from '../../src/lang/imports/standard.ts'
import type { Case } from './case.ts'
import { Dice } from './dice.ts'
import { globalName, hostType, hostValue, typeWithKeys } from './inputs.ts'
import { type Layout, laidOut } from './layout.ts'
import { smaller } from './shrink.ts'
import { source } from './sources.ts'
import { list } from './types.ts'
import type { Module, Shop, Variable } from './workshop.ts'

/** Cases, small and large; a failing one shrinks by its tree. */
export class Cases extends fc.Arbitrary<Case> {
  private readonly layouts: readonly Layout[]

  constructor(layouts: readonly Layout[]) {
    super()
    this.layouts = layouts
  }

  override generate(random: fc.Random): fc.Value<Case> {
    const dice = new Dice(random)
    return new fc.Value(caseOf(dice, dice.pick(this.layouts)), undefined)
  }

  override canShrinkWithoutContext(value: unknown): value is Case {
    return typeof value === 'object'
  }

  override shrink(value: Case): fc.Stream<fc.Value<Case>> {
    return fc.stream(smaller(value)).map((one) => new fc.Value(one, undefined))
  }
}

const instants = [0n, 1_700_000_000_123_456_789n, -1n, 253_402_300_799_999_999_999n, 951_782_400_000_000_000n]

function caseOf(dice: Dice, layout: Layout): Case {
  const shop: Shop = { dice, fuel: 15 + dice.below(110), http: dice.chance(150) }
  const globals = new Map<string, unknown>()
  const known: Variable[] = []
  for (const [at, type] of dice.some(0, 3, () => hostType(dice)).entries()) {
    const name = globalName(dice, at)
    const value = hostValue(dice, type)
    globals.set(name, value)
    if (/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(name) && name !== 'if')
      known.push({ name, type: typeWithKeys(type, value) })
  }
  const { modules, texts } = modulesOf(shop, layout)
  const { data, given } = dataOf(dice)
  const made = source(shop, 'policy', known, [...modules, ...data])
  const params = made.params.flatMap(({ name, type, hasDefault }) =>
    dice.chance(hasDefault ? 300 : 970) ? [[name, hostValue(dice, type)] as const] : [],
  )
  const now = dice.pick(instants)
  const text = laidOut(made.words, layout, dice)
  const asObjects = dice.chance(500)
  return {
    text,
    modules: texts,
    globals,
    params: new Map(params),
    data: given,
    now,
    http: shop.http,
    asObjects,
  }
}

/** Modules; a later one may import those before it, and one may stand for a standard import. */
function modulesOf(shop: Shop, layout: Layout) {
  const { dice } = shop
  const modules: Module[] = []
  const texts = new Map<string, string>()
  for (let at = 0; at < 2 && dice.chance(180); at++) {
    const path = dice.chance(100) ? dice.pick(standardPaths) : `mod${at}`
    const { words, exports } = source({ ...shop, fuel: 25 }, 'module', [], modules)
    texts.set(path, laidOut(words, layout, dice))
    modules.push({ path, exports })
  }
  if (dice.chance(4)) {
    texts.set('endless', 'x = []\nappend(x, x)\nf = func() { return x }\n')
    modules.push({ path: 'endless', exports: [{ name: 'x', type: list('any') }] })
  }
  return { modules, texts }
}

function dataOf(dice: Dice) {
  const given = new Map<string, unknown>()
  const data: Module[] = []
  if (dice.chance(120)) {
    const types = (['a', 'b', 'constructor', '__proto__'] as const).map(
      (name) => [name, hostType(dice)] as const,
    )
    const value = new Map(types.map(([name, type]) => [name, hostValue(dice, type)] as const))
    given.set('facts', value)
    data.push({ path: 'facts', exports: types.map(([name, type]) => ({ name, type, isImport: true })) })
  }
  return { data, given }
}
