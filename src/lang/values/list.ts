// Lists are shared by reference and changed in place. A copy costs nothing until one of both is changed:
// elements lie in an array that is never written while two lists know it.

import type { Elements, Items } from './arrivals.ts'

/** A list of values. It does not care which, so that nothing depends on everything. */
export class List<T> {
  private values: readonly T[]
  private isShared: boolean
  /** Where elements lie that did not come in yet; `values` is nothing then. */
  private source: Elements<T> | undefined

  constructor(array: readonly T[], isShared = false) {
    this.values = array
    this.isShared = isShared
  }

  /** A list of elements that come in when somebody looks. */
  static of<T>(source: Elements<T>): List<T> {
    const list = new List<T>(nothing)
    list.source = source
    return list
  }

  get length(): number {
    return this.source === undefined ? this.values.length : this.source.length
  }

  /** How many elements the next change has to copy first. */
  get unshared(): number {
    this.settle()
    return this.isShared ? this.values.length : 0
  }

  /** The elements as they are now. Later changes of the list do not show in the array. */
  elements(): readonly T[] {
    this.settle()
    this.isShared = true
    return this.values
  }

  /** The same, to be looked at one by one: those that lie elsewhere come in then. */
  items(): Items<T> {
    return this.source === undefined ? new Given(this.elements()) : this.source.items()
  }

  /** The same as an array, which may be gone through, and no more. */
  array(): readonly T[] {
    return this.source === undefined ? this.elements() : this.source.array()
  }

  /** The element at an index from 0, undefined beyond both ends. */
  at(index: number): T | undefined {
    return this.source === undefined ? this.values[index] : this.source.at(index)
  }

  append(value: T): void {
    this.own().push(value)
  }

  /** Replaces an element that is there. */
  set(index: number, value: T): void {
    this.own()[index] = value
  }

  private own(): T[] {
    this.settle()
    if (this.isShared) this.values = this.values.slice()
    this.isShared = false
    return this.values as T[]
  }

  /** Has all elements come in. They stay where they are for whoever is going through them. */
  private settle(): void {
    if (this.source === undefined) return
    this.values = this.source.all()
    this.isShared = true
    this.source = undefined
  }
}

const nothing: readonly never[] = []

class Given<T> implements Items<T> {
  private readonly elements: readonly T[]

  constructor(elements: readonly T[]) {
    this.elements = elements
  }

  get length(): number {
    return this.elements.length
  }

  at(index: number): T | undefined {
    return this.elements[index]
  }
}
