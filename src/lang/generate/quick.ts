// The quick way to evaluate a policy of standard imports again and again: its code and variables are made once, and
// the inputs are read where they lie. What it cannot deal with is left to evaluate.ts, from then on.

import { standardImports } from '../imports/names.ts'
import { membersOf, standardImport } from '../imports/standard.ts'
import { changesData } from '../run/changes.ts'
import { defaultLimits, type Limits, Meter } from '../run/meter.ts'
import { type Answer, answerTo } from '../run/need.ts'
import type { Result } from '../run/result.ts'
import { type TimeZone, utc } from '../run/zone.ts'
import { nameOfImport } from '../syntax/check.ts'
import type { Value } from '../values/value.ts'
import { brokenBy, type Generable, resultOf, type Walk } from './evaluate.ts'
import { absent, given, Unusual } from './host.ts'
import { type Around, Machine } from './machine.ts'
import type { Held, Running } from './source.ts'

/** The inputs that the quick way takes. */
export type QuickInputs = {
  readonly globals?: unknown
  readonly params?: unknown
  readonly answers?: unknown
  readonly now?: number | bigint
  readonly zone?: TimeZone
  readonly http?: boolean
  readonly limits?: Partial<Limits>
}

/** Whether a policy's imports are all standard ones; there may be only so many. */
export function isQuick({ program, code }: Generable): boolean {
  const { imports } = program
  return code.exists && imports.length < 50 && imports.every(({ path }) => standardImports.has(path))
}

/** A policy that is evaluated again and again. */
export class Quick<I extends QuickInputs> implements Around {
  private readonly walk: Walk<I>
  private readonly machine: Machine
  private readonly running: Running
  /** The imports that depend on the inputs, by their names. */
  private readonly varying: readonly (readonly [name: string, path: string])[]
  private readonly hasParams: boolean
  private inputs: I | undefined
  /** Those of the last evaluation; they seldom change. */
  private limits: Limits = defaultLimits
  private isUnusual = false

  constructor(policy: Generable, walk: Walk<I>) {
    this.walk = walk
    this.machine = new Machine(new Meter(defaultLimits, changesData(policy.program)), this)
    this.hasParams = policy.program.params.length > 0
    this.running = policy.code.for('quick').make()
    this.varying = policy.program.imports
      .filter(({ path }) => membersOf(path) === undefined)
      .map((item) => [nameOfImport(item), item.path] as const)
  }

  /** The result; undefined where the quick way cannot be taken. */
  evaluate(inputs: I): Result | undefined {
    // A host's getter may evaluate the same policy meanwhile.
    if (this.isUnusual || this.inputs !== undefined) return undefined
    this.inputs = inputs
    const { machine, walk } = this
    try {
      const result = resultOf({ machine, walk, inputs }, this.run(inputs))
      this.inputs = undefined
      return result
    } catch (thrown) {
      this.inputs = undefined
      this.isUnusual = thrown instanceof Unusual
      return this.isUnusual ? undefined : brokenBy(thrown, { machine, walk, inputs })
    }
  }

  get now(): bigint {
    const { now = 0 } = this.inputs ?? {}
    return typeof now === 'bigint' ? now : BigInt(Math.round(now)) * 1_000_000n
  }

  answer(key: string, ask: unknown): Value {
    const answer = given(this.inputs?.answers, key)
    return answerTo(
      { key, ask },
      answer === absent ? new Map() : new Map([[key, answer as Answer]]),
      this.machine.meter,
    )
  }

  private run(inputs: I): Held {
    const { machine, running } = this
    const { meter } = machine
    this.limits = limitsOf(inputs.limits, this.limits)
    machine.restart(this.limits)
    running.start(machine, meter.stepsPaid, meter.bytesPaid, inputs.globals)
    if (this.hasParams) running.params(inputs.params)
    if (this.varying.length > 0) this.import(inputs)
    return running.run()
  }

  private import(inputs: I): void {
    const { zone = utc, http = false } = inputs
    const setting = { now: this.now, zone, http }
    const loaded = new Map(this.varying.map(([name, path]) => [name, standardImport(path, setting)] as const))
    this.running.imports((name) => loaded.get(name))
  }
}

/** The limits of an evaluation: the last ones where these are the same. */
function limitsOf(given: Partial<Limits> | undefined, last: Limits): Limits {
  if (given === undefined || given === null) return defaultLimits
  const steps = given.steps ?? defaultLimits.steps
  const depth = given.depth ?? defaultLimits.depth
  const bytes = given.bytes ?? defaultLimits.bytes
  const output = given.output ?? defaultLimits.output
  const wallMs = given.wallMs ?? defaultLimits.wallMs
  const { clock, spentMs = 0 } = given
  const isLast =
    steps === last.steps &&
    depth === last.depth &&
    bytes === last.bytes &&
    output === last.output &&
    wallMs === last.wallMs &&
    clock === last.clock &&
    spentMs === (last.spentMs ?? 0)
  return isLast ? last : { steps, depth, bytes, output, wallMs, spentMs, clock }
}
