// One evaluation, from sources and inputs to a result. Nothing is thrown: what goes wrong is in the result.

import type { Param } from '../syntax/tree.ts'
import { bytesToText } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { Failure, fail } from '../values/failure.ts'
import { List } from '../values/list.ts'
import { printed } from '../values/text.ts'
import { typeOf } from '../values/types.ts'
import { isNumber, toDouble, type Value } from '../values/value.ts'
import { fromHost, toHost } from './border.ts'
import { describePolicy, describeStatement } from './describe.ts'
import { type Given, Loader, type Readable } from './load.ts'
import { defaultLimits, type Limits, Meter } from './meter.ts'
import { type Answer, answerTo, Needed } from './need.ts'
import { positionIn, type Result, type RuleTrace, type Status, type Trace } from './result.ts'
import { newUnit, type Place, Rule, type Unit } from './scope.ts'
import { Walker } from './walker.ts'

/** What an evaluation is given. */
export type Inputs = {
  /** Variables that the policy finds. */
  readonly globals: ReadonlyMap<string, unknown>
  /** Values for its parameters. */
  readonly params: ReadonlyMap<string, unknown>
  /** What stands behind the path of an import; undefined leaves it to the standard imports. */
  readonly imports: (path: string) => Given | undefined
  /** Facts that earlier evaluations needed. */
  readonly answers: ReadonlyMap<string, Answer>
  /** The instant, in nanoseconds since the Unix epoch. */
  readonly now: bigint
  /** Whether the policy may import `http`. */
  readonly http: boolean
  readonly limits: Partial<Limits>
}

/** Evaluates a policy without errors in its source. */
export function evaluateProgram(policy: Readable, inputs: Inputs): Result {
  return new Evaluation(policy, inputs).run()
}

class Evaluation {
  private readonly inputs: Inputs
  private readonly unit: Unit
  private readonly walker: Walker
  private readonly lines: string[] = []

  constructor({ source, program }: Readable, inputs: Inputs) {
    this.inputs = inputs
    this.unit = newUnit(source, program)
    this.walker = new Walker({
      meter: new Meter({ ...defaultLimits, ...inputs.limits }),
      now: inputs.now,
      print: (line) => this.lines.push(bytesToText(line)),
      ask: (key, ask) => answerTo({ key, ask }, inputs.answers),
    })
  }

  run(): Result {
    try {
      this.prepare()
      this.walker.run(this.unit)
      return this.outcome(this.main())
    } catch (thrown) {
      return this.broken(thrown)
    }
  }

  private prepare(): void {
    const { scope, source, program } = this.unit
    this.walker.place = { source, span: { start: 0, end: 0 } }
    for (const [name, value] of this.inputs.globals) scope.declare(name, fromHost(value))
    for (const param of program.params) {
      this.walker.place = { source, span: param.span }
      scope.declare(param.name.text, this.param(param))
    }
    new Loader(this.walker, this.inputs, this.inputs.imports).loadImports(this.unit)
  }

  private param({ name, value }: Param): Value {
    if (this.inputs.params.has(name.text)) return fromHost(this.inputs.params.get(name.text))
    if (value === undefined) fail(`requires value for parameter ${name.text}`)
    return this.walker.evaluate(value, this.unit.scope)
  }

  private main(): Value {
    const { source, scope } = this.unit
    if (!scope.variables.has('main')) {
      this.walker.place = { source, span: { start: 0, end: 0 } }
      fail('the policy has no `main`')
    }
    const main = scope.variables.get('main')
    return main instanceof Rule ? this.walker.force(main) : main
  }

  private outcome(value: Value): Result {
    const { undefinedAt } = this.walker
    const status = statusOf(value)
    this.walker.place = this.placeOfMain()
    if (status === 'error')
      fail(`\`main\` must be bool, string, int, float, list or map, not ${typeOf(value)}`)
    const host = toHost(value, this.walker.meter)
    return this.result(status, {
      value: host,
      undefinedAt: status === 'undefined' ? this.position(undefinedAt) : undefined,
    })
  }

  private placeOfMain(): Place {
    return { source: this.unit.source, span: this.assignmentOf('main')?.span ?? { start: 0, end: 0 } }
  }

  private broken(thrown: unknown): Result {
    if (thrown instanceof Needed) return this.result('need', { need: thrown.need })
    const message = messageOf(thrown)
    const { source, span } = this.walker.place ?? this.placeOfMain()
    return this.result('error', { error: { message, source, span, ...positionIn(source, span.start) } })
  }

  private result(status: Status, rest: Partial<Result>): Result {
    const none = { value: undefined, error: undefined, undefinedAt: undefined, need: undefined }
    return { ...none, ...rest, status, print: this.lines, diagnostics: [], trace: this.trace() }
  }

  private trace(): Trace {
    const { source, program, scope } = this.unit
    const named = [...scope.variables].filter(
      (one): one is [string, Rule] => one[1] instanceof Rule && one[1].state === 'done',
    )
    const rules = named.map(([name, rule]) => this.ruleTrace(name, rule))
    const rank = ({ name }: RuleTrace) => (name === 'main' ? '' : name)
    return {
      description: describePolicy(source, program),
      rules: rules.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)),
    }
  }

  private ruleTrace(name: string, { value, node }: Rule): RuleTrace {
    const { source, program } = this.unit
    const statement = this.assignmentOf(name)
    return {
      name,
      description: statement === undefined ? '' : describeStatement(source, program, statement),
      position: positionIn(source, statement?.span.start ?? node.span.start),
      value: orNothing(() => toHost(value, this.walker.meter)),
      text: orNothing(() => bytesToText(printed(value, this.walker.meter))) ?? '',
    }
  }

  /** The last assignment of a name at the top of the policy. */
  private assignmentOf(name: string) {
    return this.unit.program.statements.findLast(
      (node) => node.kind === 'assignment' && node.target.kind === 'identifier' && node.target.name === name,
    )
  }

  private position(place: Place | undefined) {
    return place === undefined ? undefined : positionIn(place.source, place.span.start)
  }
}

/** A value that is too deep to be shown does not spoil the result. */
function orNothing<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined
    throw thrown
  }
}

/** What a policy's result says (specification 2.9). */
function statusOf(value: Value): Status {
  if (value === undefined) return 'undefined'
  if (typeof value === 'boolean') return value ? 'pass' : 'fail'
  if (isNumber(value)) return toDouble(value) === 0 ? 'pass' : 'fail'
  if (typeof value === 'string' || value instanceof List) return value.length === 0 ? 'pass' : 'fail'
  return value instanceof Dict ? (value.size === 0 ? 'pass' : 'fail') : 'error'
}

/** The policy's own errors, and the host's stack running out, which a policy may bring about too. */
function messageOf(thrown: unknown): string {
  if (thrown instanceof Failure) return thrown.message
  if (thrown instanceof RangeError && /call stack/.test(thrown.message))
    return 'the evaluation nests too deep'
  throw thrown
}
