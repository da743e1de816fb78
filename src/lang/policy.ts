// The face of the engine: read a policy once, evaluate it as often as you like.

import type { Diagnostic, Source } from '../source/index.ts'
import { evaluateProgram } from './run/evaluate.ts'
import type { Given } from './run/load.ts'
import type { Limits } from './run/meter.ts'
import type { Answer } from './run/need.ts'
import type { Result } from './run/result.ts'
import { positionIn } from './run/result.ts'
import { check } from './syntax/check.ts'
import { parse } from './syntax/parser.ts'
import type { Program } from './syntax/tree.ts'

/** Named things: a Map, or an object whose own fields count. */
export type Named<T> = ReadonlyMap<string, T> | Readonly<Record<string, T>>

/** What an evaluation is given; all of it may be left out. */
export type EvaluationInputs = {
  /** Variables that the policy finds. */
  readonly globals?: Named<unknown>
  /** Values of parameters. Those without value and default are errors. */
  readonly params?: Named<unknown>
  /** Modules by import path. They stand before the standard imports, so a mock may stand for any of these. */
  readonly modules?: Named<Source | Policy>
  /** Plain data by import path (static imports). */
  readonly data?: Named<unknown>
  /** Facts that earlier evaluations needed, by the key of the need. */
  readonly answers?: Named<Answer>
  /** The instant: milliseconds, or nanoseconds as a bigint, since the Unix epoch. Default: the epoch. */
  readonly now?: number | bigint
  /** Whether the policy may import `http`, whose exchanges the host makes as answers. Default: no. */
  readonly http?: boolean
  /** What the evaluation may use; the default is that of `sentinel apply`. */
  readonly limits?: Partial<Limits>
}

/** A policy or module that was read. */
export class Policy {
  readonly source: Source
  /** @internal */
  readonly program: Program
  /** Everything wrong with it; empty for one that can be evaluated. */
  readonly diagnostics: readonly Diagnostic[]

  constructor(source: Source) {
    const { program, diagnostics } = parse(source)
    this.source = source
    this.program = program
    this.diagnostics = diagnostics.length > 0 ? diagnostics : check(program)
  }

  /** Evaluates the policy. Never throws for anything that a policy does. */
  evaluate(inputs: EvaluationInputs = {}): Result {
    const modules = new Map(entries(inputs.modules).map(([path, module]) => [path, read(module)]))
    const broken = [this, ...modules.values()].find(({ diagnostics }) => diagnostics.length > 0)
    if (broken !== undefined) return invalid(broken)
    const data = new Map(entries(inputs.data))
    const { now = 0 } = inputs
    return evaluateProgram(this, {
      globals: new Map(entries(inputs.globals)),
      params: new Map(entries(inputs.params)),
      imports: (path) => given(path, modules, data),
      answers: new Map(entries(inputs.answers)),
      now: typeof now === 'bigint' ? now : BigInt(Math.round(now)) * 1_000_000n,
      http: inputs.http ?? false,
      limits: inputs.limits ?? {},
    })
  }
}

/** Reads a policy, to be evaluated many times. Look at its `diagnostics` first. */
export const compile = (source: Source): Policy => new Policy(source)

/** Reads and evaluates a policy. */
export const evaluate = (source: Source, inputs?: EvaluationInputs): Result =>
  compile(source).evaluate(inputs)

const read = (module: Source | Policy) => (module instanceof Policy ? module : new Policy(module))

function entries<T>(named: Named<T> | undefined): readonly (readonly [string, T])[] {
  if (named === undefined) return []
  return named instanceof Map ? [...named] : Object.entries(named as Readonly<Record<string, T>>)
}

function given(
  path: string,
  modules: ReadonlyMap<string, Policy>,
  data: ReadonlyMap<string, unknown>,
): Given | undefined {
  const module = modules.get(path)
  if (module !== undefined) return { module }
  return data.has(path) ? { data: data.get(path) } : undefined
}

function invalid({ source, diagnostics }: Policy): Result {
  const [first] = diagnostics
  const span = first?.span ?? { start: 0, end: 0 }
  const error = { message: first?.message ?? '', source, span, ...positionIn(source, span.start) }
  const trace = { description: '', rules: [] }
  return {
    status: 'invalid',
    value: undefined,
    print: [],
    error,
    diagnostics,
    undefinedAt: undefined,
    need: undefined,
    trace,
  }
}
