// The face of the engine: read a policy once, evaluate it as often as you like.

import type { Diagnostic, Source } from '../source/index.ts'
import { CodeOf, evaluateCode } from './generate/evaluate.ts'
import { isQuick, Quick } from './generate/quick.ts'
import { changesData } from './run/changes.ts'
import { describeStatement } from './run/describe.ts'
import { evaluateProgram, type Inputs } from './run/evaluate.ts'
import type { Given } from './run/load.ts'
import type { Limits } from './run/meter.ts'
import type { Answer } from './run/need.ts'
import { messageOf } from './run/outcome.ts'
import type { Location, Result } from './run/result.ts'
import { positionIn } from './run/result.ts'
import { type TimeZone, utc } from './run/zone.ts'
import { check } from './syntax/check.ts'
import { parse } from './syntax/parser.ts'
import { type SourceLike, toSource } from './syntax/source.ts'
import type { Program } from './syntax/tree.ts'

/** Named things: a Map, or an object whose own fields count. */
export type Named<T> = ReadonlyMap<string, T> | Readonly<Record<string, T>>

/** What a policy may import besides the standard imports, by import path. */
export type Imports = {
  /**
   * Modules: their source, or what `compile` made of it. They stand before the standard imports, so a mock may
   * stand for any of these. A text without a name is called by its path.
   */
  readonly modules?: Named<SourceLike | Policy>
  /**
   * Plain data (static imports): anything that JSON can hold, and Maps and bigints. Of data called `pets` the import
   * `pets/dogs` has what the key `dogs` holds.
   */
  readonly data?: Named<unknown>
}

/** What a policy is compiled with: imports that stay the same in all its evaluations. */
export type CompileOptions = Imports & {
  /** How many words, marks and comments the source may have, a comment counting twice: 900,000, and not more. */
  readonly size?: number
}

/** What an evaluation is given; all of it may be left out. */
export type EvaluationInputs = Imports & {
  /**
   * Variables that the policy finds. Whole numbers are int, others float; objects (their own fields) and Maps are
   * maps; what the language does not have, functions and symbols, is undefined.
   */
  readonly globals?: Named<unknown>
  /** Values of parameters. One that has neither a value nor a default is an error. */
  readonly params?: Named<unknown>
  /** Facts that earlier evaluations needed, by the key of the need. */
  readonly answers?: Named<Answer>
  /** The instant: milliseconds, or nanoseconds as a bigint, since the Unix epoch. It stands still. Default: the epoch. */
  readonly now?: number | bigint
  /** The zone that the import `time` shows times in. Default: UTC. */
  readonly zone?: TimeZone
  /** Whether the policy may import `http`, whose exchanges the host makes as answers. Default: no. */
  readonly http?: boolean
  /** What the evaluation may use; each that is left out is that of `sentinel apply`. */
  readonly limits?: Partial<Limits>
}

/** A parameter of a policy. */
export type Parameter = {
  readonly name: string
  /** The comment above it. */
  readonly description: string
  /** Whether it has no default. */
  readonly isRequired: boolean
  readonly position: Location
}

/** A policy or module that was read: by `compile`. */
export class Policy {
  readonly source: Source
  /** @internal */
  readonly program: Program
  /** @internal */
  private made: CodeOf | undefined
  /** Everything wrong with the source, in its order; empty for one that can be evaluated. */
  readonly diagnostics: readonly Diagnostic[]
  private readonly modules: ReadonlyMap<string, Policy>
  private readonly data: ReadonlyMap<string, unknown>
  /** @internal */
  private quick: Quick<EvaluationInputs> | 'none' | undefined
  /** @internal */
  private walks = 0

  /** @internal */
  constructor(source: Source, options: CompileOptions = {}) {
    const { program, diagnostics } = parse(source, options.size)
    this.source = source
    this.program = program
    this.diagnostics = diagnostics.length > 0 ? diagnostics : check(program)
    this.modules = modulesOf(options)
    this.data = new Map(entries(options.data))
  }

  /** @internal Its generated code, made when it is first wanted. */
  get code(): CodeOf {
    this.made ??= new CodeOf(this)
    return this.made
  }

  /** How many words, marks and comments it has, a comment counting twice. */
  get size(): number {
    return this.program.size
  }

  /** The parameters that it declares, in order. */
  get parameters(): readonly Parameter[] {
    const { source, program } = this
    return program.params.map((param) => ({
      name: param.name.text,
      description: describeStatement(source, program, param),
      isRequired: param.value === undefined,
      position: positionIn(source, param.span.start),
    }))
  }

  /**
   * Evaluates the policy with these inputs; what they import stands before what the policy was compiled with.
   * Never throws for anything that a policy does: an error of the policy is a result.
   *
   * The first ten evaluations walk the tree; those after them run code that is made of it, many times as fast. That
   * code takes no notes: whoever reads `trace`, or the place of an undefined, has the same evaluated once more. So
   * leave the inputs unchanged for as long as you use the result.
   */
  evaluate(inputs: EvaluationInputs = {}): Result {
    if (this.walks >= walksBeforeCode) return evaluateGenerated(this, inputs)
    this.walks++
    return evaluateWalked(this, inputs)
  }

  /** @internal The quick way; undefined where it cannot be taken. */
  evaluateQuickly(inputs: EvaluationInputs): Result | undefined {
    this.quick ??= this.isQuick() ? new Quick(this, (...given) => this.walk(...given)) : 'none'
    // What is no instant is found by the general way, whether the policy asks for it or not.
    if (typeof inputs.now === 'number' && !Number.isFinite(inputs.now)) return undefined
    if (this.quick === 'none' || !isEmpty(inputs.modules) || !isEmpty(inputs.data)) return undefined
    return this.quick.evaluate(inputs)
  }

