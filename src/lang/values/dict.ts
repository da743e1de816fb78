// Maps have keys of four types: bool, int, float and string. The integer 1 and the float 1.0 are one key (they
// compare as equal), and a map remembers which of the two it was given first. Order is that of insertion.

import { Float } from './float.ts'
import type { Int } from './int.ts'

/** A key as JavaScript's Map tells keys apart: floats are numbers, those of a whole value are integers. */
type Slot = string | boolean | Int

/** What `x.name(…)` may call on a map that an import made: time, decimal, version and their like. */
export type Methods = ReadonlyMap<string, unknown>

/** The key of a map. */
export type Key = string | boolean | Int | Float

/** A map to values; it does not care to which. */
export class Dict<T> {
  private entriesBySlot: Map<Slot, T>
  /** Slots of whole value that were written as floats. */
  private floats: Set<Slot> | undefined
  private isShared: boolean
  private pending: ((element: T) => T) | undefined
  /** Where entries come from that nobody has looked at yet. */
  private source: (() => Iterable<readonly [Key, T]>) | undefined
  /** What an import hides in its maps, and the methods that work on it. */
  readonly hidden: unknown
  readonly methods: Methods | undefined

  constructor(entries: Iterable<readonly [Key, T]> = [], hidden?: unknown, methods?: Methods) {
    this.entriesBySlot = new Map()
    this.isShared = false
    this.hidden = hidden
    this.methods = methods
    for (const [key, value] of entries) this.set(key, value)
  }

  /** A map whose entries are made once somebody looks. */
  static later<T>(source: () => Iterable<readonly [Key, T]>, hidden?: unknown, methods?: Methods): Dict<T> {
    const dict = new Dict<T>([], hidden, methods)
    dict.source = source
    return dict
  }

  get size(): number {
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
    this.settle()
    return this.entriesBySlot.get(typeof key === 'string' ? key : (slotOf(key) as Slot))
  }

  has(key: unknown): boolean {
    this.fill()
    const slot = slotOf(key)
    return slot !== undefined && this.entriesBySlot.has(slot)
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
    this.settle()
    return [...this.entriesBySlot].map(([slot, value]) => [this.keyOf(slot), value] as const)
  }

  keys(): readonly Key[] {
    this.fill()
    const slots = [...this.entriesBySlot.keys()]
    return this.floats === undefined ? slots : slots.map((slot) => this.keyOf(slot))
  }

  values(): readonly T[] {
    this.settle()
    return [...this.entriesBySlot.values()]
  }

  /** A map that shows no later change of this one, nor the other way round; so for what is inside of it. */
  copy(copyElement: (element: T) => T): Dict<T> {
    this.settle()
    this.isShared = true
    const copy = new Dict<T>([], this.hidden, this.methods)
    copy.entriesBySlot = this.entriesBySlot
    copy.floats = this.floats
    copy.isShared = true
    copy.pending = copyElement
    return copy
  }

  private keyOf(slot: Slot): Key {
    if (this.floats?.has(slot) === true) return new Float(Number(slot))
    return slot
  }

  private own(): void {
    this.settle()
    if (!this.isShared) return
    this.entriesBySlot = new Map(this.entriesBySlot)
    this.floats = this.floats && new Set(this.floats)
    this.isShared = false
  }

  private fill(): void {
    const { source } = this
    if (source === undefined) return
    this.source = undefined
    for (const [key, value] of source()) this.set(key, value)
  }

  private settle(): void {
    this.fill()
    if (this.pending === undefined) return
    const copyElement = this.pending
    this.pending = undefined
    const copied = new Map<Slot, T>()
    for (const [slot, value] of this.entriesBySlot) copied.set(slot, copyElement(value))
    this.entriesBySlot = copied
    this.floats = this.floats && new Set(this.floats)
    this.isShared = false
  }
}

/** Whether a value can be the key of a map. */
export const isKey = (value: unknown): value is Key => slotOf(value) !== undefined

function slotOf(key: unknown): Slot | undefined {
  if (
    typeof key === 'string' ||
    typeof key === 'boolean' ||
    typeof key === 'number' ||
    typeof key === 'bigint'
  )
    return key
  return key instanceof Float ? slotOfFloat(key.value) : undefined
}

function slotOfFloat(value: number): Slot | undefined {
  if (Number.isNaN(value)) return undefined
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value + 0
  // Beyond 2^53 an integer is a bigint; beyond 2^63 there is none to be equal to.
  const isInt64 = value >= -(2 ** 63) && value < 2 ** 63
  return isInt64 ? BigInt(value) : value
}
