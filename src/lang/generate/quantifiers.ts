// Lowers quantifiers, and what loops go through. Next to ../run/quantifiers.ts.

import type { For, Quantifier } from '../syntax/tree.ts'
import { collectionBytes, elementBytes } from '../values/prices.ts'
import { CallLowering } from './calls.ts'
import { turnBytes } from './host.ts'
import { Names, namesUsedIn, type Slot } from './names.ts'
import { isPlain, type Operand, present } from './operands.ts'

/** What a loop goes through: names of arrays in generated code. */
export type Items = {
  /** The keys of a map; undefined for lists. */
  readonly keys: string
  readonly values: string
  /** What a single name stands for: the elements of a list, the keys of a map. */
  readonly singles: string
  readonly isHost: boolean
}

/** A name that nobody asks for. */
const unused: Slot = { code: 'undefined', always: true, host: false }

/** Lowers `any`, `all`, `filter` and `map`. */
export abstract class QuantifierLowering extends CallLowering {
  protected quantifier(node: Quantifier, names: Names): Operand {
    const all = this.evaluate(node.collection, names)
    const result = this.writer.name('t')
    this.writer.line(`let ${result}`)
    this.writer.inside(`if (${present(all)} !== undefined)`, () => {
      const items = this.itemsOf(all)
      if (node.operator === 'map') this.mapItems(node, items, result, names)
      else if (node.operator === 'filter') this.filter(node, all, items, result, names)
      else this.anyOrAll(node, items, result, names)
    })
    return { code: result, kind: node.operator === 'any' || node.operator === 'all' ? 'truth' : 'any' }
  }

  /** Writes what a loop goes through, as it is now. */
  protected itemsOf({ code, kind }: Operand): Items {
    const isHost = kind === 'host'
    const [keys, values] = [this.writer.name('k'), this.writer.name('v')]
    this.writer.line(`let ${keys}, ${values}`)
    if (isHost) {
      this.writer.inside(`if ($isArray(${code}))`, () => {
        this.writer.line(`$meter.pay(${collectionBytes} + ${code}.length * ${elementBytes})`)
        this.writer.line(`${values} = ${code}`)
      })
    }
    this.writer.inside(isHost ? 'else' : '', () => {
      const items = this.writer.put(`${isHost ? '$hostItems' : '$itemsOf'}(${code}, $meter)`)
      this.writer.line(`${keys} = ${items}.keys; ${values} = ${items}.values`)
    })
    const singles = this.writer.put(`${keys} === undefined ? ${values} : ${keys}`)
    return { keys, values, singles, isHost }
  }

  /** Writes a loop over items, with the names of one turn. */
  private turns(
    node: Quantifier,
    items: Items,
    names: Names,
    inner: (names: Names, at: string) => void,
    label = '',
  ): void {
    const at = this.writer.name('i')
    const head = `${label}for (let ${at} = 0; ${at} < ${items.values}.length; ${at}++)`
    const turns = { at, length: `${items.values}.length` }
    this.writer.metered(head, () => inner(this.turn(node, items, at, names), at), turns)
  }

  /** The scope of one turn of a loop. */
  protected turn({ names: given, body }: Quantifier | For, items: Items, at: string, names: Names): Names {
    const local = new Names(names)
    const { keys, values, singles, isHost } = items
    const used = namesUsedIn('statements' in body ? body.statements : [body])
    if (isHost) this.writer.charge(0, turnBytes)
    const declare = (name: string, code: string, isElement: boolean) =>
      local.declare(name, used.has(name) ? this.named(name, code, isHost, isElement) : unused)
    const [first, second] = given
    // The walker has the element come in, whether anybody asks for it or not.
    const element = second ?? first
    if (isHost && !used.has(element?.text ?? '')) this.writer.line(`$heed(${values}[${at}], $meter)`)
    if (first !== undefined && second === undefined) declare(first.text, `${singles}[${at}]`, true)
    else if (first !== undefined)
      declare(first.text, `(${keys} === undefined ? ${at} : ${keys}[${at}])`, false)
    if (second !== undefined) declare(second.text, `${values}[${at}]`, true)
    return local
  }

  /** A name of a turn that is asked for. */
  private named(name: string, code: string, isHost: boolean, isElement: boolean): Slot {
    const variable = this.writer.name('x')
    const stays = !this.uses.assigned.has(name)
    const value = isHost && !stays ? `$fromHost(${code}, $meter)` : code
    this.writer.line(`${stays ? 'const' : 'let'} ${variable} = ${value}`)
    const slot = { code: variable, always: true, host: isHost && stays }
    if (!slot.host || !isElement) return slot
    const plain = this.writer.put(isPlain(variable))
    this.writer.line(`if (!${plain}) $heed(${variable}, $meter)`)
    return { ...slot, plain }
  }

  /** `any` is a chain of `or`, `all` a chain of `and`. */
  private anyOrAll(node: Quantifier, items: Items, result: string, names: Names): void {
    const operator = node.operator === 'any' ? 'or' : 'and'
    const end = this.writer.name('l')
    this.writer.line(`${result} = ${operator === 'and'}`)
    const turn = (inner: Names) => {
      this.decide(operator, result, this.truth(node.body, inner, `the body of \`${node.operator}\``), end)
    }
    this.turns(node, items, names, turn, `${end}: `)
  }

  /** Takes one more truth into the result of a chain; leaves the chain where no other can change it. */
  protected decide(operator: 'and' | 'or', result: string, one: string, end: string): void {
    const when = operator === 'and' ? `${one} !== true && ${result} === true` : `${one} !== false`
    this.writer.inside(`if (${when})`, () => {
      this.writer.line(`${result} = ${one}`)
      this.writer.line(`if (${one} === ${operator === 'or'}) break ${end}`)
    })
  }

  /** Keeps the kind of the collection. One undefined makes the whole undefined, after all have been asked. */
  private filter(node: Quantifier, all: Operand, items: Items, result: string, names: Names): void {
    const kept = this.writer.put('[]')
    const isDefined = this.writer.name('t')
    this.writer.line(`let ${isDefined} = true`)
    this.turns(node, items, names, (inner, at) => {
      const one = this.truth(node.body, inner, 'the body of `filter`')
      this.writer.line(`if (${one} === true) ${kept}.push(${at})`)
      this.writer.line(`else if (${one} === undefined) ${isDefined} = false`)
    })
    const filtered = all.kind === 'host' ? '$hostFiltered' : '$filtered'
    this.writer.line(
      `if (${isDefined}) ${result} = ${filtered}(${items.keys}, ${items.values}, ${kept}, $meter)`,
    )
  }

  private mapItems(node: Quantifier, items: Items, result: string, names: Names): void {
    this.writer.line(`$meter.pay(${collectionBytes} + ${items.values}.length * ${elementBytes})`)
    const values = this.writer.put('[]')
    this.turns(node, items, names, (inner) => {
      this.writer.line(`${values}.push(${this.valueOf(node.body, inner)})`)
    })
    this.writer.line(`${result} = new $List(${values})`)
  }
}
