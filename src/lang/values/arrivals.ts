// The one way in. Values that lie elsewhere (data of the host, data of imports, which are copied) come in one by one, when
// somebody looks at them, and whoever looks pays as they do. A list or map knows nothing but where its elements lie.
//
// INVARIANT: nothing comes in but by `enter`, which charges for what it makes; what is kept so that it stays the same
// is charged for here. There is no such thing as elements elsewhere without somebody who pays.

import type { Terms } from './failure.ts'
import type { Key, Slot } from './key.ts'
import { collectionBytes, elementBytes, entryBytes } from './prices.ts'

/** Elements that do not change, to be looked at one by one. */
export type Items<T> = { readonly length: number; at(index: number): T | undefined }

/** Elements of a list that lie elsewhere. */
export abstract class Elements<T> {
  protected readonly terms: Terms
  private readonly outside: readonly unknown[]
  /** Those that came in: a few, or a place for each once somebody goes through them. */
  private some: Map<number, T> | undefined
  private places: (T | undefined)[] | undefined

  constructor(terms: Terms, outside: readonly unknown[]) {
    this.terms = terms
    this.outside = outside
  }

  protected abstract enter(outside: unknown): T

  get length(): number {
    return this.outside.length
  }

  /** The element at an index from 0, undefined beyond both ends. It is the same each time. */
  at(index: number): T | undefined {
    const known = this.places === undefined ? this.some?.get(index) : this.places[index]
    if (known !== undefined) return known
    const outside = this.outside[index]
    const inside = this.enter(outside)
    if (inside !== outside) this.keep(index, inside)
    return inside
  }

  /**
   * All of them, to be looked at one after the other. Where nobody changes what lies in them they need not be kept, and
   * need not be the same the next time.
   */
  items(): Items<T> {
    if (this.isKept) this.prepare()
    return this.isKept ? this : new Passing(this)
  }

  /** The same as an array. */
  array(): readonly T[] {
    if (this.isKept) return this.all()
    this.terms.pay(this.length * elementBytes)
    return Array.from(this.outside, (outside) => this.enter(outside))
  }

  private get isKept(): boolean {
    return this.terms.changesData || this.places !== undefined
  }

  /** The element as it comes in now. */
  pass(index: number): T | undefined {
    return this.enter(this.outside[index])
  }

  /** Makes room for all of them. */
  private prepare(): (T | undefined)[] {
    if (this.places !== undefined) return this.places
    this.terms.pay(this.length * elementBytes)
    const places = new Array<T | undefined>(this.length)
    for (const [index, inside] of this.some ?? []) places[index] = inside
    this.some = undefined
    this.places = places
    return places
  }

  /** All of them; the same array each time. */
  all(): readonly T[] {
    const places = this.prepare()
    this.terms.step(places.length >> 3)
    // Not by `map`, which leaves out what a list of the host's leaves out.
    for (let index = 0; index < places.length; index++) places[index] = this.at(index)
    return places as T[]
  }

  private keep(index: number, inside: T): void {
    if (this.places !== undefined) this.places[index] = inside
    else {
      this.terms.pay(entryBytes)
      this.some = (this.some ?? new Map()).set(index, inside)
    }
  }
}

class Passing<T> implements Items<T> {
  private readonly elements: Elements<T>

  constructor(elements: Elements<T>) {
    this.elements = elements
  }

  get length(): number {
    return this.elements.length
  }

  at(index: number): T | undefined {
    return this.elements.pass(index)
  }
}

/** What is said of a key where only all entries together can tell. */
export const unclear: unique symbol = Symbol('unclear')

/** Entries of a map that lie elsewhere. */
export abstract class Entries<T> {
  protected readonly terms: Terms
  /** The values that came in. */
  private some: Map<Slot, T> | undefined

  constructor(terms: Terms) {
    this.terms = terms
  }

  protected abstract enter(outside: unknown): T

  /** What lies there under a key, undefined where nothing does. */
  protected abstract outside(slot: Slot): unknown | typeof unclear

  /** Whether there is a key, how many there are, and which: where that can be told without any value. */
  abstract has(slot: Slot): boolean | typeof unclear
  abstract readonly size: number | typeof unclear
  abstract keys(): readonly Key[] | typeof unclear

  /** All that lies there. */
  protected abstract everything(): Iterable<readonly [Key, Slot, unknown]>

  /** The value of a key, undefined without it. It is the same each time. */
  get(slot: Slot): T | undefined | typeof unclear {
    const known = this.some?.get(slot)
    if (known !== undefined) return known
    const outside = this.outside(slot)
    if (outside === unclear) return unclear
    const inside = this.enter(outside)
    if (inside === outside) return inside
    this.terms.pay(entryBytes)
    this.some = (this.some ?? new Map()).set(slot, inside)
    return inside
  }

  /** All of them. */
  *all(): Generator<readonly [Key, T]> {
    this.terms.pay(collectionBytes)
    for (const [key, slot, outside] of this.everything()) {
      this.terms.step()
      this.terms.pay(entryBytes)
      yield [key, this.some?.get(slot) ?? this.enter(outside)]
    }
  }
}
