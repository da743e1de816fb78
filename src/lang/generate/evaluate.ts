// One evaluation by generated code. It records nothing: where a trace or a place is asked for, the walker evaluates
// the same again, which gives the same, for evaluation is pure. The walker also decides where a limit was exceeded:
// generated code counts ahead, so it may stop too early, but never too late.

import { fromHost, type HostValue, toHost } from '../run/border.ts'
import { evaluateProgram, type Inputs } from '../run/evaluate.ts'
import { Loader, type Readable } from '../run/load.ts'
import { defaultLimits, Meter } from '../run/meter.ts'
import { answerTo, type Need, Needed } from '../run/need.ts'
import { isStackOverflow, messageOf, noMain, statusOf } from '../run/outcome.ts'
import type { EvaluationError, Result, Status, Trace } from '../run/result.ts'
import { fail } from '../values/failure.ts'
import type { Value } from '../values/value.ts'
import { Machine, read } from './machine.ts'
import { type Code, generate, isGenerable } from './source.ts'
import { absent, type RunningModule } from './support.ts'

/** A source with the code that was made of it. */
export type Generable = Readable & { readonly code: CodeOf }

/** The code of one source, made when it is needed first. */
export class CodeOf {
  private readonly readable: Readable
  private policy: Code | undefined
  private module: Code | undefined
  private isSmall: boolean | undefined

  constructor(readable: Readable) {
    this.readable = readable
  }

  /** Whether there can be code at all. */
  get exists(): boolean {
    this.isSmall ??= isGenerable(this.readable.program)
    return this.isSmall
  }

  get asPolicy(): Code {
    this.policy ??= generate(this.readable.program, 'policy')
    return this.policy
  }

  get asModule(): Code {
    this.module ??= generate(this.readable.program, 'module')
    return this.module
  }
}

/** Evaluates a policy without errors in its source. */
export function evaluateCode(policy: Generable, inputs: Inputs<Generable>): Result {
  if (!policy.code.exists) return evaluateProgram(policy, inputs)
  const machine = new Machine(new Meter({ ...defaultLimits, ...inputs.limits }), inputs.now, (key, ask) =>
    answerTo({ key, ask }, inputs.answers),
  )
  try {
    const value = run(policy, machine, inputs)
    return new Outcome(policy, inputs, machine.lines, statusOf(value), toHost(value, machine.meter))
  } catch (thrown) {
    if (machine.meter.exhausted || isStackOverflow(thrown)) return evaluateProgram(policy, inputs)
    if (thrown instanceof Needed)
      return new Outcome(policy, inputs, machine.lines, 'need', undefined, undefined, thrown.need)
    return new Outcome(policy, inputs, machine.lines, 'error', undefined, messageOf(thrown))
  }
}

function run(policy: Generable, machine: Machine, inputs: Inputs<Generable>): Value {
  const running = policy.code.asPolicy.make()
  const loader = new Loader<Generable, RunningModule>(
    { at: () => {}, runModule: (module, load) => runModule(module, machine, load) },
    inputs,
    inputs.imports,
  )
  running.start(machine, valuesOf(inputs.globals))
  running.params(valuesOf(inputs.params))
  running.imports(loader.importsOf(policy))
  running.run()
  const main = running.members.get('main')?.()
  return main === absent || !running.members.has('main') ? fail(noMain) : read(main as Value)
}

const valuesOf = (given: ReadonlyMap<string, unknown>) =>
  new Map([...given].map(([name, value]) => [name, fromHost(value)] as const))

function runModule(
  { code, program }: Generable,
  machine: Machine,
  load: () => Parameters<ReturnType<Code['make']>['imports']>[0],
): RunningModule {
  const running = code.asModule.make()
  running.start(machine, new Map())
  running.imports(load())
  running.run()
  return { members: running.members, hasFunctions: program.hasFunctions }
}

/** The result of generated code. What it did not record comes from the walker. */
class Outcome implements Result {
  readonly status: Status
  readonly value: HostValue
  readonly print: readonly string[]
  readonly need: Need | undefined
  readonly error: EvaluationError | undefined
  readonly diagnostics: Result['diagnostics'] = []
  readonly #policy: Readable
  readonly #inputs: Inputs
  #walked: Result | undefined

  constructor(
    policy: Readable,
    inputs: Inputs,
    print: readonly string[],
    status: Status,
    value?: HostValue,
    message?: string,
    need?: Need,
  ) {
    this.#policy = policy
    this.#inputs = inputs
    this.print = print
    this.status = status
    this.value = value
    this.need = need
    const { error } = message === undefined ? { error: undefined } : this.#walk()
    this.error = error && { ...error, message: message ?? error.message }
  }

  #walk(): Result {
    this.#walked ??= evaluateProgram(this.#policy, this.#inputs)
    return this.#walked
  }

  get undefinedAt(): Result['undefinedAt'] {
    return this.status === 'undefined' ? this.#walk().undefinedAt : undefined
  }

  get trace(): Trace {
    return this.#walk().trace
  }
}