  /** @internal */
  private isQuick(): boolean {
    const isGiven = ({ path }: { path: string }) => this.modules.has(path) || this.data.has(path)
    const all = [this, ...this.modules.values()]
    const isSound = all.every(({ diagnostics }) => diagnostics.length === 0)
    return isSound && isQuick(this) && !this.program.imports.some(isGiven)
  }

  /** @internal */
  private walk(inputs: EvaluationInputs, deadline?: number): Result {
    return guarded(this, () =>
      this.evaluateBy((policy, given) => evaluateProgram(policy, given, deadline), inputs),
    )
  }

  /** @internal */
  evaluateBy(evaluator: Evaluator, given: EvaluationInputs): Result {
    const inputs = given ?? {}
    const modules = modulesOf(inputs)
    const all = [this, ...modules.values(), ...this.modules.values()]
    const broken = all.find(({ diagnostics }) => diagnostics.length > 0)
    if (broken !== undefined) return invalid(broken)
    const data = new Map(entries(inputs.data))
    const { now = 0 } = inputs
    return evaluator(this, {
      globals: new Map(entries(inputs.globals)),
      params: new Map(entries(inputs.params)),
      imports: (path) => importOf(path, modules, data) ?? importOf(path, this.modules, this.data),
      answers: new Map(entries(inputs.answers)),
      now: typeof now === 'bigint' ? now : BigInt(Math.round(now)) * 1_000_000n,
      zone: inputs.zone ?? utc,
      http: inputs.http ?? false,
      changesData: all.some(({ program }) => changesData(program)),
      limits: inputs.limits ?? {},
    })
  }
}

/** A policy that is evaluated more often is worth the time that making code of it takes. */
const walksBeforeCode = 10

/** One of the two evaluators. */
type Evaluator = (policy: Policy, inputs: Inputs<Policy>) => Result

/** Evaluates a policy by walking its tree. */
export const evaluateWalked = (policy: Policy, inputs: EvaluationInputs = {}): Result =>
  guarded(policy, () => policy.evaluateBy(evaluateProgram, inputs))

/** Evaluates a policy by the code that fits all inputs. */
export const evaluateGenerally = (policy: Policy, inputs: EvaluationInputs = {}): Result =>
  guarded(policy, () => policy.evaluateBy(evaluateCode, inputs))

/** Evaluates a policy by the code that was generated of it: the quick one where it may be used. */
export function evaluateGenerated(policy: Policy, inputs: EvaluationInputs = {}): Result {
  // Not by `guarded`: this is the hot way, and a function made for each evaluation can be measured.
  try {
    const result = policy.evaluateQuickly(inputs ?? {})
    if (result !== undefined) return result
  } catch (thrown) {
    return refused(policy, thrown)
  }
  return evaluateGenerally(policy, inputs)
}

/** The result, also where something threw before the policy began: getters and proxies of the host's, a wrong `now`. */
function guarded(policy: Policy, evaluate: () => Result): Result {
  try {
    return evaluate()
  } catch (thrown) {
    return refused(policy, thrown)
  }
}

const refused = (policy: Policy, thrown: unknown): Result =>
  withError(policy, 'error', { message: messageOf(thrown), span: { start: 0, end: 0 } })

/**
 * Reads a policy, to be evaluated many times. One with `diagnostics` evaluates to `invalid`.
 *
 * @example
 * const policy = compile('main = rule { hour >= 9 and hour < 17 }')
 * policy.evaluate({ globals: { hour: 12 } }).status // 'pass'
 */
export const compile = (source: SourceLike, options?: CompileOptions): Policy =>
  new Policy(toSource(source), options)

/**
 * Reads a policy and evaluates it once.
 *
 * @example
 * evaluate('main = rule { user in admins }', { globals: { user: 'alice', admins: ['alice'] } }).status // 'pass'
 */
export const evaluate = (source: SourceLike, inputs?: EvaluationInputs): Result =>
  compile(source).evaluate(inputs)

const modulesOf = ({ modules }: Imports): ReadonlyMap<string, Policy> =>
  new Map(entries(modules).map(([path, module]) => [path, read(path, module)]))

const read = (path: string, module: SourceLike | Policy) =>
  module instanceof Policy ? module : new Policy(toSource(module, path))

const isEmpty = <T>(named: Named<T> | undefined) => named === undefined || entries(named).length === 0

function entries<T>(named: Named<T> | undefined): readonly (readonly [string, T])[] {
  // Callers without types give null too.
  if (named === undefined || named === null) return []
  return named instanceof Map ? [...named] : Object.entries(named as Readonly<Record<string, T>>)
}

function importOf(
  path: string,
  modules: ReadonlyMap<string, Policy>,
  data: ReadonlyMap<string, unknown>,
): Given<Policy> | undefined {
  const module = modules.get(path)
  if (module !== undefined) return { module }
  return data.has(path) ? { data: data.get(path) } : undefined
}

function invalid(policy: Policy): Result {
  const [first = { message: '', span: { start: 0, end: 0 } }] = policy.diagnostics
  return withError(policy, 'invalid', first)
}

/** The result of a policy that never began. */
function withError(
  { source, diagnostics }: Policy,
  status: 'invalid' | 'error',
  { message, span }: Pick<Diagnostic, 'message' | 'span'>,
): Result {
  return {
    status,
    value: undefined,
    print: [],
    error: { message, isOverLimit: false, source, span, ...positionIn(source, span.start) },
    diagnostics,
    undefinedAt: undefined,
    need: undefined,
    trace: { description: '', rules: [] },
  }
}
