// Evaluation by generated code. It records nothing: where a trace or a place is asked for, the walker evaluates the
// same again, which gives the same, for evaluation is pure. The walker also decides where a limit was exceeded:
// generated code counts ahead, so it may stop too early, but never too late.

import { type HostValue, toHost } from '../run/border.ts'
import { evaluateProgram, type Inputs } from '../run/evaluate.ts'
import { Loader, type Readable } from '../run/load.ts'
import { defaultLimits, Meter } from '../run/meter.ts'
import { answerTo, type Need, Needed } from '../run/need.ts'
import { isStackOverflow, messageOf, noMain, statusOf } from '../run/outcome.ts'
import type { EvaluationError, Result, Status, Trace } from '../run/result.ts'
import { fail } from '../values/failure.ts'
import type { Value } from '../values/value.ts'
import { absent, Unusual } from './host.ts'
import { Machine, read } from './machine.ts'
import { type Code, generate, type Held, isGenerable, type Role } from './source.ts'
import type { RunningModule } from './support.ts'

/** A source with the code that was made of it. */
export type Generable = Readable & { readonly code: CodeOf }

/** The code of one source, made when it is needed first. */
export class CodeOf {
  private readonly readable: Readable
  private readonly made = new Map<Role, Code>()
  private isSmall: boolean | undefined

  constructor(readable: Readable) {
    this.readable = readable
  }

  /** Whether there can be code at all. */
  get exists(): boolean {
    this.isSmall ??= isGenerable(this.readable.program)
    return this.isSmall
  }

  for(role: Role): Code {
    const code = this.made.get(role) ?? generate(this.readable.program, role)
    this.made.set(role, code)
    return code
  }
}

/** Evaluates a policy without errors in its source, whatever it imports. */
export function evaluateCode(policy: Generable, inputs: Inputs<Generable>): Result {
  if (!policy.code.exists) return evaluateProgram(policy, inputs)
  const limits = { ...defaultLimits, ...inputs.limits }
  const { now, answers } = inputs
  const meter = new Meter(limits, inputs.changesData)
  const machine = new Machine(meter, { now, answer: (key, ask) => answerTo({ key, ask }, answers, meter) })
  const walk: Walk<Inputs> = (given, deadline) => evaluateProgram(policy, given, deadline)
  const all = { machine, walk, inputs }
  try {
    const running = policy.code.for('policy').make()
    machine.restart(limits)
    running.start(machine, meter.stepsPaid, meter.bytesPaid, inputs.globals)
    running.params(inputs.params)
    const imports = loaderOf(machine, inputs).importsOf(policy)
    running.imports((name) => imports.get(name))
    return resultOf(all, running.run())
  } catch (thrown) {
    return brokenBy(thrown, all)
  }
}

function loaderOf(machine: Machine, inputs: Inputs<Generable>): Loader<Generable, RunningModule> {
  const runModule = ({ code, program }: Generable, load: () => ReturnType<typeof loader.importsOf>) => {
    if (!code.exists) throw new Unusual()
    const running = code.for('module').make()
    running.start(machine, 0, 0, undefined)
    const imports = load()
    running.imports((name) => imports.get(name))
    running.run()
    return { members: running.members, hasFunctions: program.hasFunctions }
  }
  const loader: Loader<Generable, RunningModule> = new Loader(
    { at: () => {}, terms: machine.meter, runModule },
    inputs,
    inputs.imports,
  )
  return loader
}

/** Evaluates the same by walking; the wall clock may be running already, until `deadline`. */
export type Walk<I> = (inputs: I, deadline?: number) => Result

/** What an evaluation is made of that did not end as others do. */
export type Ended<I> = { readonly machine: Machine; readonly walk: Walk<I>; readonly inputs: I }

/** The result of what `main` holds. */
export function resultOf<I>({ machine, walk, inputs }: Ended<I>, main: Held): Result {
  if (main === true) return new Outcome(walk, inputs, machine.lines, 'pass', true)
  if (main === false) return new Outcome(walk, inputs, machine.lines, 'fail', false)
  const value: Value = main === absent ? fail(noMain) : read(main)
  return new Outcome(walk, inputs, machine.lines, statusOf(value), toHost(value, machine.meter))
}

/** The result of an evaluation that threw. */
export function brokenBy<I>(thrown: unknown, { machine, walk, inputs }: Ended<I>): Result {
  const { meter, lines } = machine
  const isForWalker = thrown instanceof Unusual || meter.exhausted || isStackOverflow(thrown)
  if (isForWalker) return walk(inputs, meter.deadline)
  if (thrown instanceof Needed)
    return new Outcome(walk, inputs, lines, 'need', undefined).needing(thrown.need)
  return new Outcome(walk, inputs, lines, 'error', undefined).broken(messageOf(thrown))
}

/** The result of generated code. What it did not record comes from the walker. */
class Outcome<I> implements Result {
  readonly status: Status
  readonly value: HostValue
  readonly print: readonly string[]
  readonly need: Need | undefined
  readonly error: EvaluationError | undefined
  readonly diagnostics: Result['diagnostics'] = none
  readonly #walk: Walk<I>
  readonly #inputs: I
  #walked: Result | undefined

  constructor(walk: Walk<I>, inputs: I, print: readonly string[], status: Status, value: HostValue) {
    this.#walk = walk
    this.#inputs = inputs
    this.status = status
    this.value = value
    this.print = print
    this.need = undefined
    this.error = undefined
  }

  needing(need: Need): Result {
    return Object.assign(this, { need })
  }

  /**
   * An error has its place from the walker, and its message from here: the two are the same, unless the host's data
   * changes while it is read.
   */
  broken(message: string): Result {
    const walked = this.walked()
    return walked.error === undefined ? walked : Object.assign(this, { error: { ...walked.error, message } })
  }

  private walked(): Result {
    this.#walked ??= this.#walk(this.#inputs)
    return this.#walked
  }

  get undefinedAt(): Result['undefinedAt'] {
    return this.status === 'undefined' ? this.walked().undefinedAt : undefined
  }

  get trace(): Trace {
    return this.walked().trace
  }
}

const none: readonly never[] = []
