// Lists are shared by reference and changed in place. A copy costs nothing until one of both is changed:
// elements lie in an array that is never written while two lists know it.

/** A list of values. It does not care which, so that nothing depends on everything. */
export class List<T> {
  private array: readonly T[]
  private isShared: boolean
  /** How elements are copied when the list itself was; see `copy`. */
  private pending: ((element: T) => T) | undefined

  constructor(array: readonly T[], isShared = false, pending?: (element: T) => T) {
    this.array = array
    this.isShared = isShared
    this.pending = pending
  }

  get length(): number {
    return this.array.length
  }

  /** How many elements the next change has to copy first. */
  get unshared(): number {
    return this.isShared ? this.array.length : 0
  }

  /** The elements as they are now. Later changes of the list do not show in the array. */
  elements(): readonly T[] {
    this.settle()
    this.isShared = true
    return this.array
  }

  /** The element at an index from 0, undefined beyond both ends. */
  at(index: number): T | undefined {
    this.settle()
    return this.array[index]
  }

  append(value: T): void {
    this.own().push(value)
  }

  /** Replaces an element that is there. */
  set(index: number, value: T): void {
    this.own()[index] = value
  }

  /** A list that shows no later change of this one, nor the other way round; so for what is inside of it. */
  copy(copyElement: (element: T) => T): List<T> {
    this.settle()
    this.isShared = true
    return new List(this.array, true, copyElement)
  }

  private own(): T[] {
    this.settle()
    if (this.isShared) this.array = this.array.slice()
    this.isShared = false
    return this.array as T[]
  }

  /** Copies the elements, once somebody looks. */
  private settle(): void {
    if (this.pending === undefined) return
    // Not by `map`, which leaves out what a list of the host's leaves out.
    const array = new Array<T>(this.array.length)
    for (let at = 0; at < array.length; at++) array[at] = this.pending(this.array[at] as T)
    this.array = array
    this.isShared = false
    this.pending = undefined
  }
}
