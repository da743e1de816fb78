// Maps remember which of two equal keys, the integer 1 or the float 1.0, they were given first. Order is that of
// insertion.

import { type Entries, unclear } from './arrivals.ts'
import { Float } from './float.ts'
import { type Key, type Slot, slotOf } from './key.ts'

/** What `x.name(…)` may call on a map that an import made: time, decimal, version and their like. */
export type Methods = ReadonlyMap<string, unknown>

/** What lies in a map at one time: nobody changes it any more. */
export type Contents<T> = {
  readonly values: ReadonlyMap<Slot, T>
  /** Slots of whole value that were written as floats. */
  readonly floats: ReadonlySet<Slot> | undefined
}

/** A map to values; it does not care to which. */
export class Dict<T> {
  private entriesBySlot: Map<Slot, T>
  private floats: Set<Slot> | undefined
  private isShared: boolean
  /** Where entries lie that did not come in yet; `entriesBySlot` is nothing then. */
  private source: Entries<T> | undefined
  /** What makes the entries once somebody looks. */
  private maker: (() => Iterable<readonly [Key, T]>) | undefined
  /** What an import hides in its maps, and the methods that work on it. */
  readonly hidden: unknown
  readonly methods: Methods | undefined

  constructor(
    entries: Iterable<readonly [Key, T]> = nothing,
    hidden?: unknown,
    methods?: Methods,
    source?: Entries<T>,
  ) {
    this.entriesBySlot = source === undefined ? new Map() : (none as Map<Slot, unknown> as Map<Slot, T>)
    this.floats = undefined
    this.isShared = false
    this.source = source
    this.maker = undefined
    this.hidden = hidden
    this.methods = methods
    for (const [key, value] of entries) this.set(key, value)
  }

  /** A map of a few entries that an import makes once somebody looks; they cost as if they were made at once. */
  static later<T>(maker: () => Iterable<readonly [Key, T]>, hidden: unknown, methods: Methods): Dict<T> {
    const dict = new Dict<T>(nothing, hidden, methods)
    dict.maker = maker
    return dict
  }

  /** A map of entries that come in when somebody looks. */
  static of<T>(source: Entries<T>, hidden?: unknown, methods?: Methods): Dict<T> {
    return new Dict(nothing, hidden, methods, source)
  }

  get size(): number {
    const known = this.source?.size
    if (typeof known === 'number') return known
    this.fill()
    return this.entriesBySlot.size
  }

  /** How many entries the next change has to copy first. */
  get unshared(): number {
    this.fill()
    return this.isShared ? this.entriesBySlot.size : 0
  }

  /** The value of a key, undefined without it. What cannot be a key is in no map. */
  get(key: unknown): T | undefined {
    const slot = typeof key === 'string' ? key : slotOf(key)
    if (this.source !== undefined) {
      const found = slot === undefined ? undefined : this.source.get(slot)
      if (found !== unclear) return found
    }
    this.fill()
    return this.entriesBySlot.get(slot as Slot)
  }

  has(key: unknown): boolean {
    const slot = slotOf(key)
    if (slot === undefined) return false
    const known = this.source?.has(slot)
    if (typeof known === 'boolean') return known
    this.fill()
    return this.entriesBySlot.has(slot)
  }

  /** Sets a value. The key must be one: see `isKey`. */
  set(key: unknown, value: T): void {
    const slot = slotOf(key)
    if (slot === undefined) throw new TypeError('not a key')
    this.own()
    const isNew = !this.entriesBySlot.has(slot)
    this.entriesBySlot.set(slot, value)
    if (!isNew) return
    if (key instanceof Float) this.floats = (this.floats ?? new Set()).add(slot)
  }

  delete(key: unknown): void {
    const slot = slotOf(key)
    if (slot === undefined) return
    this.own()
    this.entriesBySlot.delete(slot)
    this.floats?.delete(slot)
  }

  /** Keys and values as they are now, in the order of insertion. */
  entries(): readonly (readonly [Key, T])[] {
    this.fill()
    const { floats } = this
    return [...this.entriesBySlot].map(([slot, value]) => [keyOf(slot, floats), value] as const)
  }

  keys(): readonly Key[] {
    const known = this.source?.keys()
    if (known !== undefined && known !== unclear) return known
    this.fill()
    return keysOf({ values: this.entriesBySlot, floats: this.floats })
  }

  values(): readonly T[] {
    this.fill()
    return [...this.entriesBySlot.values()]
  }

  /** What is in it as it is now. Later changes of the map do not show there. */
  contents(): Contents<T> {
    this.fill()
    this.isShared = true
    return { values: this.entriesBySlot, floats: this.floats }
  }

  private own(): void {
    this.fill()
    if (!this.isShared) return
    this.entriesBySlot = new Map(this.entriesBySlot)
    this.floats = this.floats && new Set(this.floats)
    this.isShared = false
  }

  /** Has all entries come in. */
  private fill(): void {
    const entries = this.source === undefined ? this.maker?.() : this.source.all()
    if (entries === undefined) return
    const filled = new Dict(entries)
    this.source = undefined
    this.maker = undefined
    this.entriesBySlot = filled.entriesBySlot
    this.floats = filled.floats
  }
}

const nothing: readonly never[] = []
/** Nothing is ever put there. */
const none = new Map<Slot, unknown>()

const keyOf = (slot: Slot, floats: ReadonlySet<Slot> | undefined): Key =>
  floats?.has(slot) === true ? new Float(Number(slot)) : slot

/** The keys of what lies in a map, in the order of insertion. */
export function keysOf({ values, floats }: Contents<unknown>): readonly Key[] {
  const slots = [...values.keys()]
  return floats === undefined ? slots : slots.map((slot) => keyOf(slot, floats))
}

/** Its entries, by their slots. */
export function* entriesIn<T>({ values, floats }: Contents<T>): Generator<readonly [Key, Slot, T]> {
  for (const [slot, value] of values) yield [keyOf(slot, floats), slot, value]
}
