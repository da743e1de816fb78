// One evaluation, from sources and inputs to a result. Nothing is thrown: what goes wrong is in the result.

import type { Param, Statement } from '../syntax/tree.ts'
import { bytesToText } from '../values/bytes.ts'
import { fail } from '../values/failure.ts'
import type { Value } from '../values/value.ts'
import { fromHost, toHost } from './border.ts'
import { type Given, type Imports, Loader, type Readable } from './load.ts'
import { defaultLimits, type Limits, Meter } from './meter.ts'
import { type Answer, answerTo, Needed } from './need.ts'
import { messageOf, noMain, statusOf } from './outcome.ts'
import { positionIn, type Result, type Status } from './result.ts'
import { newUnit, type Place, type Unit, Unread } from './scope.ts'
import { assignmentsIn, traceOf } from './trace.ts'
import { Walker } from './walker.ts'
import type { TimeZone } from './zone.ts'

/** What an evaluation is given. */
export type Inputs<R extends Readable = Readable> = {
  /** Variables that the policy finds. */
  readonly globals: ReadonlyMap<string, unknown>
  /** Values for its parameters. */
  readonly params: ReadonlyMap<string, unknown>
  /** What stands behind the path of an import; undefined leaves it to the standard imports. */
  readonly imports: (path: string) => Given<R> | undefined
  /** Facts that earlier evaluations needed. */
  readonly answers: ReadonlyMap<string, Answer>
  /** The instant, in nanoseconds since the Unix epoch. */
  readonly now: bigint
  /** The zone that times show in. */
  readonly zone: TimeZone
  /** Whether the policy may import `http`. */
  readonly http: boolean
  /** Whether anything that may run can change a list or a map. */
  readonly changesData: boolean
  readonly limits: Partial<Limits>
}

/** Evaluates a policy without errors in its source. The wall clock may be running already, until `deadline`. */
export function evaluateProgram(policy: Readable, inputs: Inputs, deadline?: number): Result {
  return new Evaluation(policy, inputs, deadline).run()
}

class Evaluation {
  private readonly inputs: Inputs
  private readonly unit: Unit
  private readonly walker: Walker
  private readonly lines: string[] = []
  private assignments: ReadonlyMap<string, Statement> | undefined

  constructor({ source, program }: Readable, inputs: Inputs, deadline: number | undefined) {
    this.inputs = inputs
    this.unit = newUnit(source, program)
    const meter = new Meter({ ...defaultLimits, ...inputs.limits }, inputs.changesData, deadline)
    this.walker = new Walker({
      meter,
      now: inputs.now,
      print: (line) => this.lines.push(bytesToText(line)),
      ask: (key, ask) => answerTo({ key, ask }, inputs.answers, meter),
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
    this.walker.meter.hold(program.size)
    for (const [name, given] of this.inputs.globals) scope.declare(name, new Unread(given))
    for (const param of program.params) {
      this.walker.place = { source, span: param.span }
      scope.declare(param.name.text, this.param(param))
    }
    const loader = new Loader<Readable, Unit>(
      {
        at: (place) => {
          this.walker.place = place
        },
        terms: this.walker.meter,
        runModule: (module, load) => this.module(module, load),
      },
      this.inputs,
      this.inputs.imports,
    )
    for (const [name, imported] of loader.importsOf(this.unit)) this.unit.imports.set(name, imported)
  }

  private module({ source, program }: Readable, load: () => Imports<Unit>): Unit {
    const unit = newUnit(source, program)
    this.walker.meter.hold(program.size)
    for (const [name, imported] of load()) unit.imports.set(name, imported)
    this.walker.run(unit)
    return unit
  }

  private param({ name, value }: Param): Value {
    if (this.inputs.params.has(name.text))
      return fromHost(this.inputs.params.get(name.text), this.walker.meter)
    if (value === undefined) fail(`requires value for parameter ${name.text}`)
    return this.walker.value(value, this.unit.scope)
  }

  private main(): Value {
    const { source, scope } = this.unit
    if (!scope.variables.has('main')) {
      this.walker.place = { source, span: { start: 0, end: 0 } }
      fail(noMain)
    }
    return this.walker.variable(scope, 'main')
  }

  private outcome(value: Value): Result {
    const { undefinedAt } = this.walker
    this.walker.place = this.placeOfMain()
    const status = statusOf(value)
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
    const isOverLimit = this.walker.meter.exhausted
    const error = { message, isOverLimit, source, span, ...positionIn(source, span.start) }
    return this.result('error', { error })
  }

  private result(status: Status, rest: Partial<Result>): Result {
    const none = { value: undefined, error: undefined, undefinedAt: undefined, need: undefined }
    const trace = traceOf(this.unit, this.walker.meter, this.namedStatements())
    return { ...none, ...rest, status, print: this.lines, diagnostics: [], trace }
  }

  /** The last assignment of a name at the top of the policy. */
  private assignmentOf(name: string): Statement | undefined {
    return this.namedStatements().get(name)
  }

  private namedStatements(): ReadonlyMap<string, Statement> {
    this.assignments ??= assignmentsIn(this.unit.program)
    return this.assignments
  }

  private position(place: Place | undefined) {
    return place === undefined ? undefined : positionIn(place.source, place.span.start)
  }
}
