// Where one source is made up: what may be used at this moment, and how much may still be written.

import type { Dice } from './dice.ts'
import type { Piece, Words } from './pieces.ts'
import { fits, type Type } from './types.ts'

/** A name that means something. What an import gives cannot be changed. */
export type Variable = { readonly name: string; readonly type: Type; readonly isImport?: boolean }

/** A stretch of source in which names are made: `shared` ones (`if`, `case`) live on in the block around. */
type Frame = { readonly kind: 'function' | 'loop' | 'block' | 'shared'; readonly variables: Variable[] }

/** A module that the policy may import. */
export type Module = { readonly path: string; readonly exports: readonly Variable[] }

/** What all sources of a case share. */
export type Shop = {
  readonly dice: Dice
  /** How many more nodes there may be; below zero everything is as short as it can be. */
  fuel: number
  /** Whether the host lets policies ask for HTTP exchanges. */
  readonly http: boolean
}

const oddNames = [
  ...([
    'long_name',
    'größe',
    '_',
    'defined',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
  ] as const),
  ...([
    'name2',
    'été',
    'x',
    'undefined_',
    'valueOf',
    'prototype',
    'this',
    'let',
    'await',
    'arguments',
  ] as const),
]
const shadowingNames = ['values', 'keys', 'length', 'range', 'string', 'compare', 'print'] as const

export class Workshop {
  readonly dice: Dice
  readonly shop: Shop
  readonly modules: readonly Module[]
  /** Aliases of imports by path, in the order in which they were needed. */
  readonly imports = new Map<string, string>()
  private readonly frames: Frame[] = [{ kind: 'block', variables: [] }]
  private made = 0
  /** How deep the expression is that is being written. */
  depth = 0
  /** How many loops and functions are around: what stands here runs often. */
  loops = 0
  /** Filled in by expressions.ts and statements.ts: everything is made of everything. */
  expression: (type: Type) => Piece
  body: (gives: Type) => Words

  constructor(shop: Shop, modules: readonly Module[], tie: Tie) {
    this.dice = shop.dice
    this.shop = shop
    this.modules = modules
    this.expression = (type) => tie.expression(this, type)
    this.body = (gives) => tie.body(this, gives)
  }

  /** Whether it is time to come to an end. */
  get isTired(): boolean {
    return this.shop.fuel <= 0 || this.depth > 7
  }

  /** Variables that can stand where a type is wanted. */
  having(type: Type): readonly Variable[] {
    return this.visible().filter((one) => fits(one.type, type))
  }

  visible(): readonly Variable[] {
    const seen = new Set<string>()
    const all = this.frames.toReversed().flatMap(({ variables }) => variables.toReversed())
    return all.filter(({ name }) => !seen.has(name) && seen.add(name))
  }

  find(name: string): Variable | undefined {
    return this.visible().find((one) => one.name === name)
  }

  declare(name: string, type: Type): void {
    this.frames.at(-1)?.variables.push({ name, type })
  }

  /** A name for a variable: mostly a new one, now and then an odd one, or one that hides something. */
  newName(): string {
    const name = this.dice.chance(250) ? this.dice.pick(oddNames) : `v${this.made++}`
    if (this.dice.chance(8)) return this.dice.pick(shadowingNames)
    return this.find(name) === undefined ? name : `v${this.made++}`
  }

  /** A new name that is a variable of a type from now on. */
  newNameFor(type: Type): string {
    const name = this.newName()
    this.declare(name, type)
    return name
  }

  /** A name for a parameter or a loop: it may hide a variable, a function or an import. */
  localName(): string {
    const hidden = [...this.visible().map(({ name }) => name), ...this.imports.values()]
    return hidden.length > 0 && this.dice.chance(60) ? this.dice.pick(hidden) : this.newName()
  }

  /** What `make` writes in a stretch of its own. */
  inside<T>(kind: Frame['kind'], variables: readonly Variable[], make: () => T): T {
    this.frames.push({ kind, variables: [...variables] })
    const result = make()
    this.frames.pop()
    return result
  }

  /** The nearest loop or function: whether `break` or `return` may stand here. */
  get mayJump(): boolean {
    const around = this.frames.findLast(({ kind }) => kind === 'loop' || kind === 'function')
    return around?.kind === 'loop'
  }

  get isInFunction(): boolean {
    return this.frames.some(({ kind }) => kind === 'function')
  }

  /** The name that an import goes by here; undefined where something hides it. */
  importNamed(path: string): string | undefined {
    const known = this.imports.get(path)
    const plain = path.split('/').at(-1) ?? path
    const name = known ?? (this.dice.chance(150) ? `i${this.imports.size}` : plain)
    if (this.find(name) !== undefined) return undefined
    if (known === undefined && [...this.imports.values()].includes(name)) return undefined
    this.imports.set(path, name)
    return name
  }

  /** Whether a built-in function is what its name says. */
  isBuiltin(name: string): boolean {
    return this.find(name) === undefined && ![...this.imports.values()].includes(name)
  }
}

/** The makers that a workshop calls for what stands inside of something. */
export type Tie = {
  expression(shop: Workshop, type: Type): Piece
  body(shop: Workshop, gives: Type): Words
}
