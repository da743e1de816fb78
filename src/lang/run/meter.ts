// What an evaluation may use up. Everything that grows with the input pays here before it is made, so no
// policy can outgrow its host. Bytes are those of all values ever made, not of those alive: the same policy
// with the same input always stops at the same place.

import { type Costs, Failure, fail } from '../values/failure.ts'
import { freeLevels, levelBytes } from './nesting.ts'

/** What one evaluation may use. */
export type Limits = {
  /** Nodes evaluated. */
  readonly steps: number
  /** Nested calls of functions. */
  readonly depth: number
  /** Bytes of values made. */
  readonly bytes: number
  /** Bytes printed. */
  readonly output: number
  /** Milliseconds on the clock, if there is a clock. */
  readonly wallMs: number
  /** Those of them that evaluations before took, which needed a fact. Default: none. */
  readonly spentMs?: number
  /** Monotonous milliseconds, for `wallMs`. Without it time is not limited. Looked at every few thousand steps. */
  readonly clock?: { now(): number } | undefined
}

/** The limits of `sentinel apply` (specification 11). */
export const defaultLimits: Limits = {
  steps: 50_000_000,
  depth: 500,
  bytes: 256 * 1024 * 1024,
  output: 4 * 1024 * 1024,
  wallMs: 4_000,
}

/** A token of a source and what the parser made of it; the first ones are free. */
const [tokenBytes, freeTokens] = [220, 50_000]

/** What it takes to look for a key of a map: a long text is hashed, and compared with an equal one. */
export const stepsOfKey = (key: unknown): number => (typeof key === 'string' ? key.length >> 6 : 0)

const stepsBetweenLooks = 4096
const bytesPaidAhead = 64 * 1024

/** Generated code has one byte in so many. */
export const generatedShare = 8

/** Counts what a part of an evaluation uses, which may come to an end before the whole does. */
export class Allowance implements Costs {
  private readonly meter: Meter
  private left: number

  constructor(meter: Meter, bytes: number) {
    this.meter = meter
    this.left = bytes
  }

  get exhausted(): boolean {
    return this.left < 0 || this.meter.exhausted
  }

  step(count?: number): void {
    this.meter.step(count)
  }

  pay(bytes: number): void {
    this.left -= bytes
    // Nobody is told: whoever has only a share goes on without.
    if (this.left < 0) throw new Failure('the share is used up')
    this.meter.pay(bytes)
  }
}

/** Counts what an evaluation uses. */
export class Meter {
  /** Regular expressions compiled so far, by their text. */
  readonly patterns = new Map<string, unknown>()
  /** How many states they have together. */
  patternStates = 0
  private limits: Limits
  /** When time is up; it starts with the first look at the clock. */
  private endsAt: number | undefined
  private steps = 0
  private bytes = 0
  private output = 0
  /** How many levels wait, and how many are paid for: see nesting.ts. */
  private levels = 0
  private paidLevels = freeLevels
  /** How many tokens the sources have together. */
  private tokens = 0
  /** Whether a limit was exceeded. */
  exhausted = false
  /** Whether anything that is evaluated may change a list or a map. */
  readonly changesData: boolean

  constructor(limits: Limits, changesData: boolean, endsAt?: number) {
    this.limits = limits
    this.changesData = changesData
    this.endsAt = endsAt
  }

  /** When time is up, if the clock was looked at. */
  get deadline(): number | undefined {
    return this.endsAt
  }

  /**
   * Begins to count for another evaluation of generated code, with the first steps and bytes paid ahead. There is
   * only a share of the bytes: who needs more is walked, and what was made so far lies around meanwhile.
   */
  restart(limits: Limits): void {
    this.limits = limits
    this.endsAt = undefined
    const share = limits.bytes / generatedShare
    this.bytesPaid = Math.min(bytesPaidAhead, share)
    this.bytes = limits.bytes - share + this.bytesPaid
    this.output = 0
    this.levels = 0
    this.paidLevels = freeLevels
    this.exhausted = false
    if (this.patterns.size > 0) this.patterns.clear()
    this.patternStates = 0
    this.steps = Math.min(stepsBetweenLooks, limits.steps)
  }

  get stepsPaid(): number {
    return this.steps
  }

  /** How many bytes were paid ahead when the evaluation began. */
  bytesPaid = 0

  /** One step, or as many as something costs. */
  step(count = 1): void {
    this.steps += count
    if (this.steps > this.limits.steps) this.exceed(`more than ${this.limits.steps} steps`)
    if (this.steps % stepsBetweenLooks < count) this.look()
  }

  /** Steps paid before they are made, at least so many: how many there were to be had. */
  ahead(least: number): number {
    const count = Math.max(least, Math.min(stepsBetweenLooks, this.limits.steps - this.steps))
    this.step(count)
    return count
  }

  /** Bytes paid before values are made, at least so many: how many there were to be had. */
  bytesAhead(least: number): number {
    const count = Math.max(least, Math.min(bytesPaidAhead, this.limits.bytes - this.bytes))
    this.pay(count)
    return count
  }

  /** Pays for a source of so many tokens, whose tree lies there all the while. */
  hold(tokens: number): void {
    const due = (all: number) => Math.max(0, all - freeTokens) * tokenBytes
    this.pay(due(this.tokens + tokens) - due(this.tokens))
    this.tokens += tokens
  }

  /** Pays for bytes of values that are about to be made. */
  pay(bytes: number): void {
    this.bytes += bytes
    if (this.bytes > this.limits.bytes) this.exceed(`values of more than ${this.limits.bytes} bytes`)
  }

  print(bytes: number): void {
    this.output += bytes
    if (this.output > this.limits.output) this.exceed(`more than ${this.limits.output} bytes printed`)
  }

  /** Whether so many calls may be nested. */
  nest(depth: number): void {
    if (depth > this.limits.depth) this.exceed(`more than ${this.limits.depth} nested calls`)
  }

  /** So many levels more wait for something inside of them. */
  deeper(levels: number): void {
    this.levels += levels
    if (this.levels <= this.paidLevels) return
    this.pay((this.levels - this.paidLevels) * levelBytes)
    this.paidLevels = this.levels
  }

  /** So many levels less. */
  shallower(levels: number): void {
    this.levels -= levels
  }

  /** A share of the bytes, for what may not have all that is left. */
  allowance(share: number): Allowance {
    return new Allowance(this, this.limits.bytes / share)
  }

  /** Ends the evaluation for want of something. */
  exceed(message: string): never {
    this.exhausted = true
    fail(message)
  }

  private look(): void {
    const { clock, wallMs, spentMs = 0 } = this.limits
    if (clock === undefined) return
    const now = clock.now()
    this.endsAt ??= now + wallMs - spentMs
    if (now > this.endsAt) this.exceed(`more than ${wallMs} ms`)
  }
}
